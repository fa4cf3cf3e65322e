// Who depends on whom among the committed transactions of a history, and cycles among that.
//
// WW  the writer of a value -> the writer of the value after it
// WR  the writer of a value -> who read it
// RW  who read a value -> the writer of the value after it (an anti-dependency)
//
// SOURCE   Adya, Liskov, O'Neil: Generalized Isolation Level Definitions (2000); Kingsbury, Alvaro: Elle (2020)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace grizzly::history {

enum class EdgeKind : uint8_t { kWw, kWr, kRw };

class DependencyGraph {
 public:
  explicit DependencyGraph(size_t node_count) : edges_(node_count) {}

  void Add(int from, int to, EdgeKind kind, std::string why);

  // Cycles as text, empty when there is none.
  std::string FindG0() const;          // WW only
  std::string FindG1c() const;         // WW and WR
  // A cycle without two RW edges in a row (G-single among them): what no snapshot allows.
  std::string FindNonAdjacent() const;
  std::string FindAny() const;         // G2

 private:
  struct Edge {
    int to;
    EdgeKind kind;
    std::string why;
  };
  // Finds a cycle in the graph of (node, came by RW), with edges that `allowed` lets through.
  template <typename Allowed>
  std::string Find(Allowed allowed) const;

  std::vector<std::vector<Edge>> edges_;
};

}  // namespace grizzly::history
