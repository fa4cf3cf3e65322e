// row_number, rank, dense_rank, percent_rank, cume_dist, ntile, lag, lead, first_value, last_value,
// nth_value. Values of rows [first_row, first_row + row_count) of the partition go to the result's
// rows 0 to row_count - 1.
#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/window/in_range.h"
#include "functions/window/window_partition.h"

namespace grizzly::functions {
namespace {

using Run = WindowPartition::Run;

void RowNumber(FunctionContext&, const CallSite&, WindowPartition&, Vector& result,
               uint32_t first_row, uint32_t row_count) {
  int64_t* out = result.Data<int64_t>();
  for (uint32_t i = 0; i < row_count; ++i) out[i] = int64_t{first_row} + i + 1;
}

void Rank(FunctionContext&, const CallSite&, WindowPartition& partition, Vector& result,
          uint32_t first_row, uint32_t row_count) {
  int64_t* out = result.Data<int64_t>();
  for (uint32_t i = 0; i < row_count; ++i) {
    out[i] = static_cast<int64_t>(partition.peers_start(first_row + i)) + 1;
  }
}

// The number of peer groups up to the row's own.
void DenseRank(FunctionContext&, const CallSite&, WindowPartition& partition, Vector& result,
               uint32_t first_row, uint32_t row_count) {
  int64_t* out = result.Data<int64_t>();
  int64_t rank = 0;
  uint64_t group_end = 0;
  while (group_end <= first_row) {
    group_end = partition.peers_end(group_end);
    ++rank;
  }
  for (uint32_t i = 0; i < row_count; ++i) {
    if (first_row + i >= group_end) {
      group_end = partition.peers_end(first_row + i);
      ++rank;
    }
    out[i] = rank;
  }
}

void PercentRank(FunctionContext&, const CallSite&, WindowPartition& partition, Vector& result,
                 uint32_t first_row, uint32_t row_count) {
  double* out = result.Data<double>();
  for (uint32_t i = 0; i < row_count; ++i) {
    const auto before = static_cast<double>(partition.peers_start(first_row + i));
    out[i] = partition.row_count <= 1 ? 0 : before / static_cast<double>(partition.row_count - 1);
  }
}

void CumeDist(FunctionContext&, const CallSite&, WindowPartition& partition, Vector& result,
              uint32_t first_row, uint32_t row_count) {
  double* out = result.Data<double>();
  for (uint32_t i = 0; i < row_count; ++i) {
    out[i] = static_cast<double>(partition.peers_end(first_row + i)) /
             static_cast<double>(partition.row_count);
  }
}

// The bucket count is the argument at the partition's first row; NULL: all NULL.
void Ntile(FunctionContext&, const CallSite&, WindowPartition& partition, Vector& result,
           uint32_t first_row, uint32_t row_count) {
  const Datum argument = partition.argument(0, 0);
  if (argument.is_null()) {
    result.SetAllNull(row_count);
    return;
  }
  const int32_t buckets = argument.As<int32_t>();
  if (buckets <= 0) {
    throw SqlError(SqlState::kInvalidArgumentForNtile,
                   "argument of ntile must be greater than zero");
  }
  int32_t* out = result.Data<int32_t>();
  const uint64_t small = partition.row_count / static_cast<uint64_t>(buckets);
  const uint64_t bigger = partition.row_count % static_cast<uint64_t>(buckets);
  const uint64_t rows_in_bigger = bigger * (small + 1);
  for (uint32_t i = 0; i < row_count; ++i) {
    const uint64_t row = uint64_t{first_row} + i;
    const uint64_t bucket =
        row < rows_in_bigger ? row / (small + 1) : bigger + (row - rows_in_bigger) / small;
    out[i] = static_cast<int32_t>(bucket) + 1;
  }
}

template <bool kForward>
void Neighbour(FunctionContext&, const CallSite&, WindowPartition& partition, Vector& result,
               uint32_t first_row, uint32_t row_count) {
  for (uint32_t i = 0; i < row_count; ++i) {
    const uint64_t row = uint64_t{first_row} + i;
    int64_t distance = 1;
    if (partition.argument_count > 1) {
      const Datum offset = partition.argument(1, row);
      if (offset.is_null()) {
        result.SetDatum(i, Datum::Null());
        continue;
      }
      distance = offset.As<int32_t>();
    }
    const int64_t wanted = static_cast<int64_t>(row) + (kForward ? distance : -distance);
    if (wanted >= 0 && wanted < static_cast<int64_t>(partition.row_count)) {
      result.SetDatum(i, partition.argument(0, static_cast<uint64_t>(wanted)));
    } else if (partition.argument_count > 2) {
      result.SetDatum(i, partition.argument(2, row));
    } else {
      result.SetDatum(i, Datum::Null());
    }
  }
}

uint64_t CountRows(const std::vector<Run>& runs) {
  uint64_t count = 0;
  for (const Run& run : runs) count += run.last - run.first;
  return count;
}
// Row number `n` (from 0) of the frame, which must have it.
uint64_t NthRow(const std::vector<Run>& runs, uint64_t n) {
  for (const Run& run : runs) {
    if (n < run.last - run.first) return run.first + n;
    n -= run.last - run.first;
  }
  return 0;
}

enum class Position : uint8_t { kFirst, kLast, kNth };

template <Position position>
void ValueOfFrame(FunctionContext&, const CallSite&, WindowPartition& partition, Vector& result,
                  uint32_t first_row, uint32_t row_count) {
  std::vector<Run> runs;
  for (uint32_t i = 0; i < row_count; ++i) {
    const uint64_t row = uint64_t{first_row} + i;
    runs.clear();
    uint64_t n = 0;
    if (position == Position::kNth) {
      const Datum argument = partition.argument(1, row);
      if (argument.is_null()) {
        result.SetDatum(i, Datum::Null());
        continue;
      }
      if (argument.As<int32_t>() <= 0) {
        throw SqlError(SqlState::kInvalidArgumentForNthValue,
                       "argument of nth_value must be greater than zero");
      }
      n = static_cast<uint64_t>(argument.As<int32_t>()) - 1;
    }
    partition.frame(row, runs);
    const uint64_t rows = CountRows(runs);
    if (position == Position::kLast) n = rows - 1;
    if (rows == 0 || n >= rows) {
      result.SetDatum(i, Datum::Null());
    } else {
      result.SetDatum(i, partition.argument(0, NthRow(runs, n)));
    }
  }
}

}  // namespace

void RegisterWindows(Registry& registry) {
  RegisterInRange(registry);
  registry.AddWindow("window_row_number", &RowNumber);
  registry.AddWindow("window_rank", &Rank);
  registry.AddWindow("window_dense_rank", &DenseRank);
  registry.AddWindow("window_percent_rank", &PercentRank);
  registry.AddWindow("window_cume_dist", &CumeDist);
  registry.AddWindow("window_ntile", &Ntile);
  for (const char* name :
       {"window_lag", "window_lag_with_offset", "window_lag_with_offset_and_default"}) {
    registry.AddWindow(name, &Neighbour<false>);
  }
  for (const char* name :
       {"window_lead", "window_lead_with_offset", "window_lead_with_offset_and_default"}) {
    registry.AddWindow(name, &Neighbour<true>);
  }
  registry.AddWindow("window_first_value", &ValueOfFrame<Position::kFirst>);
  registry.AddWindow("window_last_value", &ValueOfFrame<Position::kLast>);
  registry.AddWindow("window_nth_value", &ValueOfFrame<Position::kNth>);
}

}  // namespace grizzly::functions
