// Inner joins are ordered by cost: dynamic programming over connected sets of up to kExactPartsMax
// parts; beyond, the pair with the smallest result first, again and again (greedy operator ordering).
// Cross products come last. Semi and anti joins that keep little go below, to the part they look at.
//
// COST    rows a hash join builds, probes and hands out; or, where an index leads with the join's
//         column, a lookup for each row (see physical/convert_join.cc, which decides in the end).
// SOURCE  Moerkotte, Neumann: Analysis of Two Existing and One New Dynamic Programming Algorithm (VLDB
//         2006), DPsub; Fegaras: A New Heuristic for Optimizing Large Queries (DEXA 1998)
#include <algorithm>
#include <bit>
#include <limits>
#include <unordered_map>

#include "catalog/access_method.h"
#include "planner/optimizer/column_set.h"
#include "planner/optimizer/conjuncts.h"
#include "planner/optimizer/join_cost.h"
#include "planner/optimizer/optimizer.h"

namespace grizzly::planner {
namespace {

constexpr size_t kExactPartsMax = 10;
constexpr size_t kGreedyPartsMax = 256;
// A semi join that keeps less of its part than this, and has fewer rows to build, is worth doing before the
// other joins; later it may have few rows on its left and be turned around.
constexpr double kEarlySemiSelectivity = 0.4;

struct Part {
  LogicalPtr plan;
  double rows = 0;
  double cost = 0;
};

struct Condition {
  ExprPtr expression;
  std::vector<ColumnId> columns;
};

class JoinOrderer {
 public:
  JoinOrderer(const Cardinality& cardinality, const RuleSet& disabled)
      : cardinality_(cardinality), disabled_(disabled) {}

  void Visit(LogicalPtr& node) {
    VisitSubqueries(*node);
    if (!disabled_.Has(Rule::kEarlySemiJoins) && IsEarlyCandidate(*node) && OrderBelowSemis(node)) {
      return;
    }
    if (IsReorderable(*node)) {
      std::vector<Part> parts;
      std::vector<Condition> conditions;
      Flatten(node, &parts, &conditions);
      node = Order(std::move(parts), std::move(conditions));
      return;
    }
    for (LogicalPtr& child : node->children) Visit(child);
    cardinality_.Estimate(*node);
  }

 private:
  static bool IsReorderable(const LogicalNode& node) {
    if (node.kind != LogicalKind::kJoin) return false;
    const auto& join = static_cast<const LogicalJoin&>(node);
    return join.type == JoinType::kInner && !join.lateral;
  }

  // A semi or anti join above inner joins.
  static bool IsEarlyCandidate(const LogicalNode& node) {
    if (node.kind != LogicalKind::kJoin) return false;
    const auto& join = static_cast<const LogicalJoin&>(node);
    return (join.type == JoinType::kSemi || join.type == JoinType::kAnti) && !join.lateral &&
           (IsReorderable(*join.children[0]) || IsEarlyCandidate(*join.children[0]));
  }

  void VisitSubqueries(LogicalNode& node) {
    const std::function<void(ExprPtr&)> descend = [&](ExprPtr& expression) {
      if (expression->kind == expr::ExprKind::kSubquery) {
        auto& subquery = static_cast<expr::SubqueryExpr&>(*expression);
        Visit(static_cast<LogicalSubquery&>(*subquery.body).plan);
      }
      expression->VisitChildren(descend);
    };
    node.VisitExpressions(descend);
  }

  // ---- semi joins ----

  // Takes the semi joins off the inner joins below, puts the selective ones around their parts, orders,
  // and puts the others back on top.
  bool OrderBelowSemis(LogicalPtr& node) {
    std::vector<std::unique_ptr<LogicalJoin>> semis;
    LogicalPtr below = std::move(node);
    while (IsEarlyCandidate(*below)) {
      auto* join = static_cast<LogicalJoin*>(below.release());
      below = std::move(join->children[0]);
      Visit(join->children[1]);
      VisitSubqueries(*join);
      semis.emplace_back(join);
    }
    std::vector<Part> parts;
    std::vector<Condition> conditions;
    Flatten(below, &parts, &conditions);
    std::vector<std::unique_ptr<LogicalJoin>> late;
    for (auto semi = semis.rbegin(); semi != semis.rend(); ++semi) {
      if (!TryEarly(**semi, parts)) late.push_back(std::move(*semi));
    }
    LogicalPtr ordered = Order(std::move(parts), std::move(conditions));
    for (auto& semi : late) {
      semi->outputs = ordered->outputs;
      semi->children[0] = std::move(ordered);
      cardinality_.Estimate(*semi);
      ordered = std::move(semi);
    }
    node = std::move(ordered);
    return true;
  }

  bool TryEarly(LogicalJoin& semi, std::vector<Part>& parts) {
    const ColumnSet inner(semi.children[1]->outputs);
    std::vector<ColumnId> outer;
    for (const ExprPtr& condition : semi.conditions) {
      for (ColumnId id : expr::FreeColumns(*condition)) {
        if (!inner.Contains(id)) outer.push_back(id);
      }
    }
    for (Part& part : parts) {
      if (outer.empty() || !ColumnSet(part.plan->outputs).ContainsAll(outer)) continue;
      auto join = std::make_unique<LogicalJoin>();
      join->type = semi.type;
      join->null_aware = semi.null_aware;
      for (ExprPtr& condition : semi.conditions) join->conditions.push_back(condition->Clone());
      join->outputs = part.plan->outputs;
      join->children.push_back(std::move(part.plan));
      join->children.push_back(std::move(semi.children[1]));
      const double rows = cardinality_.Estimate(*join);
      const double built = join->children[1]->estimated_rows;
      if (rows > part.rows * kEarlySemiSelectivity || built * kBuildCost > part.rows) {
        part.plan = std::move(join->children[0]);
        semi.children[1] = std::move(join->children[1]);
        return false;
      }
      part.cost += part.rows + kBuildCost * join->children[1]->estimated_rows;
      part.rows = rows;
      part.plan = std::move(join);
      return true;
    }
    return false;
  }

  static bool IsColumnarScan(const LogicalNode& node) {
    return node.kind == LogicalKind::kScan &&
           catalog::IsColumnar(*static_cast<const LogicalScan&>(node).relation);
  }
  double ScanCost(const LogicalNode& scan) const {
    const double rows = cardinality_.TableRows(*static_cast<const LogicalScan&>(scan).relation);
    return IsColumnarScan(scan) ? rows * kColumnarScanCost : rows;
  }

  // ---- taking apart ----

  void Flatten(LogicalPtr& node, std::vector<Part>* parts, std::vector<Condition>* conditions) {
    if (!IsReorderable(*node)) {
      Visit(node);
      const double rows = cardinality_.Estimate(*node);
      const double cost = node->kind == LogicalKind::kScan ? ScanCost(*node) : rows;
      parts->push_back({std::move(node), rows, cost});
      return;
    }
    auto& join = static_cast<LogicalJoin&>(*node);
    for (ExprPtr& condition : join.conditions) {
      std::vector<ColumnId> columns = expr::FreeColumns(*condition);
      conditions->push_back({std::move(condition), std::move(columns)});
    }
    Flatten(join.children[0], parts, conditions);
    Flatten(join.children[1], parts, conditions);
  }

  LogicalPtr Order(std::vector<Part> parts, std::vector<Condition> conditions) {
    LogicalPtr root;
    if (disabled_.Has(Rule::kOrderJoins)) {
      root = OrderAsWritten(std::move(parts), conditions);
    } else if (parts.size() > 1 && parts.size() <= kExactPartsMax) {
      root = OrderExactly(parts, conditions);
    }
    if (root == nullptr) root = OrderGreedily(std::move(parts), conditions);
    // What mentions columns of no join here (outer ones) applies to the whole.
    std::vector<ExprPtr> rest;
    for (Condition& condition : conditions) {
      if (condition.expression != nullptr) rest.push_back(std::move(condition.expression));
    }
    if (rest.empty()) return root;
    auto filter = std::make_unique<LogicalFilter>();
    filter->outputs = root->outputs;
    filter->conjuncts = std::move(rest);
    filter->children.push_back(std::move(root));
    cardinality_.Estimate(*filter);
    return filter;
  }

  // ---- exact ----

  // The best plan of a set of parts.
  struct Best {
    double rows = -1;
    double cost = std::numeric_limits<double>::infinity();
    uint32_t left = 0;  // 0: a single part
  };

  struct Edge {
    uint32_t parts;                    // all it mentions
    const expr::Expr* expression;
    std::vector<bool> leads_lookup;    // by part: an index of it begins with the column compared
  };

  static uint32_t PartsOf(const std::vector<ColumnId>& columns, const std::vector<Part>& parts) {
    uint32_t mentioned = 0;
    for (size_t p = 0; p < parts.size(); ++p) {
      if (ColumnSet(parts[p].plan->outputs).ContainsAny(columns)) mentioned |= 1u << p;
    }
    return mentioned;
  }

  // Null when the parts do not hang together.
  LogicalPtr OrderExactly(std::vector<Part>& parts, std::vector<Condition>& conditions) {
    ColumnSet produced;
    for (const Part& part : parts) produced.AddAll(part.plan->outputs);
    std::vector<Edge> edges;
    for (const Condition& condition : conditions) {
      if (!produced.ContainsAll(condition.columns)) continue;  // mentions an enclosing row
      const uint32_t mentioned = PartsOf(condition.columns, parts);
      if (std::popcount(mentioned) < 2) continue;
      Edge edge{mentioned, condition.expression.get(), std::vector<bool>(parts.size())};
      for (size_t p = 0; p < parts.size(); ++p) {
        edge.leads_lookup[p] = LeadsLookup(*condition.expression, *parts[p].plan);
      }
      edges.push_back(std::move(edge));
    }
    const uint32_t all = (1u << parts.size()) - 1;
    std::vector<Best> best(all + 1);
    for (size_t p = 0; p < parts.size(); ++p) best[1u << p] = {parts[p].rows, parts[p].cost, 0};
    for (uint32_t set = 1; set <= all; ++set) {
      if (std::popcount(set) < 2) continue;
      FindBest(set, parts, edges, best);
    }
    if (best[all].left == 0) return nullptr;
    return Assemble(all, parts, conditions, best);
  }

  void FindBest(uint32_t set, const std::vector<Part>& parts, const std::vector<Edge>& edges,
                std::vector<Best>& best) const {
    Best& found = best[set];
    for (uint32_t left = (set - 1) & set; left != 0; left = (left - 1) & set) {
      const uint32_t right = set & ~left;
      if (best[left].rows < 0 || best[right].rows < 0) continue;
      bool connected = false, lookup = false;
      for (const Edge& edge : edges) {
        const bool crosses = (edge.parts & ~set) == 0 && (edge.parts & left) != 0 &&
                             (edge.parts & right) != 0;
        if (!crosses) continue;
        connected = true;
        if (std::popcount(right) == 1) lookup |= edge.leads_lookup[std::countr_zero(right)];
      }
      if (!connected) continue;
      if (found.rows < 0) found.rows = JoinedRows(left, right, parts, edges, best);
      const double both = best[left].cost + best[right].cost;
      double cost = both + best[left].rows + kBuildCost * best[right].rows;
      if (lookup) {
        const double met = std::max(1.0, found.rows / std::max(best[left].rows, 1.0));
        const bool columnar = IsColumnarScan(*parts[std::countr_zero(right)].plan);
        const double row_cost = columnar ? kColumnarLookupCost : 1;
        cost = std::min(cost, best[left].cost + best[left].rows * (kLookupCost + met * row_cost));
      }
      cost += found.rows;
      if (cost < found.cost) {
        found.cost = cost;
        found.left = left;
      }
    }
  }

  double JoinedRows(uint32_t left, uint32_t right, const std::vector<Part>& parts,
                    const std::vector<Edge>& edges, const std::vector<Best>& best) const {
    std::vector<const expr::Expr*> crossing;
    for (const Edge& edge : edges) {
      const bool crosses = (edge.parts & ~(left | right)) == 0 && (edge.parts & left) != 0 &&
                           (edge.parts & right) != 0;
      if (crosses) crossing.push_back(edge.expression);
    }
    const double selectivity =
        cardinality_.JoinSelectivity(crossing, OutputsOf(left, parts), OutputsOf(right, parts));
    return std::max(best[left].rows * best[right].rows * selectivity, 1.0);
  }

  static std::vector<ColumnId> OutputsOf(uint32_t set, const std::vector<Part>& parts) {
    std::vector<ColumnId> outputs;
    for (size_t p = 0; p < parts.size(); ++p) {
      if ((set >> p & 1) == 0) continue;
      outputs.insert(outputs.end(), parts[p].plan->outputs.begin(), parts[p].plan->outputs.end());
    }
    return outputs;
  }

  // Whether `condition` equates a column that an index of this scan begins with.
  bool LeadsLookup(const expr::Expr& condition, const LogicalNode& node) const {
    if (node.kind != LogicalKind::kScan) return false;
    const auto& scan = static_cast<const LogicalScan&>(node);
    const auto comparison = AsComparison(condition);
    if (!comparison || comparison->op != ComparisonOperator::kEqual) return false;
    for (const expr::Expr* side : {comparison->left, comparison->right}) {
      const expr::ColumnExpr* column = AsColumn(*side);
      if (column == nullptr) continue;
      for (size_t i = 0; i < scan.outputs.size(); ++i) {
        if (scan.outputs[i] == column->id && cardinality_.LeadsIndex(scan, scan.attnums[i])) {
          return true;
        }
      }
    }
    return false;
  }

  LogicalPtr Assemble(uint32_t set, std::vector<Part>& parts, std::vector<Condition>& conditions,
                      const std::vector<Best>& best) {
    if (best[set].left == 0) return std::move(parts[std::countr_zero(set)].plan);
    const uint32_t left = best[set].left, right = set & ~left;
    LogicalPtr left_plan = Assemble(left, parts, conditions, best);
    LogicalPtr right_plan = Assemble(right, parts, conditions, best);
    return Join(std::move(left_plan), std::move(right_plan), best[set].rows, conditions);
  }

  // ---- greedy ----

  struct Pair {
    double rows = 0;
    bool connected = false;
    bool operator<(const Pair& other) const {
      return connected != other.connected ? connected : rows < other.rows;
    }
  };

  // Which parts each condition mentions, and the other way round; kept up as parts merge.
  struct Graph {
    std::vector<std::vector<size_t>> parts_of;       // by condition; sorted
    std::vector<std::vector<size_t>> conditions_of;  // by part

    Graph(const std::vector<Part>& parts, const std::vector<Condition>& conditions)
        : parts_of(conditions.size()), conditions_of(parts.size()) {
      std::unordered_map<ColumnId, size_t> owner;
      for (size_t p = 0; p < parts.size(); ++p) {
        for (ColumnId id : parts[p].plan->outputs) owner[id] = p;
      }
      for (size_t c = 0; c < conditions.size(); ++c) {
        for (ColumnId id : conditions[c].columns) {
          const auto found = owner.find(id);
          if (found == owner.end()) {  // mentions an enclosing row: connects nothing here
            parts_of[c].clear();
            break;
          }
          parts_of[c].push_back(found->second);
        }
        Tidy(parts_of[c]);
        for (size_t p : parts_of[c]) conditions_of[p].push_back(c);
      }
    }
    static void Tidy(std::vector<size_t>& list) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
    void Merge(size_t target, size_t gone) {
      for (size_t c : conditions_of[gone]) {
        std::replace(parts_of[c].begin(), parts_of[c].end(), gone, target);
        Tidy(parts_of[c]);
        conditions_of[target].push_back(c);
      }
      Tidy(conditions_of[target]);
    }
  };

  Pair Judge(const std::vector<Part>& parts, const std::vector<Condition>& conditions,
             const Graph& graph, size_t a, size_t b) const {
    std::vector<const expr::Expr*> crossing;
    for (size_t c : graph.conditions_of[a]) {
      const std::vector<size_t>& mentioned = graph.parts_of[c];
      if (conditions[c].expression == nullptr || mentioned.size() != 2) continue;
      if (mentioned[0] == b || mentioned[1] == b) {
        crossing.push_back(conditions[c].expression.get());
      }
    }
    const double product = parts[a].rows * parts[b].rows;
    if (crossing.empty()) return {product, false};
    const double selectivity = cardinality_.JoinSelectivity(crossing, parts[a].plan->outputs,
                                                            parts[b].plan->outputs);
    return {std::max(product * selectivity, 1.0), true};
  }

  // Pairs are judged once, and again only when one of the two has been merged.
  LogicalPtr OrderGreedily(std::vector<Part> parts, std::vector<Condition>& conditions) {
    const size_t count = parts.size();
    if (count == 1) return std::move(parts[0].plan);
    if (count > kGreedyPartsMax) return OrderAsWritten(std::move(parts), conditions);
    Graph graph(parts, conditions);
    std::vector<std::vector<Pair>> pairs(count, std::vector<Pair>(count));  // [a][b], a < b
    std::vector<size_t> best_of(count, 0);  // the best partner behind; 0: none
    std::vector<bool> gone(count, false);
    const auto choose = [&](size_t a) {
      best_of[a] = 0;
      for (size_t b = a + 1; b < count; ++b) {
        if (!gone[b] && (best_of[a] == 0 || pairs[a][b] < pairs[a][best_of[a]])) best_of[a] = b;
      }
    };
    for (size_t a = 0; a < count; ++a) {
      for (size_t b = a + 1; b < count; ++b) pairs[a][b] = Judge(parts, conditions, graph, a, b);
      choose(a);
    }
    size_t last = 0;
    for (size_t merges = 1; merges < count; ++merges) {
      size_t a = count;
      for (size_t i = 0; i < count; ++i) {
        if (gone[i] || best_of[i] == 0) continue;
        if (a == count || pairs[i][best_of[i]] < pairs[a][best_of[a]]) a = i;
      }
      const size_t b = best_of[a];
      Merge(parts[a], parts[b], pairs[a][b].rows, conditions);
      graph.Merge(a, b);
      gone[b] = true;
      last = a;
      for (size_t i = 0; i < count; ++i) {
        if (gone[i] || i == a) continue;
        const auto [low, high] = std::minmax(a, i);
        pairs[low][high] = Judge(parts, conditions, graph, low, high);
        if (best_of[i] == a || best_of[i] == b) {
          choose(i);
        } else if (i < a && pairs[i][a] < pairs[i][best_of[i]]) {
          best_of[i] = a;
        }
      }
      choose(a);
    }
    return std::move(parts[last].plan);
  }

  // Too many to compare: from the first on, the next one that is connected, else the next one.
  LogicalPtr OrderAsWritten(std::vector<Part> parts, std::vector<Condition>& conditions) {
    Graph graph(parts, conditions);
    std::vector<bool> gone(parts.size(), false);
    for (size_t merges = 1; merges < parts.size(); ++merges) {
      size_t next = 0;
      for (size_t c : graph.conditions_of[0]) {
        if (graph.parts_of[c].size() != 2) continue;
        const size_t other = graph.parts_of[c][1];
        if (next == 0 || other < next) next = other;
      }
      for (size_t p = 1; next == 0 && p < parts.size(); ++p) next = gone[p] ? 0 : p;
      const Pair pair = Judge(parts, conditions, graph, 0, next);
      parts[0].plan = Join(std::move(parts[0].plan), std::move(parts[next].plan), pair.rows,
                           conditions);
      parts[0].rows = pair.rows;
      graph.Merge(0, next);
      gone[next] = true;
    }
    return std::move(parts[0].plan);
  }

  void Merge(Part& target, Part& other, double rows, std::vector<Condition>& conditions) {
    // The smaller side becomes the right one: hash joins build there.
    if (target.rows < other.rows) std::swap(target, other);
    target.plan = Join(std::move(target.plan), std::move(other.plan), rows, conditions);
    target.rows = rows;
  }

  static LogicalPtr Join(LogicalPtr left, LogicalPtr right, double rows,
                         std::vector<Condition>& conditions) {
    auto join = std::make_unique<LogicalJoin>();
    join->outputs = left->outputs;
    join->outputs.insert(join->outputs.end(), right->outputs.begin(), right->outputs.end());
    const ColumnSet here(join->outputs);
    for (Condition& condition : conditions) {
      if (condition.expression == nullptr || !here.ContainsAll(condition.columns)) continue;
      join->conditions.push_back(std::move(condition.expression));
    }
    join->estimated_rows = rows;
    join->children.push_back(std::move(left));
    join->children.push_back(std::move(right));
    return join;
  }

  const Cardinality& cardinality_;
  const RuleSet& disabled_;
};

}  // namespace

void OrderJoins(LogicalPtr& root, const Cardinality& cardinality, const RuleSet& disabled) {
  JoinOrderer(cardinality, disabled).Visit(root);
}

}  // namespace grizzly::planner
