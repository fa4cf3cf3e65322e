// ROW(...), fields of composites, subscripts, comparisons of rows.
#include <fmt/format.h>

#include "catalog/record.h"
#include "planner/binder/bind_raw_subscript.h"
#include "planner/binder/expression_binder.h"
#include "planner/binder/row_shape.h"
#include "types/array.h"
#include "types/record_shape.h"

namespace grizzly::planner {

using expr::CallSyntax;
using expr::ExprKind;

namespace {

// Without those that stand for dropped columns.
std::vector<ExprPtr> LiveFields(BindState& state, expr::ListExpr& row) {
  const auto relation = state.types().IsComposite(row.type.oid)
                            ? state.catalog().FindRelation(state.types().Of(row.type.oid).relation)
                            : nullptr;
  std::vector<ExprPtr> fields;
  for (size_t i = 0; i < row.children.size(); ++i) {
    if (relation != nullptr && relation->columns[i].dropped) continue;
    fields.push_back(std::move(row.children[i]));
  }
  return fields;
}

}  // namespace

ExprPtr ExpressionBinder::BindRow(const PgQuery__RowExpr& node) {
  constexpr size_t kRowFieldsMax = 1664;  // PostgreSQL's MaxTupleAttributeNumber
  auto row = std::make_unique<expr::ListExpr>(ExprKind::kRow, state_.types().Make(facts::kRecordOid));
  row->location = node.location;
  for (size_t i = 0; i < node.n_args; ++i) {
    const ast::Node& field = *node.args[i];
    const bool is_star = field.node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
                         IsStar(field.column_ref->fields[field.column_ref->n_fields - 1]);
    ExprPtr bound = Bind(field);
    if (expr::ListExpr* const fields = is_star ? RowIn(*bound) : nullptr) {
      for (ExprPtr& each : LiveFields(state_, *fields)) row->children.push_back(std::move(each));
    } else {
      row->children.push_back(std::move(bound));
    }
  }
  if (row->children.size() > kRowFieldsMax) {
    throw SqlError(SqlState::kTooManyColumns,
                   fmt::format("ROW expressions can have at most {} entries", kRowFieldsMax))
        .At(node.location);
  }
  row->type.typmod = ShapeOfRow(*row);
  return row;
}

// ---- (x).field, x[i] ----

ExprPtr ExpressionBinder::BindIndirection(const PgQuery__AIndirection& node) {
  size_t next = 0;
  ExprPtr value;
  const ast::Node& argument = *node.arg;
  const int location = LocationOf(&argument);
  // (t).x of a FROM item is t.x.
  if (argument.node_case == PG_QUERY__NODE__NODE_COLUMN_REF && argument.column_ref->n_fields == 1 &&
      node.indirection[0]->node_case == PG_QUERY__NODE__NODE_STRING) {
    const std::string_view name = StringOf(argument.column_ref->fields[0]);
    if (!name.empty() && FindColumn(state_, level_, name, location) == nullptr) {
      if (RangeItem* item = FindItem(state_, level_, "", name, location)) {
        value = FindColumnOf(state_, *item, StringOf(node.indirection[0]), location);
        if (value == nullptr) {
          ThrowNoColumn(level_, name, StringOf(node.indirection[0]), location);
        }
        next = 1;
      }
    }
  }
  if (value == nullptr) value = Bind(argument);
  while (next < node.n_indirection) {
    const ast::Node& step = *node.indirection[next];
    if (step.node_case == PG_QUERY__NODE__NODE_STRING) {
      value = SelectField(std::move(value), step.string->sval, location);
      ++next;
      continue;
    }
    if (IsStar(&step)) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "row expansion via \"*\" is not supported here")
          .At(location);
    }
    size_t end = next;
    while (end < node.n_indirection &&
           node.indirection[end]->node_case == PG_QUERY__NODE__NODE_A_INDICES) {
      ++end;
    }
    value = Subscript(std::move(value), std::span(node.indirection + next, end - next), location);
    next = end;
  }
  return value;
}

ExprPtr ExpressionBinder::SelectField(ExprPtr row, std::string_view field, int location) {
  const Oid type = state_.types().BaseOf(row->type.oid);
  const auto relation = state_.types().IsComposite(type)
                            ? state_.catalog().FindRelation(state_.types().Of(type).relation)
                            : nullptr;
  if (relation != nullptr) {
    if (const catalog::Column* column = relation->FindColumn(field)) {
      if (expr::ListExpr* const whole = WholeRowIn(*row)) {
        return std::move(whole->children[static_cast<size_t>(column->attnum - 1)]);
      }
      auto selected = std::make_unique<expr::WrapExpr>(ExprKind::kField, column->type);
      selected->field = static_cast<uint32_t>(column->attnum - 1);
      state_.UseObject(catalog::kRelationClass, relation->oid, column->attnum);
      selected->child = std::move(row);
      selected->location = location;
      return selected;
    }
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("column \"{}\" not found in data type {}", field,
                               state_.types().Name(type)))
        .At(location);
  }
  if (expr::ListExpr* const named = RowIn(*row)) {
    for (size_t i = 0; i < named->names.size(); ++i) {
      if (named->names[i] == field) return std::move(named->children[i]);
    }
  }
  // ROW(...) calls its fields f1, f2 ...
  if (row->kind == ExprKind::kRow && field.size() > 1 && field[0] == 'f') {
    const int number = std::atoi(std::string(field.substr(1)).c_str());
    auto& fields = static_cast<expr::ListExpr&>(*row).children;
    if (number >= 1 && static_cast<size_t>(number) <= fields.size()) {
      return std::move(fields[number - 1]);
    }
  }
  if (const types::RecordShape* shape =
          type == facts::kRecordOid ? types::FindRecordShape(row->type.typmod) : nullptr) {
    for (size_t i = 0; i < shape->size(); ++i) {
      if ((*shape)[i].name != field) continue;
      auto selected = std::make_unique<expr::WrapExpr>(ExprKind::kField, (*shape)[i].type);
      selected->field = static_cast<uint32_t>(i);
      selected->child = std::move(row);
      selected->location = location;
      return selected;
    }
  }
  if (type == facts::kRecordOid) {
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("could not identify column \"{}\" in record data type", field))
        .At(location);
  }
  throw SqlError(SqlState::kWrongObjectType,
                 fmt::format("column notation .{} applied to type {}, which is not a composite type",
                             field, state_.types().Name(type)))
      .At(location);
}

namespace {

// An array takes integers; jsonb takes integers and keys.
ExprPtr BindIndex(ExpressionBinder& binder, const ast::Node* node, bool is_jsonb) {
  if (node == nullptr) return nullptr;
  BindState& state = binder.state();
  ExprPtr index = binder.Bind(*node);
  const Oid source = index->type.oid;
  const int location = index->location;
  Oid target = facts::kInt4Oid;
  if (is_jsonb && (source == facts::kUnknownOid || source == facts::kTextOid)) {
    target = facts::kTextOid;
  }
  ExprPtr coerced = CoerceToTarget(
      state, index, target, types::kNoTypmod,
      is_jsonb ? CoercionKind::kImplicit : CoercionKind::kAssignment, CallSyntax::kImplicitCast, -1);
  if (coerced != nullptr) return coerced;
  if (!is_jsonb) {
    throw SqlError(SqlState::kDatatypeMismatch, "array subscript must have type integer")
        .At(location);
  }
  throw SqlError(SqlState::kDatatypeMismatch,
                 fmt::format("subscript type {} is not supported", state.types().Name(source)))
      .Hint("jsonb subscript must be coercible to either integer or text.")
      .At(location);
}

}  // namespace

ExprPtr ExpressionBinder::Subscript(ExprPtr container, std::span<ast::Node* const> indexes,
                                    int location) {
  int32_t typmod = container->type.typmod;
  const Oid type = state_.types().BaseOf(container->type.oid, &typmod);
  const bool is_jsonb = type == facts::kJsonbOid;
  const Oid element = state_.types().Of(type).element;
  if (HasRawSubscripts(type)) {
    return BindRawSubscript(*this, std::move(container), indexes, location);
  }
  if (!is_jsonb && element == kInvalidOid) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("cannot subscript type {} because it does not support subscripting",
                               state_.types().Name(type)))
        .At(location);
  }
  bool has_slice = false;
  for (const ast::Node* index : indexes) has_slice = has_slice || index->a_indices->is_slice;
  if (has_slice && is_jsonb) {
    const PgQuery__AIndices& first = *indexes[0]->a_indices;
    throw SqlError(SqlState::kDatatypeMismatch, "jsonb subscript does not support slices")
        .At(LocationOf(first.uidx != nullptr ? first.uidx : first.lidx));
  }
  if (!is_jsonb && indexes.size() > types::kArrayDimensionsMax) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   fmt::format("number of array dimensions ({}) exceeds the maximum allowed ({})",
                               indexes.size(), types::kArrayDimensionsMax));
  }
  const bool keeps_type = has_slice || is_jsonb;
  auto made = std::make_unique<expr::SubscriptExpr>(
      keeps_type ? state_.types().Make(type, typmod) : state_.types().Make(element, typmod));
  made->location = location;
  made->container = std::move(container);
  for (const ast::Node* index : indexes) {
    const PgQuery__AIndices& node = *index->a_indices;
    expr::SubscriptExpr::Index bound;
    // a[2:3][1] reads as a[2:3][1:1].
    bound.is_slice = has_slice;
    bound.lower = BindIndex(*this, node.lidx, is_jsonb);
    bound.upper = BindIndex(*this, node.uidx, is_jsonb);
    if (has_slice && !node.is_slice) bound.lower = MakeInt4(1);
    made->indexes.push_back(std::move(bound));
  }
  return made;
}

// ---- comparisons ----

ExprPtr ExpressionBinder::CompareRows(std::span<const std::string_view> name,
                                      std::vector<ExprPtr> left, std::vector<ExprPtr> right,
                                      int location) {
  if (left.size() != right.size()) {
    throw SqlError(SqlState::kSyntaxError, "unequal number of entries in row expressions")
        .At(location);
  }
  if (left.empty()) {
    throw SqlError(SqlState::kFeatureNotSupported, "cannot compare rows of zero length").At(location);
  }
  if (left.size() == 1) {
    return MakeOperator(name, std::move(left[0]), std::move(right[0]), location);
  }
  // The second six order texts by bytes.
  static constexpr std::string_view kOperations[] = {"<",   "<=",   "=", ">=",   ">", "<>",
                                                     "~<~", "~<=~", "",  "~>=~", "~>~"};
  const auto* operation = std::find(std::begin(kOperations), std::end(kOperations), name.back());
  if (operation == std::end(kOperations)) {
    for (size_t i = 0; i < left.size(); ++i) MakeComparison(name, left[i], right[i], location);
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("could not determine interpretation of row comparison operator {}",
                               name.back()))
        .Hint("Row comparison operators must be associated with btree operator families.")
        .At(location);
  }
  auto made = std::make_unique<expr::ComparisonExpr>(ExprKind::kRowCompare,
                                                     state_.types().Make(facts::kBoolOid));
  made->row_operation = static_cast<uint8_t>((operation - std::begin(kOperations)) % 6);
  made->location = location;
  const SqlType record = state_.types().Make(facts::kRecordOid);
  auto left_row = std::make_unique<expr::ListExpr>(ExprKind::kRow, record);
  auto right_row = std::make_unique<expr::ListExpr>(ExprKind::kRow, record);
  const bool is_equality = made->row_operation == 2 || made->row_operation == 5;
  std::vector<ExprPtr> terms;
  for (size_t i = 0; i < left.size(); ++i) {
    if (is_equality) {
      terms.push_back(MakeOperator(name, std::move(left[i]), std::move(right[i]), location));
      continue;
    }
    made->comparisons.push_back(MakeComparison(name, left[i], right[i], location));
    left_row->children.push_back(std::move(left[i]));
    right_row->children.push_back(std::move(right[i]));
  }
  if (is_equality) {
    return MakeBoolOperation(made->row_operation == 2 ? expr::BoolOperation::kAnd
                                                      : expr::BoolOperation::kOr,
                             std::move(terms), location);
  }
  made->left = std::move(left_row);
  made->right = std::move(right_row);
  return made;
}

ExprPtr ExpressionBinder::DistinctRows(std::vector<ExprPtr> left, std::vector<ExprPtr> right,
                                       bool negated, int location) {
  if (left.size() != right.size()) {
    throw SqlError(SqlState::kSyntaxError, "unequal number of entries in row expressions")
        .At(location);
  }
  static constexpr std::string_view kEquals = "=";
  std::vector<ExprPtr> terms;
  for (size_t i = 0; i < left.size(); ++i) {
    auto term = std::make_unique<expr::ComparisonExpr>(ExprKind::kDistinct,
                                                       state_.types().Make(facts::kBoolOid));
    term->comparisons.push_back(
        MakeComparison(std::span(&kEquals, 1), left[i], right[i], location));
    term->left = std::move(left[i]);
    term->right = std::move(right[i]);
    term->negated = negated;
    term->location = location;
    terms.push_back(std::move(term));
  }
  if (terms.empty()) return MakeBool(negated);
  return MakeBoolOperation(negated ? expr::BoolOperation::kAnd : expr::BoolOperation::kOr,
                           std::move(terms), location);
}

}  // namespace grizzly::planner
