#include "commands/view/create_view.h"

#include <algorithm>
#include <set>

#include "catalog/record.h"
#include "commands/alter/table_properties.h"
#include "commands/evaluation.h"
#include "commands/options/storage_parameters.h"
#include "commands/relation_lookup.h"
#include "commands/table/create_table.h"
#include "commands/view/view_text.h"
#include "catalog/schema_object.h"
#include "types/collation.h"
#include "facts/types.h"
#include "planner/binder/query_record.h"
#include "planner/binder/row_shape.h"
#include "planner/binder/view_changeability.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

std::vector<catalog::Column> ColumnsOfView(const planner::BoundStatement& bound,
                                           const std::vector<std::string>& aliases) {
  if (aliases.size() > bound.results.size()) {
    throw SqlError(SqlState::kSyntaxError, "CREATE VIEW specifies more column names than columns");
  }
  std::vector<catalog::Column> columns;
  for (size_t i = 0; i < bound.results.size(); ++i) {
    catalog::Column column;
    column.name = i < aliases.size() ? aliases[i] : bound.results[i].name;
    column.type = bound.columns[bound.results[i].column].type;
    if (column.type.collation == types::kConflictingCollation) {
      throw SqlError(SqlState::kIndeterminateCollation,
                     fmt::format("could not determine which collation to use for view column \"{}\"",
                                 column.name))
          .Hint("Use the COLLATE clause to set the collation explicitly.");
    }
    if (column.type.oid == facts::kUnknownOid) column.type = types::BuiltinType(facts::kTextOid);
    column.attnum = static_cast<AttributeNumber>(i + 1);
    for (const catalog::Column& other : columns) {
      if (other.name != column.name) continue;
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" specified more than once", column.name));
    }
    columns.push_back(std::move(column));
  }
  RefusePseudoTypes(columns);
  return columns;
}

// The columns of `direct` tables that a query mentions, in subqueries, too.
class UsedColumns {
 public:
  UsedColumns(planner::BoundStatement& bound, const std::vector<Oid>& direct)
      : columns_(bound.columns), direct_(direct) {
    Walk(*bound.root);
    for (const auto& result : bound.results) Use(result.column);
  }
  const std::set<std::pair<Oid, AttributeNumber>>& found() const { return found_; }

 private:
  void Walk(planner::LogicalNode& node) {
    node.VisitExpressions([&](expr::ExprPtr& expression) { Walk(*expression); });
    for (const planner::LogicalPtr& child : node.children) Walk(*child);
  }

  void Walk(expr::Expr& expression) {
    switch (expression.kind) {
      case expr::ExprKind::kColumn:
        return Use(static_cast<const expr::ColumnExpr&>(expression).id);
      case expr::ExprKind::kSubquery: {
        const auto& subquery = static_cast<const expr::SubqueryExpr&>(expression);
        if (auto* body = dynamic_cast<planner::LogicalSubquery*>(subquery.body.get())) Walk(*body->plan);
        break;
      }
      case expr::ExprKind::kCase:
      case expr::ExprKind::kRow:
        if (IsWholeRow(expression)) return;  // whatever the columns are
        break;
      default: break;
    }
    expression.VisitChildren([&](expr::ExprPtr& child) { Walk(*child); });
  }

  // A table's name where a value is expected.
  bool IsWholeRow(const expr::Expr& expression) const {
    const expr::ListExpr* const row = planner::WholeRowIn(expression);
    if (row == nullptr) return false;
    Oid table = kInvalidOid;
    for (const expr::ExprPtr& field : row->children) {
      if (field->kind == expr::ExprKind::kConst) continue;  // a dropped column
      if (field->kind != expr::ExprKind::kColumn) return false;
      const Oid of = columns_[static_cast<const expr::ColumnExpr&>(*field).id].table;
      if (of == kInvalidOid || (table != kInvalidOid && of != table)) return false;
      table = of;
    }
    return table != kInvalidOid;
  }

  void Use(expr::ColumnId id) {
    const planner::StatementColumn& column = columns_[id];
    if (column.attnum <= 0) return;
    if (std::find(direct_.begin(), direct_.end(), column.table) == direct_.end()) return;
    found_.emplace(column.table, column.attnum);
  }

  const planner::StatementColumns& columns_;
  const std::vector<Oid>& direct_;
  std::set<std::pair<Oid, AttributeNumber>> found_;
};

}  // namespace

void AddViewDependencies(CommandInput& input, const Relation& view,
                         planner::BoundStatement& bound, const std::vector<Oid>& direct,
                         const ast::Node& query) {
  const auto add = [&](Oid relation, AttributeNumber attnum) {
    if (relation < kFirstUserOid) return;
    catalog::Dependency edge;
    edge.dependent_class = catalog::kRelationClass;
    edge.dependent = view.oid;
    edge.referenced_class = catalog::kRelationClass;
    edge.referenced = relation;
    edge.referenced_sub = attnum;
    edge.type = 'n';
    input.editor.AddDependency(edge);
  };
  for (const Oid relation : direct) add(relation, 0);
  const UsedColumns used(bound, direct);
  for (const auto& [relation, attnum] : used.found()) add(relation, attnum);
  planner::BinderInput quiet = MakeBinderInput(input);
  quiet.notice = nullptr;
  planner::UsedObjects objects;
  quiet.used_objects = &objects;
  for (const Oid key : planner::BindAndRecord(query, quiet).used_constraints) {
    catalog::Dependency edge;
    edge.dependent_class = catalog::kRelationClass;
    edge.dependent = view.oid;
    edge.referenced_class = catalog::kConstraintClass;
    edge.referenced = key;
    edge.type = 'n';
    input.editor.AddDependency(edge);
  }
  AddDependencies(input, objects, {catalog::kRelationClass, view.oid});
}

namespace {

// What CREATE OR REPLACE may not change.
void CheckReplacement(CommandInput& input, const Relation& old_view,
                      const std::vector<catalog::Column>& columns) {
  if (columns.size() < old_view.columns.size()) {
    throw SqlError(SqlState::kInvalidTableDefinition, "cannot drop columns from view");
  }
  const auto name_of = [&](const types::SqlType& type) {
    return input.services->FormatType(type.oid, type.typmod);
  };
  for (size_t i = 0; i < old_view.columns.size(); ++i) {
    const catalog::Column& before = old_view.columns[i];
    const catalog::Column& after = columns[i];
    if (before.name != after.name) {
      throw SqlError(SqlState::kInvalidTableDefinition,
                     fmt::format("cannot change name of view column \"{}\" to \"{}\"", before.name,
                                 after.name))
          .Hint("Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.");
    }
    if (before.type.oid != after.type.oid || before.type.typmod != after.type.typmod) {
      throw SqlError(SqlState::kInvalidTableDefinition,
                     fmt::format("cannot change data type of view column \"{}\" from {} to {}",
                                 before.name, name_of(before.type), name_of(after.type)));
    }
    if (before.type.collation != after.type.collation) {
      throw SqlError(
          SqlState::kInvalidTableDefinition,
          fmt::format("cannot change collation of view column \"{}\" from \"{}\" to \"{}\"",
                      before.name,
                      catalog::CollationName(*input.editor.Current(), before.type.collation),
                      catalog::CollationName(*input.editor.Current(), after.type.collation)));
    }
  }
}

// A view over temporary tables is temporary.
char PersistenceOfView(CommandInput& input, const PgQuery__RangeVar& name,
                       const planner::BoundStatement& bound) {
  const std::string_view written = TextOf(name.relpersistence);
  if (written == "t") return 't';
  for (const planner::PlannedRelation& used : bound.relations) {
    if (used.relation->persistence != 't') continue;
    SendNotice(input, fmt::format("view \"{}\" will be a temporary view", TextOf(name.relname)));
    return 't';
  }
  return 'p';
}

// WITH (...), and WITH CHECK OPTION as the parameter it is.
StorageParameters OptionsOfView(const PgQuery__ViewStmt& statement) {
  StorageParameters options = ReadStorageParameters(ParameterOwner::kView,
                                                    ListOf(statement.options, statement.n_options));
  const auto add = [&](const char* word) {
    if (FindStorageParameter(options, "check_option") != nullptr) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     "parameter \"check_option\" specified more than once");
    }
    options.emplace_back("check_option", word);
  };
  if (statement.with_check_option == PG_QUERY__VIEW_CHECK_OPTION__LOCAL_CHECK_OPTION) add("local");
  if (statement.with_check_option == PG_QUERY__VIEW_CHECK_OPTION__CASCADED_CHECK_OPTION) {
    add("cascaded");
  }
  return options;
}

}  // namespace

void RequireCheckable(CommandInput& input, const RelationPtr& view) {
  if (!view->view.has_value() || view->view->check_option == '\0') return;
  const planner::BinderInput binder = MakeBinderInput(input);
  const std::string reason = planner::ChangeabilityOf(view, binder).reason;
  if (reason.empty()) return;
  throw SqlError(SqlState::kFeatureNotSupported,
                 "WITH CHECK OPTION is supported only on automatically updatable views")
      .Hint(reason);
}

std::string CreateView(const PgQuery__ViewStmt& statement, CommandInput& input) {
  const StorageParameters options = OptionsOfView(statement);
  planner::BoundStatement bound = planner::Bind(*statement.query, MakeBinderInput(input));
  const CreationTarget target =
      LockNewName(input, *statement.view, PersistenceOfView(input, *statement.view, bound));
  const RelationPtr old_view =
      input.editor.Current()->FindRelation(target.schema, target.name);
  if (old_view != nullptr && !statement.replace) {
    throw SqlError(SqlState::kDuplicateTable,
                   fmt::format("relation \"{}\" already exists", target.name));
  }
  if (old_view != nullptr && old_view->kind != catalog::RelationKind::kView) {
    throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is not a view", target.name));
  }
  for (const planner::PlannedRelation& used : bound.relations) {
    LockRelationByOid(input, used.relation->oid, txn::RelationLockMode::kAccessShare);
  }
  const std::vector<catalog::Column> columns =
      ColumnsOfView(bound, StringsOf(ListOf(statement.aliases, statement.n_aliases)));
  std::vector<Oid> direct;
  catalog::ViewDefinition definition = StoredQuery(input, *statement.query, &direct);
  Relation view;
  if (old_view != nullptr) {
    RequireOwner(input, *old_view);
    LockRelationByOid(input, old_view->oid, txn::RelationLockMode::kAccessExclusive);
    CheckReplacement(input, *old_view, columns);
    view = *old_view;
    input.editor.DropDependenciesOf(catalog::kRelationClass, view.oid);
  } else {
    RefuseTakenTypeName(input, target);
    view.oid = input.editor.NewOid();
    view.schema = target.schema;
    view.name = target.name;
    view.kind = catalog::RelationKind::kView;
    view.persistence = target.persistence;
    view.owner = input.current_role;
    view.tenant = input.tenant;
    LockRelationByOid(input, view.oid, txn::RelationLockMode::kAccessExclusive);
  }
  if (view.row_type == kInvalidOid) {
    view.row_type = MakeRowTypes(input, target.schema, target.name, view.oid);
  }
  view.columns = columns;
  view.view = std::move(definition);
  ApplyOptions(options, &view);
  const RelationPtr made = input.editor.PutRelation(std::move(view));
  RequireCheckable(input, made);
  AddViewDependencies(input, *made, bound, direct, *statement.query);
  return "CREATE VIEW";
}

}  // namespace grizzly::commands
