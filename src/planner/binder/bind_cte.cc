// WITH: common table expressions, recursive and data-modifying ones.
#include <fmt/format.h>

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

namespace {

bool IsQuery(const ast::Node& node) { return node.node_case == PG_QUERY__NODE__NODE_SELECT_STMT; }

bool IsUnion(const ast::Node& node) {
  return IsQuery(node) && node.select_stmt->op == PG_QUERY__SET_OPERATION__SETOP_UNION;
}

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
    for (const auto& other : level_.ctes) {
      if (other->name != node.ctename) continue;
      throw SqlError(SqlState::kDuplicateAlias,
                     fmt::format("WITH query name \"{}\" specified more than once", node.ctename))
          .At(node.location);
    }
    if (!IsQuery(*node.ctequery)) return BindModifying(node);
    if (recursive && IsUnion(*node.ctequery)) return BindUnion(node);
    if (recursive) return BindNonUnion(node);
    BoundQuery query = QueryBinder(state_, &level_).Bind(*node.ctequery->select_stmt);
    NameColumns(state_, Add(node), node, query);
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

  // WITH RECURSIVE allows, but does not ask for, recursion.
  LogicalPtr BindNonUnion(const PgQuery__CommonTableExpr& node) {
    Cte& cte = Add(node);
    cte.in_progress = true;
    BoundQuery query = QueryBinder(state_, &level_).Bind(*node.ctequery->select_stmt);
    if (cte.self_reference_seen) ThrowNotRecursiveForm(cte);
    cte.in_progress = false;
    NameColumns(state_, cte, node, query);
    return std::move(query.plan);
  }

  [[noreturn]] static void ThrowNotRecursiveForm(const Cte& cte) {
    throw SqlError(SqlState::kInvalidRecursion,
                   fmt::format("recursive query \"{}\" does not have the form non-recursive-term "
                               "UNION [ALL] recursive-term",
                               cte.name))
        .At(cte.location);
  }

  LogicalPtr BindUnion(const PgQuery__CommonTableExpr& node) {
    const PgQuery__SelectStmt& select = *node.ctequery->select_stmt;
    const bool plain = select.with_clause == nullptr;
    Cte& cte = Add(node);
    cte.in_progress = true;
    cte.forbidden = "within its non-recursive term";
    BoundQuery left = QueryBinder(state_, &level_).Bind(*select.larg);
    NameColumns(state_, cte, node, left);
    cte.forbidden = nullptr;
    BoundQuery right = QueryBinder(state_, &level_).Bind(*select.rarg, /*keep_unknown=*/true);
    cte.in_progress = false;
    if (!cte.self_reference_seen || !plain) {
      // Not recursive after all: bound again, as the plain union it is.
      if (cte.self_reference_seen) ThrowNotSupported("WITH inside a recursive query", cte.location);
      level_.ctes.pop_back();
      BoundQuery query = QueryBinder(state_, &level_).Bind(select);
      NameColumns(state_, Add(node), node, query);
      return std::move(query.plan);
    }
    cte.is_recursive = true;
    CheckRecursiveClauses(select, cte);
    return JoinTerms(cte, std::move(left), std::move(right), select.all);
  }

  static void CheckRecursiveClauses(const PgQuery__SelectStmt& select, const Cte& cte) {
    const auto refuse = [&](std::string_view clause) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("{} in a recursive query is not implemented", clause))
          .At(cte.location);
    };
    if (select.n_sort_clause > 0) refuse("ORDER BY");
    if (select.limit_offset != nullptr) refuse("OFFSET");
    if (select.limit_count != nullptr) refuse("LIMIT");
    if (select.n_locking_clause > 0) refuse("FOR UPDATE/SHARE");
  }

  LogicalPtr JoinTerms(Cte& cte, BoundQuery left, BoundQuery right, bool all) {
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
            .Hint("Cast the output of the non-recursive term to the correct type.");
      }
      if (!all) RequireEqualityOperator(state_, common, -1);
      node->outputs.push_back(state_.AddColumn({cte.column_names[i], mine}, &level_));
    }
    CoerceOutputs(state_, right, cte.column_types, "UNION", &level_);
    node->children.push_back(std::move(left.plan));
    node->children.push_back(std::move(right.plan));
    return node;
  }

  BindState& state_;
  QueryLevel& level_;
};

char MaterializedOf(PgQuery__CTEMaterialize choice) {
  if (choice == PG_QUERY__CTEMATERIALIZE__CTEMaterializeAlways) return 'a';
  return choice == PG_QUERY__CTEMATERIALIZE__CTEMaterializeNever ? 'n' : 'd';
}

}  // namespace

void BindWith(BindState& state, QueryLevel& level, const PgQuery__WithClause& with,
              std::vector<LogicalPtr>* plans) {
  CteBinder binder(state, level);
  for (size_t i = 0; i < with.n_ctes; ++i) {
    plans->push_back(binder.Bind(*with.ctes[i]->common_table_expr, with.recursive));
  }
}

LogicalPtr WrapInWith(QueryLevel& level, const PgQuery__WithClause& with,
                      std::vector<LogicalPtr> plans, LogicalPtr body) {
  auto node = std::make_unique<LogicalWith>();
  for (size_t i = 0; i < plans.size(); ++i) {
    const Cte& cte = *level.ctes[i];
    node->ctes.push_back({cte.id, cte.name,
                          MaterializedOf(with.ctes[i]->common_table_expr->ctematerialized),
                          cte.reference_count});
    node->children.push_back(std::move(plans[i]));
  }
  node->children.push_back(std::move(body));
  return node;
}

}  // namespace grizzly::planner
