#include "executor/modify/row_router.h"

#include <algorithm>
#include <cctype>

#include "catalog/error_fields.h"
#include "catalog/object_text.h"
#include "catalog/partition_map.h"
#include "executor/modify/moved_rows.h"
#include "executor/modify/row_description.h"

namespace grizzly::executor {

using types::Batch;
using types::Datum;
using types::Vector;

namespace {

// Column i is the root's from_root[i]; -1: NULL.
void MapRows(const Batch& root_rows, types::Selection rows, const plan::RowRouting::ColumnMap& map,
             Batch* mapped) {
  mapped->Reset();
  for (size_t i = 0; i < map.size(); ++i) {
    if (map[i] < 0) {
      mapped->column(i).SetConstant(Datum::Null());
    } else {
      mapped->column(i).Slice(root_rows.column(map[i]), rows);
    }
  }
  mapped->set_row_count(static_cast<uint32_t>(rows.size()));
}

Batch RowOf(const catalog::Relation& table) {
  Batch batch;
  for (const catalog::Column& column : table.columns) batch.AddColumn(Vector(column.type, 1));
  return batch;
}

const expr::Expr* ConditionOfRoot(const plan::RowRouting::Table& root) {
  const size_t parts = root.relation->partition_key->parts.size();
  return root.keys.size() > parts ? root.keys[parts].get() : nullptr;
}

}  // namespace

struct RowRouter::Level {
  const plan::RowRouting::Table* table;
  std::vector<int32_t> columns;  // per key part: the root's column, -1: an expression
  std::vector<std::unique_ptr<expr::Evaluator>> expressions;
  Batch row;                     // one row, for the expressions
};

struct RowRouter::Target {
  Target(const plan::RowRouting::Leaf& leaf, const catalog::Relation& root, ExecContext& context)
      : writer(leaf.rules, context), rows(RowOf(*leaf.rules.relation)) {
    from_leaf.assign(root.columns.size(), -1);
    for (size_t i = 0; i < leaf.from_root.size(); ++i) {
      if (leaf.from_root[i] >= 0) from_leaf[leaf.from_root[i]] = static_cast<int32_t>(i);
    }
    writer.DescribeRowsAs(root, from_leaf);
  }
  RowWriter writer;
  Batch rows;
  std::vector<int32_t> from_leaf;
};

RowRouter::RowRouter(const plan::RowRouting& routing, ExecContext& context)
    : routing_(routing),
      context_(context),
      root_check_(*routing.tables[0].relation, ConditionOfRoot(routing.tables[0]), context) {
  for (const plan::RowRouting::Table& table : routing.tables) {
    auto level = std::make_unique<Level>();
    level->table = &table;
    level->row = RowOf(*table.relation);
    for (size_t i = 0; i < table.relation->partition_key->parts.size(); ++i) {
      const expr::ExprPtr& key = table.keys[i];
      const bool is_column = key->kind == expr::ExprKind::kInput;
      level->columns.push_back(
          is_column ? table.from_root[static_cast<const expr::InputExpr&>(*key).index] : -1);
      level->expressions.push_back(
          is_column ? nullptr : std::make_unique<expr::Evaluator>(*key, context.evaluation));
    }
    levels_.push_back(std::move(level));
  }
  targets_.resize(routing.leaves.size());
}

RowRouter::~RowRouter() = default;

void RowRouter::ComputeKey(Level& level, const Batch& root_rows, uint32_t row) {
  key_.clear();
  bool has_row = false;
  for (size_t i = 0; i < level.columns.size(); ++i) {
    if (level.expressions[i] == nullptr) {
      key_.push_back(root_rows.column(level.columns[i]).GetDatum(row));
      continue;
    }
    if (!has_row) MapRows(root_rows, types::Selection(&row, 1), level.table->from_root, &level.row);
    has_row = true;
    key_.push_back(level.expressions[i]->Evaluate(level.row).GetDatum(0));
  }
}

size_t RowRouter::FindLeaf(const Batch& root_rows, uint32_t row) {
  int32_t target = ~0;
  while (target < 0) {
    Level& level = *levels_[~target];
    ComputeKey(level, root_rows, row);
    const int position = level.table->map->Find(key_);
    if (position < 0) ThrowNoPartition(level);
    target = level.table->targets[position];
  }
  return static_cast<size_t>(target);
}

namespace {

// An expression stands in brackets unless it is one call.
std::string BracketedKey(const std::string& sql) {
  const size_t open = sql.find('(');
  const bool named = open != std::string::npos && open > 0 &&
                     std::all_of(sql.begin(), sql.begin() + static_cast<ptrdiff_t>(open),
                                 [](char c) { return std::isalnum(c) != 0 || c == '_' || c == '.'; });
  if (named) {
    size_t depth = 0;
    for (size_t i = open; i < sql.size(); ++i) {
      depth += sql[i] == '(' ? 1 : 0;
      depth -= sql[i] == ')' ? 1 : 0;
      if (depth == 0) return i + 1 == sql.size() ? sql : "(" + sql + ")";
    }
  }
  return "(" + sql + ")";
}

}  // namespace

void RowRouter::ThrowNoPartition(const Level& level) const {
  const catalog::Relation& table = *level.table->relation;
  std::string names, values;
  for (size_t i = 0; i < key_.size(); ++i) {
    const catalog::PartitionKey::Part& part = table.partition_key->parts[i];
    if (i > 0) names += ", ", values += ", ";
    names += part.column != 0 ? catalog::QuoteIdentifier(table.columns[part.column - 1].name)
                              : BracketedKey(part.expression.sql);
    values += DescribeValue(part.type, key_[i], context_);
  }
  throw catalog::OfTable(
      SqlError(SqlState::kCheckViolation,
               fmt::format("no partition of relation \"{}\" found for row", table.name))
          .Detail(fmt::format("Partition key of the failing row contains ({}) = ({}).", names, values)),
      *context_.virtual_input.catalog, table);
}

RowRouter::Target& RowRouter::TargetOf(size_t leaf) {
  if (targets_[leaf] == nullptr) {
    targets_[leaf] = std::make_unique<Target>(
        routing_.leaves[leaf], *routing_.tables[0].relation, context_);
  }
  return *targets_[leaf];
}

RowWriter& RowRouter::Writer(size_t leaf) { return TargetOf(leaf).writer; }

Batch& RowRouter::RowsOfLeaf(size_t leaf, const Batch& root_rows, types::Selection rows) {
  Target& target = TargetOf(leaf);
  MapRows(root_rows, rows, routing_.leaves[leaf].from_root, &target.rows);
  return target.rows;
}

const Batch& RowRouter::LastRows(size_t leaf) { return TargetOf(leaf).rows; }

int32_t RowRouter::LeafColumn(size_t leaf, size_t root_column) {
  return TargetOf(leaf).from_leaf[root_column];
}

size_t RowRouter::InsertRow(const Batch& root_rows, uint32_t row) {
  const size_t leaf = FindLeaf(root_rows, row);
  Batch& rows = RowsOfLeaf(leaf, root_rows, types::Selection(&row, 1));
  RowWriter& writer = Writer(leaf);
  writer.Complete(rows);
  uint32_t at = 0;
  writer.InsertAll(rows, &at);
  return leaf;
}

void RowRouter::NoteMoved(std::string from, size_t leaf, const Batch& old_root_row,
                          const Batch& root_row) {
  RowWriter& there = Writer(leaf);
  if (moves_noted_ < kMovesKept) {
    ++moves_noted_;
    NoteMoveAtCommit(context_.transaction, *context_.transactions, std::move(from),
                     there.row_key_head() + there.suffix());
  }
  if (routing_.root.referenced_by.empty()) return;
  if (root_notes_ == nullptr) root_notes_ = std::make_unique<ChangeNotes>(routing_.root, context_);
  root_notes_->Updated({}, old_root_row, 0, {}, root_row, 0);
}

void RowRouter::Finish() {
  for (const auto& target : targets_) {
    if (target != nullptr) target->writer.Finish();
  }
}

}  // namespace grizzly::executor
