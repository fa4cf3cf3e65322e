#include "executor/scan/system_columns.h"

#include "executor/table_access.h"
#include "plan/row_key.h"

namespace grizzly::executor {

void FillSystemColumns(const plan::TableScanNode& scan, std::string_view head,
                       std::string_view suffix, std::string_view value, uint32_t row,
                       types::Batch& batch, std::string* mark) {
  constexpr AttributeNumber kRowKey = 0, kCtid = -1, kXmin = -2, kTableOid = -6;
  for (size_t i = 0; i < scan.attnums.size(); ++i) {
    types::Vector& column = batch.column(i);
    switch (scan.attnums[i]) {
      case kRowKey:
      case plan::kWholeRowKeyAttribute: {
        mark->assign(value.substr(0, txn::kRowTimestampBytes));
        if (scan.attnums[i] != kRowKey) mark->append(head);
        mark->append(suffix);
        column.SetString(row, *mark);
        break;
      }
      case kTableOid: column.Data<Oid>()[row] = scan.relation->oid; break;
      case kXmin: {
        // The low half of the commit time: what tells versions apart, as applications use xmin.
        const uint64_t timestamp = TimestampOfMark(value);
        column.Data<uint32_t>()[row] = static_cast<uint32_t>(timestamp);
        break;
      }
      case kCtid:
        if (column.physical() == types::PhysicalType::kString) {
          column.SetString(row, suffix);
        } else {
          column.SetNull(row);
        }
        break;
      default: break;
    }
  }
}

}  // namespace grizzly::executor
