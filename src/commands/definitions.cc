#include "commands/definitions.h"

#include "catalog/object_text.h"
#include "catalog/partition_text.h"
#include "catalog/record.h"
#include "commands/evaluation.h"
#include "commands/object/extended_statistics.h"
#include "facts/access_methods.h"
#include "catalog/schema_object.h"
#include "commands/type/type_parts.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "parser/parse.h"
#include "planner/binder/binder.h"
#include "planner/deparse/deparse_query.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;
using planner::ExpressionPlace;

planner::BinderInput BinderOf(const DefinitionInput& input) {
  planner::BinderInput binder;
  binder.catalog = input.catalog;
  binder.shared = input.shared;
  binder.search_path = input.search_path;
  binder.current_role = input.current_role;
  binder.variable_parameters = false;
  return binder;
}

// A bound expression over a table, columns without a qualifier, or over VALUE.
std::string Deparse(const DefinitionInput& input, const expr::Expr& bound, const Relation* table,
                    bool pretty) {
  planner::DeparseInput deparse;
  deparse.catalog = input.catalog.get();
  deparse.search_path = input.search_path;
  deparse.io = input.io;
  deparse.stored = true;
  deparse.pretty = pretty;
  deparse.indent = true;
  deparse.column_name = [table](expr::ColumnId id) {
    if (table == nullptr || id == 0 || id > table->columns.size()) return std::string("?");
    return catalog::QuoteIdentifier(table->columns[id - 1].name);
  };
  deparse.input_name = [](uint32_t) { return std::string("VALUE"); };
  return planner::DeparseExpression(bound, deparse);
}

expr::ExprPtr BindOver(const DefinitionInput& input, const catalog::Definition& definition,
                       const Relation* table, ExpressionPlace place) {
  std::vector<expr::ColumnId> ids;
  if (table != nullptr) ids = AttributeIds(*table);
  return planner::BindDefinition(definition, table, ids, place, BinderOf(input));
}

// Looks like f(...), so that an index part needs no parentheses.
bool LooksLikeFunction(const expr::Expr& node) {
  switch (node.kind) {
    case expr::ExprKind::kFunction: {
      const auto& call = static_cast<const expr::FunctionExpr&>(node);
      return call.operator_oid == kInvalidOid && call.syntax != expr::CallSyntax::kExplicitCast &&
             call.syntax != expr::CallSyntax::kImplicitCast;
    }
    case expr::ExprKind::kCoalesce:
    case expr::ExprKind::kGreatestLeast:
    case expr::ExprKind::kNullIf: return true;
    default: return false;
  }
}

std::string ColumnList(const Relation& table, const std::vector<AttributeNumber>& columns) {
  std::string list;
  for (const AttributeNumber attnum : columns) {
    if (!list.empty()) list += ", ";
    list += catalog::QuoteIdentifier(table.columns[attnum - 1].name);
  }
  return list;
}

// Built-in domains have no edges.
std::shared_ptr<const catalog::Type> DomainOfCheck(const catalog::CatalogSnapshot& snapshot,
                                                   Oid check) {
  if (check >= kFirstUserOid) {
    return catalog::OwningDomain(snapshot, {catalog::kConstraintClass, check, 0});
  }
  Oid found = kInvalidOid;
  snapshot.ForEachType([&](const catalog::Type& type) {
    for (const catalog::Constraint& constraint : type.checks) {
      if (constraint.oid == check) found = type.oid;
    }
  });
  return snapshot.FindType(found);
}

// A check of a domain, over VALUE.
std::optional<std::string> DomainCheckText(const DefinitionInput& input, Oid oid, bool pretty) {
  const auto domain = DomainOfCheck(*input.catalog, oid);
  if (domain == nullptr) return std::nullopt;
  for (const catalog::Constraint& check : domain->checks) {
    if (check.oid != oid) continue;
    const expr::ExprPtr bound =
        planner::BindDomainCondition(check.check, domain->base, BinderOf(input));
    return fmt::format("CHECK ({}){}", Deparse(input, *bound, nullptr, pretty),
                       check.validated ? "" : " NOT VALID");
  }
  return std::nullopt;
}

std::string TimingText(const catalog::Constraint& constraint) {
  std::string text;
  if (constraint.deferrable) text += " DEFERRABLE";
  if (constraint.initially_deferred) text += " INITIALLY DEFERRED";
  if (!constraint.validated) text += " NOT VALID";
  return text;
}

std::string_view ActionText(char action) {
  switch (action) {
    case 'r': return "RESTRICT";
    case 'c': return "CASCADE";
    case 'n': return "SET NULL";
    case 'd': return "SET DEFAULT";
    default: return "";
  }
}

std::string ForeignKeyText(const DefinitionInput& input, const Relation& table,
                           const catalog::Constraint& constraint) {
  const RelationPtr referenced = input.catalog->FindRelation(constraint.foreign_relation);
  if (referenced == nullptr) return "";
  std::string text = fmt::format(
      "FOREIGN KEY ({}) REFERENCES {}({})", ColumnList(table, constraint.columns),
      catalog::FormatRelation(*input.catalog, *input.search_path, referenced->oid),
      ColumnList(*referenced, constraint.foreign_columns));
  if (constraint.match_type == 'f') text += " MATCH FULL";
  if (const std::string_view action = ActionText(constraint.on_update); !action.empty()) {
    text += fmt::format(" ON UPDATE {}", action);
  }
  if (const std::string_view action = ActionText(constraint.on_delete); !action.empty()) {
    text += fmt::format(" ON DELETE {}", action);
  }
  if (!constraint.delete_set_columns.empty()) {
    text += " (" + ColumnList(table, constraint.delete_set_columns) + ")";
  }
  return text;
}

std::string CollationText(const DefinitionInput& input, Oid collation) {
  return catalog::FormatCollation(*input.catalog, *input.search_path, collation);
}

// (siglen='100'): the options of an operator class.
std::string OpclassOptionsText(const catalog::IndexDefinition::Part& part) {
  std::string text;
  for (const auto& [name, value] : part.options) {
    text += fmt::format("{}{}={}", text.empty() ? " (" : ", ", catalog::QuoteIdentifier(name),
                        catalog::QuoteLiteral(value));
  }
  return text + ")";
}

std::string PartText(const DefinitionInput& input, const Relation& table,
                     const catalog::IndexDefinition::Part& part, Oid method, bool whole,
                     bool pretty) {
  std::string text;
  Oid own_collation = part.type.collation;
  if (part.column != 0) {
    const catalog::Column& column = table.columns[part.column - 1];
    text = catalog::QuoteIdentifier(column.name);
    own_collation = column.type.collation;
  } else {
    const expr::ExprPtr bound =
        BindOver(input, part.expression, &table, ExpressionPlace::kIndexPart);
    text = Deparse(input, *bound, &table, pretty);
    own_collation = bound->type.collation;
    if (!LooksLikeFunction(*bound)) text = "(" + text + ")";
  }
  if (!whole) return text;
  if (part.collation != kInvalidOid && part.collation != own_collation) {
    text += " COLLATE " + CollationText(input, part.collation);
  }
  const facts::OpclassFact* usual = facts::DefaultOpclass(
      method, OpclassInputType(*input.catalog, part.type.oid));
  const facts::OpclassFact* opclass = facts::FindOpclass(part.opclass);
  const bool has_options = !part.options.empty();
  if (opclass != nullptr && (usual != opclass || has_options)) text += " " + std::string(opclass->opcname);
  if (has_options) text += OpclassOptionsText(part);
  if (part.descending) {
    text += part.nulls_first ? " DESC" : " DESC NULLS LAST";
  } else if (part.nulls_first) {
    text += " NULLS FIRST";
  }
  return text;
}

Oid MethodOf(const catalog::IndexDefinition& index) {
  const facts::AccessMethodFact* method = facts::FindAccessMethodByName(index.access_method);
  return method == nullptr ? facts::kBtreeMethodOid : method->oid;
}

std::string ExclusionText(const DefinitionInput& input, const Relation& table,
                          const Relation& index, const catalog::Constraint& constraint,
                          bool pretty) {
  const catalog::IndexDefinition& definition = *index.index;
  std::string text =
      fmt::format("EXCLUDE USING {} (", catalog::QuoteIdentifier(definition.access_method));
  for (size_t i = 0; i < definition.parts.size(); ++i) {
    if (i > 0) text += ", ";
    text += PartText(input, table, definition.parts[i], MethodOf(definition), /*whole=*/true,
                     pretty);
    const facts::OperatorFact* fact = facts::FindOperator(constraint.exclusion_operators[i]);
    text += fmt::format(" WITH {}", fact == nullptr ? "?" : fact->oprname);
  }
  text += ")";
  if (!definition.include.empty()) {
    text += " INCLUDE (" + ColumnList(table, definition.include) + ")";
  }
  if (!definition.predicate.empty()) {
    const expr::ExprPtr bound =
        BindOver(input, definition.predicate, &table, ExpressionPlace::kIndexPredicate);
    text += fmt::format(" WHERE ({})", Deparse(input, *bound, &table, pretty));
  }
  return text;
}

std::optional<std::string> ConstraintText(const DefinitionInput& input, Oid oid, bool pretty) {
  const RelationPtr table =
      catalog::OwningRelation(*input.catalog, {catalog::kConstraintClass, oid, 0});
  if (table == nullptr) return DomainCheckText(input, oid, pretty);
  for (const catalog::Constraint& constraint : table->constraints) {
    if (constraint.oid != oid) continue;
    if (constraint.kind == catalog::ConstraintKind::kCheck) {
      const expr::ExprPtr bound =
          BindOver(input, constraint.check, table.get(), ExpressionPlace::kCheck);
      return fmt::format("CHECK ({})", Deparse(input, *bound, table.get(), pretty)) +
             (constraint.no_inherit ? " NO INHERIT" : "") + TimingText(constraint);
    }
    if (constraint.kind == catalog::ConstraintKind::kForeignKey) {
      return ForeignKeyText(input, *table, constraint) + TimingText(constraint);
    }
    const RelationPtr index = input.catalog->FindRelation(constraint.index);
    if (constraint.kind == catalog::ConstraintKind::kExclusion) {
      return ExclusionText(input, *table, *index, constraint, pretty) + TimingText(constraint);
    }
    std::string text = constraint.kind == catalog::ConstraintKind::kPrimaryKey ? "PRIMARY KEY ("
                                                                               : "UNIQUE (";
    if (index != nullptr && index->index->nulls_not_distinct) text = "UNIQUE NULLS NOT DISTINCT (";
    text += ColumnList(*table, constraint.columns) + ")";
    if (index != nullptr && !index->index->include.empty()) {
      text += " INCLUDE (" + ColumnList(*table, index->index->include) + ")";
    }
    return text + TimingText(constraint);
  }
  return std::nullopt;
}

std::string OptionsText(const Relation& relation) {
  std::string list;
  for (const auto& [name, value] : relation.options) {
    if (!list.empty()) list += ", ";
    // A value that reads as a name stands alone.
    const bool is_name = catalog::QuoteIdentifier(value) == value;
    list += catalog::QuoteIdentifier(name) + "=" + (is_name ? value : catalog::QuoteLiteral(value));
  }
  return list;
}

std::string WholeIndexText(const DefinitionInput& input, const Relation& index,
                           const Relation& table, bool pretty) {
  const catalog::IndexDefinition& definition = *index.index;
  const std::string table_name =
      pretty ? catalog::FormatRelation(*input.catalog, *input.search_path, table.oid)
             : catalog::QuoteQualified(input.catalog->FindSchema(table.schema)->name, table.name);
  // The partitions' are statements of their own.
  const bool only = index.kind == catalog::RelationKind::kPartitionedIndex;
  std::string text = fmt::format("CREATE {}INDEX {} ON {}{} USING {} (",
                                 definition.unique ? "UNIQUE " : "",
                                 catalog::QuoteIdentifier(index.name), only ? "ONLY " : "", table_name,
                                 catalog::QuoteIdentifier(definition.access_method));
  for (size_t i = 0; i < definition.parts.size(); ++i) {
    if (i > 0) text += ", ";
    text += PartText(input, table, definition.parts[i], MethodOf(definition), /*whole=*/true,
                     pretty);
  }
  text += ")";
  if (!definition.include.empty()) {
    text += " INCLUDE (" + ColumnList(table, definition.include) + ")";
  }
  if (definition.nulls_not_distinct) text += " NULLS NOT DISTINCT";
  if (const std::string options = OptionsText(index); !options.empty()) {
    text += " WITH (" + options + ")";
  }
  if (!definition.predicate.empty()) {
    const expr::ExprPtr bound =
        BindOver(input, definition.predicate, &table, ExpressionPlace::kIndexPredicate);
    text += " WHERE " + Deparse(input, *bound, &table, pretty);
  }
  return text;
}

std::optional<std::string> IndexText(const DefinitionInput& input, Oid oid, int32_t column,
                                     bool pretty) {
  const RelationPtr index = input.catalog->FindRelation(oid);
  if (index == nullptr || !index->index.has_value()) return std::nullopt;
  const RelationPtr table = input.catalog->FindRelation(index->index->table);
  if (table == nullptr) return std::nullopt;
  if (column == 0) return WholeIndexText(input, *index, *table, pretty);
  const auto& parts = index->index->parts;
  const auto& include = index->index->include;
  if (column < 0 || static_cast<size_t>(column) > parts.size() + include.size()) return "";
  const size_t i = static_cast<size_t>(column - 1);
  if (i < parts.size()) {
    return PartText(input, *table, parts[i], MethodOf(*index->index), /*whole=*/false, pretty);
  }
  return catalog::QuoteIdentifier(table->columns[include[i - parts.size()] - 1].name);
}

std::optional<std::string> ViewText(const DefinitionInput& input, Oid oid, bool pretty) {
  const RelationPtr view = input.catalog->FindRelation(oid);
  if (view == nullptr || !view->view.has_value()) return std::nullopt;
  const auto parsed = parser::ParsedText::Parse(view->view->query.sql);
  const parser::ast::Node& query = *parsed->statements().front().node;
  const catalog::SearchPath bound_under =
      catalog::SearchPath::OfSchemas(view->view->query.search_path, kInvalidOid);
  planner::BinderInput binder = BinderOf(input);
  binder.search_path = &bound_under;
  binder.view = &*view->view;
  const planner::QueryRecord record = planner::BindAndRecord(query, binder);
  planner::QueryDeparseInput deparse;
  deparse.catalog = input.catalog.get();
  deparse.search_path = input.search_path;
  deparse.io = input.io;
  deparse.pretty = pretty;
  for (const catalog::Column& column : view->columns) deparse.column_names.push_back(column.name);
  return planner::DeparseQuery(query, record, deparse) + ";";
}

// ---- functions ----

// "a, b" cut at commas outside of brackets and quotes.
std::vector<std::string> SplitDefaults(std::string_view list) {
  std::vector<std::string> items;
  int depth = 0;
  bool quoted = false;
  size_t begin = 0;
  for (size_t i = 0; i <= list.size(); ++i) {
    const char c = i < list.size() ? list[i] : ',';
    if (c == '\'') quoted = !quoted;
    if (quoted && i < list.size()) continue;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c != ',' || depth > 0) continue;
    std::string_view item = list.substr(begin, i - begin);
    while (item.starts_with(' ')) item.remove_prefix(1);
    if (!item.empty()) items.emplace_back(item);
    begin = i + 1;
  }
  return items;
}

std::string ArgumentsText(const DefinitionInput& input, const facts::ProcFact& proc, bool tables,
                          bool defaults) {
  const auto types = proc.proallargtypes.empty() ? proc.proargtypes : proc.proallargtypes;
  const std::vector<std::string> values = SplitDefaults(proc.proargdefaults);
  const int first_default = proc.pronargs - static_cast<int>(values.size());
  int input_number = 0;
  std::string text;
  for (size_t i = 0; i < types.size(); ++i) {
    const char mode = proc.proargmodes.empty() ? 'i' : proc.proargmodes[i];
    const bool is_input = mode == 'i' || mode == 'b' || mode == 'v';
    const int number = is_input ? input_number++ : -1;
    if ((mode == 't') != tables) continue;
    if (!text.empty()) text += ", ";
    text += mode == 'o' ? "OUT " : mode == 'b' ? "INOUT " : mode == 'v' ? "VARIADIC " : "";
    if (i < proc.proargnames.size() && !proc.proargnames[i].empty()) {
      text += catalog::QuoteIdentifier(proc.proargnames[i]) + " ";
    }
    text += catalog::FormatType(*input.catalog, *input.search_path, types[i]);
    if (defaults && number >= first_default && number >= 0) {
      text += " DEFAULT " + values[static_cast<size_t>(number - first_default)];
    }
  }
  return text;
}

std::string ResultText(const DefinitionInput& input, const facts::ProcFact& proc) {
  const std::string table = ArgumentsText(input, proc, /*tables=*/true, /*defaults=*/false);
  if (!table.empty()) return "TABLE(" + table + ")";
  const std::string type =
      catalog::FormatType(*input.catalog, *input.search_path, proc.prorettype);
  return proc.proretset ? "SETOF " + type : type;
}

std::optional<std::string> FunctionText(const DefinitionInput& input, std::string_view asked,
                                        Oid object) {
  const facts::ProcFact* proc = facts::FindProc(object);
  if (proc == nullptr) return std::nullopt;
  if (asked == "pg_get_function_result") {
    if (proc->prokind == 'p') return std::nullopt;
    return ResultText(input, *proc);
  }
  return ArgumentsText(input, *proc, /*tables=*/false,
                       /*defaults=*/asked == "pg_get_function_arguments");
}

// RANGE (a, lower(b) COLLATE "C")
std::optional<std::string> PartitionKeyText(const DefinitionInput& input, Oid oid, bool pretty) {
  const RelationPtr table = input.catalog->FindRelation(oid);
  if (table == nullptr || !table->IsPartitioned()) return std::nullopt;
  const catalog::PartitionKey& key = *table->partition_key;
  std::vector<std::string> parts;
  for (const catalog::PartitionKey::Part& part : key.parts) {
    catalog::IndexDefinition::Part as_index;
    as_index.column = part.column;
    as_index.expression = part.expression;
    as_index.type = part.type;
    as_index.opclass = part.opclass;
    as_index.collation = part.collation;
    parts.push_back(PartText(input, *table, as_index, facts::kBtreeMethodOid, /*whole=*/false, pretty));
    const Oid own_collation = part.column != 0 ? table->columns[part.column - 1].type.collation
                                               : part.type.collation;
    if (part.collation != own_collation && part.collation != kInvalidOid) {
      parts.back() += " COLLATE " + CollationText(input, part.collation);
    }
    const Oid method =
        key.strategy == 'h' ? facts::kHashMethodOid : facts::kBtreeMethodOid;
    const facts::OpclassFact* usual = facts::DefaultOpclass(
        method, OpclassInputType(*input.catalog, part.type.oid));
    const facts::OpclassFact* chosen = facts::FindOpclass(part.opclass);
    if (chosen != nullptr && (usual == nullptr || usual->oid != chosen->oid)) {
      parts.back() += " " + catalog::QuoteIdentifier(chosen->opcname);
    }
  }
  const std::string_view strategy = key.strategy == 'l'   ? "LIST"
                                    : key.strategy == 'r' ? "RANGE"
                                                          : "HASH";
  return fmt::format("{} ({})", strategy, fmt::join(parts, ", "));
}

std::optional<std::string> PartitionConstraintText(const DefinitionInput& input, Oid oid,
                                                   bool pretty) {
  const RelationPtr table = input.catalog->FindRelation(oid);
  if (table == nullptr || !table->IsPartition()) return std::nullopt;
  const catalog::Definition condition = catalog::PartitionConstraint(*input.catalog, *table);
  if (condition.empty()) return std::nullopt;
  const expr::ExprPtr bound = BindOver(input, condition, table.get(), ExpressionPlace::kCheck);
  return Deparse(input, *bound, table.get(), pretty);
}

}  // namespace

std::optional<std::string> DefinitionText(const DefinitionInput& input, Oid function, Oid object,
                                          int32_t column, bool pretty) {
  const facts::ProcFact* proc = facts::FindProc(function);
  const std::string_view name = proc == nullptr ? "" : proc->proname;
  if (name == "pg_get_constraintdef") return ConstraintText(input, object, pretty);
  if (name == "pg_get_indexdef") return IndexText(input, object, column, pretty);
  if (name == "pg_get_viewdef") return ViewText(input, object, pretty);
  if (name == "pg_get_function_arguments" || name == "pg_get_function_identity_arguments" ||
      name == "pg_get_function_result") {
    return FunctionText(input, name, object);
  }
  if (name == "pg_get_partkeydef") return PartitionKeyText(input, object, pretty);
  if (name == "pg_get_partition_constraintdef") {
    return PartitionConstraintText(input, object, pretty);
  }
  if (name == "pg_get_statisticsobjdef" || name == "pg_get_statisticsobjdef_columns") {
    return StatisticsText(input, object, name.ends_with("columns"));
  }
  // There are no triggers, rules or functions with SQL bodies.
  if (name == "pg_get_triggerdef" || name == "pg_get_ruledef" ||
      name == "pg_get_function_sqlbody") {
    return std::nullopt;
  }
  ThrowNotSupported("function " + std::string(name));
}

std::string KeyPartText(const DefinitionInput& input, const Relation& table,
                        const catalog::IndexDefinition::Part& part) {
  return PartText(input, table, part, kInvalidOid, /*whole=*/false, /*pretty=*/true);
}

std::string ExpressionText(const DefinitionInput& input, std::string_view stored, Oid relation,
                           bool pretty) {
  const RelationPtr table =
      relation == kInvalidOid ? nullptr : input.catalog->FindRelation(relation);
  const catalog::Definition definition{std::string(stored), input.search_path->schemas()};
  try {
    // Any place whose rules let the column names of the table through.
    const expr::ExprPtr bound =
        BindOver(input, definition, table.get(),
                 table == nullptr ? ExpressionPlace::kDefault : ExpressionPlace::kAlterUsing);
    return Deparse(input, *bound, table.get(), pretty);
  } catch (const SqlError&) {
    return std::string(stored);
  }
}

std::string PartText(const DefinitionInput& input, std::string_view stored, const Relation& table) {
  const expr::ExprPtr bound = BindOver(input, {std::string(stored), input.search_path->schemas()}, &table,
                                       ExpressionPlace::kAlterUsing);
  const std::string text = Deparse(input, *bound, &table, /*pretty=*/true);
  return LooksLikeFunction(*bound) ? text : "(" + text + ")";
}

std::string BoundExpressionText(const DefinitionInput& input, const expr::Expr& bound, const Relation* table) {
  return Deparse(input, bound, table, /*pretty=*/false);
}

std::optional<std::string> SerialSequenceText(const DefinitionInput& input, std::string_view table,
                                              std::string_view column) {
  const auto parts = catalog::SplitIdentifierList(table);
  const std::string_view name = parts.has_value() && parts->size() == 1 ? (*parts)[0] : table;
  const size_t dot = name.find('.');
  const RelationPtr relation =
      dot == std::string_view::npos
          ? catalog::RequireRelation(*input.catalog, *input.search_path, "", name)
          : catalog::RequireRelation(*input.catalog, *input.search_path, name.substr(0, dot),
                                     name.substr(dot + 1));
  const catalog::Column* found = relation->FindColumn(column);
  if (found == nullptr) {
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("column \"{}\" of relation \"{}\" does not exist", column,
                               relation->name));
  }
  if (found->owned_sequence == kInvalidOid) return std::nullopt;
  const RelationPtr sequence = input.catalog->FindRelation(found->owned_sequence);
  if (sequence == nullptr) return std::nullopt;
  return catalog::QuoteQualified(input.catalog->FindSchema(sequence->schema)->name,
                                 sequence->name);
}

}  // namespace grizzly::commands
