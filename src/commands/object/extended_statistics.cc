#include "commands/object/extended_statistics.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/name_choice.h"
#include "catalog/object_text.h"
#include "catalog/record.h"
#include "commands/evaluation.h"
#include "commands/object/schema_objects.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_elements.h"
#include "commands/type/type_parts.h"
#include "facts/access_methods.h"
#include "planner/deparse/deparse_expression.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;
using catalog::SchemaObject;

constexpr size_t kStatisticsColumnsMax = 8;

struct StatisticsKind {
  std::string_view name;
  char letter;
};
constexpr StatisticsKind kStatisticsKinds[] = {
    {"ndistinct", 'd'}, {"dependencies", 'f'}, {"mcv", 'm'}};

// What the statement is of.
struct StatisticsParts {
  std::vector<AttributeNumber> columns;
  std::vector<catalog::Definition> expressions;
  std::vector<AttributeNumber> mentioned;  // in the expressions
  planner::UsedObjects used;               // ... beside columns
  std::vector<std::string> names;          // for the name to be chosen
};

void RequireOrdered(CommandInput& input, Oid type, const std::string& what) {
  if (facts::DefaultOpclass(facts::kBtreeMethodOid,
                            OpclassInputType(*input.editor.Current(), type)) != nullptr) {
    return;
  }
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("{} cannot be used in statistics because its type {} has no default "
                             "btree operator class",
                             what, input.services->FormatType(type, types::kNoTypmod)));
}

void AddStatisticsColumn(CommandInput& input, const Relation& table, std::string_view name,
                         StatisticsParts* parts) {
  const catalog::Column* column = table.FindColumn(name);
  if (column == nullptr) {
    throw SqlError(SqlState::kUndefinedColumn, fmt::format("column \"{}\" does not exist", name));
  }
  RequireOrdered(input, column->type.oid, fmt::format("column \"{}\"", name));
  if (std::ranges::find(parts->columns, column->attnum) != parts->columns.end()) {
    throw SqlError(SqlState::kDuplicateColumn, "duplicate column name in statistics definition");
  }
  parts->columns.push_back(column->attnum);
  parts->names.emplace_back(name);
}

void AddStatisticsExpression(CommandInput& input, const Relation& table, const ast::Node& node,
                             StatisticsParts* parts) {
  const std::vector<expr::ColumnId> ids = AttributeIds(table);
  planner::BinderInput binder = MakeBinderInput(input);
  binder.used_objects = &parts->used;
  const expr::ExprPtr bound = planner::BindTableExpression(
      node, &table, ids, planner::ExpressionPlace::kAlterUsing, binder);
  RequireOrdered(input, bound->type.oid, "expression");
  for (const AttributeNumber attnum : MentionedColumns(*bound)) parts->mentioned.push_back(attnum);
  catalog::Definition made = MakeDefinition(input, node);
  for (const catalog::Definition& other : parts->expressions) {
    if (other.sql != made.sql) continue;
    throw SqlError(SqlState::kDuplicateColumn, "duplicate expression in statistics definition");
  }
  parts->expressions.push_back(std::move(made));
  parts->names.emplace_back("expr");
}

StatisticsParts ReadStatisticsParts(CommandInput& input, const Relation& table,
                                    const PgQuery__CreateStatsStmt& statement) {
  if (statement.n_exprs > kStatisticsColumnsMax) {
    throw SqlError(SqlState::kTooManyColumns,
                   fmt::format("cannot have more than {} columns in statistics",
                               kStatisticsColumnsMax));
  }
  StatisticsParts parts;
  for (const ast::Node* node : ListOf(statement.exprs, statement.n_exprs)) {
    const PgQuery__StatsElem& element = *node->stats_elem;
    if (element.expr == nullptr) {
      AddStatisticsColumn(input, table, TextOf(element.name), &parts);
      continue;
    }
    // (column) is the column.
    const ast::Node& inner = *element.expr;
    if (inner.node_case == PG_QUERY__NODE__NODE_COLUMN_REF && inner.column_ref->n_fields == 1) {
      AddStatisticsColumn(input, table, StringOf(inner.column_ref->fields[0]), &parts);
    } else {
      AddStatisticsExpression(input, table, inner, &parts);
    }
  }
  if (parts.columns.size() < 2 && parts.expressions.empty()) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   "extended statistics require at least 2 columns");
  }
  return parts;
}

std::string ReadKinds(const PgQuery__CreateStatsStmt& statement, const StatisticsParts& parts) {
  const bool single_expression = parts.columns.empty() && parts.expressions.size() == 1;
  if (single_expression && statement.n_stat_types > 0) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "when building statistics on a single expression, statistics kinds may not be "
                   "specified");
  }
  std::string letters;
  for (const ast::Node* node : ListOf(statement.stat_types, statement.n_stat_types)) {
    const std::string_view name = StringOf(node);
    const auto* kind = std::ranges::find(kStatisticsKinds, name, &StatisticsKind::name);
    if (kind == std::end(kStatisticsKinds)) {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("unrecognized statistics kind \"{}\"", name));
    }
    if (letters.find(kind->letter) == std::string::npos) letters += kind->letter;
  }
  if (letters.empty() && !single_expression) letters = "dfm";
  std::string sorted;
  for (const StatisticsKind& kind : kStatisticsKinds) {
    if (letters.find(kind.letter) != std::string::npos) sorted += kind.letter;
  }
  if (!parts.expressions.empty()) sorted += 'e';
  return sorted;
}

std::string ChooseStatisticsName(CommandInput& input, const Relation& table,
                                 const StatisticsParts& parts) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const std::string base = fmt::format("{}_{}_stat", table.name, fmt::join(parts.names, "_"));
  std::string name = base;
  for (int number = 1;
       catalog::ObjectsOf(*snapshot).FindObject(catalog::kExtendedStatisticsClass, table.schema, name) != nullptr;
       ++number) {
    name = base + std::to_string(number);
  }
  return name;
}

RelationPtr LockStatisticsTable(CommandInput& input, const PgQuery__CreateStatsStmt& statement) {
  if (statement.n_relations != 1 ||
      statement.relations[0]->node_case != PG_QUERY__NODE__NODE_RANGE_VAR) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "only a single relation is allowed in CREATE STATISTICS");
  }
  const RelationPtr table =
      LockRelation(input, *statement.relations[0]->range_var,
                   txn::RelationLockMode::kShareUpdateExclusive);
  if (!table->HasRows() && !table->IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot define statistics for relation \"{}\"", table->name))
        .Detail(NotSupportedDetail(table->kind));
  }
  RequireOwner(input, *table);
  return table;
}

}  // namespace

std::string CreateStatistics(const PgQuery__CreateStatsStmt& statement, CommandInput& input) {
  constexpr const char* kTag = "CREATE STATISTICS";
  const RelationPtr table = LockStatisticsTable(input, statement);
  std::vector<std::string> names = StringsOf(ListOf(statement.defnames, statement.n_defnames));
  std::optional<SchemaObject> named;
  if (!names.empty()) {
    named = NewSchemaObject(input, catalog::kExtendedStatisticsClass, QualifiedNameOf(names));
    if (ExistsAlready(input, *named, statement.if_not_exists)) return kTag;
  }
  const StatisticsParts parts = ReadStatisticsParts(input, *table, statement);
  const std::string kinds = ReadKinds(statement, parts);
  if (!named.has_value()) {
    named = NewSchemaObject(input, catalog::kExtendedStatisticsClass,
                            {input.editor.Current()->FindSchema(table->schema)->name,
                             ChooseStatisticsName(input, *table, parts)});
  }
  SchemaObject& object = *named;
  object.SetProperty("table", std::to_string(table->oid));
  object.SetProperty("kinds", kinds);
  object.SetProperty("columns", fmt::format("{}", fmt::join(parts.columns, " ")));
  for (size_t i = 0; i < parts.expressions.size(); ++i) {
    object.SetProperty(fmt::format("expression{}", i), parts.expressions[i].sql);
  }
  object.SetProperty("target", "-1");
  object.comment = TextOf(statement.stxcomment);
  std::vector<AttributeNumber> all = parts.columns;
  all.insert(all.end(), parts.mentioned.begin(), parts.mentioned.end());
  for (const AttributeNumber attnum : all) {
    object.references.push_back({catalog::kRelationClass, table->oid, attnum, 'a'});
  }
  if (all.empty()) object.references.push_back({catalog::kRelationClass, table->oid, 0, 'a'});
  for (const catalog::ObjectAddress& used : parts.used) {
    object.references.push_back({used.object_class, used.object, used.sub, 'n'});
  }
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(object));
  return kTag;
}

std::string AlterStatistics(const PgQuery__AlterStatsStmt& statement, CommandInput& input) {
  constexpr int kTargetMax = 10000;
  int target = statement.stxstattarget;
  if (target < -1) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("statistics target {} is too low", target));
  }
  if (target > kTargetMax) {
    target = kTargetMax;
    SendNotice(input, fmt::format("lowering statistics target to {}", target), "",
               Severity::kWarning, SqlState::kInvalidParameterValue);
  }
  const catalog::SchemaObjectPtr object = RequireSchemaObject(
      input, catalog::kExtendedStatisticsClass,
      StringsOf(ListOf(statement.defnames, statement.n_defnames)), statement.missing_ok);
  if (object == nullptr) return "ALTER STATISTICS";
  RequireObjectOwner(input, *object);
  SchemaObject changed = *object;
  changed.SetProperty("target", std::to_string(target));
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(changed));
  return "ALTER STATISTICS";
}

namespace {

std::string KindsText(std::string_view letters) {
  std::string text;
  size_t count = 0;
  for (const StatisticsKind& kind : kStatisticsKinds) {
    if (letters.find(kind.letter) == std::string_view::npos) continue;
    text += fmt::format("{}{}", count++ == 0 ? "" : ", ", kind.name);
  }
  return count == 0 || count == std::size(kStatisticsKinds) ? "" : fmt::format(" ({})", text);
}

std::vector<std::string> ExpressionTexts(const DefinitionInput& input, const SchemaObject& object,
                                         Oid table) {
  std::vector<std::string> texts;
  for (size_t i = 0;; ++i) {
    const std::string_view stored = object.Property(fmt::format("expression{}", i));
    if (stored.empty()) return texts;
    texts.push_back(ExpressionText(input, stored, table, /*pretty=*/false));
  }
}

}  // namespace

void ForEachStatisticsExpression(SchemaObject* object,
                                 const std::function<void(Oid table, std::string* text)>& visit) {
  for (size_t i = 0;; ++i) {
    const std::string property = fmt::format("expression{}", i);
    std::string text(object->Property(property));
    if (text.empty()) return;
    visit(object->OidProperty("table"), &text);
    object->SetProperty(property, std::move(text));
  }
}

std::vector<std::string> StatisticsExpressions(const DefinitionInput& input, Oid oid) {
  const auto object = catalog::ObjectsOf(*input.catalog).FindObject(catalog::kExtendedStatisticsClass, oid);
  if (object == nullptr) return {};
  return ExpressionTexts(input, *object, object->OidProperty("table"));
}

std::optional<std::string> StatisticsText(const DefinitionInput& input, Oid oid,
                                          bool columns_only) {
  const auto object = catalog::ObjectsOf(*input.catalog).FindObject(catalog::kExtendedStatisticsClass, oid);
  if (object == nullptr) return std::nullopt;
  const RelationPtr table = input.catalog->FindRelation(object->OidProperty("table"));
  if (table == nullptr) return std::nullopt;
  std::vector<std::string> parts;
  const std::string columns(object->Property("columns"));
  for (size_t at = 0; at < columns.size();) {
    const size_t end = std::min(columns.find(' ', at), columns.size());
    const int attnum = std::stoi(columns.substr(at, end - at));
    parts.push_back(catalog::QuoteIdentifier(table->columns[static_cast<size_t>(attnum - 1)].name));
    at = end + 1;
  }
  catalog::SchemaObject read = *object;
  ForEachStatisticsExpression(&read, [&](Oid, std::string* text) { parts.push_back(PartText(input, *text, *table)); });
  const std::string list = fmt::format("{}", fmt::join(parts, ", "));
  if (columns_only) return list;
  return fmt::format("CREATE STATISTICS {}{} ON {} FROM {}",
                     catalog::QuoteQualified(input.catalog->FindSchema(object->schema)->name,
                                             object->name),
                     KindsText(object->Property("kinds")), list,
                     catalog::FormatRelation(*input.catalog, *input.search_path, table->oid));
}

}  // namespace grizzly::commands
