#include "commands/maintenance/vacuum.h"

#include <strings.h>

#include <algorithm>

#include "catalog/access_method.h"
#include "catalog/inheritance.h"
#include "commands/ast_read.h"
#include "commands/maintenance/analyze.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_rewrite.h"
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
  bool full = false;
  bool freeze = false;
  bool disable_page_skipping = false;
  bool process_toast = true;
};

// PARALLEL n. Compaction has threads of its own, so only the range of n matters.
int64_t ReadWorkers(const Option& option) {
  constexpr int64_t kWorkersMax = 1024;
  if (option.value == nullptr) {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("parallel option requires a value between 0 and {}", kWorkersMax))
        .At(option.location);
  }
  const int64_t workers = OptionInteger(option);
  if (workers < 0 || workers > kWorkersMax) {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("parallel workers for vacuum must be between 0 and {}", kWorkersMax))
        .At(option.location);
  }
  return workers;
}

// What PostgreSQL's VACUUM can be told about the pages of its heap: there are none here, dead index
// entries and large values always go with their rows, and nothing needs freezing. False: no such option.
bool ReadHeapOption(const Option& option, VacuumOptions& options) {
  if (option.name == "freeze") {
    options.freeze = OptionBool(option);
  } else if (option.name == "disable_page_skipping") {
    options.disable_page_skipping = OptionBool(option);
  } else if (option.name == "process_toast") {
    options.process_toast = OptionBool(option);
  } else if (option.name == "index_cleanup") {
    const bool is_auto = option.value != nullptr && strcasecmp(OptionText(option).c_str(), "auto") == 0;
    if (!is_auto) OptionBool(option);
  } else if (option.name == "truncate") {
    OptionBool(option);
  } else {
    return false;
  }
  return true;
}

bool ReadVacuumOption(const Option& option, VacuumOptions& options, int64_t* workers) {
  if (option.name == "analyze") {
    options.analyze = OptionBool(option);
  } else if (option.name == "full") {
    options.full = OptionBool(option);
  } else if (option.name == "parallel") {
    *workers = ReadWorkers(option);
  } else {
    return ReadHeapOption(option, options);
  }
  return true;
}

VacuumOptions ReadOptions(const PgQuery__VacuumStmt& statement) {
  VacuumOptions options;
  options.vacuum = statement.is_vacuumcmd;
  options.analyze = !statement.is_vacuumcmd;
  int64_t workers = 0;
  for (const Option& option : OptionsOf(ListOf(statement.options, statement.n_options))) {
    if (option.name == "verbose") {
      options.verbose = OptionBool(option);
    } else if (option.name == "skip_locked") {
      options.skip_locked = OptionBool(option);
    } else if (!options.vacuum || !ReadVacuumOption(option, options, &workers)) {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("unrecognized {} option \"{}\"",
                                 options.vacuum ? "VACUUM" : "ANALYZE", option.name))
          .At(option.location);
    }
  }
  if (options.full && workers > 0) {
    throw SqlError(SqlState::kFeatureNotSupported, "VACUUM FULL cannot be performed in parallel");
  }
  return options;
}

void RequireColumnListsAnalyzed(const PgQuery__VacuumStmt& statement, const VacuumOptions& options) {
  for (const ast::Node* node : ListOf(statement.rels, statement.n_rels)) {
    if (node->vacuum_relation->n_va_cols > 0 && !options.analyze) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "ANALYZE option must be specified when a column list is provided");
    }
  }
}

void RefuseWithFull(const VacuumOptions& options) {
  if (!options.full) return;
  if (options.disable_page_skipping) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "VACUUM option DISABLE_PAGE_SKIPPING cannot be used with FULL");
  }
  if (!options.process_toast) {
    throw SqlError(SqlState::kFeatureNotSupported, "PROCESS_TOAST required with VACUUM FULL");
  }
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

// VACUUM FULL: the rows that live move into a storage of their own, and the old one goes as a whole.
RelationPtr MoveIntoNewStorage(CommandInput& input, const catalog::Relation& table) {
  catalog::Relation changed = table;
  changed.storage = NewStorage(input);
  input.editor.PutRelation(std::move(changed));
  RelationPtr after = Reread(input, table.oid);
  RewriteTable(input, table, after, {});
  DropStorageAtCommit(input, table);
  return after;
}

void SayVacuuming(CommandInput& input, const VacuumOptions& options, const catalog::Relation& table) {
  const std::string schema = input.editor.Current()->FindSchema(table.schema)->name;
  const std::string name = fmt::format("{}.{}", schema, table.name);
  std::string text;
  if (options.full) {
    text = fmt::format("vacuuming \"{}\"", name);
  } else {
    text = fmt::format("{}vacuuming \"{}.{}\"", options.freeze ? "aggressively " : "",
                       input.services->CurrentDatabase(), name);
  }
  SendNotice(input, text, "", Severity::kInfo);
}

RelationPtr VacuumTable(CommandInput& input, const VacuumOptions& options, const RelationPtr& table) {
  if (options.verbose) SayVacuuming(input, options, *table);
  if (options.full) return MoveIntoNewStorage(input, *table);
  CompactGroups(input, *table);
  const KeyRange range = RangeOfStorage(table->tenant, table->storage);
  input.transactions.store().CompactBehind(range.from, range.to);
  return table;
}

// Null after a warning: it is nothing that can be vacuumed, or not locked.
RelationPtr LockTarget(CommandInput& input, const VacuumOptions& options, Oid oid) {
  const txn::LockOutcome outcome = input.transaction.LockRelation(
      input.tenant, oid,
      options.full ? txn::RelationLockMode::kAccessExclusive
                   : txn::RelationLockMode::kShareUpdateExclusive,
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
  RelationPtr table = LockTarget(input, options, oid);
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
  if (options.vacuum) table = VacuumTable(input, options, table);
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
  RequireColumnListsAnalyzed(statement, options);
  RefuseWithFull(options);
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
