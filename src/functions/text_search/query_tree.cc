#include "functions/text_search/query_tree.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace grizzly::functions {
namespace {

using types::TsNode;
using types::TsOperator;

// PostgreSQL orders lexemes of queries by an old checksum first: CRC-32's table, shifted the other way,
// and signed.
int32_t LexemeChecksum(std::string_view text) {
  static constexpr auto kTable = [] {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
      table[i] = crc;
    }
    return table;
  }();
  uint32_t crc = 0xFFFFFFFF;
  for (const char c : text) {
    crc = kTable[(crc >> 24 ^ static_cast<uint8_t>(c)) & 0xFF] ^ crc << 8;
  }
  return static_cast<int32_t>(~crc);
}

// A node with any number of operands: a & b & c is one.
struct Wide {
  struct Head {  // a TsNode without its operands
    bool is_operator = false;
    TsOperator op = TsOperator::kAnd;
    uint16_t distance = 0;
    std::string lexeme;
    uint8_t weights = 0;
    bool is_prefix = false;
  };
  Head head;
  std::vector<Wide> children;
  int32_t checksum = 0;
  bool is_new = false;  // put in by a rewrite: not to be rewritten again
};

// Operands from right to left, as PostgreSQL's stored form has them.
Wide Widen(const TsNode& node) {
  Wide wide;
  wide.head = {node.is_operator, node.op,      node.distance,
               node.lexeme,      node.weights, node.is_prefix};
  if (!node.is_operator) {
    wide.checksum = LexemeChecksum(node.lexeme);
    return wide;
  }
  wide.children.push_back(Widen(*node.right));
  if (node.left != nullptr) wide.children.push_back(Widen(*node.left));
  return wide;
}

int Ordered(bool is_less) { return is_less ? -1 : 1; }

int Compare(const Wide& a, const Wide& b) {
  // What is greater goes first.
  if (a.head.is_operator != b.head.is_operator) return Ordered(a.head.is_operator);
  if (!a.head.is_operator) {
    if (a.checksum != b.checksum) return Ordered(a.checksum > b.checksum);
    return a.head.lexeme.compare(b.head.lexeme);
  }
  if (a.head.op != b.head.op) return Ordered(a.head.op > b.head.op);
  if (a.children.size() != b.children.size()) return Ordered(a.children.size() > b.children.size());
  for (size_t i = 0; i < a.children.size(); ++i) {
    const int order = Compare(a.children[i], b.children[i]);
    if (order != 0) return order;
  }
  if (a.head.op == TsOperator::kPhrase && a.head.distance != b.head.distance) {
    return Ordered(a.head.distance > b.head.distance);
  }
  return 0;
}

bool IsCommutative(const Wide& node) {
  return node.head.is_operator &&
         (node.head.op == TsOperator::kAnd || node.head.op == TsOperator::kOr);
}

// (a & b) & c becomes & of three.
void Flatten(Wide& node) {
  for (Wide& child : node.children) Flatten(child);
  if (!IsCommutative(node)) return;
  std::vector<Wide> flat;
  for (Wide& child : node.children) {
    if (child.head.is_operator && child.head.op == node.head.op) {
      for (Wide& grandchild : child.children) flat.push_back(std::move(grandchild));
    } else {
      flat.push_back(std::move(child));
    }
  }
  node.children = std::move(flat);
}

void SortChildren(Wide& node) {
  if (node.head.op == TsOperator::kPhrase || node.children.size() < 2) return;
  std::stable_sort(node.children.begin(), node.children.end(),
                   [](const Wide& a, const Wide& b) { return Compare(a, b) < 0; });
}
void Sort(Wide& node) {
  for (Wide& child : node.children) Sort(child);
  if (node.head.is_operator) SortChildren(node);
}

TsNodePointer Narrow(Wide&& wide) {
  auto node = std::make_unique<TsNode>();
  node->is_operator = wide.head.is_operator;
  node->op = wide.head.op;
  node->distance = wide.head.distance;
  node->lexeme = std::move(wide.head.lexeme);
  node->weights = wide.head.weights;
  node->is_prefix = wide.head.is_prefix;
  if (!node->is_operator) return node;
  std::vector<TsNodePointer> children;
  for (Wide& child : wide.children) children.push_back(Narrow(std::move(child)));
  if (children.size() == 1) {
    node->right = std::move(children[0]);
    return node;
  }
  // The first two pair up, then the last ones join from the end.
  while (children.size() > 2) {
    TsNodePointer pair = MakeTsOperator(node->op, std::move(children[1]), std::move(children[0]),
                                        node->distance);
    children[0] = std::move(pair);
    children[1] = std::move(children.back());
    children.pop_back();
  }
  node->right = std::move(children[0]);
  node->left = std::move(children[1]);
  return node;
}

// Replaces the whole or, of an AND or OR, some of the operands.
class Rewriter {
 public:
  Rewriter(const Wide& target, const Wide* substitute) : target_(target), substitute_(substitute) {}

  // False: the node is gone.
  bool Run(Wide& node) {
    if (node.is_new) return true;
    if (!Replace(node)) return false;
    if (node.is_new || !node.head.is_operator) return true;
    std::vector<Wide> kept;
    const size_t before = node.children.size();
    for (Wide& child : node.children) {
      if (Run(child)) kept.push_back(std::move(child));
    }
    node.children = std::move(kept);
    if (node.children.size() == before || substitute_ != nullptr) return true;
    if (node.children.empty()) return false;
    if (node.children.size() == 1 && node.head.op != TsOperator::kNot) {
      Wide only = std::move(node.children[0]);
      node = std::move(only);
    }
    return true;
  }

 private:
  bool Replace(Wide& node) {
    if (node.head.is_operator != target_.head.is_operator) return true;
    if (Compare(node, target_) == 0) {
      if (substitute_ == nullptr) return false;
      node = *substitute_;
      node.is_new = true;
      return true;
    }
    if (!IsCommutative(node) || node.head.op != target_.head.op ||
        node.children.size() <= target_.children.size()) {
      return true;
    }
    return ReplaceSome(node);
  }

  bool ReplaceSome(Wide& node) {
    std::vector<bool> matched(node.children.size(), false);
    size_t found = 0;
    size_t i = 0;
    while (i < node.children.size() && found < target_.children.size()) {
      const int order = Compare(node.children[i], target_.children[found]);
      if (order > 0) break;
      if (order == 0) {
        matched[i] = true;
        ++found;
      }
      ++i;
    }
    if (found != target_.children.size()) return true;
    std::vector<Wide> rest;
    for (size_t k = 0; k < node.children.size(); ++k) {
      if (!matched[k]) rest.push_back(std::move(node.children[k]));
    }
    if (substitute_ != nullptr) {
      rest.push_back(*substitute_);
      rest.back().is_new = true;
    }
    node.children = std::move(rest);
    if (substitute_ == nullptr && node.children.size() == 1) {
      Wide only = std::move(node.children[0]);
      node = std::move(only);
      return Run(node);
    }
    Sort(node);
    return true;
  }

  const Wide& target_;
  const Wide* const substitute_;
};

// PostgreSQL's size of a stored query, which its order looks at.
size_t StoredBytes(const TsNode* node) {
  if (node == nullptr) return 0;
  if (!node->is_operator) return 12 + node->lexeme.size() + 1;
  return 12 + StoredBytes(node->left.get()) + StoredBytes(node->right.get());
}

}  // namespace

TsNodePointer MakeTsOperator(TsOperator op, TsNodePointer left, TsNodePointer right, int distance) {
  auto node = std::make_unique<TsNode>();
  node->is_operator = true;
  node->op = op;
  node->distance = static_cast<uint16_t>(distance);
  node->left = std::move(left);
  node->right = std::move(right);
  return node;
}

TsNodePointer CopyTsQuery(const TsNode* query) {
  return query == nullptr ? nullptr : Narrow(Widen(*query));
}

int CountTsNodes(const TsNode* query) {
  return query == nullptr ? 0
                          : 1 + CountTsNodes(query->left.get()) + CountTsNodes(query->right.get());
}

int CompareTsQueries(std::string_view a_bytes, std::string_view b_bytes) {
  const TsNodePointer a = types::ReadTsQuery(a_bytes);
  const TsNodePointer b = types::ReadTsQuery(b_bytes);
  const int a_count = CountTsNodes(a.get());
  const int b_count = CountTsNodes(b.get());
  if (a_count != b_count) return Ordered(a_count < b_count);
  const size_t a_size = StoredBytes(a.get());
  const size_t b_size = StoredBytes(b.get());
  if (a_size != b_size) return Ordered(a_size < b_size);
  return a == nullptr ? 0 : Compare(Widen(*a), Widen(*b));
}

TsNodePointer WithoutNegations(TsNodePointer query) {
  if (query == nullptr || !query->is_operator) return query;
  if (query->op == TsOperator::kNot) return nullptr;
  TsNodePointer left = WithoutNegations(std::move(query->left));
  TsNodePointer right = WithoutNegations(std::move(query->right));
  if (query->op == TsOperator::kOr) {
    if (left == nullptr || right == nullptr) return nullptr;
  } else if (left == nullptr || right == nullptr) {
    return left == nullptr ? std::move(right) : std::move(left);
  }
  query->left = std::move(left);
  query->right = std::move(right);
  return query;
}

TsNodePointer SortTsQuery(const TsNode& query) {
  Wide tree = Widen(query);
  Flatten(tree);
  Sort(tree);
  return Narrow(std::move(tree));
}

TsNodePointer RewriteTsQuery(TsNodePointer query, const TsNode& target, const TsNode* substitute) {
  if (query == nullptr) return nullptr;
  Wide tree = Widen(*query);
  Flatten(tree);
  Sort(tree);
  Wide wanted = Widen(target);
  Flatten(wanted);
  Sort(wanted);
  Wide replacement;
  if (substitute != nullptr) replacement = Widen(*substitute);
  if (!Rewriter(wanted, substitute == nullptr ? nullptr : &replacement).Run(tree)) return nullptr;
  return Narrow(std::move(tree));
}

}  // namespace grizzly::functions
