// An immutable hash map: a change makes a new map that shares all but one path with the old one.
//
// A trie of 16-way nodes over the hash, with small unsorted leaves; a change among 10,000
// entries copies one leaf and about three nodes. Copying a map copies one pointer.
//
// THREADS  a map that nobody assigns to may be read from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace grizzly::catalog {

// Hash must spread well over all 64 bits; Equal and Hash take whatever Find is called with.
template <typename Key, typename Value, typename Hash, typename Equal>
class PersistentMap {
 public:
  using Entry = std::pair<Key, Value>;

  size_t size() const { return size_; }

  // Valid while this map, or one made from it that still has the entry, lives.
  template <typename Lookup>
  const Value* Find(const Lookup& key) const {
    const uint64_t hash = Hash()(key);
    const Node* node = root_.get();
    for (unsigned shift = 0; node != nullptr; shift += kBits) {
      if (node->is_leaf) {
        for (const Entry& entry : node->entries) {
          if (Equal()(entry.first, key)) return &entry.second;
        }
        return nullptr;
      }
      node = node->children[Slot(hash, shift)].get();
    }
    return nullptr;
  }

  void Set(const Key& key, Value value) {
    bool added = false;
    root_ = WithEntry(root_, Hash()(key), 0, Entry(key, std::move(value)), &added);
    if (added) ++size_;
  }

  template <typename Lookup>
  bool Erase(const Lookup& key) {
    if (Find(key) == nullptr) return false;
    root_ = WithoutKey(root_, Hash()(key), 0, key);
    --size_;
    return true;
  }

  // In no particular order.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    if (root_ != nullptr) VisitNode(*root_, visit);
  }

 private:
  static constexpr unsigned kBits = 4;
  static constexpr size_t kLeafEntriesMax = 8;  // a leaf at the last level may hold more

  struct Node;
  using NodePtr = std::shared_ptr<const Node>;
  struct Node {
    bool is_leaf = true;
    std::vector<Entry> entries;
    std::array<NodePtr, size_t{1} << kBits> children;
  };

  static size_t Slot(uint64_t hash, unsigned shift) { return (hash >> shift) & ((1u << kBits) - 1); }

  static NodePtr WithEntry(const NodePtr& node, uint64_t hash, unsigned shift, Entry entry,
                           bool* added) {
    auto copy = node == nullptr ? std::make_shared<Node>() : std::make_shared<Node>(*node);
    if (!copy->is_leaf) {
      NodePtr& child = copy->children[Slot(hash, shift)];
      child = WithEntry(child, hash, shift + kBits, std::move(entry), added);
      return copy;
    }
    for (Entry& existing : copy->entries) {
      if (Equal()(existing.first, entry.first)) {
        existing.second = std::move(entry.second);
        return copy;
      }
    }
    *added = true;
    copy->entries.push_back(std::move(entry));
    if (copy->entries.size() > kLeafEntriesMax && shift + kBits < 64) Split(*copy, shift);
    return copy;
  }

  static void Split(Node& leaf, unsigned shift) {
    std::vector<Entry> entries = std::move(leaf.entries);
    leaf.entries.clear();
    leaf.is_leaf = false;
    for (Entry& entry : entries) {
      const uint64_t hash = Hash()(entry.first);
      NodePtr& child = leaf.children[Slot(hash, shift)];
      bool added = false;
      child = WithEntry(child, hash, shift + kBits, std::move(entry), &added);
    }
  }

  template <typename Lookup>
  static NodePtr WithoutKey(const NodePtr& node, uint64_t hash, unsigned shift, const Lookup& key) {
    auto copy = std::make_shared<Node>(*node);
    if (copy->is_leaf) {
      std::erase_if(copy->entries, [&](const Entry& e) { return Equal()(e.first, key); });
      return copy->entries.empty() ? nullptr : NodePtr(std::move(copy));
    }
    NodePtr& child = copy->children[Slot(hash, shift)];
    child = WithoutKey(child, hash, shift + kBits, key);
    for (const NodePtr& left : copy->children) {
      if (left != nullptr) return copy;
    }
    return nullptr;
  }

  template <typename Visit>
  static void VisitNode(const Node& node, const Visit& visit) {
    for (const Entry& entry : node.entries) visit(entry.first, entry.second);
    for (const NodePtr& child : node.children) {
      if (child != nullptr) VisitNode(*child, visit);
    }
  }

  NodePtr root_;
  size_t size_ = 0;
};

// Spreads an integer over 64 bits (the finaliser of SplitMix64).
constexpr uint64_t SpreadHash(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

struct OidHash {
  uint64_t operator()(uint64_t oid) const { return SpreadHash(oid + 0x9e3779b97f4a7c15ULL); }
};

template <typename Value>
using OidMap = PersistentMap<uint32_t, Value, OidHash, std::equal_to<>>;

}  // namespace grizzly::catalog
