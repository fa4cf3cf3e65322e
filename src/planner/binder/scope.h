// What names mean at one place of a statement: FROM items, CTEs, named windows, per query level.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "planner/binder/bind_state.h"

namespace grizzly::planner {

// Where an expression stands: what may appear in it, and how errors name it.
enum class Place : uint8_t {
  kNone, kSelectTarget, kInsertTarget, kUpdateSource, kUpdateTarget, kGroupBy, kOrderBy, kDistinctOn,
  kLimit, kOffset, kReturning, kValues, kWhere, kHaving, kFilter, kJoinOn, kJoinUsing, kFromSubselect,
  kFromFunction, kWindowPartition, kWindowOrder, kWindowRange, kWindowRows, kWindowGroups, kDefault,
  kCheck, kDomainCheck, kGenerated, kIndexExpression, kIndexPredicate, kAlterUsing, kExecuteParameter,
  kPartitionBound, kPartitionKey, kPolicy, kCopyWhere, kMergeWhen, kOther,
};

// "WHERE", "FILTER", "DEFAULT expressions" ...: completes "... are not allowed in".
std::string_view PlaceName(Place place);

struct ScopeColumn {
  std::string name;
  ColumnId id = expr::kNoColumn;
  // A merged column of JOIN USING that is no plain column; else null.
  ExprPtr expression;
  bool nameless = false;  // younger than the view: part of whole rows only
};

// One FROM item.
// System columns of a row that is being made, as far as they are mentioned.
using NewRowColumns = std::map<AttributeNumber, ColumnId>;

struct RangeItem {
  std::string alias;                 // how columns are qualified; empty: an unnamed join
  catalog::RelationPtr relation;     // tables and views; else null
  LogicalScan* scan = nullptr;       // tables; the node grows when system columns are mentioned
  std::shared_ptr<NewRowColumns> new_row;  // tables, without a scan
  std::vector<ScopeColumn> columns;
  bool is_scalar_function = false;   // the row of FROM f() is f's value
  bool is_join = false;
  bool is_subquery = false;
  // The innermost outer join that may fill the item's columns with NULL, and the side it is on.
  LogicalJoin* nulled_by = nullptr;
  size_t nulled_side = 0;
  ColumnId presence = expr::kNoColumn;  // what is NULL only where there is no row, once it is known
};

// How a FROM item is visible.
struct NamespaceEntry {
  RangeItem* item = nullptr;
  bool by_name = true;        // t.x, t.*
  bool by_column = true;      // x
  bool lateral_only = false;  // only LATERAL items may use it yet
  bool lateral_ok = true;     // and this one may
};
using Namespace = std::vector<NamespaceEntry>;

struct Cte {
  std::string name;
  uint32_t id = 0;
  std::vector<std::string> column_names;
  std::vector<SqlType> column_types;
  bool in_progress = false;          // the recursive reference
  bool modifies = false;
  bool is_recursive = false;
  bool self_reference_seen = false;
  const char* forbidden = nullptr;   // why a recursive reference may not stand here now
  uint32_t reference_count = 0;
  int location = -1;
  size_t column_count_of_query = 0;
};

struct QueryLevel {
  QueryLevel* outer = nullptr;
  Place place = Place::kNone;
  std::vector<std::unique_ptr<RangeItem>> items;
  Namespace names;
  bool lateral_active = false;             // binding a LATERAL item: lateral_only entries are seen
  std::vector<std::unique_ptr<Cte>> ctes;

  // ---- aggregation ----
  bool takes_aggregates = false;           // a SELECT (or the like) that can hold an aggregate node
  bool has_group_clause = false;
  std::vector<ExprPtr> aggregates;
  std::vector<ExprPtr> direct_arguments;   // of hypothetical-set aggregates, which become others
  std::vector<ColumnId> aggregate_columns;
  std::vector<ExprPtr> group_calls;        // GROUPING(...): ListExpr with the arguments
  std::vector<ColumnId> group_call_columns;
  // ---- windows ----
  const PgQuery__SelectStmt* select = nullptr;  // its WINDOW clause
  std::vector<ExprPtr> window_calls;
  std::vector<ColumnId> window_columns;
  // ---- set-returning functions ----
  bool has_set_functions = false;

  RangeItem* AddItem(RangeItem item) {
    items.push_back(std::make_unique<RangeItem>(std::move(item)));
    return items.back().get();
  }
  int Depth() const {
    int depth = 0;
    for (const QueryLevel* level = outer; level != nullptr; level = level->outer) ++depth;
    return depth;
  }
};

QueryLevel& NewLevel(BindState& state, QueryLevel* outer);

// Sets and restores the place.
class AtPlace {
 public:
  AtPlace(QueryLevel& level, Place place) : level_(level), before_(level.place) {
    level.place = place;
  }
  ~AtPlace() { level_.place = before_; }
  AtPlace(const AtPlace&) = delete;
  AtPlace& operator=(const AtPlace&) = delete;

 private:
  QueryLevel& level_;
  const Place before_;
};

// ---- looking names up; errors are PostgreSQL's, with hints ----

// x. Null when no level has such a column (and no error is due). Throws 42702 when ambiguous.
ExprPtr FindColumn(BindState& state, QueryLevel& level, std::string_view name, int location);
// The item called `alias` (schema-qualified when `schema` is not empty), innermost level first; null
// when there is none. Throws when it may not be used here.
RangeItem* FindItem(BindState& state, QueryLevel& level, std::string_view schema,
                    std::string_view alias, int location);
// x of an item, system columns included; null when it has none.
ExprPtr FindColumnOf(BindState& state, RangeItem& item, std::string_view name, int location);
// t as a value: NULL where an outer join has found no row.
ExprPtr WholeRow(BindState& state, RangeItem& item, int location);
// The expression a column of an item stands for.
ExprPtr MentionColumn(BindState& state, const RangeItem& item, size_t column, int location);

[[noreturn]] void ThrowNoColumn(QueryLevel& level, std::string_view qualifier,
                                std::string_view name, int location);
[[noreturn]] void ThrowNoItem(BindState& state, QueryLevel& level, std::string_view schema,
                              std::string_view alias, int location);
// "t.a", for messages; empty when the column belongs to no item of the level.
std::string QualifiedName(const QueryLevel& level, ColumnId id);

// A relation by name, as FROM and DML targets look it up; throws 42P01, 3F000, 0A000 (other database).
catalog::RelationPtr RequireRelation(BindState& state, const PgQuery__RangeVar& name);
// Unqualified names only; null when there is none.
Cte* FindCte(QueryLevel* level, std::string_view name);

}  // namespace grizzly::planner
