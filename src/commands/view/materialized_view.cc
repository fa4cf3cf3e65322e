#include "commands/view/materialized_view.h"

#include <algorithm>

#include "catalog/object_text.h"
#include "commands/evaluation.h"
#include "commands/options/storage_parameters.h"
#include "commands/relation_lookup.h"
#include "commands/table/create_table.h"
#include "commands/table/create_table_as.h"
#include "commands/view/create_view.h"
#include "commands/view/view_text.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

void RefuseTemporary(const planner::BoundStatement& bound) {
  for (const planner::PlannedRelation& used : bound.relations) {
    if (used.relation->persistence != 't') continue;
    throw SqlError(SqlState::kFeatureNotSupported,
                   "materialized views must not use temporary tables or views");
  }
}

// The rows of the view's query into its (new) storage; their number.
uint64_t Populate(CommandInput& input, const RelationPtr& view) {
  const auto parsed = parser::ParsedText::Parse(view->view->query.sql);
  const uint64_t rows =
      FillTable(input, view,
                {input.queries->PlanOfView(*parsed->statements().front().node, *view->view), {}, nullptr});
  input.transaction.OnCommit([&catalog = input.catalog, oid = view->oid](CommitTimestamp) {
    catalog.SetStatistics(oid, {});
  });
  return rows;
}

// CONCURRENTLY tells rows apart by a unique key over plain columns.
bool HasUniqueKey(CommandInput& input, const Relation& view) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  return std::any_of(view.indexes.begin(), view.indexes.end(), [&](Oid oid) {
    const catalog::IndexDefinition& index = *snapshot->FindRelation(oid)->index;
    return index.unique && index.valid && index.predicate.empty() &&
           std::all_of(index.parts.begin(), index.parts.end(),
                       [](const auto& part) { return part.column != 0; });
  });
}

void CheckConcurrent(CommandInput& input, const PgQuery__RefreshMatViewStmt& statement,
                     const Relation& view) {
  if (!statement.concurrent) return;
  if (!view.populated) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "CONCURRENTLY cannot be used when the materialized view is not populated");
  }
  if (statement.skip_data) {
    throw SqlError(SqlState::kSyntaxError,
                   "CONCURRENTLY and WITH NO DATA options cannot be used together");
  }
  if (HasUniqueKey(input, view)) return;
  const catalog::Schema* schema = input.editor.Current()->FindSchema(view.schema);
  throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                 fmt::format("cannot refresh materialized view \"{}\" concurrently",
                             catalog::QuoteQualified(schema->name, view.name)))
      .Hint("Create a unique index with no WHERE clause on one or more columns of the materialized "
            "view.");
}

}  // namespace

std::string CreateMaterializedView(const PgQuery__CreateTableAsStmt& statement,
                                   CommandInput& input) {
  const PgQuery__IntoClause& into = *statement.into;
  const std::string tag = "CREATE MATERIALIZED VIEW";
  const CreationTarget target = LockNewName(input, *into.rel);
  if (input.editor.Current()->FindRelation(target.schema, target.name) != nullptr) {
    const std::string message = fmt::format("relation \"{}\" already exists", target.name);
    if (!statement.if_not_exists) throw SqlError(SqlState::kDuplicateTable, message);
    SendNotice(input, message + ", skipping", "", Severity::kNotice, SqlState::kDuplicateTable);
    return tag;
  }
  RefuseTakenTypeName(input, target);
  if (target.persistence == 'u') {
    throw SqlError(SqlState::kFeatureNotSupported, "materialized views cannot be unlogged");
  }
  planner::BoundStatement bound = planner::Bind(*statement.query, MakeBinderInput(input));
  RefuseTemporary(bound);
  const plan::PlanPtr plan = input.queries->Plan(*statement.query);
  std::vector<Oid> direct;
  catalog::ViewDefinition definition = StoredQuery(input, *statement.query, &direct);
  NewTable made{target,
                ColumnsOfResult(input, *plan, StringsOf(ListOf(into.col_names, into.n_col_names))),
                ReadStorageParameters(ParameterOwner::kMaterializedView,
                                      ListOf(into.options, into.n_options))};
  made.kind = catalog::RelationKind::kMaterializedView;
  made.view = std::move(definition);
  made.populated = !into.skip_data;
  const RelationPtr view = MakeTable(input, std::move(made));
  AddViewDependencies(input, *view, bound, direct, *statement.query);
  if (into.skip_data) return tag;
  return fmt::format("SELECT {}", Populate(input, view));
}

std::string RefreshMaterializedView(const PgQuery__RefreshMatViewStmt& statement,
                                    CommandInput& input) {
  const RelationPtr view = LockRelation(
      input, *statement.relation,
      statement.concurrent ? txn::RelationLockMode::kExclusive
                           : txn::RelationLockMode::kAccessExclusive);
  if (view->kind != catalog::RelationKind::kMaterializedView) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("\"{}\" is not a materialized view", view->name));
  }
  RequireOwner(input, *view);
  CheckConcurrent(input, statement, *view);
  Relation changed = *view;
  changed.populated = !statement.skip_data;
  changed.storage = NewStorage(input);
  const RelationPtr after = input.editor.PutRelation(std::move(changed));
  if (input.uncontended_relations != nullptr) input.uncontended_relations->push_back(after->oid);
  if (!statement.skip_data) Populate(input, after);
  DropStorageAtCommit(input, *view);
  return "REFRESH MATERIALIZED VIEW";
}

}  // namespace grizzly::commands
