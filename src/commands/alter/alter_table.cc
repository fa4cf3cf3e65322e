#include "commands/alter/alter_table.h"

#include <algorithm>

#include "catalog/record.h"
#include "commands/alter/add_column.h"
#include "commands/alter/column_changes.h"
#include "commands/alter/column_type.h"
#include "commands/alter/table_properties.h"
#include "commands/constraint/alter_constraint.h"
#include "commands/alter/alter_children.h"
#include "commands/alter/inherit.h"
#include "commands/drop/drop_closure.h"
#include "commands/evaluation.h"
#include "commands/index/define_index.h"
#include "commands/partition/partition_indexes.h"
#include "commands/partition/partitions.h"
#include "commands/relation_lookup.h"
#include "commands/sequence/owned_sequences.h"
#include "commands/table/access_method.h"
#include "commands/table/create_table.h"
#include "commands/table/table_rewrite.h"
#include "commands/table/typed_table.h"
#include "commands/type/type_parts.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationKind;
using catalog::RelationPtr;

// ---- subcommands; each leaves the catalog as its result ----

void DropColumn(CommandInput& input, const RelationPtr& table,
                const PgQuery__AlterTableCmd& command, Reach reach) {
  RefuseTyped(*table, "drop column from");
  const std::string_view name = TextOf(command.name);
  if (IsSystemColumnName(name) && table->HasRows()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot drop system column \"{}\"", name));
  }
  const catalog::Column* column = table->FindColumn(name);
  if (column == nullptr) {
    if (!command.missing_ok) RequireColumn(*table, name);
    return SendNotice(input, fmt::format("column \"{}\" of relation \"{}\" does not exist, skipping",
                                         name, table->name));
  }
  DropColumnOfTree(input, *table, column->name,
                   command.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE, reach);
}

void DropConstraint(CommandInput& input, const RelationPtr& table,
                    const PgQuery__AlterTableCmd& command, Reach reach) {
  const std::string_view name = TextOf(command.name);
  for (const catalog::Constraint& constraint : table->constraints) {
    if (constraint.name != name) continue;
    if (constraint.kind == catalog::ConstraintKind::kForeignKey) {
      LockRelationByOid(input, constraint.foreign_relation,
                        txn::RelationLockMode::kAccessExclusive);
    }
    return DropConstraintOfTree(input, *table, constraint.name,
                                command.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE, reach);
  }
  if (!command.missing_ok) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("constraint \"{}\" of relation \"{}\" does not exist", name,
                               table->name));
  }
  SendNotice(input, fmt::format("constraint \"{}\" of relation \"{}\" does not exist, skipping",
                                name, table->name));
}

void AddConstraint(CommandInput& input, const RelationPtr& table,
                   const PgQuery__AlterTableCmd& command, Reach reach) {
  const PgQuery__Constraint& constraint = *command.def->constraint;
  TableElements elements;
  elements.table_name = table->name;
  ReadTableConstraint(constraint, &elements);
  AddConstraints(input, table, elements, reach);
}

void AddColumnAction(CommandInput& input, const RelationPtr& table,
                     const PgQuery__AlterTableCmd& command, Reach reach) {
  RefuseTyped(*table, "add column to");
  AddColumn(input, table, *command.def->column_def, command.missing_ok, reach);
}

void AddInherit(CommandInput& input, const RelationPtr& table, const PgQuery__AlterTableCmd& command) {
  AlterInherit(input, table, *command.def->range_var);
}

void DropInherit(CommandInput& input, const RelationPtr& table, const PgQuery__AlterTableCmd& command) {
  AlterNoInherit(input, table, *command.def->range_var);
}

void AlterConstraintAction(CommandInput& input, const RelationPtr& table,
                           const PgQuery__AlterTableCmd& command) {
  AlterConstraint(input, *table, *command.def->constraint);
}

void ValidateConstraintAction(CommandInput& input, const RelationPtr& table,
                              const PgQuery__AlterTableCmd& command, Reach reach) {
  ValidateConstraint(input, table, TextOf(command.name), reach);
}

void SetAccessMethodAction(CommandInput& input, const RelationPtr& table,
                           const PgQuery__AlterTableCmd& command) {
  SetAccessMethod(input, *table, TextOf(command.name));
}

void AttachAction(CommandInput& input, const RelationPtr& relation,
                  const PgQuery__AlterTableCmd& command) {
  const PgQuery__PartitionCmd& partition = *command.def->partition_cmd;
  if (!relation->index.has_value()) return AttachPartition(input, relation, partition);
  if (relation->kind != RelationKind::kPartitionedIndex) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("index \"{}\" is not partitioned", relation->name));
  }
  AlterIndexAttach(input, relation, *partition.name);
}

void DetachAction(CommandInput& input, const RelationPtr& table,
                  const PgQuery__AlterTableCmd& command) {
  DetachPartition(input, table, *command.def->partition_cmd);
}

void SetNotNullAction(CommandInput& input, const RelationPtr& table,
                      const PgQuery__AlterTableCmd& command, Reach reach) {
  if (reach == Reach::kOnly) RequireNotNullInPartitions(input, *table, TextOf(command.name));
  SetNotNull(input, table, command);
}

void DropNotNullAction(CommandInput& input, const RelationPtr& table,
                       const PgQuery__AlterTableCmd& command, Reach reach) {
  if (reach == Reach::kOnly && table->IsPartitioned() && !LockChildren(input, table->oid).empty()) {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   "cannot remove constraint from only the partitioned table when partitions exist")
        .Hint("Do not specify the ONLY keyword.");
  }
  DropNotNull(input, table, command);
}

void DropExpressionAction(CommandInput& input, const RelationPtr& table,
                          const PgQuery__AlterTableCmd& command, Reach reach) {
  if (reach == Reach::kOnly && !LockChildren(input, table->oid).empty()) {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   "ALTER TABLE / DROP EXPRESSION must be applied to child tables too");
  }
  DropExpression(input, table, command);
}

// WITHOUT OIDS is what every table is.
void Nothing(CommandInput&, const RelationPtr&, const PgQuery__AlterTableCmd&) {}

// ---- which there are ----

// PostgreSQL's order of passes.
enum class Pass : uint8_t {
  kDrop, kAlterType, kAddColumn, kColumnProperty, kAddKey, kAddConstraint, kRest,
};

// Relations an action may be of, as bits.
constexpr uint8_t kTables = 1, kViews = 2, kMaterialized = 4, kIndexes = 8, kSequences = 16;
constexpr uint8_t kAll = 31;

struct Action {
  PgQuery__AlterTableType type;
  Pass pass;
  std::string_view name;
  uint8_t kinds;
  void (*run)(CommandInput& input, const RelationPtr& relation,
              const PgQuery__AlterTableCmd& command, Reach reach);
  bool goes_down = false;  // descendants get the same change, whatever they have from whom
};

// An action that does not look at descendants.
template <auto action>
void Alone(CommandInput& input, const RelationPtr& relation, const PgQuery__AlterTableCmd& command,
           Reach) {
  action(input, relation, command);
}

#define GRIZZLY_AT(name) PG_QUERY__ALTER_TABLE_TYPE__AT_##name
constexpr Action kActions[] = {
    {GRIZZLY_AT(AddColumn), Pass::kAddColumn, "ADD COLUMN", kTables, AddColumnAction},
    {GRIZZLY_AT(DropColumn), Pass::kDrop, "DROP COLUMN", kTables, DropColumn},
    {GRIZZLY_AT(AlterColumnType), Pass::kAlterType, "ALTER COLUMN ... SET DATA TYPE", kTables,
     nullptr},  // all of them at once
    {GRIZZLY_AT(ColumnDefault), Pass::kColumnProperty, "ALTER COLUMN ... SET DEFAULT",
     kTables | kViews, Alone<SetColumnDefault>, true},
    {GRIZZLY_AT(SetNotNull), Pass::kColumnProperty, "ALTER COLUMN ... SET NOT NULL", kTables,
     SetNotNullAction, true},
    {GRIZZLY_AT(DropNotNull), Pass::kDrop, "ALTER COLUMN ... DROP NOT NULL", kTables, DropNotNullAction, true},
    {GRIZZLY_AT(DropExpression), Pass::kDrop, "ALTER COLUMN ... DROP EXPRESSION", kTables,
     DropExpressionAction, true},
    {GRIZZLY_AT(AddIdentity), Pass::kAddConstraint, "ALTER COLUMN ... ADD IDENTITY",
     kTables | kViews, Alone<AddIdentity>},
    {GRIZZLY_AT(SetIdentity), Pass::kRest, "ALTER COLUMN ... SET", kTables | kViews,
     Alone<SetIdentity>},
    {GRIZZLY_AT(DropIdentity), Pass::kDrop, "ALTER COLUMN ... DROP IDENTITY", kTables | kViews,
     Alone<DropIdentity>},
    {GRIZZLY_AT(SetStatistics), Pass::kRest, "ALTER COLUMN ... SET STATISTICS",
     kTables | kMaterialized | kIndexes, Alone<SetStatistics>},
    {GRIZZLY_AT(SetStorage), Pass::kRest, "ALTER COLUMN ... SET STORAGE", kTables | kMaterialized,
     Alone<SetStorage>},
    {GRIZZLY_AT(SetCompression), Pass::kRest, "ALTER COLUMN ... SET COMPRESSION",
     kTables | kMaterialized, Alone<SetCompression>},
    {GRIZZLY_AT(SetOptions), Pass::kRest, "ALTER COLUMN ... SET", kTables | kMaterialized,
     Alone<SetColumnOptions>},
    {GRIZZLY_AT(ResetOptions), Pass::kRest, "ALTER COLUMN ... RESET", kTables | kMaterialized,
     Alone<ResetColumnOptions>},
    {GRIZZLY_AT(AddConstraint), Pass::kAddConstraint, "ADD CONSTRAINT", kTables, AddConstraint},
    {GRIZZLY_AT(DropConstraint), Pass::kDrop, "DROP CONSTRAINT", kTables, DropConstraint},
    {GRIZZLY_AT(AlterConstraint), Pass::kRest, "ALTER CONSTRAINT", kTables, Alone<AlterConstraintAction>},
    {GRIZZLY_AT(ValidateConstraint), Pass::kRest, "VALIDATE CONSTRAINT", kTables,
     ValidateConstraintAction},
    {GRIZZLY_AT(AddInherit), Pass::kRest, "INHERIT", kTables, Alone<AddInherit>},
    {GRIZZLY_AT(DropInherit), Pass::kRest, "NO INHERIT", kTables, Alone<DropInherit>},
    {GRIZZLY_AT(AttachPartition), Pass::kRest, "ATTACH PARTITION", kTables | kIndexes,
     Alone<AttachAction>},
    {GRIZZLY_AT(DetachPartition), Pass::kRest, "DETACH PARTITION", kTables, Alone<DetachAction>},
    {GRIZZLY_AT(ChangeOwner), Pass::kRest, "OWNER TO", kAll, Alone<ChangeOwner>},
    {GRIZZLY_AT(SetRelOptions), Pass::kRest, "SET", kTables | kViews | kMaterialized | kIndexes,
     Alone<SetOptions>},
    {GRIZZLY_AT(ResetRelOptions), Pass::kRest, "RESET",
     kTables | kViews | kMaterialized | kIndexes, Alone<ResetOptions>},
    {GRIZZLY_AT(ClusterOn), Pass::kRest, "CLUSTER ON", kTables | kMaterialized, Alone<ClusterOn>},
    {GRIZZLY_AT(DropCluster), Pass::kRest, "SET WITHOUT CLUSTER", kTables | kMaterialized,
     Alone<SetWithoutCluster>},
    {GRIZZLY_AT(ReplicaIdentity), Pass::kRest, "REPLICA IDENTITY", kTables | kMaterialized,
     Alone<SetReplicaIdentity>},
    {GRIZZLY_AT(SetAccessMethod), Pass::kRest, "SET ACCESS METHOD", kTables | kMaterialized,
     Alone<SetAccessMethodAction>},
    {GRIZZLY_AT(AddOf), Pass::kRest, "OF", kTables, Alone<SetTableType>},
    {GRIZZLY_AT(DropOf), Pass::kRest, "NOT OF", kTables, Alone<DropTableType>},
    {GRIZZLY_AT(SetLogged), Pass::kRest, "SET LOGGED", kTables | kSequences, Alone<SetLogged>},
    {GRIZZLY_AT(SetUnLogged), Pass::kRest, "SET UNLOGGED", kTables | kSequences,
     Alone<SetUnlogged>},
    {GRIZZLY_AT(DropOids), Pass::kDrop, "SET WITHOUT OIDS", kTables, Alone<Nothing>},
};
#undef GRIZZLY_AT

const Action& ActionOf(const PgQuery__AlterTableCmd& command) {
  const auto* found = std::find_if(std::begin(kActions), std::end(kActions), [&](const Action& a) {
    return a.type == command.subtype;
  });
  if (found == std::end(kActions)) ThrowNotSupported("this ALTER TABLE action");
  return *found;
}

// Within its action's pass: DROP DEFAULT comes first, keys before the constraints that may need them.
Pass PassOf(const PgQuery__AlterTableCmd& command) {
  const Action& action = ActionOf(command);
  if (action.type == PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault && command.def == nullptr) {
    return Pass::kDrop;
  }
  if (action.type == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint) {
    const auto kind = command.def->constraint->contype;
    const bool is_key = kind == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY ||
                        kind == PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE;
    return is_key ? Pass::kAddKey : Pass::kAddConstraint;
  }
  return action.pass;
}

uint8_t BitOf(RelationKind kind) {
  switch (kind) {
    case RelationKind::kView: return kViews;
    case RelationKind::kMaterializedView: return kMaterialized;
    case RelationKind::kIndex:
    case RelationKind::kPartitionedIndex: return kIndexes;
    case RelationKind::kSequence: return kSequences;
    default: return kTables;
  }
}

void RequireAlterable(const Relation& relation, const Action& action) {
  if ((BitOf(relation.kind) & action.kinds) != 0) return;
  throw SqlError(SqlState::kWrongObjectType,
                 fmt::format("ALTER action {} cannot be performed on relation \"{}\"", action.name,
                             relation.name))
      .Detail(NotSupportedDetail(relation.kind));
}

using Commands = std::vector<const PgQuery__AlterTableCmd*>;

// Runs commands [first, last) of one pass.
void RunPass(CommandInput& input, const RelationPtr& relation, Pass pass,
             Commands::const_iterator first, Commands::const_iterator last, Reach reach) {
  if (pass == Pass::kAlterType) {
    for (auto command = first; command != last; ++command) {
      TreeOfColumn(input, *relation, TextOf((*command)->name), reach,
                   "type of inherited column \"{}\" must be changed in child tables too",
                   "cannot alter inherited column \"{}\"");
      RefuseKeyColumn(input, *relation, TextOf((*command)->name), "alter");
      for (const Oid descendant : LockDescendants(input, *relation, reach)) {
        RefuseKeyColumn(input, *Reread(input, descendant), TextOf((*command)->name), "alter");
      }
    }
    AlterColumnTypes(input, Reread(input, relation->oid), {first, last});
    for (const Oid descendant : LockDescendants(input, *relation, reach)) {
      AlterColumnTypes(input, Reread(input, descendant), {first, last});
    }
    return;
  }
  for (; first != last; ++first) {
    const Action& action = ActionOf(**first);
    action.run(input, Reread(input, relation->oid), **first, reach);
    if (!action.goes_down) continue;
    for (const Oid descendant : LockDescendants(input, *relation, reach)) {
      action.run(input, Reread(input, descendant), **first, reach);
    }
  }
}

// ALTER VIEW and the like name the kind they mean.
void RequireKindOf(const Relation& relation, PgQuery__ObjectType type) {
  const auto require = [&](RelationKind kind, std::string_view name) {
    if (relation.kind == kind) return;
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not {}", relation.name, name));
  };
  if (type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW) require(RelationKind::kView, "a view");
  if (type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW) {
    require(RelationKind::kMaterializedView, "a materialized view");
  }
  if (type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX &&
      relation.kind != RelationKind::kPartitionedIndex) {
    require(RelationKind::kIndex, "an index");
  }
  if (type == PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE) {
    require(RelationKind::kSequence, "a sequence");
  }
}

// Parameters that readers and writers of the table need not wait for.
bool AreOfMaintenance(const ast::Node& list) {
  constexpr std::string_view kNames[] = {"fillfactor",           "toast_tuple_target",
                                         "parallel_workers",     "vacuum_index_cleanup",
                                         "vacuum_truncate",      "log_autovacuum_min_duration"};
  for (const ast::Node* item : ListOf(list.list->items, list.list->n_items)) {
    const std::string_view name = item->def_elem->defname;
    const bool is_known = std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
    if (!is_known && !name.starts_with("autovacuum_")) return false;
  }
  return true;
}

txn::RelationLockMode LockOf(const PgQuery__AlterTableCmd& command) {
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
      return AreOfMaintenance(*command.def) ? txn::RelationLockMode::kShareUpdateExclusive
                                            : txn::RelationLockMode::kAccessExclusive;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
      return command.def->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN
                 ? txn::RelationLockMode::kShareRowExclusive
                 : txn::RelationLockMode::kAccessExclusive;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
      return txn::RelationLockMode::kShareUpdateExclusive;
    default: return txn::RelationLockMode::kAccessExclusive;
  }
}

// The strongest that one of the commands needs.
txn::RelationLockMode LockOf(const PgQuery__AlterTableStmt& statement) {
  auto mode = txn::RelationLockMode::kShareUpdateExclusive;
  for (const ast::Node* node : ListOf(statement.cmds, statement.n_cmds)) {
    mode = std::max(mode, LockOf(*node->alter_table_cmd));
  }
  return mode;
}

std::string TagOf(PgQuery__ObjectType type) {
  switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW: return "ALTER VIEW";
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW: return "ALTER MATERIALIZED VIEW";
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX: return "ALTER INDEX";
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE: return "ALTER SEQUENCE";
    default: return "ALTER TABLE";
  }
}

}  // namespace

void SetRelationOwner(CommandInput& input, const Relation& relation, Oid owner) {
  const auto set = [&](Oid oid) {
    Relation changed = *Reread(input, oid);
    changed.owner = owner;
    input.editor.PutRelation(std::move(changed));
  };
  set(relation.oid);
  SetTypeOwner(input, relation.row_type, owner);
  for (const Oid index : relation.indexes) set(index);
  for (const Oid sequence : OwnedSequences(input, relation)) set(sequence);
}

std::string AlterTable(const PgQuery__AlterTableStmt& statement, CommandInput& input) {
  const RelationPtr relation =
      LockRelation(input, *statement.relation, LockOf(statement), statement.missing_ok);
  if (relation == nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" does not exist, skipping",
                                  TextOf(statement.relation->relname)));
    return TagOf(statement.objtype);
  }
  RequireOwner(input, *relation);
  RequireKindOf(*relation, statement.objtype);
  RequireNothingOwed(input, *relation, TagOf(statement.objtype));
  Commands commands;
  for (const ast::Node* node : ListOf(statement.cmds, statement.n_cmds)) {
    commands.push_back(node->alter_table_cmd);
    RequireAlterable(*relation, ActionOf(*commands.back()));
  }
  std::stable_sort(commands.begin(), commands.end(), [](const auto* a, const auto* b) {
    return PassOf(*a) < PassOf(*b);
  });
  const Reach reach = statement.relation->inh ? Reach::kTree : Reach::kOnly;
  for (auto first = commands.cbegin(); first != commands.cend();) {
    const Pass pass = PassOf(**first);
    const auto last = std::find_if(first, commands.cend(), [&](const auto* command) {
      return PassOf(*command) != pass;
    });
    RunPass(input, relation, pass, first, last, reach);
    first = last;
  }
  return TagOf(statement.objtype);
}

}  // namespace grizzly::commands
