#include "planner/binder/insert_columns.h"

#include <fmt/format.h>

#include "planner/binder/assignment.h"
#include "planner/binder/table_expression.h"

namespace grizzly::planner {

void InsertColumns::Bind(const catalog::Relation& relation, ast::Node* const* nodes,
                         size_t count) {
  relation_ = &relation;
  if (count == 0) {
    for (const catalog::Column& column : relation.columns) {
      if (!column.dropped) columns_.push_back({&column, -1});
    }
    implicit_ = true;
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    const PgQuery__ResTarget& target = *nodes[i]->res_target;
    const catalog::Column* column = relation.FindColumn(target.name);
    if (column == nullptr) ThrowNoTargetColumn(relation, target.name, target.location);
    if (target.n_indirection > 0) {
      ThrowNotSupported("INSERT into an element or field of a column", target.location);
    }
    for (const Target& other : columns_) {
      if (other.column != column) continue;
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" specified more than once", target.name))
          .At(target.location);
    }
    columns_.push_back({column, target.location});
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
  if (!implicit_ && given < columns_.size()) {
    throw SqlError(SqlState::kSyntaxError, "INSERT has more target columns than expressions")
        .At(columns_[given].location);
  }
}

ExprPtr InsertColumns::BindValue(ExpressionBinder& binder, const ast::Node& node,
                                 const catalog::Column& column) const {
  if (node.node_case == PG_QUERY__NODE__NODE_SET_TO_DEFAULT) return DefaultOf(state_, column);
  CheckTakesValue(column);
  ExprPtr value = binder.Bind(node);
  if (!UsesUserValue(column)) return DefaultOf(state_, column);
  return CoerceToColumn(state_, std::move(value), column.type, column.name, LocationOf(&node));
}

void InsertColumns::FillDefaults(std::vector<ExprPtr>& values) const {
  for (const catalog::Column& column : relation_->columns) {
    ExprPtr& value = values[column.attnum - 1];
    if (column.dropped || column.generated != '\0') {
      value = nullptr;
    } else if (value == nullptr) {
      value = DefaultOf(state_, column);
    }
  }
}

}  // namespace grizzly::planner
