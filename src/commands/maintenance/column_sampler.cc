#include "commands/maintenance/column_sampler.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "types/hash_bytes.h"

namespace grizzly::commands {

using catalog::ColumnStatistics;
using types::Datum;

namespace {

// Longer values are neither common values nor bounds, and do not count as equal to any.
constexpr size_t kSampledBytesMax = 1024;
// More values than this part of the rows: their number grows with the table.
constexpr double kScalingFraction = 0.1;

// As PostgreSQL stores it: a length byte before a short string, four before a long one.
double StoredWidth(size_t bytes) {
  constexpr size_t kShortBytesMax = 126;
  return static_cast<double>(bytes + (bytes <= kShortBytesMax ? 1 : 4));
}

}  // namespace

void DistinctSketch::Add(uint64_t hash) {
  hash = types::SpreadHash(hash);
  const size_t index = hash >> (64 - kIndexBits);
  const uint64_t rest = (hash << kIndexBits) | (uint64_t{1} << (kIndexBits - 1));
  const auto rank = static_cast<uint8_t>(std::countl_zero(rest) + 1);
  if (rank > registers_[index]) registers_[index] = rank;
}

double DistinctSketch::Estimate() const {
  const double count = static_cast<double>(registers_.size());
  double sum = 0, empty = 0;
  for (uint8_t rank : registers_) {
    sum += std::ldexp(1.0, -rank);
    empty += rank == 0 ? 1 : 0;
  }
  const double raw = 0.7213 / (1 + 1.079 / count) * count * count / sum;
  if (raw <= 2.5 * count && empty > 0) return count * std::log(count / empty);
  return raw;
}

ColumnSampler::ColumnSampler(AttributeNumber attnum, const types::SqlType& type, uint32_t target)
    : attnum_(attnum),
      type_(type),
      target_(target),
      compare_(types::FindCompare(type)),
      hash_(types::FindHash(type)) {}

void ColumnSampler::Count(const types::Vector& values, uint32_t row_count) {
  const bool is_string = type_.physical == types::PhysicalType::kString;
  counted_ += row_count;
  for (uint32_t row = 0; row < row_count; ++row) {
    const Datum value = values.GetDatum(row);
    if (value.is_null()) {
      ++null_count_;
      continue;
    }
    if (is_string) width_sum_ += StoredWidth(value.AsString().size());
    if (hash_ != nullptr) sketch_.Add(hash_(value, type_.collation));
  }
}

void ColumnSampler::Sample(const types::Vector& values, uint32_t row, uint64_t row_number,
                           size_t slot) {
  if (compare_ == nullptr) return;
  if (slot == sample_.size()) sample_.emplace_back();
  SampledValue& sampled = sample_[slot];
  const Datum value = values.GetDatum(row);
  sampled.row_number = row_number;
  sampled.is_null = value.is_null();
  if (value.is_null()) return;
  if (type_.physical == types::PhysicalType::kString) {
    sampled.bytes.assign(value.AsString());
    sampled.is_null = sampled.bytes.size() > kSampledBytesMax;
  } else {
    sampled.bytes.assign(static_cast<const char*>(value.payload()),
                         types::PhysicalWidth(type_.physical));
  }
}

Datum ColumnSampler::DatumOf(const SampledValue& value) const {
  if (type_.physical == types::PhysicalType::kString) {
    return Datum::Of(types::StringRef(value.bytes));
  }
  Datum datum = Datum::Of(uint8_t{0});
  std::memcpy(datum.payload(), value.bytes.data(), value.bytes.size());
  return datum;
}

std::vector<const ColumnSampler::SampledValue*> ColumnSampler::SortedSample() const {
  std::vector<const SampledValue*> sorted;
  for (const SampledValue& value : sample_) {
    if (!value.is_null) sorted.push_back(&value);
  }
  std::sort(sorted.begin(), sorted.end(), [&](const SampledValue* a, const SampledValue* b) {
    const int order = compare_(DatumOf(*a), DatumOf(*b), type_.collation);
    return order != 0 ? order < 0 : a->row_number < b->row_number;
  });
  return sorted;
}

std::vector<ColumnSampler::Run> ColumnSampler::RunsOf(
    const std::vector<const SampledValue*>& sorted) const {
  std::vector<Run> runs;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const bool same = i > 0 && compare_(DatumOf(*sorted[i - 1]), DatumOf(*sorted[i]),
                                        type_.collation) == 0;
    if (same) {
      ++runs.back().count;
    } else {
      runs.push_back({i, 1});
    }
  }
  return runs;
}

void ColumnSampler::FindDistinct(const std::vector<Run>& runs, uint64_t row_count,
                                 ColumnStatistics* found) const {
  const bool sampled_all = sample_.size() == row_count;
  const double rows = static_cast<double>(row_count);
  const double not_null = rows * (1 - found->null_fraction);
  double distinct = sampled_all && compare_ != nullptr            ? static_cast<double>(runs.size())
                    : counted_ < row_count && compare_ != nullptr ? DistinctOfSample(runs, not_null)
                    : hash_ != nullptr                            ? sketch_.Estimate()
                                                                  : 0;
  distinct = std::min(distinct, not_null);
  // A sketch does not tell "almost all" from "all".
  if (!sampled_all && distinct > 0.97 * not_null) distinct = not_null;
  found->distinct_count =
      distinct > kScalingFraction * rows ? -distinct / rows : std::round(distinct);
}

// Of the whole table: `not_null` rows, of which the sample shows a few.
double ColumnSampler::DistinctOfSample(const std::vector<Run>& runs, double not_null) const {
  double sampled = 0, once = 0;
  for (const Run& run : runs) {
    sampled += static_cast<double>(run.count);
    once += run.count == 1 ? 1 : 0;
  }
  const double distinct = static_cast<double>(runs.size());
  if (once == distinct) return not_null;  // none came twice: taken to be all different
  if (once == 0) return distinct;         // each came twice: there are no others
  return std::max(distinct, sampled * distinct / (sampled - once + once * sampled / not_null));
}

// The most frequent values, as long as each is clearly more frequent than it would be taken for if it
// were not listed (two standard deviations of the sampling).
std::vector<ColumnSampler::Run> ColumnSampler::ChooseCommon(std::vector<Run> runs,
                                                            uint64_t row_count,
                                                            const ColumnStatistics& found) const {
  const double sampled = static_cast<double>(sample_.size());
  const double rows = static_cast<double>(row_count);
  const double distinct = found.DistinctOf(rows);
  const auto more_frequent = [](const Run& a, const Run& b) {
    return a.count != b.count ? a.count > b.count : a.first < b.first;
  };
  const size_t all = runs.size();
  const bool repeated =
      std::all_of(runs.begin(), runs.end(), [](const Run& run) { return run.count > 1; });
  std::sort(runs.begin(), runs.end(), more_frequent);
  // All values there are fit: the list is the column.
  if (all <= target_ && found.distinct_count > 0 && repeated) return runs;
  std::erase_if(runs, [](const Run& run) { return run.count < 2; });
  if (runs.size() > target_) runs.resize(target_);
  if (sample_.size() == row_count) return runs;  // nothing is left to chance
  double listed = 0;
  for (const Run& run : runs) listed += static_cast<double>(run.count);
  while (!runs.empty()) {
    const double count = static_cast<double>(runs.back().count);
    const double others = std::max(distinct - static_cast<double>(runs.size()) + 1, 1.0);
    const double rest = 1 - (listed - count) / sampled - found.null_fraction;
    const double expected = std::clamp(rest / others, 0.0, 1.0) * sampled;
    const double share = expected * rows / sampled;  // rows of such a value in the whole table
    const double variance = rows <= 1 ? 0
                                      : sampled * (share / rows) * (1 - share / rows) *
                                            (rows - sampled) / (rows - 1);
    if (count > expected + 2 * std::sqrt(std::max(variance, 0.0)) + 0.5) break;
    listed -= count;
    runs.pop_back();
  }
  return runs;
}

void ColumnSampler::FillHistogram(const std::vector<const SampledValue*>& rest,
                                  ColumnStatistics* found) const {
  const std::vector<Run> runs = RunsOf(rest);
  if (runs.size() < 2) return;
  const size_t bounds = std::min<size_t>(runs.size(), target_ + 1);
  for (size_t i = 0; i < bounds; ++i) {
    found->histogram.push_back(rest[i * (rest.size() - 1) / (bounds - 1)]->bytes);
  }
}

void ColumnSampler::FindCorrelation(const std::vector<const SampledValue*>& sorted,
                                    ColumnStatistics* found) const {
  if (sorted.size() < 2) return;
  std::vector<uint64_t> rows;
  for (const SampledValue* value : sorted) rows.push_back(value->row_number);
  std::sort(rows.begin(), rows.end());
  const double count = static_cast<double>(sorted.size());
  const double sum = count * (count - 1) / 2;
  const double square_sum = count * (count - 1) * (2 * count - 1) / 6;
  double product_sum = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const auto place = std::lower_bound(rows.begin(), rows.end(), sorted[i]->row_number);
    product_sum += static_cast<double>(i) * static_cast<double>(place - rows.begin());
  }
  found->correlation =
      (count * product_sum - sum * sum) / (count * square_sum - sum * sum);
  found->has_correlation = true;
}

ColumnStatistics ColumnSampler::Finish(uint64_t row_count) {
  ColumnStatistics found;
  found.attnum = attnum_;
  const double rows = static_cast<double>(counted_);
  const double not_null = rows - static_cast<double>(null_count_);
  found.null_fraction = rows == 0 ? 0 : static_cast<double>(null_count_) / rows;
  found.average_width = type_.physical != types::PhysicalType::kString
                            ? types::PhysicalWidth(type_.physical)
                        : not_null == 0 ? 0
                                        : width_sum_ / not_null;
  if (compare_ == nullptr) {
    FindDistinct({}, row_count, &found);
    return found;
  }
  std::vector<const SampledValue*> sorted = SortedSample();
  const std::vector<Run> runs = RunsOf(sorted);
  FindDistinct(runs, row_count, &found);
  FindCorrelation(sorted, &found);
  const std::vector<Run> common = ChooseCommon(runs, row_count, found);
  for (const Run& run : common) {
    found.common_values.push_back(sorted[run.first]->bytes);
    found.common_frequencies.push_back(static_cast<double>(run.count) /
                                       static_cast<double>(sample_.size()));
    for (size_t i = 0; i < run.count; ++i) sorted[run.first + i] = nullptr;
  }
  std::erase(sorted, nullptr);
  FillHistogram(sorted, &found);
  return found;
}

}  // namespace grizzly::commands
