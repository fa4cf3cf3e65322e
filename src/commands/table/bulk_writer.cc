#include "commands/table/bulk_writer.h"

#include "executor/table_access.h"
#include "storage/kv/store.h"

namespace grizzly::commands {

bool MayWriteDirectly(const CommandInput& input) {
  const txn::IsolationLevel isolation = input.transaction.options().isolation;
  return !input.in_savepoint && (isolation == txn::IsolationLevel::kReadCommitted ||
                                 isolation == txn::IsolationLevel::kReadUncommitted);
}

BulkWriter::BulkWriter(CommandInput& input, KeyRange range)
    : input_(input), range_(std::move(range)) {
  if (!MayWriteDirectly(input)) return;
  batch_ = input.transactions.store().NewBatch();
  executor::AppendTimestamp(input.transactions.NextTimestamp().value, &timestamp_);
}

BulkWriter::~BulkWriter() {
  if (finished_ || !is_direct() || !wrote_) return;
  try {
    input_.transactions.store().DropRange(range_.from, range_.to);
  } catch (const SqlError&) {
    // The store has failed: the statement's own error says so already.
  }
}

void BulkWriter::Put(std::string_view key, std::string_view value) {
  if (!is_direct()) {
    input_.transaction.Put(key, value);
    return;
  }
  batch_->PutParts(key, timestamp_, value.substr(txn::kRowTimestampBytes));
  if (batch_->byte_count() >= kBatchBytes) Flush();
}

void BulkWriter::Flush() {
  if (!is_direct() || batch_->operation_count() == 0) return;
  if (input_.cancel != nullptr) input_.cancel->Check();
  wrote_ = true;
  input_.transactions.store().Write(*batch_, storage::SyncMode::kNone);
  batch_->Clear();
}

void BulkWriter::Finish() {
  Flush();
  finished_ = true;
}

}  // namespace grizzly::commands
