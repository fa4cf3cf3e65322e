// currtid2: where a row is now that was at a ctid. A ctid stays with its row here (executor/row_tid.h), so
// that is where it was, if the relation has such a block.
//
// SOURCE  the running server for its errors: the documentation does not mention the function
#include "catalog/object_text.h"
#include "catalog/search_path.h"
#include "facts/types.h"
#include "parser/parse.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/system_functions.h"
#include "types/tid.h"

namespace grizzly::session {
namespace {

namespace ast = parser::ast;
using catalog::Relation;
using catalog::RelationKind;
using types::Datum;

// Whether the last row is in this block or behind it.
bool HasBlock(const SystemCall& call, const Relation& relation, uint32_t block) {
  if (relation.kind == RelationKind::kSequence) return block == 0;
  const catalog::Schema* schema = call.session.Snapshot()->FindSchema(relation.schema);
  const std::string sql = fmt::format("SELECT 1 FROM ONLY {}.{} WHERE ctid >= '({},0)' LIMIT 1",
                                      catalog::QuoteIdentifier(schema->name),
                                      catalog::QuoteIdentifier(relation.name), block);
  bool found = false;
  call.session.RunPlanned(call.session.PlanText(sql),
                          [&](const types::Batch& batch) { found |= batch.row_count() > 0; });
  return found;
}

// The table of a FROM item that an unqualified name, or one behind `alias`, is of.
const PgQuery__RangeVar* TableNamed(const ast::Node& item, std::string_view alias) {
  if (item.node_case == PG_QUERY__NODE__NODE_JOIN_EXPR) {
    const PgQuery__RangeVar* left = TableNamed(*item.join_expr->larg, alias);
    return left != nullptr ? left : TableNamed(*item.join_expr->rarg, alias);
  }
  if (item.node_case != PG_QUERY__NODE__NODE_RANGE_VAR) return nullptr;
  const PgQuery__RangeVar& table = *item.range_var;
  const std::string_view name = table.alias == nullptr ? table.relname : table.alias->aliasname;
  return alias.empty() || alias == name ? &table : nullptr;
}

// The table whose ctid the view's column is; null: it is something else.
const PgQuery__RangeVar* TableOfCtid(const PgQuery__SelectStmt& query, size_t column) {
  if (column >= query.n_target_list) return nullptr;
  const ast::Node& value = *query.target_list[column]->res_target->val;
  if (value.node_case != PG_QUERY__NODE__NODE_COLUMN_REF) return nullptr;
  const PgQuery__ColumnRef& reference = *value.column_ref;
  const ast::Node& last = *reference.fields[reference.n_fields - 1];
  if (last.node_case != PG_QUERY__NODE__NODE_STRING ||
      std::string_view(last.string->sval) != "ctid") {
    return nullptr;
  }
  std::string_view alias;
  if (reference.n_fields > 1) alias = reference.fields[reference.n_fields - 2]->string->sval;
  for (size_t i = 0; i < query.n_from_clause; ++i) {
    if (const PgQuery__RangeVar* table = TableNamed(*query.from_clause[i], alias)) return table;
  }
  return nullptr;
}

catalog::RelationPtr FindTable(const SystemCall& call, const Relation& view,
                               const PgQuery__RangeVar& name) {
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  const std::string_view schema_name = name.schemaname;
  if (!schema_name.empty()) {
    const catalog::Schema* schema = snapshot->FindSchema(schema_name);
    return schema == nullptr ? nullptr : snapshot->FindRelation(schema->oid, name.relname);
  }
  return catalog::SearchPath(view.view->query.search_path).FindRelation(*snapshot, name.relname);
}

catalog::RelationPtr TableBelow(const SystemCall& call, const Relation& view) {
  const catalog::Column* column = view.FindColumn("ctid");
  if (column == nullptr) {
    throw SqlError(SqlState::kInternalError, "currtid cannot handle views with no CTID");
  }
  if (column->type.oid != facts::kTidOid) {
    throw SqlError(SqlState::kInternalError, "ctid isn't of type TID");
  }
  const auto text = parser::ParsedText::Parse(view.view->query.sql);
  const PgQuery__SelectStmt& query = *text->statements()[0].node->select_stmt;
  const PgQuery__RangeVar* name = TableOfCtid(query, static_cast<size_t>(column->attnum - 1));
  catalog::RelationPtr table = name == nullptr ? nullptr : FindTable(call, view, *name);
  if (table == nullptr || table->kind == RelationKind::kView) {
    throw SqlError(SqlState::kInternalError, "currtid cannot handle this view");
  }
  return table;
}

Datum LatestTid(const SystemCall& call) {
  const Oid oid = call.session.services().ResolveRegName(facts::kRegclassOid, call.TextAt(0), false);
  catalog::RelationPtr relation = RequireRelation(call, oid);
  if (relation->index.has_value() || relation->kind == RelationKind::kCompositeType) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is {}", relation->name,
                               relation->index.has_value() ? "an index" : "a composite type"));
  }
  if (relation->kind == RelationKind::kView) relation = TableBelow(call, *relation);
  if (relation->IsPartitioned() || relation->kind == RelationKind::kForeignTable) {
    const catalog::Schema* schema = call.session.Snapshot()->FindSchema(relation->schema);
    throw SqlError(SqlState::kInternalError,
                   fmt::format("cannot look at latest visible tid for relation \"{}.{}\"",
                               schema->name, relation->name));
  }
  const types::Tid tid = types::ReadTid(call.TextAt(1));
  if (tid.offset == 0 || !HasBlock(call, *relation, tid.block)) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("tid ({}, {}) is not valid for relation \"{}\"", tid.block, tid.offset,
                               relation->name));
  }
  return call.Text(call.TextAt(1));
}

}  // namespace

std::span<const SystemFunctionEntry> TidFunctions() {
  static constexpr SystemFunctionEntry kEntries[] = {{"currtid_byrelname", LatestTid}};
  return kEntries;
}

}  // namespace grizzly::session
