// The choice among candidates that all fit: PostgreSQL 15 docs 10.2 step 3, 10.3 step 4.
#include "planner/binder/type_resolution.h"

namespace grizzly::planner {
namespace {

// Keeps those with the highest score; true when one is left.
template <typename Score>
void KeepBest(std::vector<Candidate>& candidates, Score score) {
  int best = -1;
  std::vector<int> scores;
  for (const Candidate& candidate : candidates) {
    scores.push_back(score(candidate));
    best = std::max(best, scores.back());
  }
  size_t kept = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (scores[i] != best) continue;
    if (kept != i) candidates[kept] = std::move(candidates[i]);
    ++kept;
  }
  candidates.resize(kept);
}

// What the unknown arguments of all candidates want at one position.
struct Slot {
  char category = 'X';
  bool preferred = false;
  bool agreed = false;
};

class Selector {
 public:
  Selector(TypeLookup& types, std::span<const Oid> arguments) : types_(types) {
    for (const Oid type : arguments) {
      arguments_.push_back(types.BaseOf(type));
      if (type == facts::kUnknownOid) ++unknown_count_;
    }
  }

  Choice Run(std::vector<Candidate>& candidates) {
    KeepBest(candidates, [this](const Candidate& c) { return ExactMatches(c); });
    if (candidates.size() == 1) return Choice::kOne;
    KeepBest(candidates, [this](const Candidate& c) { return ExactOrPreferred(c); });
    if (candidates.size() == 1) return Choice::kOne;
    if (unknown_count_ == 0) return Choice::kAmbiguous;
    KeepByUnknownCategories(candidates);
    if (candidates.size() == 1) return Choice::kOne;
    KeepByKnownType(candidates);
    return candidates.size() == 1 ? Choice::kOne : Choice::kAmbiguous;
  }

 private:
  bool IsUnknownAt(size_t i) const { return arguments_[i] == facts::kUnknownOid; }

  int ExactMatches(const Candidate& candidate) const {
    int matches = 0;
    for (size_t i = 0; i < arguments_.size(); ++i) {
      if (!IsUnknownAt(i) && candidate.types[i] == arguments_[i]) ++matches;
    }
    return matches;
  }

  int ExactOrPreferred(const Candidate& candidate) const {
    int matches = 0;
    for (size_t i = 0; i < arguments_.size(); ++i) {
      if (IsUnknownAt(i)) continue;
      const TypeShape& wanted = types_.Of(candidate.types[i]);
      const bool preferred =
          wanted.preferred && wanted.category == types_.Of(arguments_[i]).category;
      if (candidate.types[i] == arguments_[i] || preferred) ++matches;
    }
    return matches;
  }

  Slot SlotAt(const std::vector<Candidate>& candidates, size_t i) const {
    Slot slot;
    bool conflict = false;
    for (const Candidate& candidate : candidates) {
      const TypeShape& shape = types_.Of(candidate.types[i]);
      if (slot.category == 'X') {
        slot.category = shape.category;
        slot.preferred = shape.preferred;
      } else if (slot.category == shape.category) {
        slot.preferred = slot.preferred || shape.preferred;
      } else if (shape.category == 'S') {
        slot.category = 'S';  // a literal looks like a string: that category wins
        slot.preferred = shape.preferred;
        conflict = false;
      } else if (slot.category != 'S') {
        conflict = true;
      }
    }
    slot.agreed = !conflict;
    return slot;
  }

  void KeepByUnknownCategories(std::vector<Candidate>& candidates) {
    std::vector<Slot> slots(arguments_.size());
    for (size_t i = 0; i < arguments_.size(); ++i) {
      if (!IsUnknownAt(i)) continue;
      slots[i] = SlotAt(candidates, i);
      if (!slots[i].agreed) return;
    }
    std::vector<Candidate> kept;
    for (const Candidate& candidate : candidates) {
      if (FitsSlots(candidate, slots)) kept.push_back(candidate);
    }
    if (!kept.empty()) candidates = std::move(kept);
  }

  bool FitsSlots(const Candidate& candidate, const std::vector<Slot>& slots) const {
    for (size_t i = 0; i < arguments_.size(); ++i) {
      if (!IsUnknownAt(i)) continue;
      const TypeShape& shape = types_.Of(candidate.types[i]);
      if (shape.category != slots[i].category) return false;
      if (slots[i].preferred && !shape.preferred) return false;
    }
    return true;
  }

  // All known arguments of one type: the unknown ones may be of that type, too.
  void KeepByKnownType(std::vector<Candidate>& candidates) {
    Oid known = facts::kUnknownOid;
    for (const Oid type : arguments_) {
      if (type == facts::kUnknownOid) continue;
      if (known != facts::kUnknownOid && known != type) return;
      known = type;
    }
    if (known == facts::kUnknownOid) return;
    const Candidate* only = nullptr;
    const std::vector<Oid> assumed(arguments_.size(), known);
    for (const Candidate& candidate : candidates) {
      if (!CanCoerceAll(types_, assumed, candidate.types, CoercionKind::kImplicit)) continue;
      if (!FitsPolymorphic(types_, assumed, candidate.types)) continue;
      if (only != nullptr) return;
      only = &candidate;
    }
    if (only == nullptr) return;
    Candidate chosen = *only;
    candidates.assign(1, std::move(chosen));
  }

  TypeLookup& types_;
  std::vector<Oid> arguments_;  // domains as their base types
  int unknown_count_ = 0;
};

}  // namespace

Choice SelectCandidate(TypeLookup& types, std::span<const Oid> arguments,
                       std::vector<Candidate>& candidates) {
  if (candidates.empty()) return Choice::kNone;
  if (candidates.size() == 1) return Choice::kOne;
  return Selector(types, arguments).Run(candidates);
}

}  // namespace grizzly::planner
