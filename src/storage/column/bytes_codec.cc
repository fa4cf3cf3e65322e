#include "storage/column/bytes_codec.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "storage/column/block_compression.h"

namespace grizzly::storage {
namespace {

enum class BytesEncoding : uint8_t { kDictionary = 0, kBlocks = 1 };

constexpr size_t kSampleRows = 2048;
constexpr size_t kSampleBytes = 64 * 1024;
constexpr size_t kEntriesMax = 32'768;
constexpr uint32_t kNoBlock = UINT32_MAX;

// ---- the dictionary ----

struct Dictionary {
  StringList entries;
  std::vector<int64_t> codes;
};

// Nothing when a sample, or the whole, has too many different strings.
std::optional<Dictionary> MakeDictionary(const StringList& strings) {
  const size_t entries_max = std::min(kEntriesMax, strings.size() / 4 + 1);
  std::unordered_map<std::string_view, int64_t> numbers;
  Dictionary dictionary;
  dictionary.codes.reserve(strings.size());
  for (size_t i = 0; i < strings.size(); ++i) {
    const auto [place, is_new] = numbers.try_emplace(strings[i], numbers.size());
    if (is_new) {
      dictionary.entries.Append(strings[i]);
      if (numbers.size() > entries_max) return std::nullopt;
    }
    dictionary.codes.push_back(place->second);
    if (i == kSampleRows && numbers.size() > kSampleRows / 2) return std::nullopt;
  }
  return dictionary;
}

void EncodeList(const StringList& list, std::string* out) {
  std::string stored;
  const BlockCodec codec = CompressBlock(ChooseCodec(list.bytes().substr(0, kSampleBytes)),
                                         list.bytes(), &stored);
  AppendValue(out, static_cast<uint32_t>(list.size()));
  out->push_back(static_cast<char>(codec));
  AppendValue(out, static_cast<uint32_t>(list.bytes().size()));
  AppendValue(out, static_cast<uint32_t>(stored.size()));
  size_t end = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    end += list[i].size();
    AppendValue(out, static_cast<uint32_t>(end));
  }
  out->append(stored);
}

class DictionaryReader final : public BytesReader {
 public:
  DictionaryReader(ByteCursor& in, uint32_t row_count) : row_count_(row_count) {
    const uint32_t count = in.Read<uint32_t>();
    const auto codec = static_cast<BlockCodec>(in.Read<uint8_t>());
    const uint32_t byte_count = in.Read<uint32_t>();
    const uint32_t stored_count = in.Read<uint32_t>();
    const std::string_view ends = in.Take(size_t{count} * 4);
    std::string_view stored = in.Take(stored_count);
    if (codec != BlockCodec::kPlain) {
      bytes_.resize(byte_count);
      DecompressBlock(codec, stored, byte_count, bytes_.data());
      stored = bytes_;
    }
    uint32_t begin = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t end = ReadValueAt<uint32_t>(ends.data() + size_t{i} * 4);
      if (end < begin || end > stored.size()) ThrowDamagedSegment("an entry has no place");
      entries_.push_back(stored.substr(begin, end - begin));
      begin = end;
    }
    codes_ = OpenIntegers(in, row_count);
  }

  void DecodeBlock(uint32_t block, std::string_view* out) override {
    int64_t numbers[kSegmentBlockRows];
    codes_->DecodeBlock(block, numbers);
    const uint32_t rows = BlockRows(row_count_, block);
    for (uint32_t i = 0; i < rows; ++i) out[i] = Entry(numbers[i]);
  }
  std::string_view At(uint32_t row) override { return Entry(codes_->At(row)); }
  const std::vector<std::string_view>* dictionary() const override { return &entries_; }
  const IntegerReader* codes() const override { return codes_.get(); }

 private:
  std::string_view Entry(int64_t code) const {
    if (static_cast<uint64_t>(code) >= entries_.size()) [[unlikely]] {
      ThrowDamagedSegment("a code without an entry");
    }
    return entries_[static_cast<size_t>(code)];
  }

  const uint32_t row_count_;
  std::string bytes_;
  std::vector<std::string_view> entries_;
  std::unique_ptr<IntegerReader> codes_;
};

// ---- blocks ----

constexpr size_t kBlockEntryBytes = 4 + 4 + 1;

void EncodeBlocks(const StringList& strings, std::string* out) {
  std::vector<int64_t> lengths;
  for (size_t i = 0; i < strings.size(); ++i) {
    lengths.push_back(static_cast<int64_t>(strings[i].size()));
  }
  EncodeIntegers(lengths, out);
  const BlockCodec wanted = ChooseCodec(strings.bytes().substr(0, kSampleBytes));
  std::string stored;
  size_t begin = 0;
  for (size_t first = 0; first < strings.size(); first += kSegmentBlockRows) {
    const size_t end_row = std::min<size_t>(first + kSegmentBlockRows, strings.size());
    size_t byte_count = 0;
    for (size_t i = first; i < end_row; ++i) byte_count += strings[i].size();
    const BlockCodec codec = CompressBlock(wanted, strings.bytes().substr(begin, byte_count), &stored);
    begin += byte_count;
    AppendValue(out, static_cast<uint32_t>(stored.size()));
    AppendValue(out, static_cast<uint32_t>(byte_count));
    out->push_back(static_cast<char>(codec));
  }
  out->append(stored);
}

class BlocksReader final : public BytesReader {
 public:
  BlocksReader(ByteCursor& in, uint32_t row_count)
      : row_count_(row_count), lengths_(OpenIntegers(in, row_count)) {
    const uint32_t blocks = BlockCount(row_count);
    table_ = in.Take(blocks * kBlockEntryBytes);
    uint32_t end = 0;
    for (uint32_t block = 0; block < blocks; ++block) {
      if (EndOf(block) < end) ThrowDamagedSegment("blocks do not join");
      end = EndOf(block);
    }
    stored_ = in.Take(end);
  }

  void DecodeBlock(uint32_t block, std::string_view* out) override {
    Load(block);
    std::copy_n(views_.begin(), BlockRows(row_count_, block), out);
  }
  std::string_view At(uint32_t row) override {
    Load(row / kSegmentBlockRows);
    return views_[row % kSegmentBlockRows];
  }

 private:
  const char* Entry(uint32_t block) const { return table_.data() + block * kBlockEntryBytes; }
  uint32_t EndOf(uint32_t block) const { return ReadValueAt<uint32_t>(Entry(block)); }

  void Load(uint32_t block) {
    if (block == loaded_) return;
    loaded_ = kNoBlock;
    const uint32_t begin = block == 0 ? 0 : EndOf(block - 1);
    const uint32_t byte_count = ReadValueAt<uint32_t>(Entry(block) + 4);
    const auto codec = static_cast<BlockCodec>(Entry(block)[8]);
    std::string_view bytes = stored_.substr(begin, EndOf(block) - begin);
    if (codec != BlockCodec::kPlain) {
      if (capacity_ < byte_count) {
        buffer_ = std::make_unique_for_overwrite<char[]>(byte_count);
        capacity_ = byte_count;
      }
      DecompressBlock(codec, bytes, byte_count, buffer_.get());
      bytes = {buffer_.get(), byte_count};
    }
    int64_t lengths[kSegmentBlockRows];
    lengths_->DecodeBlock(block, lengths);
    const uint32_t rows = BlockRows(row_count_, block);
    views_.resize(kSegmentBlockRows);
    size_t at = 0;
    for (uint32_t i = 0; i < rows; ++i) {
      const auto length = static_cast<size_t>(lengths[i]);
      if (length > bytes.size() - at) [[unlikely]] ThrowDamagedSegment("a string is cut off");
      views_[i] = {bytes.data() + at, length};
      at += length;
    }
    loaded_ = block;
  }

  const uint32_t row_count_;
  const std::unique_ptr<IntegerReader> lengths_;
  std::string_view table_;
  std::string_view stored_;
  uint32_t loaded_ = kNoBlock;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  std::vector<std::string_view> views_;
};

}  // namespace

void EncodeBytes(const StringList& strings, std::string* out) {
  if (const auto dictionary = MakeDictionary(strings)) {
    out->push_back(static_cast<char>(BytesEncoding::kDictionary));
    EncodeList(dictionary->entries, out);
    EncodeIntegers(dictionary->codes, out);
    return;
  }
  out->push_back(static_cast<char>(BytesEncoding::kBlocks));
  EncodeBlocks(strings, out);
}

std::unique_ptr<BytesReader> OpenBytes(ByteCursor& in, uint32_t row_count) {
  switch (static_cast<BytesEncoding>(in.Read<uint8_t>())) {
    case BytesEncoding::kDictionary: return std::make_unique<DictionaryReader>(in, row_count);
    case BytesEncoding::kBlocks: return std::make_unique<BlocksReader>(in, row_count);
  }
  ThrowDamagedSegment("unknown encoding of strings");
}

}  // namespace grizzly::storage
