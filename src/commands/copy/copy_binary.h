// The binary form of COPY.
//
// FORMAT   file    := signature, flags:i32 (0), extension_bytes:i32, extension, row*, -1:i16
//          row     := field_count:i16 field*         field := byte_count:i32 bytes, or -1:i32 for NULL
//          Network byte order; bytes as the type's send function writes them.
// ERRORS   22P04 bad_copy_file_format as PostgreSQL words it
// THREADS  the statement's.
// SOURCE   PostgreSQL 15 docs, COPY, "Binary Format"
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "commands/copy/copy_source.h"

namespace grizzly::commands {

std::string_view CopyBinaryHeader();
std::string_view CopyBinaryTrailer();

class CopyBinaryReader {
 public:
  explicit CopyBinaryReader(CopySource& source) : source_(source) {}

  void ReadHeader();
  // The next row's field count is `columns`; false: there is no row any more.
  bool StartRow(size_t columns);
  // The row's next field, NULL without a value; valid until the next call.
  std::optional<std::string_view> NextField();

 private:
  // The next `bytes` bytes; nullopt: the data ends before them.
  std::optional<std::string_view> Take(size_t bytes);
  template <typename Integer>
  std::optional<Integer> TakeInteger();

  CopySource& source_;
  std::string buffer_;
  size_t begin_ = 0;
};

}  // namespace grizzly::commands
