#include "executor/sort/run_merge.h"

#include <algorithm>

#include "executor/column_gather.h"
#include "executor/statement_resources.h"

namespace grizzly::executor {

std::unique_ptr<SpillFile> WriteSortedRun(const RowOrder& order, const RowStore& rows, uint64_t limit,
                                          ExecContext& context) {
  std::vector<uint64_t> sorted = order.Sort(rows);
  if (sorted.size() > limit) sorted.resize(limit);
  auto run = std::make_unique<SpillFile>(*StatementResources::Current().spill, rows.column_types());
  types::Batch batch(rows.column_types());
  for (size_t first = 0; first < sorted.size(); first += types::kBatchRowsMax) {
    context.CheckCanceled();
    const size_t count = std::min<size_t>(sorted.size() - first, types::kBatchRowsMax);
    const std::vector<uint32_t> numbers(sorted.begin() + static_cast<ptrdiff_t>(first),
                                        sorted.begin() + static_cast<ptrdiff_t>(first + count));
    batch.Reset();
    for (size_t c = 0; c < batch.column_count(); ++c) GatherColumn(rows, c, numbers, batch.column(c));
    batch.set_row_count(static_cast<uint32_t>(count));
    run->Write(batch);
  }
  run->FinishWriting();
  return run;
}

RunMerge::RunMerge(const RowOrder& order, std::span<const types::SqlType> column_types,
                   const std::vector<std::unique_ptr<SpillFile>>& runs)
    : order_(order) {
  for (const auto& run : runs) {
    Cursor cursor{run.get(), std::make_unique<types::Batch>(column_types), 0};
    if (!run->Read(*cursor.batch)) continue;
    heap_.push_back(cursors_.size());
    cursors_.push_back(std::move(cursor));
  }
  for (size_t place = heap_.size(); place-- > 0;) SiftDown(place);
}

bool RunMerge::Comes(size_t a, size_t b) const {
  const int order = order_.Compare(*cursors_[a].batch, cursors_[a].row, *cursors_[b].batch,
                                   cursors_[b].row);
  return order != 0 ? order < 0 : a < b;
}

void RunMerge::SiftDown(size_t place) {
  while (true) {
    size_t best = place;
    for (size_t child = 2 * place + 1; child <= 2 * place + 2 && child < heap_.size(); ++child) {
      if (Comes(heap_[child], heap_[best])) best = child;
    }
    if (best == place) return;
    std::swap(heap_[best], heap_[place]);
    place = best;
  }
}

uint32_t RunMerge::Next(types::Batch& out, uint32_t rows_max) {
  uint32_t count = 0;
  while (count < rows_max && !heap_.empty()) {
    Cursor& first = cursors_[heap_[0]];
    for (size_t c = 0; c < out.column_count(); ++c) {
      out.column(c).CopyRows(first.batch->column(c), first.row, 1, count);
    }
    ++count;
    if (++first.row == first.batch->row_count()) {
      first.row = 0;
      if (!first.file->Read(*first.batch)) {
        heap_[0] = heap_.back();
        heap_.pop_back();
      }
    }
    SiftDown(0);
  }
  return count;
}

}  // namespace grizzly::executor
