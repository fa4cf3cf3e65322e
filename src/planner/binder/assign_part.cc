#include "planner/binder/assign_part.h"

#include <fmt/format.h>

namespace grizzly::planner {
namespace {

using expr::ExprKind;

class PartAssigner {
 public:
  PartAssigner(ExpressionBinder& binder, std::string_view column_name, int location,
               int value_location)
      : binder_(binder),
        state_(binder.state()),
        column_name_(column_name),
        location_(location),
        value_location_(value_location) {}

  ExprPtr Assign(ExprPtr container, const SqlType& type, std::span<ast::Node* const> steps,
                 ExprPtr assigned) {
    if (steps.empty()) {
      return CoerceToColumn(state_, std::move(assigned), type, column_name_, value_location_);
    }
    const Oid base = state_.types().BaseOf(type.oid);
    ExprPtr made = steps[0]->node_case == PG_QUERY__NODE__NODE_A_INDICES
                       ? AssignElement(std::move(container), base, steps, std::move(assigned))
                       : AssignField(std::move(container), base, steps, std::move(assigned));
    if (base == type.oid) return made;
    return CoerceToColumn(state_, std::move(made), type, column_name_, location_);
  }

 private:
  // A row of the old fields with one replaced; of NULL all others are NULL.
  ExprPtr AssignField(ExprPtr container, Oid type, std::span<ast::Node* const> steps,
                      ExprPtr assigned) {
    const std::string_view name = StringOf(steps[0]);
    const auto relation = state_.types().IsComposite(type)
                              ? state_.catalog().FindRelation(state_.types().Of(type).relation)
                              : nullptr;
    if (relation == nullptr) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("cannot assign to field \"{}\" of column \"{}\" because its type "
                                 "{} is not a composite type",
                                 name, column_name_, state_.types().Name(type)))
          .At(location_);
    }
    const catalog::Column* target = relation->FindColumn(name);
    if (target == nullptr) {
      throw SqlError(SqlState::kUndefinedColumn,
                     fmt::format("cannot assign to field \"{}\" of column \"{}\" because there is no "
                                 "such column in data type {}",
                                 name, column_name_, state_.types().Name(type)))
          .At(location_);
    }
    auto row = std::make_unique<expr::ListExpr>(ExprKind::kRow, state_.types().Make(type));
    row->location = location_;
    for (const catalog::Column& column : relation->columns) {
      ExprPtr old = column.dropped ? MakeNull(state_, facts::kInt4Oid)
                                   : FieldOf(*container, column);
      row->children.push_back(&column == target ? Assign(std::move(old), column.type,
                                                         steps.subspan(1), std::move(assigned))
                                                : std::move(old));
    }
    return row;
  }

  static ExprPtr FieldOf(const expr::Expr& row, const catalog::Column& column) {
    auto field = std::make_unique<expr::WrapExpr>(ExprKind::kField, column.type);
    field->field = static_cast<uint32_t>(column.attnum - 1);
    field->child = row.Clone();
    return field;
  }

  // a[1], a[1:2], a[1][2]; behind them may come more steps into the element.
  ExprPtr AssignElement(ExprPtr container, Oid type, std::span<ast::Node* const> steps,
                        ExprPtr assigned) {
    const bool is_jsonb = type == facts::kJsonbOid;
    const Oid element = is_jsonb ? type : state_.types().Of(type).element;
    if (element == kInvalidOid) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("cannot subscript type {} because it does not support subscripting",
                                 state_.types().Name(type)))
          .At(location_);
    }
    size_t count = 0;
    bool slice = false;
    while (count < steps.size() && steps[count]->node_case == PG_QUERY__NODE__NODE_A_INDICES) {
      slice = slice || steps[count]->a_indices->is_slice;
      ++count;
    }
    if (slice && is_jsonb) {
      throw SqlError(SqlState::kFeatureNotSupported, "jsonb subscript does not support slices")
          .At(location_);
    }
    auto made = std::make_unique<expr::SubscriptExpr>(state_.types().Make(type));
    made->location = location_;
    made->indexes = BindIndexes(steps.first(count), slice, is_jsonb);
    const SqlType part = state_.types().Make(slice ? type : element);
    ExprPtr old;
    if (count < steps.size()) {
      auto fetch = std::make_unique<expr::SubscriptExpr>(part);
      fetch->container = container->Clone();
      fetch->indexes = BindIndexes(steps.first(count), slice, is_jsonb);
      old = std::move(fetch);
    }
    made->container = std::move(container);
    made->assigned = count < steps.size()
                         ? Assign(std::move(old), part, steps.subspan(count), std::move(assigned))
                         : CoerceToPart(std::move(assigned), part);
    return made;
  }

  ExprPtr CoerceToPart(ExprPtr assigned, const SqlType& part) {
    const Oid given = assigned->type.oid;
    ExprPtr coerced = CoerceToTarget(state_, assigned, part.oid, part.typmod, CoercionKind::kAssignment,
                                     expr::CallSyntax::kImplicitCast, -1);
    if (coerced != nullptr) return coerced;
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("subscripted assignment to \"{}\" requires type {} but expression is "
                               "of type {}",
                               column_name_, state_.types().Name(part.oid), state_.types().Name(given)))
        .Hint("You will need to rewrite or cast the expression.")
        .At(location_);
  }

  std::vector<expr::SubscriptExpr::Index> BindIndexes(std::span<ast::Node* const> steps, bool slice,
                                                      bool is_jsonb) {
    std::vector<expr::SubscriptExpr::Index> indexes;
    for (const ast::Node* step : steps) {
      const PgQuery__AIndices& node = *step->a_indices;
      expr::SubscriptExpr::Index& index = indexes.emplace_back();
      index.is_slice = slice;
      index.lower = BindIndex(node.lidx, is_jsonb);
      index.upper = BindIndex(node.uidx, is_jsonb);
      if (slice && !node.is_slice) index.lower = MakeInt4(1);
    }
    return indexes;
  }

  // An array takes integers; jsonb takes integers and keys.
  ExprPtr BindIndex(const ast::Node* node, bool is_jsonb) {
    if (node == nullptr) return nullptr;
    ExprPtr index = binder_.Bind(*node);
    const int location = index->location;
    const Oid source = index->type.oid;
    const bool is_key = is_jsonb && (source == facts::kUnknownOid || source == facts::kTextOid);
    ExprPtr coerced = CoerceToTarget(state_, index, is_key ? facts::kTextOid : facts::kInt4Oid,
                                     types::kNoTypmod, CoercionKind::kAssignment,
                                     expr::CallSyntax::kImplicitCast, -1);
    if (coerced != nullptr) return coerced;
    throw SqlError(SqlState::kDatatypeMismatch,
                   is_jsonb ? fmt::format("subscript type {} is not supported",
                                          state_.types().Name(source))
                            : std::string("array subscript must have type integer"))
        .At(location);
  }

  ExpressionBinder& binder_;
  BindState& state_;
  const std::string_view column_name_;
  const int location_;
  const int value_location_;
};

}  // namespace

ExprPtr AssignPart(ExpressionBinder& binder, ExprPtr container, const SqlType& type,
                   std::span<ast::Node* const> steps, ExprPtr assigned, std::string_view column_name,
                   int location, int value_location) {
  return PartAssigner(binder, column_name, location, value_location)
      .Assign(std::move(container), type, steps, std::move(assigned));
}

}  // namespace grizzly::planner
