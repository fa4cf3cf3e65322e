#include "executor/term_lookup.h"

#include <algorithm>
#include <iterator>

#include "executor/table_access.h"

namespace grizzly::executor {
namespace {

using storage::TermNeed;

constexpr size_t kEntriesPerCheck = 4096;

}  // namespace

TermLookup::TermLookup(std::string head, Scan scan, MemoryTracker* memory,
                       const CancelToken* cancel)
    : head_(std::move(head)),
      scan_(std::move(scan)),
      cancel_(cancel),
      arena_(std::make_unique<Arena>(memory)) {}

std::optional<TermLookup::Suffixes> TermLookup::Find(const std::vector<Condition>& conditions) {
  arena_->Reset();
  std::optional<Suffixes> found;
  for (const Condition& condition : conditions) {
    std::optional<Suffixes> also = FindNeed(condition.part, condition.need);
    if (!also.has_value()) continue;
    if (!found.has_value()) {
      found = std::move(also);
      continue;
    }
    Suffixes both;
    std::set_intersection(found->begin(), found->end(), also->begin(), also->end(),
                          std::back_inserter(both));
    *found = std::move(both);
  }
  return found;
}

std::optional<TermLookup::Suffixes> TermLookup::FindNeed(uint32_t part, const TermNeed& need) {
  switch (need.kind) {
    case TermNeed::Kind::kNothing: return Suffixes();
    case TermNeed::Kind::kEverything: return std::nullopt;
    case TermNeed::Kind::kRange: return ScanRange(part, need);
    case TermNeed::Kind::kAll: {
      std::optional<Suffixes> found;
      for (const TermNeed& each : need.parts) {
        if (found.has_value() && found->empty()) break;
        std::optional<Suffixes> also = FindNeed(part, each);
        if (!also.has_value()) continue;
        if (!found.has_value()) {
          found = std::move(also);
          continue;
        }
        Suffixes both;
        std::set_intersection(found->begin(), found->end(), also->begin(), also->end(),
                              std::back_inserter(both));
        *found = std::move(both);
      }
      return found;
    }
    case TermNeed::Kind::kAny: break;
  }
  Suffixes all;
  for (const TermNeed& each : need.parts) {
    const std::optional<Suffixes> more = FindNeed(part, each);
    if (!more.has_value()) return std::nullopt;
    all.insert(all.end(), more->begin(), more->end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

TermLookup::Suffixes TermLookup::ScanRange(uint32_t part, const TermNeed& need) {
  const std::string prefix = head_ + static_cast<char>(part);
  Suffixes found;
  const auto entries = scan_(prefix + need.from, prefix + need.to);
  for (; entries->Valid(); entries->Next()) {
    if (found.size() % kEntriesPerCheck == 0 && cancel_ != nullptr) cancel_->Check();
    if (!storage::TermIsWithinY(need, entries->key().substr(prefix.size()))) continue;
    found.push_back(arena_->CopyString(SuffixOfMark(entries->value())));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace grizzly::executor
