#include "executor/sort/sorted_rows.h"

#include "executor/sort/run_merge.h"
#include "executor/statement_resources.h"

namespace grizzly::executor {

SortedRows::SortedRows(const RowOrder& order, std::span<const types::SqlType> column_types,
                       ExecContext& context, const plan::Node& node)
    : order_(order),
      types_(column_types.begin(), column_types.end()),
      context_(context),
      node_(node),
      budget_bytes_(StatementResources::StoreBudget(context)),
      rows_(std::make_unique<RowStore>(column_types, context.memory)) {}

void SortedRows::Append(const types::Batch& batch) {
  rows_->Append(batch);
  if (budget_bytes_ > 0 && rows_->charged_bytes() > budget_bytes_) WriteRun();
}

void SortedRows::WriteRun() {
  NoteMemory(context_, node_, rows_->charged_bytes());
  runs_.push_back(WriteSortedRun(order_, *rows_, UINT64_MAX, context_));
  NoteSpill(context_, node_, runs_.back()->byte_count());
  rows_->Clear();
}

void SortedRows::Finish() {
  NoteMemory(context_, node_, rows_->charged_bytes());
  if (runs_.empty()) {
    sorted_ = order_.Sort(*rows_);
    return;
  }
  if (rows_->row_count() > 0) WriteRun();
  auto paged = std::make_unique<PagedRows>(types_, context_.memory, budget_bytes_);
  RunMerge merge(order_, types_, runs_);
  types::Batch batch(types_);
  while (true) {
    context_.CheckCanceled();
    batch.Reset();
    const uint32_t count = merge.Next(batch, types::kBatchRowsMax);
    if (count == 0) break;
    batch.set_row_count(count);
    paged->Append(batch);
  }
  NoteSpill(context_, node_, paged->spilled_bytes());
  runs_.clear();
  paged_ = std::move(paged);
}

}  // namespace grizzly::executor
