#include "functions/set/record_of_set.h"

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "functions/kernel.h"
#include "functions/registry.h"
#include "types/record.h"
#include "types/record_shape.h"

namespace grizzly::functions {

Datum RecordOfRow(const types::SqlType& type, const types::Batch& rows, uint32_t row, Arena& arena) {
  types::RecordBuilder record(type.oid, rows.column_count());
  for (size_t i = 0; i < rows.column_count(); ++i) {
    record.Add(rows.column(i).type(), rows.column(i).GetDatum(row));
  }
  if (const types::RecordShape* shape = types::FindRecordShape(type.typmod)) {
    std::vector<std::string> names;
    for (const types::ShapeColumn& column : *shape) names.push_back(column.name);
    record.AddNames(names);
  }
  return Datum::OfString(record.bytes(), arena);
}

namespace {

Datum FirstRow(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  const types::RecordShape* shape = types::FindRecordShape(call.result_type.typmod);
  if (shape == nullptr) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "function returning record called in context that cannot accept type record");
  }
  const SetFunction start = BuiltinRegistry().Find(call.function)->set;
  GRIZZLY_CHECK(start != nullptr);
  Arena& result_heap = *context.result_heap;
  const std::unique_ptr<SetScan> scan = start(context, call, values);
  if (scan == nullptr) return Datum::Null();
  std::vector<types::SqlType> column_types;
  for (const types::ShapeColumn& column : *shape) column_types.push_back(column.type);
  types::Batch rows{std::span<const types::SqlType>(column_types)};
  rows.Reset();
  const bool any = scan->Next(context, rows);
  context.result_heap = &result_heap;
  return any ? RecordOfRow(call.result_type, rows, 0, result_heap) : Datum::Null();
}

}  // namespace

void FirstRowOfSet(FunctionContext& context, const CallSite& call,
                   std::span<const Vector* const> arguments, uint32_t row_count, Vector& result) {
  kernel::RunDatums(&FirstRow, kernel::Calling::kPerRowNullable, context, call, arguments, row_count,
                    result);
}

}  // namespace grizzly::functions
