// WITH: common table expressions, recursive and data-modifying ones.
#include <fmt/format.h>

#include <set>

#include "facts/access_methods.h"
#include "planner/binder/query_binder.h"
#include "planner/binder/recursion.h"
#include "planner/binder/search_cycle.h"
#include "types/array.h"
#include "types/collation.h"

namespace grizzly::planner {

namespace {

bool IsQuery(const ast::Node& node) { return node.node_case == PG_QUERY__NODE__NODE_SELECT_STMT; }

void NameColumns(BindState& state, Cte& cte, const PgQuery__CommonTableExpr& node,
                 const BoundQuery& query) {
  cte.column_names.clear();
  cte.column_types.clear();
  for (const OutputColumn& output : query.outputs) {
    cte.column_names.push_back(output.name);
    cte.column_types.push_back(state.columns[output.id].type);
  }
  if (node.n_aliascolnames > cte.column_names.size()) {
    throw SqlError(SqlState::kInvalidColumnReference,
                   fmt::format("WITH query \"{}\" has {} columns available but {} columns specified",
                               cte.name, cte.column_names.size(), node.n_aliascolnames))
        .At(node.location);
  }
  for (size_t i = 0; i < node.n_aliascolnames; ++i) {
    cte.column_names[i] = StringOf(node.aliascolnames[i]);
  }
}

class CteBinder {
 public:
  CteBinder(BindState& state, QueryLevel& level) : state_(state), level_(level) {}

  LogicalPtr Bind(const PgQuery__CommonTableExpr& node, bool recursive) {
    if (!IsQuery(*node.ctequery)) return BindModifying(node);
    if (recursive) return BindRecursive(node);
    BoundQuery query = QueryBinder(state_, &level_).Bind(*node.ctequery->select_stmt);
    NameColumns(state_, Add(node), node, query);
    SearchCycle(state_, level_, node).Check(false, level_.ctes.back()->column_names);
    return std::move(query.plan);
  }

 private:
  Cte& Add(const PgQuery__CommonTableExpr& node) {
    auto cte = std::make_unique<Cte>();
    cte->name = node.ctename;
    cte->id = state_.NextCteId();
    cte->location = node.location;
    level_.ctes.push_back(std::move(cte));
    return *level_.ctes.back();
  }

  LogicalPtr BindModifying(const PgQuery__CommonTableExpr& node) {
    if (node.ctequery->node_case == PG_QUERY__NODE__NODE_MERGE_STMT) {
      throw SqlError(SqlState::kFeatureNotSupported, "MERGE not supported in WITH query")
          .At(node.location);
    }
    if (level_.outer != nullptr) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "WITH clause containing a data-modifying statement must be at the top level")
          .At(node.location);
    }
    BoundQuery query = QueryBinder(state_, &level_).BindAny(*node.ctequery);
    Cte& cte = Add(node);
    cte.modifies = true;
    state_.modifies_in_cte = true;
    NameColumns(state_, cte, node, query);
    return std::move(query.plan);
  }

  LogicalPtr BindRecursive(const PgQuery__CommonTableExpr& node) {
    const PgQuery__SelectStmt& select = *node.ctequery->select_stmt;
    Cte& cte = Add(node);
    QueryLevel* around = &level_;
    std::vector<LogicalPtr> inner;
    if (select.with_clause != nullptr) {
      around = &NewLevel(state_, &level_);
      BindWith(state_, *around, *select.with_clause, &inner);
    }
    left_locations_.clear();
    for (size_t i = 0; i < select.larg->n_target_list; ++i) {
      left_locations_.push_back(LocationOf(select.larg->target_list[i]->res_target->val));
    }
    BoundQuery first = QueryBinder(state_, around).Bind(*select.larg);
    NameColumns(state_, cte, node, first);
    SearchCycle search_cycle(state_, level_, node);
    search_cycle.Check(true, cte.column_names);
    search_cycle.AddColumns(cte);
    cte.in_progress = true;
    cte.is_recursive = true;
    BoundQuery second = QueryBinder(state_, around).Bind(*select.rarg, /*keep_unknown=*/true);
    cte.in_progress = false;
    LogicalPtr plan = JoinTerms(cte, std::move(first), std::move(second), select.all, search_cycle);
    if (select.with_clause == nullptr) return plan;
    return WrapInWith(*around, *select.with_clause, std::move(inner), std::move(plan));
  }

  // What both terms have together must be what the first has alone.
  void CheckCollationOfTerms(const Cte& cte, size_t i, ColumnId left, const BoundQuery& right) {
    const Oid mine = state_.columns[left].type.collation;
    if (mine == kInvalidOid) return;
    std::vector<ExprPtr> terms;
    terms.push_back(state_.Mention(left, -1));
    if (right.projection != nullptr && i < right.projection->expressions.size()) {
      terms.push_back(right.projection->expressions[i]->Clone());
    } else {
      terms.push_back(state_.Mention(right.outputs[i].id, -1));
    }
    const Oid overall = CombinedCollation(terms);
    if (overall == mine || overall == types::kConflictingCollation) return;
    throw SqlError(SqlState::kCollationMismatch,
                   fmt::format("recursive query \"{}\" column {} has collation \"{}\" in "
                               "non-recursive term but collation \"{}\" overall",
                               cte.name, i + 1, CollationName(mine),
                               CollationName(overall)))
        .Hint("Use the COLLATE clause to set the collation of the non-recursive term.")
        .At(LeftLocation(i));
  }

  int LeftLocation(size_t i) const { return left_locations_.size() > i ? left_locations_[i] : -1; }

  // A modifier that only the first term has is none of both together.
  void CheckTypmodOfTerms(const Cte& cte, size_t i, const SqlType& left, const SqlType& right) {
    const bool same = left.oid == right.oid && left.typmod == right.typmod;
    if (same || left.typmod == types::kNoTypmod || left.oid == facts::kRecordOid) return;
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("recursive query \"{}\" column {} has type {} in non-recursive term "
                               "but type {} overall",
                               cte.name, i + 1, state_.types().Name(left.oid, left.typmod),
                               state_.types().Name(left.oid)))
        .Hint("Cast the output of the non-recursive term to the correct type.")
        .At(LeftLocation(i));
  }

  // Rows that were there before are found by hash.
  static void RequireHash(Oid type) {
    while (type < kFirstUserOid && types::ArrayElementOid(type) != kInvalidOid) {
      type = types::ArrayElementOid(type);
    }
    const bool lacks_hash = facts::DefaultOpclass(facts::kBtreeMethodOid, type) != nullptr &&
                            facts::DefaultOpclass(facts::kHashMethodOid, type) == nullptr;
    if (!lacks_hash) return;
    throw SqlError(SqlState::kFeatureNotSupported, "could not implement recursive UNION")
        .Detail("All column datatypes must be hashable.");
  }

  LogicalPtr JoinTerms(Cte& cte, BoundQuery left, BoundQuery right, bool all,
                       SearchCycle& search_cycle) {
    if (left.outputs.size() != right.outputs.size()) {
      throw SqlError(SqlState::kSyntaxError,
                     "each UNION query must have the same number of columns");
    }
    auto node = std::make_unique<LogicalRecursiveUnion>();
    node->cte_id = cte.id;
    node->all = all;
    for (size_t i = 0; i < left.outputs.size(); ++i) {
      const SqlType mine = state_.columns[left.outputs[i].id].type;
      const std::vector<Oid> both = {mine.oid, state_.columns[right.outputs[i].id].type.oid};
      const Oid common = SelectCommonTypeOf(state_, both, {}, "UNION");
      if (common != mine.oid) {
        throw SqlError(SqlState::kDatatypeMismatch,
                       fmt::format("recursive query \"{}\" column {} has type {} in non-recursive "
                                   "term but type {} overall",
                                   cte.name, i + 1, state_.types().Name(mine.oid),
                                   state_.types().Name(common)))
            .Hint("Cast the output of the non-recursive term to the correct type.")
            .At(LeftLocation(i));
      }
      CheckTypmodOfTerms(cte, i, mine, state_.columns[right.outputs[i].id].type);
      CheckCollationOfTerms(cte, i, left.outputs[i].id, right);
      if (!all) RequireEqualityOperator(state_, common, -1);
      if (!all) RequireHash(common);
    }
    LogicalProject* const projection = right.projection;
    CoerceOutputs(state_, right, cte.column_types, "UNION", &level_);
    if (!search_cycle.empty()) {
      search_cycle.ExtendFirst(left);
      search_cycle.ExtendRecursive(right, projection, cte);
    }
    for (const OutputColumn& output : left.outputs) {
      node->outputs.push_back(
          state_.AddColumn({output.name, state_.columns[output.id].type}, &level_));
    }
    node->children.push_back(std::move(left.plan));
    node->children.push_back(std::move(right.plan));
    return Visible(std::move(node), cte.column_types.size());
  }

  // The union without the columns only its own terms read.
  LogicalPtr Visible(LogicalPtr plan, size_t count) {
    if (plan->outputs.size() == count) return plan;
    auto project = std::make_unique<LogicalProject>();
    for (size_t i = 0; i < count; ++i) {
      project->outputs.push_back(plan->outputs[i]);
      project->expressions.push_back(state_.Mention(plan->outputs[i], -1));
    }
    project->children.push_back(std::move(plan));
    return project;
  }

  BindState& state_;
  QueryLevel& level_;
  std::vector<int> left_locations_;  // of the non-recursive term's targets
};

void CheckNames(const PgQuery__WithClause& with) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < with.n_ctes; ++i) {
    const PgQuery__CommonTableExpr& node = *with.ctes[i]->common_table_expr;
    if (names.insert(node.ctename).second) continue;
    throw SqlError(SqlState::kDuplicateAlias,
                   fmt::format("WITH query name \"{}\" specified more than once", node.ctename))
        .At(node.location);
  }
}

const PgQuery__CommonTableExpr& NodeOf(const PgQuery__WithClause& with, std::string_view name) {
  size_t i = 0;
  while (with.ctes[i]->common_table_expr->ctename != name) ++i;
  return *with.ctes[i]->common_table_expr;
}

char MaterializedOf(PgQuery__CTEMaterialize choice) {
  if (choice == PG_QUERY__CTEMATERIALIZE__CTEMaterializeAlways) return 'a';
  return choice == PG_QUERY__CTEMATERIALIZE__CTEMaterializeNever ? 'n' : 'd';
}

}  // namespace

void BindWith(BindState& state, QueryLevel& level, const PgQuery__WithClause& with,
              std::vector<LogicalPtr>* plans) {
  CheckNames(with);
  CteBinder binder(state, level);
  const CteOrder order = OrderCtes(with);
  for (const size_t i : order.order) {
    plans->push_back(binder.Bind(*with.ctes[i]->common_table_expr, order.is_recursive[i]));
  }
}

LogicalPtr WrapInWith(QueryLevel& level, const PgQuery__WithClause& with,
                      std::vector<LogicalPtr> plans, LogicalPtr body) {
  auto node = std::make_unique<LogicalWith>();
  for (size_t i = 0; i < plans.size(); ++i) {
    const Cte& cte = *level.ctes[i];
    node->ctes.push_back({cte.id, cte.name,
                          MaterializedOf(NodeOf(with, cte.name).ctematerialized),
                          cte.reference_count});
    node->children.push_back(std::move(plans[i]));
  }
  node->children.push_back(std::move(body));
  return node;
}

}  // namespace grizzly::planner
