#include "planner/binder/recursion.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "parser/ast_walk.h"
#include "planner/binder/expression_binder.h"

namespace grizzly::planner {

namespace {

using parser::As;
using parser::ForEachPart;
using Message = ProtobufCMessage;

const PgQuery__CommonTableExpr& CteAt(const PgQuery__WithClause& with, size_t i) {
  return *with.ctes[i]->common_table_expr;
}

// Walks queries keeping track of the names that inner WITH lists take.
class NameWalker {
 public:
  virtual ~NameWalker() = default;

  void Walk(const Message& message) {
    CheckStack();
    if (const auto* name = As<PgQuery__RangeVar>(message, pg_query__range_var__descriptor)) {
      if (*name->schemaname == '\0' && !IsShadowed(name->relname)) OnName(*name);
      return;
    }
    if (const auto* list = As<PgQuery__WithClause>(message, pg_query__with_clause__descriptor)) {
      static_cast<void>(list);
      return;  // walked by its statement, which knows how far its names reach
    }
    const PgQuery__WithClause* const with = WithOf(message);
    const size_t before = shadows_.size();
    if (with != nullptr) EnterWith(*with);
    OnMessage(message);
    shadows_.resize(before);
  }

 protected:
  virtual void OnName(const PgQuery__RangeVar& name) = 0;
  // Walks what is below.
  virtual void OnMessage(const Message& message) { WalkParts(message); }
  void WalkParts(const Message& message) {
    ForEachPart(message, [this](const Message& part) { Walk(part); });
  }
  void WalkNode(const ast::Node* node) {
    if (node != nullptr) WalkParts(node->base);
  }
  void WalkQuery(const PgQuery__SelectStmt* select) {
    if (select != nullptr) Walk(select->base);
  }

 private:
  static void CheckStack() { CheckStackDepth(); }

  static const PgQuery__WithClause* WithOf(const Message& message) {
    if (const auto* s = As<PgQuery__SelectStmt>(message, pg_query__select_stmt__descriptor)) {
      return s->with_clause;
    }
    if (const auto* s = As<PgQuery__InsertStmt>(message, pg_query__insert_stmt__descriptor)) {
      return s->with_clause;
    }
    if (const auto* s = As<PgQuery__UpdateStmt>(message, pg_query__update_stmt__descriptor)) {
      return s->with_clause;
    }
    if (const auto* s = As<PgQuery__DeleteStmt>(message, pg_query__delete_stmt__descriptor)) {
      return s->with_clause;
    }
    return nullptr;
  }

  // Names of a RECURSIVE list reach each other's queries, of others only those behind.
  void EnterWith(const PgQuery__WithClause& with) {
    if (with.recursive) {
      for (size_t i = 0; i < with.n_ctes; ++i) shadows_.push_back(CteAt(with, i).ctename);
    }
    for (size_t i = 0; i < with.n_ctes; ++i) {
      WalkNode(CteAt(with, i).ctequery);
      if (!with.recursive) shadows_.push_back(CteAt(with, i).ctename);
    }
  }

  bool IsShadowed(std::string_view name) const {
    return std::find(shadows_.begin(), shadows_.end(), name) != shadows_.end();
  }

  std::vector<std::string_view> shadows_;
};

// Which names of the list a query mentions.
class MentionFinder final : public NameWalker {
 public:
  explicit MentionFinder(const PgQuery__WithClause& with) : with_(with) {}
  std::set<size_t> Find(const PgQuery__CommonTableExpr& cte) {
    WalkNode(cte.ctequery);
    return std::move(found_);
  }

 private:
  void OnName(const PgQuery__RangeVar& name) override {
    for (size_t i = 0; i < with_.n_ctes; ++i) {
      if (std::string_view(CteAt(with_, i).ctename) == name.relname) found_.insert(i);
    }
  }

  const PgQuery__WithClause& with_;
  std::set<size_t> found_;
};

// Whether the one reference to itself stands where it may.
class FormChecker final : public NameWalker {
 public:
  explicit FormChecker(const PgQuery__CommonTableExpr& cte) : cte_(cte) {}

  void Check() {
    if (cte_.ctequery->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
      Refuse("recursive query \"{}\" must not contain data-modifying statements", cte_.location);
    }
    const PgQuery__SelectStmt& select = *cte_.ctequery->select_stmt;
    if (select.op != PG_QUERY__SET_OPERATION__SETOP_UNION) {
      Refuse("recursive query \"{}\" does not have the form non-recursive-term UNION [ALL] "
             "recursive-term",
             cte_.location);
    }
    CheckWith(select);
    CheckDecoration(select);
    where_ = "within its non-recursive term";
    WalkQuery(select.larg);
    where_ = nullptr;
    WalkQuery(select.rarg);
  }

 private:
  [[noreturn]] void Refuse(std::string_view message, int location) const {
    throw SqlError(SqlState::kInvalidRecursion, fmt::format(fmt::runtime(message), cte_.ctename))
        .At(location);
  }

  void CheckWith(const PgQuery__SelectStmt& select) {
    if (select.with_clause == nullptr) return;
    where_ = "within a subquery";
    for (size_t i = 0; i < select.with_clause->n_ctes; ++i) {
      WalkNode(CteAt(*select.with_clause, i).ctequery);
    }
  }

  static void CheckDecoration(const PgQuery__SelectStmt& select) {
    const auto refuse = [](std::string_view clause, const ast::Node* node) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("{} in a recursive query is not implemented", clause))
          .At(LocationOf(node));
    };
    if (select.n_sort_clause > 0) refuse("ORDER BY", select.sort_clause[0]->sort_by->node);
    if (select.limit_offset != nullptr) refuse("OFFSET", select.limit_offset);
    if (select.limit_count != nullptr) refuse("LIMIT", select.limit_count);
    if (select.n_locking_clause > 0) refuse("FOR UPDATE/SHARE", nullptr);
  }

  void OnName(const PgQuery__RangeVar& name) override {
    if (std::string_view(cte_.ctename) != name.relname) return;
    if (where_ != nullptr) {
      Refuse(std::string("recursive reference to query \"{}\" must not appear ") + where_,
             name.location);
    }
    if (seen_) {
      Refuse("recursive reference to query \"{}\" must not appear more than once", name.location);
    }
    seen_ = true;
  }

  void OnMessage(const Message& message) override {
    if (where_ != nullptr) return WalkParts(message);
    if (const auto* s = As<PgQuery__SelectStmt>(message, pg_query__select_stmt__descriptor)) {
      return OnSelect(*s);
    }
    if (const auto* j = As<PgQuery__JoinExpr>(message, pg_query__join_expr__descriptor)) {
      return OnJoin(*j);
    }
    if (const auto* l = As<PgQuery__SubLink>(message, pg_query__sub_link__descriptor)) {
      Within("within a subquery", [&] { WalkNode(l->subselect); });
      return WalkNode(l->testexpr);
    }
    WalkParts(message);
  }

  template <typename Walk>
  void Within(const char* where, Walk walk) {
    where_ = where;
    walk();
    where_ = nullptr;
  }

  void OnSelect(const PgQuery__SelectStmt& select) {
    const bool intersect = select.op == PG_QUERY__SET_OPERATION__SETOP_INTERSECT;
    const bool except = select.op == PG_QUERY__SET_OPERATION__SETOP_EXCEPT;
    if (!intersect && !except) return WalkParts(select.base);
    const char* const where = intersect ? "within INTERSECT" : "within EXCEPT";
    where_ = select.all ? where : nullptr;
    WalkQuery(select.larg);
    if (except) where_ = where;
    WalkQuery(select.rarg);
    where_ = nullptr;
    for (size_t i = 0; i < select.n_sort_clause; ++i) WalkNode(select.sort_clause[i]);
    WalkNode(select.limit_count);
    WalkNode(select.limit_offset);
  }

  void OnJoin(const PgQuery__JoinExpr& join) {
    constexpr const char* kOuterJoin = "within an outer join";
    const bool left = join.jointype == PG_QUERY__JOIN_TYPE__JOIN_LEFT;
    const bool right = join.jointype == PG_QUERY__JOIN_TYPE__JOIN_RIGHT;
    const bool full = join.jointype == PG_QUERY__JOIN_TYPE__JOIN_FULL;
    where_ = right || full ? kOuterJoin : nullptr;
    WalkNode(join.larg);
    where_ = left || full ? kOuterJoin : nullptr;
    WalkNode(join.rarg);
    where_ = nullptr;
    WalkNode(join.quals);
  }

  const PgQuery__CommonTableExpr& cte_;
  const char* where_ = nullptr;  // why a reference may not stand here; null: it may
  bool seen_ = false;
};

}  // namespace


CteOrder OrderCtes(const PgQuery__WithClause& with) {
  CteOrder result;
  result.is_recursive.resize(with.n_ctes, false);
  if (!with.recursive) {
    for (size_t i = 0; i < with.n_ctes; ++i) result.order.push_back(i);
    return result;
  }
  std::vector<std::set<size_t>> needs;
  for (size_t i = 0; i < with.n_ctes; ++i) {
    needs.push_back(MentionFinder(with).Find(CteAt(with, i)));
    result.is_recursive[i] = needs[i].erase(i) > 0;
  }
  std::vector<size_t> left;
  for (size_t i = 0; i < with.n_ctes; ++i) left.push_back(i);
  while (!left.empty()) {
    const auto ready =
        std::find_if(left.begin(), left.end(), [&](size_t i) { return needs[i].empty(); });
    if (ready == left.end()) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "mutual recursion between WITH items is not implemented")
          .At(CteAt(with, left.front()).location);
    }
    const size_t next = *ready;
    left.erase(ready);
    result.order.push_back(next);
    for (std::set<size_t>& each : needs) each.erase(next);
  }
  for (size_t i = 0; i < with.n_ctes; ++i) {
    if (result.is_recursive[i]) FormChecker(CteAt(with, i)).Check();
  }
  return result;
}

}  // namespace grizzly::planner
