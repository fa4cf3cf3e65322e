// Run-length: equal neighbours once, with where they end.
//
// FORMAT  body := run_count:u32 end:u32 per run, the runs' values as a frame-of-reference body
//         Run r holds the rows from the end of the one before to its own end (exclusive).
#include <algorithm>
#include <vector>

#include "storage/column/bit_packing.h"
#include "storage/column/integer_codec.h"

namespace grizzly::storage {
namespace {

class RunsReader final : public IntegerReader {
 public:
  RunsReader(ByteCursor& in, uint32_t row_count) : row_count_(row_count) {
    const uint32_t runs = in.Read<uint32_t>();
    if (runs == 0 || runs > row_count) ThrowDamagedSegment("impossible number of runs");
    const std::string_view ends = in.Take(size_t{runs} * 4);
    ends_.resize(runs);
    std::memcpy(ends_.data(), ends.data(), ends.size());
    if (!std::is_sorted(ends_.begin(), ends_.end()) || ends_.back() != row_count) {
      ThrowDamagedSegment("runs do not join");
    }
    const auto reader = kFrameEncoder.open(in, runs);
    values_.resize(size_t{BlockCount(runs)} * kSegmentBlockRows);
    for (uint32_t block = 0; block < BlockCount(runs); ++block) {
      reader->DecodeBlock(block, values_.data() + size_t{block} * kSegmentBlockRows);
    }
  }

  void DecodeBlock(uint32_t block, int64_t* out) const override {
    uint32_t row = block * kSegmentBlockRows;
    const uint32_t end = row + BlockRows(row_count_, block);
    for (size_t run = RunOf(row); row < end; ++run) {
      const uint32_t run_end = std::min(ends_[run], end);
      out = std::fill_n(out, run_end - row, values_[run]);
      row = run_end;
    }
  }
  int64_t At(uint32_t row) const override { return values_[RunOf(row)]; }

 private:
  size_t RunOf(uint32_t row) const {
    return static_cast<size_t>(std::upper_bound(ends_.begin(), ends_.end(), row) - ends_.begin());
  }

  const uint32_t row_count_;
  std::vector<uint32_t> ends_;
  std::vector<int64_t> values_;
};

size_t Estimate(std::span<const int64_t> values) {
  size_t runs = 1;
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  for (size_t i = 1; i < values.size(); ++i) runs += values[i] != values[i - 1] ? 1 : 0;
  const int width = BitWidth(static_cast<uint64_t>(*greatest) - static_cast<uint64_t>(*least));
  return 32 + runs * 4 + PackedBytes(runs, width);
}

void Encode(std::span<const int64_t> values, std::string* out) {
  std::vector<uint32_t> ends;
  std::vector<int64_t> run_values;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i + 1 < values.size() && values[i] == values[i + 1]) continue;
    ends.push_back(static_cast<uint32_t>(i + 1));
    run_values.push_back(values[i]);
  }
  AppendValue(out, static_cast<uint32_t>(ends.size()));
  for (const uint32_t end : ends) AppendValue(out, end);
  kFrameEncoder.encode(run_values, out);
}

std::unique_ptr<IntegerReader> Open(ByteCursor& in, uint32_t row_count) {
  return std::make_unique<RunsReader>(in, row_count);
}

}  // namespace

const IntegerEncoder kRunsEncoder{IntegerEncoding::kRuns, Estimate, Encode, Open};

}  // namespace grizzly::storage
