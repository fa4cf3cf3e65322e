#include "commands/maintenance/check_tables.h"

#include <algorithm>

#include "catalog/layouts.h"
#include "commands/constraint/foreign_key.h"
#include "planner/physical/constraint_rules.h"
#include "commands/evaluation.h"
#include "commands/index/index_fill.h"
#include "commands/relation_lookup.h"
#include "commands/table/row_rules.h"
#include "commands/table/stored_rows.h"
#include "executor/table_access.h"
#include "storage/key/key_hash.h"
#include "storage/key/key_layout.h"

namespace grizzly::commands {
namespace {

// A set of entries, in whatever order they come.
struct EntrySum {
  uint64_t count = 0;
  uint64_t low = 0;
  uint64_t high = 0;

  void Add(std::string_view key, std::string_view suffix) {
    std::string entry(key);
    entry.append(suffix);
    const storage::KeyHash hash = storage::HashKey(entry);
    ++count;
    low += hash.low;
    high += hash.high;
  }
  bool operator==(const EntrySum&) const = default;
};

class TableCheck {
 public:
  TableCheck(CommandInput& input, catalog::RelationPtr table)
      : input_(input), table_(std::move(table)), execution_(input) {
    for (const Oid oid : table_->indexes) {
      const catalog::RelationPtr index = input.editor.Current()->FindRelation(oid);
      const bool has_entries =
          index != nullptr && (index->index_key != nullptr || catalog::HasTerms(*index->index)) &&
          !index->index->clustered_by && index->index->ready;
      if (!has_entries) continue;
      indexes_.push_back(std::make_unique<Index>(input, execution_.evaluation(), *table_,
                                                 MakeIndexRules(input, *table_, index)));
    }
  }

  void Run(std::vector<std::string>* wrong) {
    ReadRows();
    for (const auto& index : indexes_) {
      const EntrySum stored = ReadEntries(index->fill.index());
      if (stored == index->expected) continue;
      wrong->push_back(fmt::format(
          "index \"{}\" of table \"{}\" has {} entries that are not those of its {} rows",
          index->fill.index().name, table_->name, stored.count, index->expected.count));
    }
    for (const catalog::Constraint& constraint : table_->constraints) {
      const bool refers = constraint.kind == catalog::ConstraintKind::kForeignKey &&
                          constraint.validated &&
                          !planner::IsReferencedPart(*table_, constraint);
      if (refers) CheckForeignKeyRows(input_, table_, constraint);
    }
  }

 private:
  struct Index {
    Index(CommandInput& input, expr::EvaluationState& state, const catalog::Relation& table,
          plan::RowRules::Index rules)
        : fill(input, state, table, std::move(rules)) {}
    IndexFill fill;
    EntrySum expected;
  };

  // Decodes every column of every row on the way.
  void ReadRows() {
    StoredRows stored(input_, *table_);
    std::vector<std::string_view> suffixes;
    while (const types::Batch* rows = stored.Next()) {
      suffixes.clear();
      for (uint32_t row = 0; row < rows->row_count(); ++row) {
        suffixes.push_back(stored.suffix(row));
      }
      for (const auto& index : indexes_) {
        index->fill.ForEachEntry(*rows, suffixes,
                                 [&](std::string_view key, std::string_view suffix, bool) {
                                   index->expected.Add(key, suffix);
                                 });
      }
    }
  }

  EntrySum ReadEntries(const catalog::Relation& index) {
    EntrySum sum;
    const std::string head = executor::IndexKeyHead(*table_, *index.index);
    const auto scan = input_.transaction.ScanLatest(head, storage::PrefixSuccessor(head));
    for (; scan->Valid(); scan->Next()) {
      if (input_.cancel != nullptr) input_.cancel->Check();
      sum.Add(scan->key(), executor::SuffixOfMark(scan->value()));
    }
    return sum;
  }

  CommandInput& input_;
  const catalog::RelationPtr table_;
  CommandExecution execution_;
  std::vector<std::unique_ptr<Index>> indexes_;
};

}  // namespace

std::vector<std::string> CheckTables(CommandInput& input) {
  std::vector<catalog::RelationPtr> tables;
  input.editor.Current()->ForEachRelation([&](const catalog::RelationPtr& relation) {
    if (relation->oid >= kFirstUserOid && relation->HasRows()) tables.push_back(relation);
  });
  std::sort(tables.begin(), tables.end(),
            [](const auto& a, const auto& b) { return a->oid < b->oid; });
  std::vector<std::string> wrong;
  for (const catalog::RelationPtr& seen : tables) {
    LockRelationByOid(input, seen->oid, txn::RelationLockMode::kShare);
    const catalog::RelationPtr table = input.editor.Current()->FindRelation(seen->oid);
    if (table == nullptr) continue;  // dropped while we waited
    try {
      TableCheck(input, table).Run(&wrong);
    } catch (const SqlError& error) {
      if (error.state() == SqlState::kQueryCanceled) throw;
      wrong.push_back(fmt::format("table \"{}\": {}", table->name, error.what()));
    }
  }
  return wrong;
}

}  // namespace grizzly::commands
