#include "commands/table/bulk_writer.h"

#include "commands/table/entry_sorter.h"
#include "commands/table/file_load.h"
#include "executor/statement_resources.h"
#include "executor/table_access.h"
#include "storage/key/key_layout.h"
#include "storage/kv/store.h"

namespace grizzly::commands {
namespace {

// Less goes through the log: a file costs a few syncs.
constexpr uint64_t kBatchedBytesMax = 4 * BulkWriter::kBatchBytes;

}  // namespace

// The entries under one key head: those that came in order, and, once one did not, those behind it.
struct BulkWriter::Stream {
  std::string head;
  std::string last;
  std::unique_ptr<FileLoad> load;
  std::unique_ptr<EntrySorter> sorter;
};

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
  if (may_make_files_ && batched_bytes_ >= kBatchedBytesMax) return PutToFile(key, value);
  batch_->PutParts(key, timestamp_, value.substr(txn::kRowTimestampBytes));
  if (batch_->byte_count() >= kBatchBytes) WriteBatch();
}

BulkWriter::Stream& BulkWriter::StreamOf(std::string_view key) {
  const std::string_view head = key.substr(0, storage::kKeyHeadBytes);
  for (const auto& stream : streams_) {
    if (stream->head == head) return *stream;
  }
  streams_.push_back(std::make_unique<Stream>());
  streams_.back()->head = head;
  return *streams_.back();
}

void BulkWriter::PutToFile(std::string_view key, std::string_view value) {
  value_.assign(timestamp_);
  value_.append(value.substr(txn::kRowTimestampBytes));
  Stream& stream = StreamOf(key);
  if (stream.sorter == nullptr && key <= stream.last) {
    stream.sorter = std::make_unique<EntrySorter>(
        input_.memory, executor::StatementResources::Current().spill);
  }
  if (stream.sorter != nullptr) return stream.sorter->Put(key, value_);
  if (stream.load == nullptr) {
    stream.load = std::make_unique<FileLoad>(input_.transactions.store(), input_.memory);
  }
  stream.load->Put(key, value_);
  stream.last = key;
}

void BulkWriter::WriteBatch() {
  if (batch_->operation_count() == 0) return;
  if (input_.cancel != nullptr) input_.cancel->Check();
  wrote_ = true;
  batched_bytes_ += batch_->byte_count();
  input_.transactions.store().Write(*batch_, storage::SyncMode::kNone);
  batch_->Clear();
}

// In the order they were put: what was sorted came after what was in order.
void BulkWriter::TakeFilesIn() {
  storage::Store& store = input_.transactions.store();
  wrote_ |= !streams_.empty();
  std::vector<std::unique_ptr<storage::SortedFile>> files;
  const auto add = [&](std::vector<std::unique_ptr<storage::SortedFile>> more) {
    for (auto& file : more) files.push_back(std::move(file));
  };
  for (const auto& stream : streams_) {
    if (stream->load != nullptr) add(stream->load->Finish());
    stream->load.reset();
  }
  store.Ingest(std::move(files));
  files.clear();
  for (const auto& stream : streams_) {
    if (stream->sorter == nullptr) continue;
    FileLoad load(store, input_.memory);
    uint64_t taken = 0;
    stream->sorter->TakeSorted([&](std::string_view key, std::string_view value) {
      if (++taken % types::kBatchRowsMax == 0 && input_.cancel != nullptr) input_.cancel->Check();
      load.Put(key, value);
    });
    add(load.Finish());
  }
  store.Ingest(std::move(files));
  streams_.clear();
}

void BulkWriter::Flush() {
  if (!is_direct()) return;
  WriteBatch();
  TakeFilesIn();
  may_make_files_ = false;
}

void BulkWriter::Finish() {
  Flush();
  finished_ = true;
}

}  // namespace grizzly::commands
