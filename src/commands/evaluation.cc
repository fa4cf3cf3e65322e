#include "commands/evaluation.h"

#include <algorithm>

#include "catalog/record.h"
#include "types/collation.h"

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
  if (input.bound_under.empty() || input.bound_under.back() != binder.catalog) {
    input.bound_under.push_back(binder.catalog);
  }
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
                         const catalog::Relation* table, planner::ExpressionPlace place,
                         planner::UsedObjects* used) {
  std::vector<expr::ColumnId> ids;
  if (table != nullptr) ids = AttributeIds(*table);
  planner::BinderInput binder = MakeBinderInput(input);
  binder.used_objects = used;
  return planner::BindDefinition(definition, table, ids, place, binder);
}

expr::ExprPtr BindDefault(CommandInput& input, const catalog::Column& column) {
  const auto domain = input.editor.Current()->FindType(column.type.oid);
  const bool has_domains = domain != nullptr && domain->typtype == 'd' && !domain->default_value.empty();
  if (column.default_value.empty() && !has_domains) return nullptr;
  return planner::BindColumnDefault(column, MakeBinderInput(input));
}

void UseCollation(Oid collation, planner::UsedObjects* used) {
  if (collation < kFirstUserOid || collation == types::kConflictingCollation) return;
  used->insert({catalog::kCollationClass, collation});
}

void AddDependencies(CommandInput& input, const planner::UsedObjects& used,
                     const catalog::ObjectAddress& dependent) {
  for (const catalog::ObjectAddress& object : used) {
    catalog::Dependency edge;
    edge.dependent_class = dependent.object_class;
    edge.dependent = dependent.object;
    edge.dependent_sub = dependent.sub;
    edge.referenced_class = object.object_class;
    edge.referenced = object.object;
    edge.referenced_sub = object.sub;
    edge.type = 'n';
    input.editor.AddDependency(edge);
  }
}

}  // namespace grizzly::commands
