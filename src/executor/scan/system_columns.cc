#include "executor/scan/system_columns.h"

#include "executor/row_tid.h"
#include "executor/table_access.h"
#include "plan/row_key.h"

namespace grizzly::executor {
namespace {

constexpr AttributeNumber kRowKeyColumn = 0, kCtidColumn = -1, kXminColumn = -2, kCminColumn = -3,
                          kXmaxColumn = -4, kCmaxColumn = -5, kTableOidColumn = -6;

}  // namespace

SystemColumns::SystemColumns(const plan::TableScanNode& scan, ExecContext& context)
    : scan_(scan), context_(context), head_(RowKeyHead(*scan.relation)) {}

// Own writes alone have no commit time.
uint32_t SystemColumns::CommandOf(std::string_view suffix, uint64_t timestamp) {
  if (timestamp != 0) return 0;
  bytes_ = head_;
  bytes_.append(suffix);
  context_.transaction.Get(context_.view, bytes_, &read_);
  return read_.own_command() == 0 ? 0 : read_.own_command() - 1;
}

void SystemColumns::FillOne(size_t output, std::string_view suffix, uint64_t timestamp,
                            uint32_t row, types::Vector& column) {
  switch (scan_.attnums[output]) {
    case kRowKeyColumn:
    case plan::kWholeRowKeyAttribute:
      bytes_.clear();
      AppendTimestamp(timestamp, &bytes_);
      if (scan_.attnums[output] != kRowKeyColumn) bytes_.append(head_);
      bytes_.append(suffix);
      column.SetString(row, bytes_);
      break;
    case kTableOidColumn: column.Data<Oid>()[row] = scan_.relation->oid; break;
    case kXminColumn:
      column.Data<uint32_t>()[row] =
          static_cast<uint32_t>(timestamp != 0 ? timestamp : context_.transaction.id().value);
      break;
    case kXmaxColumn: column.Data<uint32_t>()[row] = 0; break;
    case kCminColumn:
    case kCmaxColumn: column.Data<uint32_t>()[row] = CommandOf(suffix, timestamp); break;
    case kCtidColumn:
      bytes_.clear();
      AppendRowTid(*scan_.relation, suffix, &bytes_);
      column.SetString(row, bytes_);
      break;
    default: break;
  }
}

void SystemColumns::Fill(std::string_view suffix, uint64_t timestamp, uint32_t row,
                         types::Batch& batch) {
  for (size_t i = 0; i < scan_.attnums.size(); ++i) {
    if (scan_.attnums[i] <= 0) FillOne(i, suffix, timestamp, row, batch.column(i));
  }
}

}  // namespace grizzly::executor
