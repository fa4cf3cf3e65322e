#include "commands/evaluation.h"

#include <algorithm>

#include "catalog/record.h"
#include "facts/types.h"

namespace grizzly::commands {

CommandExecution::CommandExecution(CommandInput& input) : scratch_(input.memory) {
  context_ = std::make_unique<executor::ExecContext>(plan_, input.transaction);
  executor::ExecContext& context = *context_;
  context.view = input.transaction.View();
  functions::FunctionContext& functions = context.evaluation.functions;
  functions.io = &input.io;
  functions.cancel = input.cancel;
  functions.memory = input.memory;
  functions.session = input.services;
  functions.scratch = &scratch_;
  context.cancel = input.cancel;
  context.memory = input.memory;
  context.virtual_tables = input.virtual_tables;
  context.virtual_input.catalog = input.editor.Current();
  context.virtual_input.shared = &input.shared;
  context.virtual_input.statistics = &input.catalog;
  context.virtual_input.io = input.io;
  context.transactions = &input.transactions;
  context.notice = input.notice;
  context.transaction_checks = input.checks;
  context.row_changes = input.row_changes;
  if (input.uncontended_relations != nullptr) {
    context.uncontended_relations = *input.uncontended_relations;
  }
}

CommandExecution::~CommandExecution() = default;

planner::BinderInput MakeBinderInput(CommandInput& input) {
  planner::BinderInput binder;
  binder.catalog = input.editor.Current();
  binder.shared = &input.shared;
  binder.search_path = &input.search_path;
  binder.current_role = input.current_role;
  binder.source_text = input.source_text;
  binder.variable_parameters = false;
  binder.notice = [&input](const Diagnostic& notice) {
    if (input.notice) input.notice(notice);
  };
  return binder;
}

std::vector<expr::ColumnId> AttributeIds(const catalog::Relation& table) {
  std::vector<expr::ColumnId> ids;
  for (const catalog::Column& column : table.columns) {
    ids.push_back(column.dropped ? expr::kNoColumn : static_cast<expr::ColumnId>(column.attnum));
  }
  return ids;
}

expr::ExprPtr OverRow(expr::ExprPtr bound) {
  expr::RewriteTree(bound, [](expr::ExprPtr& node) {
    if (node->kind != expr::ExprKind::kColumn) return;
    const auto& column = static_cast<const expr::ColumnExpr&>(*node);
    node = std::make_unique<expr::InputExpr>(column.type, column.id - 1);
  });
  return bound;
}

std::vector<AttributeNumber> MentionedColumns(const expr::Expr& bound) {
  std::vector<AttributeNumber> attnums;
  for (const expr::ColumnId id : expr::FreeColumns(bound)) {
    attnums.push_back(static_cast<AttributeNumber>(id));
  }
  return attnums;
}

expr::ExprPtr BindStored(CommandInput& input, const catalog::Definition& definition,
                         const catalog::Relation* table, planner::ExpressionPlace place) {
  std::vector<expr::ColumnId> ids;
  if (table != nullptr) ids = AttributeIds(*table);
  return planner::BindDefinition(definition, table, ids, place, MakeBinderInput(input));
}

expr::ExprPtr BindDefault(CommandInput& input, const catalog::Column& column) {
  const catalog::Definition* definition = &column.default_value;
  const auto domain = input.editor.Current()->FindType(column.type.oid);
  if (definition->empty() && domain != nullptr && domain->typtype == 'd') {
    definition = &domain->default_value;
  }
  if (definition->empty()) return nullptr;
  return planner::CoerceForAssignment(
      BindStored(input, *definition, nullptr, planner::ExpressionPlace::kDefault),
      column.type, column.name, MakeBinderInput(input));
}

void AddExpressionDependencies(CommandInput& input, const expr::Expr& bound, Oid dependent_class,
                               Oid dependent, char type) {
  const auto add = [&](Oid referenced_class, Oid referenced) {
    if (referenced < kFirstUserOid) return;
    catalog::Dependency edge;
    edge.dependent_class = dependent_class;
    edge.dependent = dependent;
    edge.referenced_class = referenced_class;
    edge.referenced = referenced;
    edge.type = type;
    input.editor.AddDependency(edge);
  };
  const std::function<void(const expr::Expr&)> walk = [&](const expr::Expr& node) {
    add(catalog::kTypeClass, node.type.oid);
    if (node.kind == expr::ExprKind::kConst && node.type.oid == facts::kRegclassOid) {
      const auto& constant = static_cast<const expr::ConstExpr&>(node);
      if (!constant.value.is_null()) {
        add(catalog::kRelationClass, constant.value.As<uint32_t>());
      }
    }
    expr::ForEachChild(node, walk);
  };
  walk(bound);
}

}  // namespace grizzly::commands
