// SET CONSTRAINTS, what a transaction owes at its end, and the rules its checks ask for.
//
// SOURCE  PostgreSQL 15 docs, SET CONSTRAINTS
#include "catalog/inheritance.h"
#include "commands/evaluation.h"
#include "commands/table/row_rules.h"
#include "executor/constraint/finish_statement.h"
#include "planner/physical/constraint_rules.h"
#include "session/client_session.h"

namespace grizzly::session {

std::vector<Oid> ClientSession::ConstraintsNamed(const PgQuery__RangeVar& name, bool deferred) {
  const catalog::SnapshotPtr snapshot = Snapshot();
  std::vector<Oid> schemas;
  const std::string_view schema_name = name.schemaname;
  if (schema_name.empty()) {
    schemas = CurrentSearchPath(*snapshot).schemas();
  } else {
    const catalog::Schema* schema = snapshot->FindSchema(schema_name);
    if (schema == nullptr) {
      throw SqlError(SqlState::kInvalidSchemaName,
                     fmt::format("schema \"{}\" does not exist", schema_name));
    }
    schemas.push_back(schema->oid);
  }
  std::vector<Oid> found;
  for (const Oid schema : schemas) {
    if (!snapshot->HasConstraintName(schema, name.relname)) continue;
    snapshot->ForEachRelation([&](const catalog::RelationPtr& relation) {
      if (relation->schema != schema) return;
      for (const catalog::Constraint& constraint : relation->constraints) {
        if (constraint.name != name.relname) continue;
        if (!constraint.deferrable && deferred) {
          throw SqlError(SqlState::kWrongObjectType,
                         fmt::format("constraint \"{}\" is not deferrable", name.relname));
        }
        found.push_back(constraint.oid);
      }
    });
    return found;  // the first schema that has the name
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("constraint \"{}\" does not exist", name.relname));
}

void ClientSession::RunSetConstraints(const PgQuery__ConstraintsSetStmt& statement) {
  if (block_ != BlockState::kExplicit) {
    Diagnostic warning;
    warning.severity = Severity::kWarning;
    warning.state = SqlState::kNoActiveSqlTransaction;
    warning.message = "SET CONSTRAINTS can only be used in transaction blocks";
    Notify(std::move(warning));
  }
  if (statement.n_constraints == 0) {
    checks_.SetAll(statement.deferred);
  } else {
    std::vector<Oid> constraints;
    for (size_t i = 0; i < statement.n_constraints; ++i) {
      for (const Oid oid :
           ConstraintsNamed(*statement.constraints[i]->range_var, statement.deferred)) {
        constraints.push_back(oid);
      }
    }
    const catalog::SnapshotPtr snapshot = Snapshot();
    for (size_t i = 0; i < constraints.size(); ++i) {  // it grows
      checks_.Set(constraints[i], statement.deferred);
      for (const Oid part : catalog::PartsOfConstraint(*snapshot, constraints[i])) {
        constraints.push_back(part);
      }
    }
  }
  if (!statement.deferred) RunOwedChecks(/*only_immediate=*/true);
}

void ClientSession::RunOwedChecks(bool only_immediate) {
  // A check may cause others.
  while (const auto owed = checks_.Take(only_immediate, only_immediate && !savepoints_.empty())) {
    transaction_->NextCommand();
    commands::CommandInput input = MakeCommandInput(current_source_);
    commands::CommandExecution execution(input);
    executor::RunOwedChecks(execution.context(), *owed);
    if (only_immediate) return;
  }
}

// ---- executor::RuleSource ----

std::shared_ptr<const plan::RowRules> ClientSession::RowRulesOf(
    const catalog::RelationPtr& table) {
  commands::CommandInput input = MakeCommandInput(current_source_);
  return std::make_shared<const plan::RowRules>(commands::MakeRowRules(input, table));
}

std::shared_ptr<const plan::RowRouting> ClientSession::RoutingOf(
    const catalog::RelationPtr& root) {
  commands::CommandInput input = MakeCommandInput(current_source_);
  return std::make_shared<const plan::RowRouting>(commands::MakeRowRouting(input, root));
}

expr::ExprPtr ClientSession::Assignment(const catalog::Relation& table, uint32_t column,
                                        const types::SqlType& from) {
  commands::CommandInput input = MakeCommandInput(current_source_);
  const catalog::Column& target = table.columns[column];
  return planner::CoerceForAssignment(std::make_unique<expr::InputExpr>(from, 0), target.type,
                                      target.name, commands::MakeBinderInput(input));
}

expr::ExprPtr ClientSession::Default(const catalog::Relation& table, uint32_t column) {
  commands::CommandInput input = MakeCommandInput(current_source_);
  return commands::BindDefault(input, table.columns[column]);
}

namespace {

const catalog::Constraint* FindConstraint(const catalog::Relation& table, Oid constraint) {
  for (const catalog::Constraint& candidate : table.constraints) {
    if (candidate.oid == constraint) return &candidate;
  }
  return nullptr;
}

}  // namespace

bool ClientSession::IsCurrent(const plan::ForeignKeyRule& rule) {
  const catalog::SnapshotPtr snapshot = Snapshot();
  if (rule.referencing->IsPartitioned() || rule.referenced->IsPartitioned()) return false;
  return snapshot->FindRelation(rule.referencing->oid) == rule.referencing &&
         snapshot->FindRelation(rule.referenced->oid) == rule.referenced;
}

plan::ForeignKeyRulePtr ClientSession::Current(const plan::ForeignKeyRule& rule) {
  const catalog::SnapshotPtr snapshot = Snapshot();
  const catalog::RelationPtr table = snapshot->FindRelation(rule.referencing->oid);
  if (table == nullptr) return nullptr;
  const catalog::Constraint* constraint = FindConstraint(*table, rule.constraint);
  return constraint == nullptr ? nullptr
                               : planner::MakeForeignKeyRule(*snapshot, table, *constraint);
}

plan::IndexRulePtr ClientSession::Current(const plan::IndexRule& rule) {
  const catalog::SnapshotPtr snapshot = Snapshot();
  const catalog::RelationPtr table = snapshot->FindRelation(rule.table->oid);
  if (table == nullptr) return nullptr;
  const catalog::Constraint* constraint = FindConstraint(*table, rule.constraint);
  return constraint == nullptr ? nullptr : planner::MakeIndexRule(*snapshot, table, *constraint);
}

}  // namespace grizzly::session
