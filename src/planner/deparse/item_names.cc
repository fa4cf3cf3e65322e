#include "planner/deparse/item_names.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalog/object_text.h"

namespace grizzly::planner {
namespace {

namespace ast = parser::ast;

std::string TextOf(const char* text) { return text == nullptr ? "" : text; }

std::string AliasName(const PgQuery__Alias* alias) {
  return alias == nullptr ? std::string() : TextOf(alias->aliasname);
}

}  // namespace

std::string NameOfFunctions(const PgQuery__RangeFunction& item) {
  if (item.alias != nullptr) return AliasName(item.alias);
  const ast::Node& call = *item.functions[0]->list->items[0];
  if (call.node_case != PG_QUERY__NODE__NODE_FUNC_CALL) return "?column?";
  const ast::Node& name = *call.func_call->funcname[call.func_call->n_funcname - 1];
  return name.node_case == PG_QUERY__NODE__NODE_STRING ? TextOf(name.string->sval) : "";
}

std::string Requalified(const std::string& qualified, const PrintedNames& names) {
  for (const auto& [name, printed] : names) {
    const std::string prefix = catalog::QuoteIdentifier(name) + ".";
    if (qualified.starts_with(prefix)) {
      return catalog::QuoteIdentifier(printed) + "." + qualified.substr(prefix.size());
    }
  }
  return qualified;
}

void ItemNames::Choose(const ast::Node& item, PrintedNames* names) {
  const auto choose = [&](const std::string& name) { ChooseName(name, name, names); };
  switch (item.node_case) {
    case PG_QUERY__NODE__NODE_RANGE_VAR: return ChooseTableName(*item.range_var, names);
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT: return choose(AliasName(item.range_subselect->alias));
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION: return choose(NameOfFunctions(*item.range_function));
    case PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC: return choose(AliasName(item.range_table_func->alias));
    case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE: return Choose(*item.range_table_sample->relation, names);
    case PG_QUERY__NODE__NODE_JOIN_EXPR:
      Choose(*item.join_expr->larg, names);
      Choose(*item.join_expr->rarg, names);
      return choose(AliasName(item.join_expr->alias));
    default: return;
  }
}

void ItemNames::ChooseTableName(const PgQuery__RangeVar& name, PrintedNames* names) {
  const std::string written = name.alias != nullptr ? AliasName(name.alias) : TextOf(name.relname);
  const catalog::RelationPtr relation = name.alias != nullptr ? nullptr : RelationOf(name);
  ChooseName(written, relation == nullptr ? written : relation->name, names);
}

void ItemNames::ChooseName(const std::string& name, const std::string& wanted, PrintedNames* names) {
  if (name.empty()) return;
  std::string chosen = wanted;
  for (int number = 1; std::find(used_.begin(), used_.end(), chosen) != used_.end(); ++number) {
    chosen = fmt::format("{}_{}", wanted, number);
  }
  used_.push_back(chosen);
  if (chosen != name) names->emplace(name, std::move(chosen));
}

catalog::RelationPtr ItemNames::RelationOf(const PgQuery__RangeVar& name) const {
  const catalog::CatalogSnapshot& bound_under =
      input_.bound_under == nullptr ? *input_.catalog : *input_.bound_under;
  const std::string schema_name = TextOf(name.schemaname);
  const catalog::Schema* schema = schema_name.empty() ? nullptr : bound_under.FindSchema(schema_name);
  const catalog::RelationPtr named =
      schema == nullptr ? nullptr : bound_under.FindRelation(schema->oid, TextOf(name.relname));
  return named == nullptr ? nullptr : input_.catalog->FindRelation(named->oid);
}

std::string ItemNames::RelationText(const catalog::Relation& relation) const {
  if (std::find(ctes_.begin(), ctes_.end(), relation.name) != ctes_.end()) {
    return catalog::QuoteQualified(input_.catalog->FindSchema(relation.schema)->name, relation.name);
  }
  return catalog::FormatRelation(*input_.catalog, *input_.search_path, relation.oid);
}

}  // namespace grizzly::planner
