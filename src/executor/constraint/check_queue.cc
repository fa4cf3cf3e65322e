#include "executor/constraint/check_queue.h"

#include <functional>

namespace grizzly::executor {
namespace {

// A check in the list, and its node in the set.
constexpr int64_t kBytesPerCheck = 2 * sizeof(Check) + 4 * sizeof(void*);

}  // namespace

Oid CheckRule::TableOf(CheckKind kind) const {
  if (foreign_key == nullptr) return index->table->oid;
  return kind == CheckKind::kReferenced ? foreign_key->referenced->oid
                                        : foreign_key->referencing->oid;
}

CheckQueue::CheckQueue(MemoryTracker* memory) : memory_(memory), arena_(memory) {}

CheckQueue::~CheckQueue() {
  if (memory_ != nullptr) memory_->Release(reserved_bytes_);
}

size_t CheckQueue::Hash::operator()(const Check& check) const {
  const std::hash<std::string_view> hash;
  return hash(check.subject) * 31 + hash(check.other) * 7 + check.rule * 5 +
         static_cast<size_t>(check.kind);
}

uint32_t CheckQueue::NumberOf(const CheckRule& rule) {
  for (size_t i = rules_.size(); i > 0; --i) {
    if (rules_[i - 1].constraint() == rule.constraint()) return static_cast<uint32_t>(i - 1);
  }
  rules_.push_back(rule);
  return static_cast<uint32_t>(rules_.size() - 1);
}

void CheckQueue::Add(CheckKind kind, const CheckRule& rule, std::string_view subject,
                     std::string_view other) {
  Check check{kind, NumberOf(rule), subject, other};
  if (known_.contains(check)) return;
  if (memory_ != nullptr) memory_->Reserve(kBytesPerCheck);
  reserved_bytes_ += kBytesPerCheck;
  check.subject = arena_.CopyString(subject);
  check.other = arena_.CopyString(other);
  known_.insert(check);
  checks_.push_back(check);
}

void CheckQueue::AddAll(const CheckQueue& other) {
  for (const Check& check : other.checks_) {
    Add(check.kind, other.RuleOf(check), check.subject, check.other);
  }
}

void CheckQueue::CutTo(size_t size) {
  while (checks_.size() > size) {
    known_.erase(checks_.back());
    checks_.pop_back();
  }
}

}  // namespace grizzly::executor
