#include "executor/cte_store.h"

#include "executor/statement_resources.h"

namespace grizzly::executor {

CteStore::CteStore(std::span<const SqlType> column_types, OperatorPtr source,
                   const ExecContext& context)
    : rows_(column_types, context.memory, StatementResources::StoreBudget(context)),
      source_(std::move(source)) {}

void CteStore::Pull(ExecContext& context) {
  if (!opened_) {
    opened_ = true;
    source_->Open(context);
  }
  if (Batch* batch = source_->Next(context); batch != nullptr) {
    rows_.Append(*batch);
  } else {
    exhausted_ = true;
  }
}

bool CteStore::EnsureChunk(size_t i, ExecContext& context) {
  // A chunk is handed out once full, or at the end, so that no reader sees one grow.
  while (source_ != nullptr && !exhausted_ &&
         rows_.row_count() < (i + 1) * uint64_t{types::kBatchRowsMax}) {
    Pull(context);
  }
  return i < rows_.chunk_count();
}

void CteStore::RunToCompletion(ExecContext& context) {
  while (source_ != nullptr && !exhausted_) Pull(context);
}

}  // namespace grizzly::executor
