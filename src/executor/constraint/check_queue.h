// Checks that wait for the end of their statement or transaction, in the order rows were changed.
//
// The same check twice is one check: a thousand rows that refer to one row are looked up once.
//
// OWNS     copies of all bytes, charged to the tracker (53200).
// THREADS  the statement's.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/memory/arena.h"
#include "plan/constraint_rule.h"

namespace grizzly::executor {

enum class CheckKind : uint8_t {
  kReference,    // `subject`: values that some row refers to; they have to be there
  kReferrer,     // `subject`: suffix of a row that may refer to something, as it is by then
  kReferenced,   // `subject`: values that were there, `other`: what replaced them (empty: nothing)
  kIndexKey,     // `subject`: key of an index that at most one row may have
  kExclusion,    // `subject`: suffix of a row that may exclude others
};

struct Check {
  CheckKind kind;
  uint32_t rule;
  std::string_view subject;
  std::string_view other;
  bool operator==(const Check&) const = default;
};

// One of the two.
struct CheckRule {
  plan::ForeignKeyRulePtr foreign_key;
  plan::IndexRulePtr index;

  Oid constraint() const { return foreign_key ? foreign_key->constraint : index->constraint; }
  // The table whose rows were changed.
  Oid TableOf(CheckKind kind) const;
};

class CheckQueue {
 public:
  explicit CheckQueue(MemoryTracker* memory);
  ~CheckQueue();
  CheckQueue(const CheckQueue&) = delete;
  CheckQueue& operator=(const CheckQueue&) = delete;

  void Add(CheckKind kind, const CheckRule& rule, std::string_view subject,
           std::string_view other = {});
  void AddAll(const CheckQueue& other);

  bool empty() const { return checks_.empty(); }
  size_t size() const { return checks_.size(); }
  const std::vector<Check>& checks() const { return checks_; }
  const CheckRule& RuleOf(const Check& check) const { return rules_[check.rule]; }
  // Forgets all but the first `size`.
  void CutTo(size_t size);

 private:
  struct Hash {
    size_t operator()(const Check& check) const;
  };
  uint32_t NumberOf(const CheckRule& rule);

  MemoryTracker* const memory_;
  Arena arena_;
  int64_t reserved_bytes_ = 0;
  std::vector<CheckRule> rules_;
  std::vector<Check> checks_;
  std::unordered_set<Check, Hash> known_;
};

}  // namespace grizzly::executor
