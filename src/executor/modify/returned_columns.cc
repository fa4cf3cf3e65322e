#include "executor/modify/returned_columns.h"

#include <string>

#include "executor/row_tid.h"
#include "facts/type_oids.h"
#include "types/sql_type.h"

namespace grizzly::executor {
namespace {

using types::Batch;
using types::Datum;

types::SqlType TypeOfSystemColumn(AttributeNumber attnum) {
  switch (attnum) {
    case -1: return types::BuiltinType(facts::kTidOid);
    case -2:
    case -4: return types::BuiltinType(facts::kXidOid);
    case -6: return types::BuiltinType(facts::kOidOid);
    default: return types::BuiltinType(facts::kCidOid);
  }
}

}  // namespace

ReturnedColumns::ReturnedColumns(const std::vector<AttributeNumber>& attnums, ExecContext& context)
    : attnums_(attnums), context_(context) {
  for (const AttributeNumber attnum : attnums) {
    columns_.AddColumn(types::Vector(TypeOfSystemColumn(attnum), 1));
    one_.AddColumn(types::Vector(TypeOfSystemColumn(attnum), 1));
  }
}

void ReturnedColumns::Reset() { columns_.Reset(); }

void ReturnedColumns::Set(size_t column, const catalog::Relation& table, std::string_view suffix,
                          bool is_update) {
  const auto transaction = static_cast<uint32_t>(context_.transaction.id().value);
  switch (attnums_[column]) {
    case -1: {
      std::string tid;
      AppendRowTid(table, suffix, &tid);
      one_.column(column).SetString(0, tid);
      return;
    }
    case -2: return one_.column(column).SetDatum(0, Datum::Of(transaction));
    case -4: return one_.column(column).SetDatum(0, Datum::Of(is_update ? transaction : 0U));
    case -6: return one_.column(column).SetDatum(0, Datum::Of(table.oid));
    default:
      return one_.column(column).SetDatum(0, Datum::Of(context_.transaction.current_command() - 1));
  }
}

void ReturnedColumns::Add(const catalog::Relation& table, std::string_view suffix, bool is_update) {
  if (attnums_.empty()) return;
  one_.Reset();
  for (size_t i = 0; i < attnums_.size(); ++i) Set(i, table, suffix, is_update);
  one_.set_row_count(1);
  columns_.Append(one_, 0, 1);
}

Batch& ReturnedColumns::Behind(const Batch& rows) {
  joined_ = Batch();
  for (const Batch* part : {&rows, static_cast<const Batch*>(&columns_)}) {
    for (size_t i = 0; i < part->column_count(); ++i) {
      joined_.AddColumn(types::Vector(part->column(i).type(), 0));
      joined_.column(joined_.column_count() - 1).Reference(part->column(i));
    }
  }
  joined_.set_row_count(rows.row_count());
  return joined_;
}

}  // namespace grizzly::executor
