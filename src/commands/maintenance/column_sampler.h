// Gathers what ANALYZE wants to know of one column: counts over the rows it is shown, details from a sample of them.
//
// Where it was shown all rows of the table, the number of distinct values comes from a HyperLogLog sketch of them, or
// from the sample while that holds the whole table; else it is estimated from the sample.
// THREADS one at a time.
// SOURCE  Flajolet et al.: HyperLogLog (2007); Haas, Stokes: Estimating the Number of Classes in a Finite
//         Population (1998), estimator Duj1, as PostgreSQL 15 does; and its documented choice of common values:
//         those significantly more frequent than the rest
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/relation.h"
#include "catalog/statistics.h"
#include "types/compare.h"
#include "types/vector.h"

namespace grizzly::commands {

class DistinctSketch {
 public:
  void Add(uint64_t hash);
  double Estimate() const;

 private:
  static constexpr int kIndexBits = 14;  // an error of about 0.8 %
  std::vector<uint8_t> registers_ = std::vector<uint8_t>(size_t{1} << kIndexBits, 0);
};

class ColumnSampler {
 public:
  // `target`: so many common values and histogram buckets at most.
  ColumnSampler(AttributeNumber attnum, const types::SqlType& type, uint32_t target);

  // Counts rows [0, row_count) of the column.
  void Count(const types::Vector& values, uint32_t row_count);
  // Puts a row's value at `slot` of the sample (at its end: slot = rows sampled so far).
  void Sample(const types::Vector& values, uint32_t row, uint64_t row_number, size_t slot);
  // `row_count`: of the table.
  catalog::ColumnStatistics Finish(uint64_t row_count);

 private:
  struct SampledValue {
    std::string bytes;
    uint64_t row_number = 0;
    bool is_null = false;
  };
  // A run of equal values in the sorted sample.
  struct Run {
    size_t first = 0;
    size_t count = 0;
  };

  types::Datum DatumOf(const SampledValue& value) const;
  std::vector<const SampledValue*> SortedSample() const;
  std::vector<Run> RunsOf(const std::vector<const SampledValue*>& sorted) const;
  void FindDistinct(const std::vector<Run>& runs, uint64_t row_count,
                    catalog::ColumnStatistics* found) const;
  double DistinctOfSample(const std::vector<Run>& runs, double not_null) const;
  std::vector<Run> ChooseCommon(std::vector<Run> runs, uint64_t row_count,
                                const catalog::ColumnStatistics& found) const;
  void FillHistogram(const std::vector<const SampledValue*>& rest,
                     catalog::ColumnStatistics* found) const;
  void FindCorrelation(const std::vector<const SampledValue*>& sorted,
                       catalog::ColumnStatistics* found) const;

  const AttributeNumber attnum_;
  const types::SqlType type_;
  const uint32_t target_;
  const types::CompareFunction compare_;
  const types::HashFunction hash_;
  DistinctSketch sketch_;
  uint64_t counted_ = 0;  // rows
  uint64_t null_count_ = 0;
  double width_sum_ = 0;
  std::vector<SampledValue> sample_;
};

}  // namespace grizzly::commands
