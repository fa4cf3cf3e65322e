#include "commands/maintenance/vacuum.h"

#include <algorithm>

#include "catalog/access_method.h"
#include "catalog/inheritance.h"
#include "commands/ast_read.h"
#include "commands/maintenance/analyze.h"
#include "commands/relation_lookup.h"
#include "executor/columnar/compaction.h"
#include "storage/kv/store.h"

namespace grizzly::commands {
namespace {

using catalog::RelationPtr;

struct VacuumOptions {
  bool vacuum = false;
  bool analyze = false;
  bool verbose = false;
  bool skip_locked = false;
};

// What PostgreSQL's VACUUM can be told about its heap.
bool IsAboutTheHeap(std::string_view option) {
  static constexpr std::string_view kNames[] = {
      "freeze",   "disable_page_skipping", "index_cleanup", "process_toast",
      "truncate", "parallel",              "full",
  };
  return std::find(std::begin(kNames), std::end(kNames), option) != std::end(kNames);
}

VacuumOptions ReadOptions(const PgQuery__VacuumStmt& statement) {
  VacuumOptions options;
  options.vacuum = statement.is_vacuumcmd;
  options.analyze = !statement.is_vacuumcmd;
  for (const Option& option : OptionsOf(ListOf(statement.options, statement.n_options))) {
    if (option.name == "verbose") {
      options.verbose = OptionBool(option);
    } else if (option.name == "skip_locked") {
      options.skip_locked = OptionBool(option);
    } else if (option.name == "analyze" && options.vacuum) {
      options.analyze = OptionBool(option);
    } else if (options.vacuum && IsAboutTheHeap(option.name)) {
      if (option.value != nullptr && !OptionBool(option)) continue;
      ThrowNotSupported("VACUUM " + option.name, option.location);
    } else {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("unrecognized {} option \"{}\"",
                                 options.vacuum ? "VACUUM" : "ANALYZE", option.name))
          .At(option.location);
    }
  }
  return options;
}

// Moves a columnar table's new rows into row groups, unless somebody writes to it just now.
void CompactGroups(CommandInput& input, const catalog::Relation& table) {
  if (!catalog::IsColumnar(table)) return;
  const txn::LockOutcome outcome = input.transaction.LockRelation(
      input.tenant, table.oid, txn::RelationLockMode::kShare, txn::LockWait::kNoWait);
  if (outcome == txn::LockOutcome::kNotAvailable) return;
  executor::CompactColumnarTable(input.transaction, input.transactions, table, input.cancel,
                                 input.memory);
}

void VacuumTable(CommandInput& input, const catalog::Relation& table, bool verbose) {
  CompactGroups(input, table);
  const KeyRange range = RangeOfStorage(table.tenant, table.storage);
  input.transactions.store().CompactBehind(range.from, range.to);
  if (!verbose) return;
  const std::string schema = input.editor.Current()->FindSchema(table.schema)->name;
  SendNotice(input,
             fmt::format("vacuuming \"{}.{}.{}\"", input.services->CurrentDatabase(), schema,
                         table.name),
             "", Severity::kInfo);
}

// Null after a warning: it is nothing that can be vacuumed, or not locked.
RelationPtr LockTarget(CommandInput& input, const VacuumOptions& options, Oid oid) {
  const txn::LockOutcome outcome = input.transaction.LockRelation(
      input.tenant, oid, txn::RelationLockMode::kShareUpdateExclusive,
      options.skip_locked ? txn::LockWait::kNoWait : txn::LockWait::kBlock);
  RelationPtr table = input.editor.Current()->FindRelation(oid);
  if (table == nullptr) return nullptr;
  const std::string_view verb = options.vacuum ? "vacuum" : "analyze";
  if (outcome == txn::LockOutcome::kNotAvailable) {
    SendNotice(input, fmt::format("skipping {} of \"{}\" --- lock not available", verb, table->name),
               "", Severity::kWarning, SqlState::kLockNotAvailable);
    return nullptr;
  }
  if (!table->HasRows()) {
    SendNotice(input,
               fmt::format("skipping \"{}\" --- cannot {} non-tables or special system tables",
                           table->name, verb),
               "", Severity::kWarning, SqlState::kWarning);
    return nullptr;
  }
  if (!input.is_superuser && table->owner != input.current_role) {
    SendNotice(input, fmt::format("skipping \"{}\" --- only table or database owner can {} it",
                                  table->name, verb),
               "", Severity::kWarning, SqlState::kWarning);
    return nullptr;
  }
  return table;
}

void Process(CommandInput& input, const VacuumOptions& options, Oid oid,
             std::span<ast::Node* const> columns) {
  const RelationPtr table = LockTarget(input, options, oid);
  if (table == nullptr) return;
  if (table->oid < kFirstUserOid) return;  // made when asked for: nothing is stored
  std::vector<std::string> names;
  for (const ast::Node* column : columns) {
    const std::string name(StringOf(column));
    RequireColumn(*table, name);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" of relation \"{}\" appears more than once", name,
                                 table->name));
    }
    names.push_back(name);
  }
  if (options.vacuum) VacuumTable(input, *table, options.verbose);
  if (options.analyze && options.verbose) {
    const std::string schema = input.editor.Current()->FindSchema(table->schema)->name;
    SendNotice(input, fmt::format("analyzing \"{}.{}\"", schema, table->name), "",
               Severity::kInfo);
  }
  if (options.analyze) {
    AnalyzeTable(input, *table, names);
  } else {
    CountTable(input, *table);  // VACUUM alone
  }
}

}  // namespace

std::string Vacuum(const PgQuery__VacuumStmt& statement, CommandInput& input) {
  const VacuumOptions options = ReadOptions(statement);
  const std::string tag = options.vacuum ? "VACUUM" : "ANALYZE";
  for (const ast::Node* node : ListOf(statement.rels, statement.n_rels)) {
    const PgQuery__VacuumRelation& target = *node->vacuum_relation;
    if (target.n_va_cols > 0 && !options.analyze) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "ANALYZE option must be specified when a column list is provided");
    }
  }
  for (const ast::Node* node : ListOf(statement.rels, statement.n_rels)) {
    const PgQuery__VacuumRelation& target = *node->vacuum_relation;
    const RelationPtr found =
        catalog::RequireRelation(*input.editor.Current(), input.search_path,
                                 TextOf(target.relation->schemaname),
                                 TextOf(target.relation->relname));
    const auto columns = ListOf(target.va_cols, target.n_va_cols);
    if (!found->IsPartitioned()) {
      Process(input, options, found->oid, columns);
      continue;
    }
    // It has no rows: its partitions are meant.
    for (const RelationPtr& member : catalog::TreeOf(*input.editor.Current(), found)) {
      if (member->HasRows()) Process(input, options, member->oid, columns);
    }
  }
  if (statement.n_rels > 0) return tag;
  std::vector<Oid> tables;
  input.editor.Current()->ForEachRelation([&](const RelationPtr& relation) {
    const bool mine = input.is_superuser || relation->owner == input.current_role;
    if (relation->HasRows() && relation->oid >= kFirstUserOid && mine) {
      tables.push_back(relation->oid);
    }
  });
  for (const Oid oid : tables) Process(input, options, oid, {});
  return tag;
}

std::string Checkpoint(CommandInput& input) {
  RequireSuperuser(input, "must be superuser or have privileges of pg_checkpoint to do CHECKPOINT");
  input.transactions.store().Flush();
  return "CHECKPOINT";
}

}  // namespace grizzly::commands
