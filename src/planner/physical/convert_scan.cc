// Scans: which index, which bounds.
#include <algorithm>

#include "catalog/access_method.h"
#include "catalog/inheritance.h"
#include "catalog/layouts.h"
#include "facts/access_methods.h"
#include "facts/collations.h"
#include "facts/operators.h"
#include "facts/types.h"
#include "planner/optimizer/column_set.h"
#include "planner/physical/conversion.h"
#include "types/collation.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

// Costs in units of one row read in order (a RocksDB next is 0.25 µs, a Get 2.5, a seek 4.7).
constexpr double kRowCost = 1;
constexpr double kFetchCost = 10;
constexpr double kSeekCost = 19;
// A columnar table's row in a scan, and one by its key: found in its group, composed of its columns.
constexpr double kColumnarRowCost = 0.1;
constexpr double kColumnarFetchCost = 150;

double RowCost(const catalog::Relation& table) {
  return catalog::IsColumnar(table) ? kColumnarRowCost : kRowCost;
}

bool SameOrder(const types::SqlType& a, const types::SqlType& b) {
  const auto is_text = [](Oid oid) { return oid == facts::kTextOid || oid == facts::kVarcharOid; };
  return a.oid == b.oid || (is_text(a.oid) && is_text(b.oid));
}

// `column op value`, the value computable before the scan starts and of the key's own order.
struct KeyCondition {
  ComparisonOperator op;
  const expr::Expr* value;
};

bool SameCollation(Oid a, Oid b) {
  return a == b || (types::IsByteCollation(a) && types::IsByteCollation(b));
}

// Equal texts have equal bytes; also said of a conflict of collations, which the condition itself reports.
bool EqualIsBytes(Oid collation) {
  return collation == types::kConflictingCollation || types::IsDeterministic(collation);
}

// Whether a comparison under one collation finds what it looks for in a key of another: another collation's order
// is not the key's, but equal is equal under any of them that is deterministic.
bool KeyAnswers(ComparisonOperator op, Oid collation, Oid key_collation) {
  if (SameCollation(collation, key_collation)) return true;
  return op == ComparisonOperator::kEqual && EqualIsBytes(collation) && EqualIsBytes(key_collation);
}

std::optional<KeyCondition> MatchCondition(const expr::Expr& filter, ColumnId column,
                                           const types::SqlType& key_type, Oid key_collation,
                                           const ColumnSet& own_columns) {
  const auto comparison = AsComparison(filter);
  if (!comparison) return std::nullopt;
  if (filter.kind == ExprKind::kFunction &&
      !KeyAnswers(comparison->op, static_cast<const expr::FunctionExpr&>(filter).call->collation,
                  key_collation)) {
    return std::nullopt;
  }
  for (const bool swapped : {false, true}) {
    const expr::Expr& left = swapped ? *comparison->right : *comparison->left;
    const expr::Expr& right = swapped ? *comparison->left : *comparison->right;
    const expr::ColumnExpr* found = AsColumn(left);
    if (found == nullptr || found->id != column) continue;
    if (!SameOrder(right.type, key_type) || !SameOrder(left.type, key_type)) continue;
    if (own_columns.ContainsAny(expr::FreeColumns(right)) || expr::IsVolatile(right)) continue;
    return KeyCondition{swapped ? Mirrored(comparison->op) : comparison->op, &right};
  }
  return std::nullopt;
}

ColumnId ColumnOfAttribute(const LogicalScan& scan, AttributeNumber attnum) {
  for (size_t i = 0; i < scan.attnums.size(); ++i) {
    if (scan.attnums[i] == attnum) return scan.outputs[i];
  }
  return expr::kNoColumn;
}

// The filters that bound this column.
void AddRangeFilters(const LogicalScan& scan, ColumnId column,
                     std::vector<const expr::Expr*>* filters) {
  for (const ExprPtr& filter : scan.filters) {
    const auto comparison = AsComparison(*filter);
    if (!comparison || comparison->op == ComparisonOperator::kEqual) continue;
    for (const expr::Expr* side : {comparison->left, comparison->right}) {
      const expr::ColumnExpr* found = AsColumn(*side);
      if (found == nullptr || found->id != column) continue;
      filters->push_back(filter.get());
      break;
    }
  }
}

}  // namespace

void Conversion::MatchKey(const LogicalScan& scan, const std::vector<KeyColumn>& key,
                          plan::KeyBounds* bounds, std::vector<size_t>* used) {
  const ColumnSet own(scan.outputs);
  for (const KeyColumn& part : key) {
    if (part.column == expr::kNoColumn) return;
    bool found_equal = false;
    for (size_t i = 0; i < scan.filters.size() && !found_equal; ++i) {
      const auto match = MatchCondition(*scan.filters[i], part.column, part.type, part.collation, own);
      if (!match || match->op != ComparisonOperator::kEqual) continue;
      bounds->equal.push_back(match->value->Clone());
      used->push_back(i);
      found_equal = true;
    }
    if (found_equal) continue;
    for (size_t i = 0; i < scan.filters.size(); ++i) {
      const auto match = MatchCondition(*scan.filters[i], part.column, part.type, part.collation, own);
      if (!match || match->op == ComparisonOperator::kEqual) continue;
      const bool is_lower = match->op == ComparisonOperator::kGreater ||
                            match->op == ComparisonOperator::kGreaterEqual;
      ExprPtr& bound = is_lower ? bounds->lower : bounds->upper;
      if (bound != nullptr) continue;
      bound = match->value->Clone();
      (is_lower ? bounds->lower_inclusive : bounds->upper_inclusive) =
          match->op == ComparisonOperator::kGreaterEqual ||
          match->op == ComparisonOperator::kLessEqual;
    }
    return;
  }
}

namespace {

// What an index part is ordered by.
Oid CollationOfKey(const catalog::IndexDefinition::Part& part) {
  const facts::OpclassFact* opclass = facts::FindOpclass(part.opclass);
  if (opclass != nullptr && opclass->opcname.ends_with("_pattern_ops")) {
    return facts::kCCollationOid;
  }
  return part.collation;
}

}  // namespace

bool Conversion::MatchIndex(LogicalScan& scan, const catalog::RelationPtr& index,
                            AccessPath* path) {
  const catalog::IndexDefinition& definition = *index->index;
  if (!definition.valid || !definition.predicate.empty()) return false;
  path->index = definition.clustered_by ? nullptr : index;
  std::vector<KeyColumn> key;
  for (const catalog::IndexDefinition::Part& part : definition.parts) {
    key.push_back({part.column == 0 ? expr::kNoColumn : ColumnOfAttribute(scan, part.column),
                   part.type, CollationOfKey(part)});
  }
  MatchKey(scan, key, &path->bounds, &path->used_filters);
  if (definition.access_method == "hash") {  // only answers for equality
    path->bounds.lower = nullptr;
    path->bounds.upper = nullptr;
  }
  path->has_range = path->bounds.lower != nullptr || path->bounds.upper != nullptr;
  path->equal_count = path->bounds.equal.size();
  path->unique_match = definition.unique && definition.immediate && path->equal_count == definition.parts.size();
  return path->equal_count > 0 || path->has_range;
}

namespace {

// `part OP value` with an operator of the part's class, the value computable before the scan starts. Sets the
// operator's name.
const expr::Expr* MatchTermCondition(const expr::Expr& filter, ColumnId column, Oid opclass,
                                     const ColumnSet& own_columns, std::string* op) {
  if (filter.kind != ExprKind::kFunction) return nullptr;
  const auto& call = static_cast<const expr::FunctionExpr&>(filter);
  if (call.operator_oid == kInvalidOid || call.arguments.size() != 2) return nullptr;
  const facts::OperatorFact* written = facts::FindOperator(call.operator_oid);
  for (const bool swapped : {false, true}) {
    const expr::Expr& left = *call.arguments[swapped ? 1 : 0];
    const expr::Expr& right = *call.arguments[swapped ? 0 : 1];
    const expr::ColumnExpr* found = AsColumn(left);
    if (found == nullptr || found->id != column || written == nullptr) continue;
    const facts::OperatorFact* meant = swapped ? facts::FindOperator(written->oprcom) : written;
    if (meant == nullptr) continue;
    if (own_columns.ContainsAny(expr::FreeColumns(right)) || expr::IsVolatile(right)) continue;
    const Oid family = facts::FindOpclass(opclass)->opcfamily;
    for (const facts::AmopFact* place : facts::FindAmopsOfOperator(meant->oid)) {
      if (place->amopfamily != family || place->amoppurpose != 's') continue;
      *op = meant->oprname;
      return &right;
    }
  }
  return nullptr;
}

}  // namespace

namespace {

bool AsksForOrder(std::string_view op) { return op == "<" || op == "<=" || op == ">" || op == ">="; }

// Ranges of values are looked for on every level, other terms a few times.
double SeeksOfTerms(const std::vector<plan::TermCondition>& terms,
                    const catalog::IndexDefinition& index) {
  constexpr double kLevels = 65, kOthers = 3;
  double seeks = 0;
  for (const plan::TermCondition& term : terms) {
    seeks += catalog::HasTermsByLevel(index.parts[term.part]) ? kLevels : kOthers;
  }
  return seeks * kSeekCost;
}

}  // namespace

// Operators whose conditions no statistics tell of are taken to find few rows: that is what such indexes are
// made for.
double Conversion::TermSelectivity(const AccessPath& path) const {
  constexpr double kFewRows = 0.01;
  const double known = cardinality_.Selectivity(path.term_filters);
  const bool by_order = std::all_of(path.terms.begin(), path.terms.end(),
                                    [](const auto& term) { return AsksForOrder(term.op); });
  return by_order ? known : std::min(known, kFewRows);
}

bool Conversion::MatchTerms(LogicalScan& scan, const catalog::RelationPtr& index,
                            AccessPath* path) {
  const catalog::IndexDefinition& definition = *index->index;
  if (!definition.valid || !definition.predicate.empty()) return false;
  path->index = index;
  const ColumnSet own(scan.outputs);
  for (uint32_t part = 0; part < definition.parts.size(); ++part) {
    const auto& key = definition.parts[part];
    const ColumnId column =
        key.column == 0 ? expr::kNoColumn : ColumnOfAttribute(scan, key.column);
    if (column == expr::kNoColumn) continue;
    for (const ExprPtr& filter : scan.filters) {
      std::string op;
      const expr::Expr* value = MatchTermCondition(*filter, column, key.opclass, own, &op);
      if (value == nullptr) continue;
      path->terms.push_back({part, std::move(op), value->Clone()});
      path->term_filters.push_back(filter.get());
    }
  }
  return !path->terms.empty();
}

// ctid = one of a few rows, or a range of them where rows lie in that order.
std::optional<Conversion::AccessPath> Conversion::MatchTid(const LogicalScan& scan) {
  const ColumnId ctid = ColumnOfAttribute(scan, kCtidAttribute);
  if (ctid == expr::kNoColumn) return std::nullopt;
  AccessPath path;
  path.by_tid = true;
  MatchKey(scan, {{ctid, columns_[ctid].type}}, &path.bounds, &path.used_filters);
  path.equal_count = path.bounds.equal.size();
  const bool has_order = scan.relation->row_key == nullptr && !catalog::IsColumnar(*scan.relation);
  if (!has_order) {
    path.bounds.lower = nullptr;
    path.bounds.upper = nullptr;
  }
  path.has_range = path.bounds.lower != nullptr || path.bounds.upper != nullptr;
  if (path.equal_count == 0 && !path.has_range) return std::nullopt;
  constexpr double kRangeShare = 0.1;  // no statistics tell of ctid
  path.rows = path.equal_count > 0
                  ? 1
                  : std::max(1.0, cardinality_.TableRows(*scan.relation) * kRangeShare);
  path.cost = path.equal_count > 0 ? 0 : kSeekCost + path.rows * kRowCost;
  return path;
}

std::optional<Conversion::AccessPath> Conversion::ChoosePath(LogicalScan& scan) {
  if (auto by_tid = MatchTid(scan)) return by_tid;
  const double table_rows = cardinality_.TableRows(*scan.relation);
  std::optional<AccessPath> best;
  double best_cost = table_rows * RowCost(*scan.relation);
  const double fetch_cost = catalog::IsColumnar(*scan.relation) ? kColumnarFetchCost : kFetchCost;
  for (Oid oid : scan.relation->indexes) {
    const catalog::RelationPtr index = input_.catalog->FindRelation(oid);
    AccessPath path;
    if (index == nullptr) continue;
    std::vector<const expr::Expr*> used;
    if (catalog::HasTerms(*index->index)) {
      if (!MatchTerms(scan, index, &path)) continue;
      used = path.term_filters;
    } else if (index->index_key == nullptr || !MatchIndex(scan, index, &path)) {
      continue;  // no entries of its own, or none of these
    }
    for (size_t i : path.used_filters) used.push_back(scan.filters[i].get());
    if (path.has_range) {
      const auto& part = index->index->parts[path.equal_count];
      AddRangeFilters(scan, ColumnOfAttribute(scan, part.column), &used);
    }
    const double selectivity =
        path.terms.empty() ? cardinality_.Selectivity(used) : TermSelectivity(path);
    path.rows = path.unique_match ? 1 : std::max(1.0, table_rows * selectivity);
    path.cost = (path.terms.empty() ? kSeekCost : SeeksOfTerms(path.terms, *index->index)) +
                path.rows * (path.index == nullptr ? kRowCost : fetch_cost);
    // A unique key always wins: sizes may be unknown or old, one row is one row.
    if (path.unique_match) path.cost = path.index == nullptr ? 0 : 1;
    if (path.cost < best_cost || (best && path.cost == best_cost)) {
      best_cost = path.cost;
      best = std::move(path);
    }
  }
  return best;
}

Converted Conversion::ConvertScan(LogicalScan& scan) {
  if (scan.relation->IsPartitioned()) return ConvertPartitionedScan(scan);
  if (!scan.only && scan.relation->oid >= kFirstUserOid) {
    const auto tree = catalog::TreeOf(*input_.catalog, scan.relation);
    if (tree.size() > 1) return ConvertTreeScan(scan, tree);
  }
  if (scan.relation->oid < kFirstUserOid && !scan.sample) return ConvertVirtualScan(scan);
  if (is_rerun_ && KeepsScan(scan)) return ConvertKeptScan(scan);
  auto node = std::make_unique<plan::TableScanNode>();
  node->relation = scan.relation;
  node->alias = scan.alias;
  node->attnums = scan.attnums;
  node->scan_id = scan.scan_id;
  std::vector<bool> used(scan.filters.size(), false);
  double rows = scan.estimated_rows;
  node->current_of = scan.current_of;
  if (scan.sample) {
    node->sample = plan::TableSample{scan.sample->by_block,
                                     Resolve(std::move(scan.sample->percentage), {}), nullptr};
    if (scan.sample->repeatable != nullptr) {
      node->sample->repeatable = Resolve(std::move(scan.sample->repeatable), {});
    }
  }
  // A sample is of the whole table, a cursor's row is known: neither goes by an index.
  const bool may_choose = !scan.sample && scan.current_of.empty();
  if (auto path = may_choose ? ChoosePath(scan) : std::nullopt) {
    node->index = path->index;
    node->unique_match = path->unique_match;
    for (size_t i : path->used_filters) used[i] = !path->by_tid;
    node->by_tid = path->by_tid;
    node->bounds = std::move(path->bounds);
    node->terms = std::move(path->terms);
    for (plan::TermCondition& term : node->terms) ResolveInPlace(term.value, {});
    const std::vector<ColumnId> none;
    for (ExprPtr& bound : node->bounds.equal) ResolveInPlace(bound, none);
    ResolveInPlace(node->bounds.lower, none);
    ResolveInPlace(node->bounds.upper, none);
    node->total_cost = path->cost;
    if (path->unique_match) rows = 1;
  } else {
    node->total_cost = cardinality_.TableRows(*scan.relation) * RowCost(*scan.relation);
  }
  for (size_t i = 0; i < scan.filters.size(); ++i) {
    if (!used[i]) node->filters.push_back(Resolve(std::move(scan.filters[i]), scan.outputs));
  }
  Finish(*node, scan.outputs, rows);
  return {std::move(node), scan.outputs};
}

Converted Conversion::ConvertVirtualScan(LogicalScan& scan) {
  auto node = std::make_unique<plan::VirtualScanNode>();
  node->relation = scan.relation;
  node->alias = scan.alias;
  node->attnums = scan.attnums;
  const ColumnSet own(scan.outputs);
  for (const ExprPtr& filter : scan.filters) {
    for (size_t i = 0; i < scan.outputs.size() && node->filter_value == nullptr; ++i) {
      if (scan.attnums[i] <= 0) continue;
      const types::SqlType& type = columns_[scan.outputs[i]].type;
      const auto match = MatchCondition(*filter, scan.outputs[i], type, type.collation, own);
      if (!match || match->op != ComparisonOperator::kEqual) continue;
      node->filter_column = scan.attnums[i] - 1;
      node->filter_value = Resolve(match->value->Clone(), {});
    }
  }
  node->filters = ResolveAll(scan.filters, scan.outputs);
  Finish(*node, scan.outputs, node->filter_value != nullptr ? 5 : scan.estimated_rows);
  node->total_cost = 500;
  return {std::move(node), scan.outputs};
}

catalog::RelationPtr Conversion::ClusteringIndex(const catalog::Relation& table) const {
  for (Oid oid : table.indexes) {
    catalog::RelationPtr index = input_.catalog->FindRelation(oid);
    if (index != nullptr && index->index->clustered_by) return index;
  }
  return nullptr;
}

// Whether the scan at the bottom hands out its rows in this order already.
bool Conversion::SortIsGiven(const plan::Node& node, const std::vector<expr::SortKey>& keys) {
  std::vector<uint32_t> positions;
  for (const expr::SortKey& key : keys) {
    if (key.expression->kind != ExprKind::kInput) return false;
    positions.push_back(static_cast<const expr::InputExpr&>(*key.expression).index);
  }
  const plan::Node* below = &node;
  while (below->kind == plan::NodeKind::kProject || below->kind == plan::NodeKind::kFilter) {
    if (below->kind == plan::NodeKind::kProject) {
      const auto& project = static_cast<const plan::ProjectNode&>(*below);
      for (uint32_t& position : positions) {
        const expr::Expr& computed = *project.expressions[position];
        if (computed.kind != ExprKind::kInput) return false;
        position = static_cast<const expr::InputExpr&>(computed).index;
      }
    }
    below = below->children[0].get();
  }
  if (below->kind != plan::NodeKind::kTableScan) return false;
  const auto& scan = static_cast<const plan::TableScanNode&>(*below);
  const catalog::RelationPtr index =
      scan.index != nullptr ? scan.index : ClusteringIndex(*scan.relation);
  if (index == nullptr || !scan.terms.empty() || scan.by_tid) return false;
  const auto& parts = index->index->parts;
  const size_t first = scan.bounds.equal.size();
  if (first + keys.size() > parts.size()) return false;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto& part = parts[first + i];
    if (part.column == 0 || scan.attnums[positions[i]] != part.column) return false;
    if (!SameCollation(keys[i].expression->type.collation, CollationOfKey(part))) return false;
    if (keys[i].descending != part.descending || keys[i].nulls_first != part.nulls_first) {
      // Where no NULL can be, their place does not matter.
      const bool never_null = scan.relation->columns[part.column - 1].not_null;
      if (keys[i].descending != part.descending || !never_null) return false;
    }
  }
  return true;
}

}  // namespace grizzly::planner
