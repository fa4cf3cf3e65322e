#include "txn/write_set.h"

#include <cstring>

#include "base/error/check.h"

namespace grizzly::txn {
namespace {

constexpr size_t kUndoKept = 1024;  // capacity that outlives a transaction

}  // namespace

struct WriteSet::Node {
  const Version* newest;
  Node* previous;
  const char* key;
  uint32_t key_bytes;
  uint32_t height;
  Node* next[1];  // `height` of them

  std::string_view view() const { return {key, key_bytes}; }
};

Arena& WriteSet::arena() {
  if (!arena_.has_value()) arena_.emplace(memory_);
  return *arena_;
}

void WriteSet::Clear() {
  arena_.reset();
  head_.fill(nullptr);
  tail_.fill(nullptr);
  height_ = 0;
  byte_count_ = 0;
  undo_.clear();
  if (undo_.capacity() > kUndoKept) undo_.shrink_to_fit();
  memory_ = nullptr;
}

int WriteSet::RandomHeight() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  int height = 1;
  for (uint32_t bits = random_; height < kHeightMax && (bits & 3) == 0; bits >>= 2) ++height;
  return height;
}

WriteSet::Node* WriteSet::NewNode(std::string_view key, int height) {
  const size_t bytes = sizeof(Node) + (height - 1) * sizeof(Node*);
  char* memory = arena().Allocate(bytes + key.size(), alignof(Node));
  Node* node = reinterpret_cast<Node*>(memory);
  std::memcpy(memory + bytes, key.data(), key.size());
  node->newest = nullptr;
  node->key = memory + bytes;
  node->key_bytes = static_cast<uint32_t>(key.size());
  node->height = static_cast<uint32_t>(height);
  return node;
}

WriteSet::Node* WriteSet::Descend(std::string_view key, Node** before) const {
  Node* at = nullptr;
  Node* next = nullptr;
  for (int level = height_ - 1; level >= 0; --level) {
    next = at == nullptr ? head_[level] : at->next[level];
    while (next != nullptr && next->view() < key) {
      at = next;
      next = at->next[level];
    }
    if (before != nullptr) before[level] = at;
  }
  return next;
}

WriteSet::Node* WriteSet::FindOrInsert(std::string_view key) {
  Node* before[kHeightMax];
  if (tail_[0] != nullptr && tail_[0]->view() < key) {
    std::copy_n(tail_.begin(), height_, before);
  } else {
    Node* const found = Descend(key, before);
    if (found != nullptr && found->view() == key) return found;
  }
  const int height = RandomHeight();
  Node* const node = NewNode(key, height);  // may throw; nothing has changed yet
  for (; height_ < height; ++height_) before[height_] = nullptr;
  for (int level = 0; level < height; ++level) {
    Node*& link = before[level] == nullptr ? head_[level] : before[level]->next[level];
    node->next[level] = link;
    if (link == nullptr) tail_[level] = node;
    link = node;
  }
  node->previous = before[0];
  if (node->next[0] != nullptr) node->next[0]->previous = node;
  return node;
}

void WriteSet::Add(std::string_view key, const char* value, size_t value_bytes,
                   CommandId command) {
  Node* const node = FindOrInsert(key);
  Version* const version = arena().AllocateArray<Version>(1);
  undo_.push_back(node);
  *version = {node->newest, value, static_cast<uint32_t>(value_bytes), command,
              static_cast<uint32_t>(undo_.size() - 1)};
  node->newest = version;
  byte_count_ += key.size() + value_bytes + sizeof(Version);
}

void WriteSet::Put(std::string_view key, std::string_view value, CommandId command) {
  char* const copy = arena().Allocate(value.size(), 1);
  if (!value.empty()) std::memcpy(copy, value.data(), value.size());
  Add(key, copy, value.size(), command);
}

void WriteSet::Delete(std::string_view key, CommandId command) { Add(key, nullptr, 0, command); }

void WriteSet::UndoTo(size_t position) {
  GRIZZLY_CHECK(position <= undo_.size());
  while (undo_.size() > position) {
    Node* const node = undo_.back();
    byte_count_ -= node->key_bytes + node->newest->value_bytes + sizeof(Version);
    node->newest = node->newest->older;
    undo_.pop_back();
  }
}

const WriteSet::Version* WriteSet::VersionOf(const Node* node, CommandId command) {
  const Version* version = node->newest;
  while (version != nullptr && version->command >= command) version = version->older;
  return version;
}

const WriteSet::Version* WriteSet::Find(std::string_view key, CommandId command) const {
  const Node* const node = FirstAtOrAfter(key);
  return node != nullptr && node->view() == key ? VersionOf(node, command) : nullptr;
}

const WriteSet::Node* WriteSet::FirstAtOrAfter(std::string_view key) const {
  return Descend(key, nullptr);
}

const WriteSet::Node* WriteSet::LastBefore(std::string_view key) const {
  const Node* const after = Descend(key, nullptr);
  return after != nullptr ? after->previous : tail_[0];
}

const WriteSet::Node* WriteSet::Next(const Node* node) { return node->next[0]; }
const WriteSet::Node* WriteSet::Previous(const Node* node) { return node->previous; }
std::string_view WriteSet::KeyOf(const Node* node) { return node->view(); }

bool WriteSet::TouchesRange(std::string_view from, std::string_view to) const {
  const Node* const node = FirstAtOrAfter(from);
  return node != nullptr && node->view() < to;
}

}  // namespace grizzly::txn
