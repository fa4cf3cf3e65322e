// A column of byte strings as bytes: by a dictionary, or block by block.
//
// FORMAT   version 1, on disk, little-endian
//          strings    := 0x00 dictionary | 0x01 blocks
//          dictionary := list codes           codes := integers (integer_codec.h), one per row
//          list       := count:u32 codec:u8 byte_count:u32 stored_count:u32 end:u32 each, stored bytes
//          blocks     := lengths, block per 2,048 rows, stored bytes    lengths := integers
//          block      := end:u32 byte_count:u32 codec:u8     end counts from the start of stored bytes
//          codec      := block_compression.h
// ERRORS   XX001
// THREADS  a reader belongs to one thread: it keeps the block it decompressed last.
// TESTS    tests/fuzz/storage_segment_model.cc
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/column/integer_codec.h"

namespace grizzly::storage {

// Strings one behind the other.
class StringList {
 public:
  void Append(std::string_view text) {
    bytes_.append(text);
    ends_.push_back(bytes_.size());
  }
  std::string_view operator[](size_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  size_t size() const { return ends_.size(); }
  size_t byte_count() const { return bytes_.size() + ends_.size() * sizeof(ends_[0]); }
  std::string_view bytes() const { return bytes_; }
  void Clear() {
    bytes_.clear();
    ends_.clear();
  }

 private:
  std::string bytes_;
  std::vector<size_t> ends_;
};

class BytesReader {
 public:
  virtual ~BytesReader() = default;
  // Views of a block's strings, valid until the next call (a dictionary's: as long as the reader).
  virtual void DecodeBlock(uint32_t block, std::string_view* out) = 0;
  virtual std::string_view At(uint32_t row) = 0;
  // Null when it has none. Entries are in no order, each different.
  virtual const std::vector<std::string_view>* dictionary() const { return nullptr; }
  virtual const IntegerReader* codes() const { return nullptr; }
};

// At least one string.
void EncodeBytes(const StringList& strings, std::string* out);
std::unique_ptr<BytesReader> OpenBytes(ByteCursor& in, uint32_t row_count);

}  // namespace grizzly::storage
