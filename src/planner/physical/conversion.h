// The state of one conversion, shared by the files of this folder.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "plan/plan.h"
#include "plan/pruning.h"
#include "planner/logical/logical_plan.h"
#include "planner/optimizer/conjuncts.h"
#include "planner/optimizer/optimizer.h"

namespace grizzly::planner {

// A physical node and which column each of its outputs is.
struct Converted {
  plan::NodePtr node;
  std::vector<ColumnId> columns;
};

class Conversion {
 public:
  Conversion(plan::Plan& plan, const StatementColumns& columns, const PlannerInput& input)
      : plan_(plan), columns_(columns), input_(input), cardinality_(columns, *input.catalog,
                                                                    input.statistics,
                                                                    input.sample_parameters) {}

  Converted Convert(LogicalNode& node);
  // Drops and reorders outputs where needed so that they are exactly `wanted`.
  Converted Shape(Converted from, const std::vector<ColumnId>& wanted);

 private:
  // ---- one per node kind; in the file named after it ----
  Converted ConvertScan(LogicalScan& scan);                    // convert_scan.cc
  Converted ConvertTreeScan(LogicalScan& scan, const std::vector<catalog::RelationPtr>& tree);
  Converted ConvertPartitionedScan(LogicalScan& scan);         // convert_partitions.cc
  int32_t AddPartitions(LogicalScan& scan, const catalog::RelationPtr& table,
                        plan::AppendNode& append, plan::PartitionPruning& pruning);
  int32_t AddTreeMember(LogicalScan& scan, const catalog::RelationPtr& member,
                        plan::AppendNode& append);
  Converted ConvertVirtualScan(LogicalScan& scan);
  Converted ConvertJoin(LogicalJoin& join);                    // convert_join.cc
  void KeepFixedSideRight(LogicalJoin& join) const;
  Converted ConvertRight(LogicalJoin& join, bool is_lateral, bool is_kept);
  bool PlanLookup(LogicalJoin& join);
  static std::vector<ColumnId> JoinOutputs(plan::JoinType type, const Converted& left,
                                           const Converted& right);
  Converted MakeHashJoin(LogicalJoin& join, Converted left, Converted right,
                         plan::HashJoinNode& keys, std::vector<ExprPtr>& others);
  static bool TurnsAround(const LogicalJoin& join);
  Converted MakeNestedLoop(LogicalJoin& join, Converted left, Converted right,
                           const std::vector<ColumnId>& cells, std::vector<ExprPtr>& others);
  Converted ConvertModify(LogicalModify& modify);              // convert_modify.cc
  Converted ConvertInsert(LogicalInsert& insert);
  Converted ConvertMerge(LogicalMerge& merge);                 // convert_merge.cc
  Converted ConvertLockRows(LogicalLockRows& lock);
  Converted ConvertValues(LogicalValues& values);              // convert_relational.cc
  Converted ConvertFunctionScan(LogicalFunctionScan& scan);
  Converted ConvertFilter(LogicalFilter& filter);
  Converted ConvertProject(LogicalProject& project);
  Converted ConvertAggregate(LogicalAggregate& aggregate);
  Converted ConvertWindow(LogicalWindow& window);
  Converted ConvertSort(LogicalSort& sort);
  Converted ConvertLimit(LogicalLimit& limit);
  Converted ConvertDistinct(LogicalDistinct& distinct);
  Converted ConvertSetOperation(LogicalSetOperation& set);
  Converted ConvertWith(LogicalWith& with);
  Converted ConvertCteScan(LogicalCteScan& scan);
  Converted ConvertRecursiveUnion(LogicalRecursiveUnion& recursive);

  // ---- expressions ----
  // Takes the expression, with columns as positions in `inputs`.
  ExprPtr Resolve(ExprPtr expression, const std::vector<ColumnId>& inputs);
  void ResolveInPlace(ExprPtr& expression, const std::vector<ColumnId>& inputs);
  std::vector<ExprPtr> ResolveAll(std::vector<ExprPtr>& list, const std::vector<ColumnId>& inputs);
  ExprPtr ConvertSubquery(expr::SubqueryExpr& subquery, const std::vector<ColumnId>& inputs);
  plan::Plan::SubplanTraits TraitsOf(const LogicalNode& subquery);
  uint32_t CellOf(ColumnId id);
  uint32_t CteSlot(uint32_t cte_id);
  // A recursive CTE's round in hand: readers of the whole CTE may come and go meanwhile.
  uint32_t WorkTableSlot(uint32_t cte_id);
  std::vector<std::string> NamesOf(const std::vector<ColumnId>& ids) const;

  // ---- access paths (convert_scan.cc) ----
  struct AccessPath {
    catalog::RelationPtr index;  // null: the rows' own key
    plan::KeyBounds bounds;
    std::vector<size_t> used_filters;  // equalities the bounds take over
    size_t equal_count = 0;
    bool has_range = false;
    std::vector<plan::TermCondition> terms;
    std::vector<const expr::Expr*> term_filters;  // what `terms` are of; they stay filters
    bool by_tid = false;                             // what `bounds` are of stays a filter
    bool unique_match = false;
    double rows = 0;
    double cost = 0;
  };
  bool MatchIndex(LogicalScan& scan, const catalog::RelationPtr& index, AccessPath* path);
  std::optional<AccessPath> MatchTid(const LogicalScan& scan);
  bool MatchTerms(LogicalScan& scan, const catalog::RelationPtr& index, AccessPath* path);
  double TermSelectivity(const AccessPath& path) const;
  // A part of a key, as the scan gives it out; kNoColumn: an expression, or not read.
  struct KeyColumn {
    ColumnId column;
    types::SqlType type;
    Oid collation = kInvalidOid;
  };
  // What the scan's filters say of a key's first parts; `used`: which equalities the bounds take over.
  static void MatchKey(const LogicalScan& scan, const std::vector<KeyColumn>& key,
                       plan::KeyBounds* bounds, std::vector<size_t>* used);
  std::optional<AccessPath> ChoosePath(LogicalScan& scan);
  plan::RowRules ConvertRules(RowRules& rules);
  // `arbiters`: of ON CONFLICT, indexes of the root.
  std::shared_ptr<const plan::RowRouting> ConvertRouting(RowRouting& routing,
                                                         const std::vector<Oid>& arbiters);
  // The index a table's rows are clustered by; null: hidden row ids.
  catalog::RelationPtr ClusteringIndex(const catalog::Relation& table) const;
  bool SortIsGiven(const plan::Node& node, const std::vector<expr::SortKey>& keys);

  // ---- what is opened again and again (keep_rows.cc) ----
  // Around the conversion of a part of the plan: whether it is opened again with other outer columns, and about how
  // often it runs.
  class RerunScope {
   public:
    RerunScope(Conversion& conversion, bool is_rerun, double runs)
        : conversion_(conversion), outer_is_rerun_(conversion.is_rerun_), outer_runs_(conversion.runs_) {
      conversion.is_rerun_ = is_rerun;
      conversion.runs_ = runs < 1 ? 1 : runs;
    }
    ~RerunScope() {
      conversion_.is_rerun_ = outer_is_rerun_;
      conversion_.runs_ = outer_runs_;
    }
    RerunScope(const RerunScope&) = delete;
    RerunScope& operator=(const RerunScope&) = delete;

   private:
    Conversion& conversion_;
    const bool outer_is_rerun_;
    const double outer_runs_;
  };
  // Equalities between columns of `inputs` and outer ones, and the other filters.
  struct OuterConditions {
    std::vector<ExprPtr> equalities, keys, values, others;
    std::vector<bool> null_equal;
  };
  static OuterConditions TakeOuterConditions(std::vector<ExprPtr>& filters,
                                             const std::vector<ColumnId>& inputs);
  bool KeepsScan(LogicalScan& scan);
  Converted ConvertKeptScan(LogicalScan& scan);
  Converted KeepRows(Converted source, OuterConditions conditions, double rows);

  template <typename Node>
  void Finish(Node& node, const std::vector<ColumnId>& outputs, double rows) {
    for (ColumnId id : outputs) node.output_types.push_back(columns_[id].type);
    node.estimated_rows = rows < 1 ? 1 : rows;
    node.id = plan_.node_count++;
  }

  plan::Plan& plan_;
  const StatementColumns& columns_;
  const PlannerInput& input_;
  Cardinality cardinality_;
  std::map<ColumnId, uint32_t> cells_;
  std::map<const RowRouting*, std::shared_ptr<const plan::RowRouting>> routings_;
  std::map<uint32_t, uint32_t> cte_slots_;
  std::map<uint32_t, uint32_t> work_table_slots_;
  std::map<uint32_t, std::string> cte_names_;
  bool is_rerun_ = false;
  double runs_ = 1;
  double rows_here_ = 1;  // of the node whose expressions are resolved: subplans in them run as often
};

}  // namespace grizzly::planner
