#include "commands/type/domain_rows.h"

#include "catalog/error_fields.h"
#include "catalog/record.h"
#include "commands/evaluation.h"
#include "commands/table/stored_rows.h"
#include "commands/type/type_parts.h"

namespace grizzly::commands {
namespace {

using catalog::RelationPtr;

struct StoredColumn {
  RelationPtr relation;
  AttributeNumber attnum;
};

// The columns of the domain and of domains over it.
void FindColumns(CommandInput& input, Oid domain, const std::string& shown,
                 std::vector<StoredColumn>* columns) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  for (const catalog::Dependency& edge : snapshot->DependentsOn(catalog::kTypeClass, domain)) {
    if (edge.dependent_class == catalog::kTypeClass) {
      const TypePtr type = snapshot->FindType(edge.dependent);
      if (type != nullptr && type->typtype == 'd') {
        FindColumns(input, type->oid, shown, columns);
      } else {
        RefuseStoredUses(input, edge.dependent, shown);
      }
      continue;
    }
    if (edge.dependent_class != catalog::kRelationClass || edge.dependent_sub <= 0) continue;
    const RelationPtr relation = snapshot->FindRelation(edge.dependent);
    if (relation == nullptr) continue;
    if (relation->HasRows()) {
      columns->push_back({relation, static_cast<AttributeNumber>(edge.dependent_sub)});
    } else if (relation->kind == catalog::RelationKind::kCompositeType) {
      RefuseStoredUses(input, relation->row_type, shown);
    }
  }
}

[[noreturn]] void ThrowViolated(CommandInput& input, const StoredColumn& column, bool not_null) {
  const catalog::Relation& table = *column.relation;
  const std::string& name = table.columns[column.attnum - 1].name;
  throw catalog::OfColumn(
      SqlError(not_null ? SqlState::kNotNullViolation : SqlState::kCheckViolation,
               not_null ? fmt::format("column \"{}\" of table \"{}\" contains null values", name,
                                      table.name)
                        : fmt::format("column \"{}\" of table \"{}\" contains values that violate "
                                      "the new constraint",
                                      name, table.name)),
      *input.editor.Current(), table, name);
}

void CheckColumn(CommandInput& input, const StoredColumn& column, const expr::Expr* condition) {
  CommandExecution execution(input);
  std::optional<expr::Evaluator> evaluator;
  if (condition != nullptr) evaluator.emplace(*condition, execution.evaluation());
  StoredRows rows(input, *column.relation);
  types::Batch value;
  value.AddColumn(types::Vector(column.relation->columns[column.attnum - 1].type, 0));
  while (types::Batch* batch = rows.Next()) {
    const types::Vector& stored = batch->column(static_cast<size_t>(column.attnum - 1));
    const uint32_t count = batch->row_count();
    if (condition == nullptr) {
      for (uint32_t row = 0; row < count; ++row) {
        if (stored.IsNull(row)) ThrowViolated(input, column, /*not_null=*/true);
      }
      continue;
    }
    value.column(0).Reference(stored);
    value.set_row_count(count);
    const types::Vector& holds = evaluator->Evaluate(value);
    const auto reader = holds.Reader<bool>();
    for (uint32_t row = 0; row < count; ++row) {
      if (!reader.IsNull(row) && !reader[row]) ThrowViolated(input, column, /*not_null=*/false);
    }
  }
}

}  // namespace

void CheckStoredDomainValues(CommandInput& input, const catalog::Type& domain,
                             const catalog::Constraint* check) {
  std::vector<StoredColumn> columns;
  FindColumns(input, domain.oid, domain.name, &columns);
  expr::ExprPtr condition;
  if (check != nullptr) {
    condition = planner::BindDomainCondition(check->check, domain.base, MakeBinderInput(input));
  }
  for (const StoredColumn& column : columns) {
    LockRelationByOid(input, column.relation->oid, txn::RelationLockMode::kShare);
    CheckColumn(input, column, condition.get());
  }
}

}  // namespace grizzly::commands
