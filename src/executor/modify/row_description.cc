#include "executor/modify/row_description.h"

namespace grizzly::executor {
namespace {

// PostgreSQL cuts each value of a failing row's description to this many bytes.
constexpr size_t kDescribedBytesMax = 64;

}  // namespace

std::string DescribeValue(const types::SqlType& type, const types::Datum& value,
                          const ExecContext& context) {
  if (value.is_null()) return "null";
  std::string shown;
  const types::TypeIo* io = context.virtual_input.catalog->FindTypeIo(type.oid);
  if (io != nullptr) io->Output(value, *context.evaluation.functions.io, shown);
  if (shown.size() <= kDescribedBytesMax) return shown;
  size_t end = kDescribedBytesMax;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0) == 0x80) --end;
  shown.resize(end);
  return shown + "...";
}

std::string DescribeRow(const catalog::Relation& table, const types::Batch& rows, uint32_t row,
                        const ExecContext& context) {
  std::vector<int32_t> columns;
  for (size_t i = 0; i < table.columns.size(); ++i) columns.push_back(static_cast<int32_t>(i));
  return DescribeRow(table, columns, rows, row, context);
}

std::string DescribeRow(const catalog::Relation& table, const std::vector<int32_t>& columns,
                        const types::Batch& rows, uint32_t row, const ExecContext& context) {
  std::string text = "(";
  for (size_t i = 0; i < columns.size(); ++i) {
    if (table.columns[i].dropped || columns[i] < 0) continue;
    if (text.size() > 1) text += ", ";
    text += DescribeValue(table.columns[i].type, rows.column(columns[i]).GetDatum(row), context);
  }
  return text + ")";
}

}  // namespace grizzly::executor
