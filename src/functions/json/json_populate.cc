#include "functions/json/json_populate.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "functions/json/row_maker.h"
#include "functions/kernel.h"
#include "functions/set/set_rows.h"
#include "types/array.h"
#include "types/record.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

using types::SqlType;
using View = std::string_view;
using Values = std::span<const Datum>;
using Kind = JsonTree::Kind;

View NameOf(const CallSite& call) { return facts::FindProc(call.function)->proname; }

[[noreturn]] void ThrowNoRowType(const CallSite& call) {
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("could not determine row type for result of {}", NameOf(call)))
      .Hint("Provide a non-null record argument, or call the function in the FROM clause using a "
            "column definition list.");
}

// The row type that a call's first argument says; a domain's is its base.
Oid RowTypeOf(const CallSite& call, const Datum& base) {
  const Oid type = types::AnyDomainBaseOf(call.argument_types.at(0).oid);
  if (type != facts::kRecordOid && types::AnyKindOf(type) != 'c') {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("first argument of {} must be a row type", NameOf(call)));
  }
  if (type == facts::kRecordOid && base.is_null()) ThrowNoRowType(call);
  return type;
}

template <bool kJsonb>
JsonTree TreeOf(const Datum& value) {
  if constexpr (kJsonb) {
    return TreeOfJsonb(types::JsonbRef::Of(value));
  } else {
    return TreeOfJson(value.AsString());
  }
}

template <bool kJsonb>
Datum PopulateRecord(FunctionContext& context, const CallSite& call, Values values) {
  const Oid type = RowTypeOf(call, values[0]);
  if (values[1].is_null()) return values[0];
  return RowMaker(context).Row(type, TreeOf<kJsonb>(values[1]), values[0]);
}

// One row per object of an array; as one column, or taken apart into the columns of a FROM item.
class RecordScan final : public SetScan {
 public:
  RecordScan(Oid type, Datum base, JsonTree objects)
      : type_(type), base_(base), objects_(std::move(objects)) {}

  bool Next(FunctionContext& context, types::Batch& out) override {
    for (Vector& column : out.columns()) column.Reserve(types::kBatchRowsMax);
    context.result_heap = &out.column(0).heap();
    uint32_t rows = 0;
    for (; rows < types::kBatchRowsMax && at_ < objects_.members.size(); ++rows, ++at_) {
      const Datum row = RowMaker(context).Row(type_, objects_.members[at_].second, base_);
      if (out.column_count() == 1 && IsRow(out.column(0).type())) {
        out.column(0).SetDatum(rows, row);
      } else {
        Spread(row, out, rows);
      }
    }
    out.set_row_count(rows);
    return rows > 0;
  }

 private:
  static bool IsRow(const SqlType& type) {
    return type.oid == facts::kRecordOid || types::AnyKindOf(type.oid) == 'c';
  }
  static void Spread(const Datum& row, types::Batch& out, uint32_t at) {
    size_t column = 0;
    for (const types::RecordField& field : types::RecordRef::Of(row).Fields()) {
      if (field.type == kInvalidOid || column >= out.column_count()) continue;
      out.column(column++).SetDatum(at, field.value);
    }
    for (; column < out.column_count(); ++column) out.column(column).SetDatum(at, Datum::Null());
  }

  const Oid type_;
  const Datum base_;  // the call's argument: lives as long as this scan
  const JsonTree objects_;
  size_t at_ = 0;
};

void CheckObjects(const CallSite& call, const JsonTree& tree, bool is_jsonb) {
  if (tree.kind != Kind::kArray) {
    const char* what = is_jsonb ? "a non-array" : (tree.kind == Kind::kObject ? "an object" : "a scalar");
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("cannot call {} on {}", NameOf(call), what));
  }
  for (const auto& [key, member] : tree.members) {
    if (member.kind == Kind::kObject) continue;
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("argument of {} must be an array of objects", NameOf(call)));
  }
}

template <bool kJsonb>
std::unique_ptr<SetScan> PopulateRecordset(FunctionContext&, const CallSite& call, Values values) {
  const Oid type = RowTypeOf(call, values[0]);
  if (values[1].is_null()) return nullptr;
  JsonTree tree = TreeOf<kJsonb>(values[1]);
  CheckObjects(call, tree, kJsonb);
  return std::make_unique<RecordScan>(type, values[0], std::move(tree));
}

// ---- json_to_record(set): the columns are those of the FROM item's definition list, whose names come
// along as a last argument ----

// Outside of FROM nothing says what the row is.
Datum RefuseRecord(FunctionContext&, const CallSite& call, Values) { ThrowNoRowType(call); }

class DefinedScan final : public SetScan {
 public:
  // One row per tree.
  DefinedScan(std::vector<JsonTree> trees, const Datum& names)
      : trees_(std::move(trees)), names_(names) {}

  bool Next(FunctionContext& context, types::Batch& out) override {
    for (Vector& column : out.columns()) column.Reserve(types::kBatchRowsMax);
    const types::ArrayRef names = types::ArrayRef::Of(names_);
    uint32_t rows = 0;
    for (; rows < types::kBatchRowsMax && at_ < trees_.size(); ++rows, ++at_) {
      for (uint32_t i = 0; i < out.column_count(); ++i) {
        Vector& column = out.column(i);
        context.result_heap = &column.heap();
        const View name = names.String(i);
        const JsonTree* member = trees_[at_].Find(name);
        static const JsonTree kNothing;
        column.SetDatum(rows, RowMaker(context).Value(
                                  column.type(), member == nullptr ? kNothing : *member, name));
      }
    }
    out.set_row_count(rows);
    return rows > 0;
  }

 private:
  const std::vector<JsonTree> trees_;
  const Datum names_;
  size_t at_ = 0;
};

template <bool kJsonb>
std::unique_ptr<SetScan> ToRecord(FunctionContext&, const CallSite& call, Values values) {
  if (values.size() < 2) ThrowNoRowType(call);
  std::vector<JsonTree> trees(1);  // NULL: a row of NULLs
  if (!values[0].is_null()) {
    trees[0] = TreeOf<kJsonb>(values[0]);
    if (trees[0].kind != Kind::kObject) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("cannot call populate_composite on {}",
                                 trees[0].kind == Kind::kArray ? "an array" : "a scalar"));
    }
  }
  return std::make_unique<DefinedScan>(std::move(trees), values.back());
}

template <bool kJsonb>
std::unique_ptr<SetScan> ToRecordset(FunctionContext&, const CallSite& call, Values values) {
  if (values.size() < 2) ThrowNoRowType(call);
  if (values[0].is_null()) return nullptr;
  JsonTree tree = TreeOf<kJsonb>(values[0]);
  CheckObjects(call, tree, kJsonb);
  std::vector<JsonTree> trees;
  for (auto& [key, member] : tree.members) trees.push_back(std::move(member));
  return std::make_unique<DefinedScan>(std::move(trees), values.back());
}

}  // namespace

void RegisterJsonPopulate(Registry& registry) {
  registry.AddScalar("json_populate_record", DatumsNullable<&PopulateRecord<false>>);
  registry.AddScalar("jsonb_populate_record", DatumsNullable<&PopulateRecord<true>>);
  registry.AddSet("json_populate_recordset", &PopulateRecordset<false>);
  registry.AddSet("jsonb_populate_recordset", &PopulateRecordset<true>);
  registry.AddScalar("json_to_record", DatumsNullable<&RefuseRecord>);
  registry.AddScalar("jsonb_to_record", DatumsNullable<&RefuseRecord>);
  registry.AddSet("json_to_record", &ToRecord<false>);
  registry.AddSet("jsonb_to_record", &ToRecord<true>);
  registry.AddSet("json_to_recordset", &ToRecordset<false>);
  registry.AddSet("jsonb_to_recordset", &ToRecordset<true>);
}

}  // namespace grizzly::functions
