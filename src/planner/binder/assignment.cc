#include "planner/binder/assignment.h"

#include <algorithm>

#include <fmt/format.h>

#include "planner/binder/assign_part.h"
#include "planner/binder/row_subquery.h"
#include "planner/binder/table_expression.h"

namespace grizzly::planner {

void ThrowNoTargetColumn(const catalog::Relation& relation, std::string_view name, int location) {
  throw SqlError(SqlState::kUndefinedColumn,
                 fmt::format("column \"{}\" of relation \"{}\" does not exist", name, relation.name))
      .At(location);
}

namespace {

// What the part of a value of `type` that `steps` name is.
SqlType PartType(BindState& state, SqlType type, std::span<ast::Node* const> steps, int location) {
  while (!steps.empty()) {
    int32_t typmod = type.typmod;
    const Oid base = state.types().BaseOf(type.oid, &typmod);
    if (steps[0]->node_case != PG_QUERY__NODE__NODE_A_INDICES) {
      const auto relation = state.types().IsComposite(base)
                                ? state.catalog().FindRelation(state.types().Of(base).relation)
                                : nullptr;
      const catalog::Column* field = relation == nullptr ? nullptr : relation->FindColumn(StringOf(steps[0]));
      if (field == nullptr) return type;  // AssignPart says what is wrong
      type = field->type;
      steps = steps.subspan(1);
      continue;
    }
    bool slice = false;
    while (!steps.empty() && steps[0]->node_case == PG_QUERY__NODE__NODE_A_INDICES) {
      slice = slice || steps[0]->a_indices->is_slice;
      steps = steps.subspan(1);
    }
    if (base == facts::kJsonbOid) return state.types().Make(base);
    const Oid element = state.types().Of(base).element;
    if (element == kInvalidOid) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("cannot subscript type {} because it does not support subscripting",
                                 state.types().Name(base)))
          .At(location);
    }
    type = state.types().Make(slice ? base : element, typmod);
  }
  return type;
}

}  // namespace

SqlType ElementTargetType(BindState& state, const PgQuery__ResTarget& target,
                          const catalog::Column& column) {
  return PartType(state, column.type, std::span(target.indirection, target.n_indirection),
                  target.location);
}

ExprPtr PutElement(ExpressionBinder& binder, const PgQuery__ResTarget& target,
                   const catalog::Column& column, ExprPtr container, ExprPtr value) {
  const int location = value->location;
  return AssignPart(binder, std::move(container), column.type,
                    std::span(target.indirection, target.n_indirection), std::move(value), column.name,
                    target.location, location);
}

namespace {

class AssignmentBinder {
 public:
  AssignmentBinder(ExpressionBinder& binder, const catalog::Relation& relation,
                   std::span<const ColumnId> old_columns)
      : binder_(binder), state_(binder.state()), relation_(relation), old_columns_(old_columns) {}

  void Bind(const PgQuery__ResTarget& target) {
    const catalog::Column* column = relation_.FindColumn(target.name);
    if (column == nullptr) ThrowNoTargetColumn(relation_, target.name, target.location);
    const bool is_default = target.val->node_case == PG_QUERY__NODE__NODE_SET_TO_DEFAULT;
    CheckTakesValue(*column, is_default);
    if (target.n_indirection > 0) return BindPart(target, *column);
    for (const auto& other : assignments_) {
      if (other.attnum != column->attnum) continue;
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("multiple assignments to same column \"{}\"", column->name));
    }
    if (is_default) {
      if (column->generated == '\0') {
        assignments_.push_back({column->attnum, DefaultOf(state_, *column)});
      }
      return;
    }
    ExprPtr value = BindSource(*target.val);
    if (value == nullptr) {  // DEFAULT inside a row
      assignments_.push_back({column->attnum, DefaultOf(state_, *column)});
      return;
    }
    assignments_.push_back({column->attnum,
                            CoerceToColumn(state_, std::move(value), column->type, column->name,
                                           LocationOf(target.val))});
  }

  std::vector<OnConflict::Assignment> Take() { return std::move(assignments_); }

 private:
  void CheckTakesValue(const catalog::Column& column, bool is_default) {
    if (is_default) return;
    const bool always = column.identity == 'a';
    if (column.generated == '\0' && !always) return;
    throw SqlError(SqlState::kGeneratedAlways,
                   fmt::format("column \"{}\" can only be updated to DEFAULT", column.name))
        .Detail(always ? fmt::format(
                             "Column \"{}\" is an identity column defined as GENERATED ALWAYS.",
                             column.name)
                       : fmt::format("Column \"{}\" is a generated column.", column.name));
  }

  // The value, or for (a, b) = ... this column's part of the source.
  ExprPtr BindSource(const ast::Node& node) {
    AtPlace at(binder_.level(), Place::kUpdateSource);
    if (node.node_case != PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF) return binder_.Bind(node);
    const PgQuery__MultiAssignRef& part = *node.multi_assign_ref;
    const ast::Node& source = *part.source;
    const auto index = static_cast<size_t>(part.colno - 1);
    if (source.node_case == PG_QUERY__NODE__NODE_ROW_EXPR && HasStar(*source.row_expr)) {
      ExprPtr row = binder_.Bind(source);
      auto& fields = static_cast<expr::ListExpr&>(*row).children;
      CheckPartCount(fields.size(), part, source.row_expr->location);
      return std::move(fields[index]);
    }
    if (source.node_case == PG_QUERY__NODE__NODE_ROW_EXPR) {
      CheckPartCount(source.row_expr->n_args, part, source.row_expr->location);
      const ast::Node& field = *source.row_expr->args[index];
      if (field.node_case == PG_QUERY__NODE__NODE_SET_TO_DEFAULT) return nullptr;
      return binder_.Bind(field);
    }
    if (source.node_case == PG_QUERY__NODE__NODE_SUB_LINK &&
        source.sub_link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK) {
      size_t count = 0;
      ExprPtr column = BindRowSubqueryColumn(binder_, *source.sub_link, index, &count);
      CheckPartCount(count, part, source.sub_link->location);
      return column;
    }
    throw SqlError(SqlState::kFeatureNotSupported,
                   "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() "
                   "expression")
        .At(LocationOf(&source));
  }

  static bool HasStar(const PgQuery__RowExpr& row) {
    return std::any_of(row.args, row.args + row.n_args, [](const ast::Node* field) {
      return field->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
             IsStar(field->column_ref->fields[field->column_ref->n_fields - 1]);
    });
  }

  static void CheckPartCount(size_t given, const PgQuery__MultiAssignRef& part, int location) {
    if (given == static_cast<size_t>(part.ncolumns)) return;
    throw SqlError(SqlState::kSyntaxError, "number of columns does not match number of values")
        .At(location);
  }

  // SET a[1] = x, SET c.f = x: the value as it is (or as assigned so far) with one part replaced.
  void BindPart(const PgQuery__ResTarget& target, const catalog::Column& column) {
    OnConflict::Assignment* existing = nullptr;
    for (auto& other : assignments_) {
      if (other.attnum == column.attnum) existing = &other;
    }
    ExprPtr container = existing != nullptr
                            ? std::move(existing->value)
                            : state_.Mention(old_columns_[column.attnum - 1], target.location);
    ExprPtr value = AssignPart(binder_, std::move(container), column.type,
                               std::span(target.indirection, target.n_indirection),
                               BindSource(*target.val), column.name, target.location,
                               LocationOf(target.val));
    if (existing != nullptr) {
      existing->value = std::move(value);
    } else {
      assignments_.push_back({column.attnum, std::move(value)});
    }
  }

  ExpressionBinder& binder_;
  BindState& state_;
  const catalog::Relation& relation_;
  const std::span<const ColumnId> old_columns_;
  std::vector<OnConflict::Assignment> assignments_;
};

}  // namespace

std::vector<OnConflict::Assignment> BindAssignments(ExpressionBinder& binder,
                                                    const catalog::Relation& relation,
                                                    std::span<const ColumnId> old_columns,
                                                    ast::Node* const* nodes, size_t count) {
  AssignmentBinder assignments(binder, relation, old_columns);
  for (size_t i = 0; i < count; ++i) assignments.Bind(*nodes[i]->res_target);
  return assignments.Take();
}

}  // namespace grizzly::planner
