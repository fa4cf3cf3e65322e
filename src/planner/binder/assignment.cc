#include "planner/binder/assignment.h"

#include <fmt/format.h>

#include "planner/binder/table_expression.h"

namespace grizzly::planner {

using expr::ExprKind;

void ThrowNoTargetColumn(const catalog::Relation& relation, std::string_view name, int location) {
  throw SqlError(SqlState::kUndefinedColumn,
                 fmt::format("column \"{}\" of relation \"{}\" does not exist", name, relation.name))
      .At(location);
}

namespace {

bool HasSlice(const PgQuery__ResTarget& target) {
  for (size_t i = 0; i < target.n_indirection; ++i) {
    if (target.indirection[i]->a_indices->is_slice) return true;
  }
  return false;
}

// An array takes integers; jsonb takes integers and keys.
ExprPtr BindTargetIndex(ExpressionBinder& binder, const ast::Node* node, bool is_jsonb) {
  if (node == nullptr) return nullptr;
  BindState& state = binder.state();
  ExprPtr index = binder.Bind(*node);
  const int location = index->location;
  const Oid source = index->type.oid;
  const bool is_key =
      is_jsonb && (source == facts::kUnknownOid || source == facts::kTextOid);
  ExprPtr coerced = CoerceToTarget(state, index, is_key ? facts::kTextOid : facts::kInt4Oid,
                                   types::kNoTypmod, CoercionKind::kAssignment,
                                   expr::CallSyntax::kImplicitCast, -1);
  if (coerced != nullptr) return coerced;
  throw SqlError(SqlState::kDatatypeMismatch,
                 is_jsonb ? fmt::format("subscript type {} is not supported",
                                        state.types().Name(source))
                          : std::string("array subscript must have type integer"))
      .At(location);
}

}  // namespace

SqlType ElementTargetType(BindState& state, const PgQuery__ResTarget& target,
                          const catalog::Column& column) {
  int32_t typmod = column.type.typmod;
  const Oid type = state.types().BaseOf(column.type.oid, &typmod);
  for (size_t i = 0; i < target.n_indirection; ++i) {
    if (target.indirection[i]->node_case != PG_QUERY__NODE__NODE_A_INDICES) {
      ThrowNotSupported("assignment to a field of a column", target.location);
    }
  }
  const Oid element = state.types().Of(type).element;
  if (type == facts::kJsonbOid) {
    if (HasSlice(target)) {
      throw SqlError(SqlState::kFeatureNotSupported, "jsonb subscript does not support slices")
          .At(target.location);
    }
    return state.types().Make(type);
  }
  if (element == kInvalidOid) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("cannot subscript type {} because it does not support subscripting",
                               state.types().Name(type)))
        .At(target.location);
  }
  return state.types().Make(HasSlice(target) ? type : element, typmod);
}

ExprPtr PutElement(ExpressionBinder& binder, const PgQuery__ResTarget& target,
                   const catalog::Column& column, ExprPtr container, ExprPtr value) {
  BindState& state = binder.state();
  const SqlType wanted = ElementTargetType(state, target, column);
  const bool is_jsonb = state.types().BaseOf(column.type.oid) == facts::kJsonbOid;
  const bool slice = !is_jsonb && HasSlice(target);
  auto made = std::make_unique<expr::SubscriptExpr>(column.type);
  made->location = target.location;
  made->container = std::move(container);
  for (size_t i = 0; i < target.n_indirection; ++i) {
    const PgQuery__AIndices& node = *target.indirection[i]->a_indices;
    expr::SubscriptExpr::Index index;
    index.is_slice = slice;
    index.lower = BindTargetIndex(binder, node.lidx, is_jsonb);
    index.upper = BindTargetIndex(binder, node.uidx, is_jsonb);
    if (slice && !node.is_slice) index.lower = MakeInt4(1);
    made->indexes.push_back(std::move(index));
  }
  const Oid given = value->type.oid;
  made->assigned = CoerceToTarget(state, value, wanted.oid, wanted.typmod, CoercionKind::kAssignment,
                                  expr::CallSyntax::kImplicitCast, -1);
  if (made->assigned == nullptr) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("subscripted assignment to \"{}\" requires type {} but expression is "
                               "of type {}", column.name, state.types().Name(wanted.oid),
                               state.types().Name(given)))
        .Hint("You will need to rewrite or cast the expression.")
        .At(target.location);
  }
  return made;
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
    if (target.n_indirection > 0) return BindElement(target, *column);
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
    if (source.node_case == PG_QUERY__NODE__NODE_ROW_EXPR) {
      CheckPartCount(source.row_expr->n_args, part, source.row_expr->location);
      const ast::Node& field = *source.row_expr->args[index];
      if (field.node_case == PG_QUERY__NODE__NODE_SET_TO_DEFAULT) return nullptr;
      return binder_.Bind(field);
    }
    if (source.node_case == PG_QUERY__NODE__NODE_SUB_LINK &&
        source.sub_link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK) {
      return BindPartOfSubquery(*source.sub_link, part, index);
    }
    throw SqlError(SqlState::kFeatureNotSupported,
                   "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() "
                   "expression")
        .At(LocationOf(&source));
  }

  static void CheckPartCount(size_t given, const PgQuery__MultiAssignRef& part, int location) {
    if (given == static_cast<size_t>(part.ncolumns)) return;
    throw SqlError(SqlState::kSyntaxError, "number of columns does not match number of values")
        .At(location);
  }

  // The subquery is bound once per column; that is the same as once as long as it is not volatile.
  ExprPtr BindPartOfSubquery(const PgQuery__SubLink& link, const PgQuery__MultiAssignRef& part,
                             size_t index) {
    BoundQuery query =
        QueryBinder(state_, &binder_.level()).Bind(*link.subselect->select_stmt);
    CheckPartCount(query.outputs.size(), part, link.location);
    auto project = std::make_unique<LogicalProject>();
    const ColumnId id = query.outputs[index].id;
    project->outputs.push_back(id);
    project->expressions.push_back(state_.Mention(id, -1));
    project->children.push_back(std::move(query.plan));
    auto scalar = std::make_unique<expr::SubqueryExpr>(state_.columns[id].type);
    scalar->location = link.location;
    scalar->body_columns.push_back(id);
    auto body = std::make_unique<LogicalSubquery>();
    body->plan = std::move(project);
    scalar->body = std::move(body);
    if (expr::IsVolatile(*scalar)) {
      ThrowNotSupported("SET (...) = (SELECT ...) with a volatile function", link.location);
    }
    return scalar;
  }

  // SET a[1] = x: the container as it is (or as assigned so far) with one place replaced.
  void BindElement(const PgQuery__ResTarget& target, const catalog::Column& column) {
    OnConflict::Assignment* existing = nullptr;
    for (auto& other : assignments_) {
      if (other.attnum == column.attnum) existing = &other;
    }
    ElementTargetType(state_, target, column);
    ExprPtr value = BindSource(*target.val);
    ExprPtr container = existing != nullptr
                            ? std::move(existing->value)
                            : state_.Mention(old_columns_[column.attnum - 1], target.location);
    ExprPtr made = PutElement(binder_, target, column, std::move(container), std::move(value));
    if (existing != nullptr) {
      existing->value = std::move(made);
    } else {
      assignments_.push_back({column.attnum, std::move(made)});
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
