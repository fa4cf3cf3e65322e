#include "commands/table/row_rules.h"

#include "base/error/check.h"
#include "commands/evaluation.h"
#include "planner/physical/constraint_rules.h"

namespace grizzly::commands {

using planner::ExpressionPlace;

plan::RowRules::Index MakeIndexRules(CommandInput& input, const catalog::Relation& table,
                                     const catalog::RelationPtr& index) {
  plan::RowRules::Index rules;
  rules.index = index;
  rules.plain_columns = true;
  for (const catalog::IndexDefinition::Part& part : index->index->parts) {
    if (part.column != 0) {
      rules.key_parts.push_back(std::make_unique<expr::InputExpr>(
          table.columns[part.column - 1].type, static_cast<uint32_t>(part.column - 1)));
      continue;
    }
    rules.plain_columns = false;
    rules.key_parts.push_back(
        OverRow(BindStored(input, part.expression, &table, ExpressionPlace::kIndexPart)));
  }
  if (!index->index->predicate.empty()) {
    rules.predicate = OverRow(
        BindStored(input, index->index->predicate, &table, ExpressionPlace::kIndexPredicate));
  }
  return rules;
}

plan::RowRules MakeRowRules(CommandInput& input, const catalog::RelationPtr& table) {
  plan::RowRules rules;
  rules.relation = table;
  const planner::BinderInput binder = MakeBinderInput(input);
  for (const catalog::Column& column : table->columns) {
    if (column.dropped || column.generated == '\0') continue;
    expr::ExprPtr value =
        BindStored(input, column.default_value, table.get(), ExpressionPlace::kGenerated);
    value = planner::CoerceForAssignment(std::move(value), column.type, column.name, binder);
    rules.generated.push_back({column.attnum, OverRow(std::move(value))});
  }
  for (const catalog::Constraint& constraint : table->constraints) {
    if (constraint.kind != catalog::ConstraintKind::kCheck) continue;
    rules.checks.push_back(
        {constraint.name,
         OverRow(BindStored(input, constraint.check, table.get(), ExpressionPlace::kCheck))});
  }
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  for (const Oid oid : table->indexes) {
    const catalog::RelationPtr index = snapshot->FindRelation(oid);
    GRIZZLY_CHECK(index != nullptr);
    if (index->index->clustered_by) continue;  // the rows themselves are its entries
    rules.indexes.push_back(MakeIndexRules(input, *table, index));
  }
  planner::AddConstraintRules(*snapshot, &rules);
  return rules;
}

}  // namespace grizzly::commands
