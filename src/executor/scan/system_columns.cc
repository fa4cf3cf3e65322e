#include "executor/scan/system_columns.h"

#include <algorithm>

#include "executor/row_tid.h"
#include "executor/table_access.h"
#include "plan/row_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {
namespace {

constexpr AttributeNumber kRowKeyColumn = 0, kCtidColumn = -1, kXminColumn = -2, kCminColumn = -3,
                          kXmaxColumn = -4, kCmaxColumn = -5, kTableOidColumn = -6;

bool IsSystemColumn(AttributeNumber attnum) { return attnum <= 0; }

}  // namespace

std::vector<uint32_t> StoredPlacesOf(const plan::TableScanNode& scan) {
  std::vector<uint32_t> places;
  for (const AttributeNumber attnum : scan.attnums) {
    places.push_back(IsSystemColumn(attnum) ? storage::RowLayoutSet::kSkip
                                            : static_cast<uint32_t>(attnum - 1));
  }
  return places;
}

SystemColumns::SystemColumns(const plan::TableScanNode& scan, ExecContext& context)
    : scan_(scan),
      any_(std::any_of(scan.attnums.begin(), scan.attnums.end(), IsSystemColumn)),
      context_(context),
      head_(RowKeyHead(*scan.relation)) {}

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
    if (IsSystemColumn(scan_.attnums[i])) FillOne(i, suffix, timestamp, row, batch.column(i));
  }
}

}  // namespace grizzly::executor
