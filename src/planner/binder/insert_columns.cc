#include "planner/binder/insert_columns.h"

#include <fmt/format.h>

#include "planner/binder/assignment.h"
#include "planner/binder/table_expression.h"

namespace grizzly::planner {

void InsertColumns::Bind(const ChangeTarget& change, ast::Node* const* nodes, size_t count) {
  change_ = &change;
  if (count == 0) {
    for (const catalog::Column* column : change.Columns()) columns_.push_back({column});
    implicit_ = true;
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    const PgQuery__ResTarget& target = *nodes[i]->res_target;
    const catalog::Column* column = &change.RequireColumn(target.name, target.location);
    const bool is_part = target.n_indirection > 0;
    for (const Target& other : columns_) {
      if (other.column != column || (is_part && other.part != nullptr)) continue;
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" specified more than once", target.name))
          .At(target.location);
    }
    columns_.push_back({column, target.location, is_part ? &target : nullptr});
  }
}

bool InsertColumns::UsesUserValue(const catalog::Column& column) const {
  return !(overriding_ == PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE &&
           column.identity != '\0');
}

void InsertColumns::CheckTakesValue(const catalog::Column& column) const {
  const auto refuse = [&](std::string detail, std::string hint) {
    SqlError error(SqlState::kGeneratedAlways,
                   fmt::format("cannot insert a non-DEFAULT value into column \"{}\"",
                               column.name));
    std::move(error).Detail(std::move(detail));
    if (!hint.empty()) std::move(error).Hint(std::move(hint));
    throw error;
  };
  if (column.generated != '\0') {
    refuse(fmt::format("Column \"{}\" is a generated column.", column.name), "");
  }
  if (column.identity == 'a' &&
      overriding_ != PG_QUERY__OVERRIDING_KIND__OVERRIDING_SYSTEM_VALUE &&
      overriding_ != PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE) {
    refuse(fmt::format("Column \"{}\" is an identity column defined as GENERATED ALWAYS.",
                       column.name),
           "Use OVERRIDING SYSTEM VALUE to override.");
  }
}

void InsertColumns::CheckWidth(size_t given, int extra_location) const {
  if (given > columns_.size()) {
    throw SqlError(SqlState::kSyntaxError, "INSERT has more expressions than target columns")
        .At(extra_location);
  }
  for (size_t i = 0; i < given; ++i) {
    if (columns_[i].column == nullptr) change_->ThrowNoBaseColumn(i);
    if (!change_->is_view() || columns_[i].part != nullptr) continue;
    for (size_t j = 0; j < i; ++j) {  // a view may show a column twice
      if (columns_[j].column != columns_[i].column || columns_[j].part != nullptr) continue;
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("multiple assignments to same column \"{}\"",
                                 columns_[i].column->name));
    }
  }
  if (!implicit_ && given < columns_.size()) {
    throw SqlError(SqlState::kSyntaxError, "INSERT has more target columns than expressions")
        .At(columns_[given].location);
  }
}

SqlType InsertColumns::TypeOf(size_t i) const {
  const Target& target = columns_[i];
  return target.part == nullptr ? target.column->type
                                : ElementTargetType(state_, *target.part, *target.column);
}

ExprPtr InsertColumns::BindValue(ExpressionBinder& binder, const ast::Node& node, size_t i) const {
  const catalog::Column& column = *columns_[i].column;
  if (node.node_case == PG_QUERY__NODE__NODE_SET_TO_DEFAULT) {
    if (!IsPart(i)) return DefaultOf(state_, column);
    throw SqlError(SqlState::kFeatureNotSupported, "cannot set an array element to DEFAULT")
        .At(columns_[i].location);
  }
  CheckTakesValue(column);
  ExprPtr value = binder.Bind(node);
  if (!UsesUserValue(column)) return DefaultOf(state_, column);
  if (IsPart(i)) return value;
  return CoerceToColumn(state_, std::move(value), column.type, column.name, LocationOf(&node));
}

void InsertColumns::Take(ExpressionBinder& binder, std::vector<ExprPtr>& values, size_t i,
                         ExprPtr value, int location) const {
  const catalog::Column& column = *columns_[i].column;
  ExprPtr& slot = values[column.attnum - 1];
  if (!IsPart(i)) {
    slot = value == nullptr ? nullptr
                            : CoerceToColumn(state_, std::move(value), column.type, column.name, location);
    return;
  }
  if (slot == nullptr) {
    slot = std::make_unique<expr::ConstExpr>(column.type, types::Datum::Null());
  }
  slot = PutElement(binder, *columns_[i].part, column, std::move(slot), std::move(value));
}

void InsertColumns::FillDefaults(std::vector<ExprPtr>& values) const {
  for (const catalog::Column& column : change_->face()->columns) {
    ExprPtr& value = values[column.attnum - 1];
    if (column.dropped || column.generated != '\0') {
      value = nullptr;
    } else if (value == nullptr) {
      value = DefaultOf(state_, column);
    }
  }
}

}  // namespace grizzly::planner
