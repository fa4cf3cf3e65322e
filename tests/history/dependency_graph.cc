#include "history/dependency_graph.h"

#include <fmt/format.h>

#include <algorithm>

namespace grizzly::history {
namespace {

std::string_view Name(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::kWw: return "ww";
    case EdgeKind::kWr: return "wr";
    case EdgeKind::kRw: return "rw";
  }
  return "";
}

}  // namespace

void DependencyGraph::Add(int from, int to, EdgeKind kind, std::string why) {
  if (from == to) return;
  edges_[static_cast<size_t>(from)].push_back({to, kind, std::move(why)});
}

// Depth first over places: node * 2, + 1 when it was come to by an RW edge.
template <typename Allowed>
std::string DependencyGraph::Find(Allowed allowed) const {
  enum : uint8_t { kNew, kOnPath, kDone };
  std::vector<uint8_t> state(edges_.size() * 2, kNew);
  struct Step {
    size_t place;
    size_t next_edge;
    const Edge* by;
  };
  for (size_t start = 0; start < state.size(); ++start) {
    if (state[start] != kNew) continue;
    std::vector<Step> path{{start, 0, nullptr}};
    state[start] = kOnPath;
    while (!path.empty()) {
      Step& step = path.back();
      const std::vector<Edge>& edges = edges_[step.place / 2];
      if (step.next_edge == edges.size()) {
        state[step.place] = kDone;
        path.pop_back();
        continue;
      }
      const Edge& edge = edges[step.next_edge++];
      if (!allowed(edge.kind, step.place % 2 == 1)) continue;
      const size_t to = static_cast<size_t>(edge.to) * 2 + (edge.kind == EdgeKind::kRw ? 1 : 0);
      if (state[to] == kOnPath) {
        std::string text;
        auto at = std::find_if(path.begin(), path.end(), [&](const Step& s) { return s.place == to; });
        for (++at; at != path.end(); ++at) {
          text += fmt::format(" -{}-> T{} ({})", Name(at->by->kind), at->place / 2, at->by->why);
        }
        return fmt::format("T{}{} -{}-> T{} ({})", to / 2, text, Name(edge.kind), edge.to, edge.why);
      }
      if (state[to] == kDone) continue;
      state[to] = kOnPath;
      path.push_back({to, 0, &edge});
    }
  }
  return {};
}

std::string DependencyGraph::FindG0() const {
  return Find([](EdgeKind kind, bool) { return kind == EdgeKind::kWw; });
}

std::string DependencyGraph::FindG1c() const {
  return Find([](EdgeKind kind, bool) { return kind != EdgeKind::kRw; });
}

std::string DependencyGraph::FindNonAdjacent() const {
  return Find([](EdgeKind kind, bool came_by_rw) { return kind != EdgeKind::kRw || !came_by_rw; });
}

std::string DependencyGraph::FindAny() const {
  return Find([](EdgeKind, bool) { return true; });
}

}  // namespace grizzly::history
