// Writes of a transaction in memory: keys in order, each with its versions by command.
//
// A skip list of keys; a key's versions are a chain, newest first. Undo drops the newest writes in the
// reverse order they were made. Keys and versions stay where they are until Clear, so a cursor may go
// on while writes are added or undone.
//
// MEMORY   an arena charged to the tracker given to Open; throws 53200 when that refuses. What is
//          undone is freed only by Clear.
// THREADS  one at a time.
// TESTS    tests/fuzz/txn_write_set_model.cc
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/memory/arena.h"

namespace grizzly::txn {

using CommandId = uint32_t;

class WriteSet {
 public:
  struct Version {
    const Version* older;
    const char* value;  // null: deleted
    uint32_t value_bytes;
    CommandId command;
    uint32_t position;  // in the history of this set's writes

    bool is_deleted() const { return value == nullptr; }
    std::string_view bytes() const { return {value, value_bytes}; }
  };
  struct Node;

  WriteSet() = default;
  ~WriteSet() = default;
  WriteSet(const WriteSet&) = delete;
  WriteSet& operator=(const WriteSet&) = delete;

  // Whom the next writes are charged to; the set is empty.
  void Open(MemoryTracker* memory) { memory_ = memory; }
  // Forgets everything and gives the memory back.
  void Clear();

  void Put(std::string_view key, std::string_view value, CommandId command);
  void Delete(std::string_view key, CommandId command);

  // No write since Clear that was not undone.
  bool empty() const { return undo_.empty(); }
  size_t write_count() const { return undo_.size(); }
  size_t byte_count() const { return byte_count_; }
  // What it takes, undone writes included.
  size_t memory_bytes() const { return arena_.has_value() ? arena_->allocated_bytes() : 0; }

  // A place in the history of writes, to undo back to.
  size_t position() const { return undo_.size(); }
  void UndoTo(size_t position);

  // The newest version by a command before `command`, or null.
  const Version* Find(std::string_view key, CommandId command) const;

  // ---- in key order; nodes whose writes were all undone have no version ----
  // The first node with a key >= `key` (null: none), or with a key < `key`, the last one.
  const Node* FirstAtOrAfter(std::string_view key) const;
  const Node* LastBefore(std::string_view key) const;
  const Node* First() const { return head_[0]; }
  static const Node* Next(const Node* node);
  static const Node* Previous(const Node* node);
  static std::string_view KeyOf(const Node* node);
  static const Version* VersionOf(const Node* node, CommandId command);
  // Whether [from, to) has a node.
  bool TouchesRange(std::string_view from, std::string_view to) const;

 private:
  static constexpr int kHeightMax = 12;  // 4^12 keys

  Node* FindOrInsert(std::string_view key);
  Node* NewNode(std::string_view key, int height);
  void Add(std::string_view key, const char* value, size_t value_bytes, CommandId command);
  int RandomHeight();
  Arena& arena();
  // The last node before `key` on each level (null: the head); returns the one after on level 0.
  Node* Descend(std::string_view key, Node** before) const;

  MemoryTracker* memory_ = nullptr;
  std::optional<Arena> arena_;
  std::array<Node*, kHeightMax> head_{};
  std::array<Node*, kHeightMax> tail_{};  // last node of each level: ascending inserts need no search
  int height_ = 0;
  uint32_t random_ = 0x9E3779B9;
  size_t byte_count_ = 0;
  std::vector<Node*> undo_;  // the node of each write, in order
};

}  // namespace grizzly::txn
