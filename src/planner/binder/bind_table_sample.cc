// FROM t TABLESAMPLE method (percentage) REPEATABLE (seed).
#include <fmt/format.h>

#include "planner/binder/from_binder.h"
#include "planner/binder/query_record.h"

namespace grizzly::planner {

FromBinder::Item FromBinder::BindSample(const PgQuery__RangeTableSample& node) {
  Item item = Bind(*node.relation);
  using Kind = catalog::RelationKind;
  const Kind kind = item.row->scan == nullptr ? Kind::kView : item.row->relation->kind;
  const bool has_rows =
      kind == Kind::kTable || kind == Kind::kPartitionedTable || kind == Kind::kMaterializedView;
  if (!has_rows) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "TABLESAMPLE clause can only be applied to tables and materialized views")
        .At(LocationOf(node.relation));
  }
  const std::string method = Dotted(NamesOf(node.method, node.n_method));
  const bool by_block = method == "system" || method == "pg_catalog.system";
  if (!by_block && method != "bernoulli" && method != "pg_catalog.bernoulli") {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("tablesample method {} does not exist", method))
        .At(node.location);
  }
  if (node.n_args != 1) {
    throw SqlError(SqlState::kInvalidTablesampleArgument,
                   fmt::format("tablesample method {} requires 1 argument, not {}", method,
                               node.n_args))
        .At(node.location);
  }
  ExpressionBinder binder(state_, level_);
  LogicalScan::Sample sample;
  sample.by_block = by_block;
  sample.percentage = CoerceToSpecific(state_, binder.BindAt(*node.args[0], Place::kFromFunction),
                                       facts::kFloat4Oid, "TABLESAMPLE");
  const auto record = [&](const ast::Node* written, const expr::Expr& bound) {
    if (state_.record != nullptr) state_.record->expressions[written] = bound.Clone();
  };
  record(node.args[0], *sample.percentage);
  if (node.repeatable != nullptr) {
    sample.repeatable = CoerceToSpecific(
        state_, binder.BindAt(*node.repeatable, Place::kFromFunction), facts::kFloat8Oid,
        "REPEATABLE");
    record(node.repeatable, *sample.repeatable);
  }
  if (state_.record != nullptr) {
    state_.record->expressions[node.args[0]] = sample.percentage->Clone();
    if (node.repeatable != nullptr) {
      state_.record->expressions[node.repeatable] = sample.repeatable->Clone();
    }
  }
  item.row->scan->sample = std::move(sample);
  return item;
}

}  // namespace grizzly::planner
