// Cutting key ranges by size: halves, and halves of halves, by the middle of the keys between.
#include <algorithm>
#include <cstring>

#include "executor/exec_context.h"
#include "executor/scan/scan_ranges.h"
#include "storage/kv/store.h"

namespace grizzly::executor {
namespace {

constexpr uint64_t kPiecesWanted = 64;
constexpr uint64_t kPieceBytesMin = 256 << 10;
// Keys that differ only in their last bytes are not worth more cuts.
constexpr int kCutsMax = 24;
constexpr size_t kMiddleBytes = 8;

uint64_t WordBehind(std::string_view key, size_t common) {
  unsigned char bytes[kMiddleBytes] = {};
  if (key.size() > common) {
    std::memcpy(bytes, key.data() + common, std::min(kMiddleBytes, key.size() - common));
  }
  uint64_t word = 0;
  for (unsigned char byte : bytes) word = word << 8 | byte;
  return word;
}

// A key about halfway between; empty when there is none.
std::string Middle(const std::string& from, const std::string& to) {
  const size_t common = static_cast<size_t>(
      std::mismatch(from.begin(), from.end(), to.begin(), to.end()).first - from.begin());
  const uint64_t low = WordBehind(from, common), high = WordBehind(to, common);
  if (high <= low + 1) return {};
  const uint64_t middle = low + (high - low) / 2;
  std::string key = from.substr(0, common);
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(middle >> shift));
  return key;
}

// From the first row's key to the last one's: what lies between has much in common. False: no rows.
bool Narrow(KeyRange& range, ExecContext& context) {
  auto rows = context.transaction.Scan(context.view, range.from, range.to);
  if (!rows->Valid()) return false;
  const std::string first(rows->key());
  rows = context.transaction.Scan(context.view, range.from, range.to,
                                  txn::ScanDirection::kBackward);
  if (!rows->Valid()) return false;
  range = {first, std::string(rows->key()) + '\0'};
  return true;
}

class Cutter {
 public:
  Cutter(storage::Store& store, uint64_t piece_bytes) : store_(store), piece_bytes_(piece_bytes) {}

  void Cut(const KeyRange& range, uint64_t bytes, int cuts) {
    const std::string middle =
        bytes <= piece_bytes_ || cuts == kCutsMax ? "" : Middle(range.from, range.to);
    if (middle.empty()) {
      pieces_.push_back(range);
      return;
    }
    const KeyRange left{range.from, middle}, right{middle, range.to};
    const uint64_t left_bytes = store_.ApproximateBytes(left.from, left.to);
    Cut(left, left_bytes, cuts + 1);
    Cut(right, bytes > left_bytes ? bytes - left_bytes : 0, cuts + 1);
  }
  std::vector<KeyRange> Take() { return std::move(pieces_); }

 private:
  storage::Store& store_;
  const uint64_t piece_bytes_;
  std::vector<KeyRange> pieces_;
};

}  // namespace

std::vector<KeyRange> SplitRanges(std::vector<KeyRange> ranges, ExecContext& context) {
  if (context.transactions == nullptr) return ranges;
  std::erase_if(ranges, [&](KeyRange& range) { return !Narrow(range, context); });
  storage::Store& store = context.transactions->store();
  std::vector<uint64_t> sizes;
  uint64_t total = 0;
  for (const KeyRange& range : ranges) {
    sizes.push_back(store.ApproximateBytes(range.from, range.to));
    total += sizes.back();
  }
  Cutter cutter(store, std::max(kPieceBytesMin, total / kPiecesWanted));
  for (size_t i = 0; i < ranges.size(); ++i) cutter.Cut(ranges[i], sizes[i], 0);
  return cutter.Take();
}

}  // namespace grizzly::executor
