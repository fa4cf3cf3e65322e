// Window calls: one node per distinct partitioning and order, one above the other.
//
// ORDER   The windows that sort by most, and by what the query names last, come first; those without
//         an order see the rows as the others leave them. So a query without ORDER BY gives its rows
//         in the order PostgreSQL gives them.
#include <algorithm>

#include "planner/physical/conversion.h"

namespace grizzly::planner {

namespace {

// One partitioning and order, and the calls over it.
struct Window {
  std::vector<size_t> calls;
  struct Key {
    size_t expression;  // numbered as the query's windows mention them
    bool descending;
    bool nulls_first;
    bool operator==(const Key&) const = default;
  };
  std::vector<Key> keys;
  size_t partition_keys = 0;
};

class Windows {
 public:
  explicit Windows(const std::vector<ExprPtr>& calls) {
    for (size_t i = 0; i < calls.size(); ++i) {
      Add(static_cast<const expr::WindowExpr&>(*calls[i]), i);
    }
    std::stable_sort(windows_.begin(), windows_.end(), ComesFirst);
  }

  const std::vector<Window>& windows() const { return windows_; }

 private:
  size_t NumberOf(const expr::Expr& expression) {
    for (size_t i = 0; i < expressions_.size(); ++i) {
      if (expr::Equals(*expressions_[i], expression)) return i;
    }
    expressions_.push_back(&expression);
    return expressions_.size() - 1;
  }

  void Add(const expr::WindowExpr& call, size_t position) {
    Window window;
    for (const ExprPtr& key : call.partition_by) window.keys.push_back({NumberOf(*key), false, false});
    window.partition_keys = window.keys.size();
    for (const expr::SortKey& key : call.order_by) {
      window.keys.push_back({NumberOf(*key.expression), key.descending, key.nulls_first});
    }
    const auto same = std::find_if(windows_.begin(), windows_.end(), [&](const Window& other) {
      return other.keys == window.keys && other.partition_keys == window.partition_keys;
    });
    if (same != windows_.end()) {
      same->calls.push_back(position);
      return;
    }
    window.calls.push_back(position);
    windows_.push_back(std::move(window));
  }

  static bool ComesFirst(const Window& a, const Window& b) {
    const size_t common = std::min(a.keys.size(), b.keys.size());
    for (size_t i = 0; i < common; ++i) {
      if (a.keys[i] == b.keys[i]) continue;
      if (a.keys[i].expression != b.keys[i].expression) {
        return a.keys[i].expression > b.keys[i].expression;
      }
      if (a.keys[i].descending != b.keys[i].descending) return a.keys[i].descending;
      return a.keys[i].nulls_first;
    }
    return a.keys.size() > b.keys.size();
  }

  std::vector<Window> windows_;
  std::vector<const expr::Expr*> expressions_;
};

}  // namespace

Converted Conversion::ConvertWindow(LogicalWindow& window) {
  Converted source = Convert(*window.children[0]);
  const size_t passed = window.outputs.size() - window.calls.size();
  std::vector<ColumnId> columns = source.columns;
  const Windows windows(window.calls);
  for (const Window& each : windows.windows()) {
    auto node = std::make_unique<plan::WindowNode>();
    std::vector<ColumnId> outputs = columns;
    for (const size_t i : each.calls) {
      ExprPtr resolved = Resolve(window.calls[i]->Clone(), columns);
      node->calls.emplace_back(static_cast<expr::WindowExpr*>(resolved.release()));
      outputs.push_back(window.outputs[passed + i]);
    }
    Finish(*node, outputs, source.node->estimated_rows);
    node->total_cost = source.node->total_cost + 4 * source.node->estimated_rows;
    node->children.push_back(std::move(source.node));
    source.node = std::move(node);
    columns = std::move(outputs);
  }
  return {std::move(source.node), std::move(columns)};
}

}  // namespace grizzly::planner
