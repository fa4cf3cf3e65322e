// Dictionary: few distinct values, far apart, by their number.
//
// FORMAT  body := entry_count:u32 entry:i64 each ascending, the codes as a frame-of-reference body
#include <algorithm>
#include <vector>

#include "storage/column/bit_packing.h"
#include "storage/column/integer_codec.h"

namespace grizzly::storage {
namespace {

constexpr size_t kEntriesMax = 4096;
constexpr size_t kSampleRows = 1024;

// The distinct values, or nothing when there are too many.
std::vector<int64_t> Entries(std::span<const int64_t> values) {
  std::vector<int64_t> entries;
  size_t pending_from = 0;
  const auto settle = [&] {
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    pending_from = entries.size();
  };
  for (size_t i = 0; i < values.size(); ++i) {
    if (i == kSampleRows) {
      settle();
      if (entries.size() > kSampleRows / 4) return {};
    }
    if (i > 0 && values[i] == values[i - 1]) continue;
    const auto known_end = entries.begin() + static_cast<ptrdiff_t>(pending_from);
    if (std::binary_search(entries.begin(), known_end, values[i])) continue;
    entries.push_back(values[i]);
    if (entries.size() < pending_from + 256) continue;
    settle();
    if (entries.size() > kEntriesMax) return {};
  }
  settle();
  return entries;
}

class DictionaryReader final : public IntegerReader {
 public:
  DictionaryReader(ByteCursor& in, uint32_t row_count) : row_count_(row_count) {
    const uint32_t count = in.Read<uint32_t>();
    const std::string_view entries = in.Take(size_t{count} * 8);
    entries_.resize(count);
    std::memcpy(entries_.data(), entries.data(), entries.size());
    codes_ = kFrameEncoder.open(in, row_count);
  }
  void DecodeBlock(uint32_t block, int64_t* out) const override {
    codes_->DecodeBlock(block, out);
    const uint32_t rows = BlockRows(row_count_, block);
    for (uint32_t i = 0; i < rows; ++i) out[i] = Entry(out[i]);
  }
  int64_t At(uint32_t row) const override { return Entry(codes_->At(row)); }

 private:
  int64_t Entry(int64_t code) const {
    if (static_cast<uint64_t>(code) >= entries_.size()) [[unlikely]] {
      ThrowDamagedSegment("a code without an entry");
    }
    return entries_[static_cast<size_t>(code)];
  }

  const uint32_t row_count_;
  std::vector<int64_t> entries_;
  std::unique_ptr<IntegerReader> codes_;
};

size_t Estimate(std::span<const int64_t> values) {
  const std::vector<int64_t> entries = Entries(values);
  if (entries.empty()) return SIZE_MAX;
  return 4 + entries.size() * 8 + 32 +
         (values.size() / kSegmentBlockRows + 1) * 13 +
         PackedBytes(values.size(), BitWidth(entries.size() - 1));
}

void Encode(std::span<const int64_t> values, std::string* out) {
  const std::vector<int64_t> entries = Entries(values);
  AppendValue(out, static_cast<uint32_t>(entries.size()));
  for (const int64_t entry : entries) AppendValue(out, entry);
  std::vector<int64_t> codes;
  codes.reserve(values.size());
  for (const int64_t value : values) {
    codes.push_back(std::lower_bound(entries.begin(), entries.end(), value) - entries.begin());
  }
  kFrameEncoder.encode(codes, out);
}

std::unique_ptr<IntegerReader> Open(ByteCursor& in, uint32_t row_count) {
  return std::make_unique<DictionaryReader>(in, row_count);
}

}  // namespace

const IntegerEncoder kDictionaryEncoder{IntegerEncoding::kDictionary, Estimate, Encode, Open};

}  // namespace grizzly::storage
