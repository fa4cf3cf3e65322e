#include "planner/physical/physical_planner.h"

#include "facts/types.h"
#include "planner/physical/conversion.h"

namespace grizzly::planner {
namespace {

plan::StatementClass ClassOf(StatementClass statement_class) {
  switch (statement_class) {
    case StatementClass::kSelect: return plan::StatementClass::kSelect;
    case StatementClass::kInsert: return plan::StatementClass::kInsert;
    case StatementClass::kUpdate: return plan::StatementClass::kUpdate;
    case StatementClass::kDelete: return plan::StatementClass::kDelete;
    case StatementClass::kMerge: return plan::StatementClass::kMerge;
  }
  return plan::StatementClass::kSelect;
}

plan::PlanColumn DescribeColumn(const BoundStatement::ResultColumn& result,
                                const StatementColumns& columns,
                                const catalog::CatalogSnapshot& catalog) {
  const StatementColumn& column = columns[result.column];
  plan::PlanColumn described;
  described.name = result.name;
  described.type = column.type;
  described.table = column.table;
  described.attnum = column.attnum;
  const auto type = catalog.FindType(column.type.oid);
  described.type_length = type == nullptr ? int16_t{-1} : type->length;
  described.io = catalog.FindTypeIo(column.type.oid);
  if (described.io == nullptr) {
    ThrowNotSupported("output of type " + (type == nullptr ? std::to_string(column.type.oid)
                                                           : type->name));
  }
  return described;
}

}  // namespace

plan::PlanPtr MakePlan(BoundStatement statement, const PlannerInput& input) {
  Optimize(statement, input);
  auto plan = std::make_shared<plan::Plan>();
  plan->statement_class = ClassOf(statement.statement_class);
  plan->parameter_types = statement.parameter_types;
  plan->client_parameter_count = static_cast<uint32_t>(statement.parameter_types.size());
  for (const LiftedLiteral& lifted : statement.lifted) {
    const size_t index = static_cast<size_t>(lifted.parameter);
    if (plan->parameter_types.size() <= index) plan->parameter_types.resize(index + 1);
    plan->parameter_types[index] = lifted.type;
  }
  for (const PlannedRelation& used : statement.relations) {
    plan->relations.push_back({used.relation, used.mode});
  }
  plan->writes = statement.statement_class != StatementClass::kSelect || statement.modifies_in_cte;
  plan->has_row_locks = statement.has_row_locks;
  plan->keeps_alive = input.catalog;
  Conversion conversion(*plan, statement.columns, input);
  Converted root = conversion.Convert(*statement.root);
  std::vector<ColumnId> wanted;
  for (const auto& result : statement.results) {
    wanted.push_back(result.column);
    plan->columns.push_back(DescribeColumn(result, statement.columns, *input.catalog));
  }
  for (const auto& key : statement.row_keys) {
    plan->row_keys.push_back({key.relation, static_cast<uint32_t>(wanted.size())});
    wanted.push_back(key.column);
  }
  if (plan->statement_class == plan::StatementClass::kSelect) {
    root = conversion.Shape(std::move(root), wanted);
  }
  plan->root = std::move(root.node);
  return plan;
}

}  // namespace grizzly::planner
