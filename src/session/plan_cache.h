// Plans of one database, shared by its sessions: by statement text with the constants lifted out.
//
// An entry fits when the text's shape, the search path, the role and every constant that is part of
// the plan agree, and the catalog has not changed since. A changed catalog empties the cache.
// LIMITS   kPlanCacheShapesMax shapes; the whole cache is dropped when it is full (plans are cheap).
// THREADS  any.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parser/parse.h"
#include "plan/plan.h"
#include "planner/binder/binder.h"

namespace grizzly::session {

inline constexpr size_t kPlanCacheShapesMax = 4096;
// Variants of one shape (other constants in the plan): more are not worth keeping.
inline constexpr size_t kPlanCacheVariantsMax = 8;

// A query estimated to cost more than this (in rows read in order, see planner/physical) is planned for
// its constants each time: planning is nothing to what a better plan saves.
inline constexpr double kSharedPlanCostMax = 20'000;

struct CachedPlan {
  plan::PlanPtr plan;       // null: too expensive to share
  std::string environment;  // search path and role it was planned under
  uint64_t catalog_version = 0;
  std::vector<planner::LiftedLiteral> lifted;
  struct Pinned {
    uint32_t literal;
    std::string text;
  };
  std::vector<Pinned> pinned;  // literals that are part of the plan
};
using CachedPlanPtr = std::shared_ptr<const CachedPlan>;

class PlanCache {
 public:
  CachedPlanPtr Find(const std::string& shape, const std::vector<parser::Literal>& literals,
                     std::string_view environment, uint64_t catalog_version);
  void Add(const std::string& shape, CachedPlanPtr plan);
  void Clear();

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::vector<CachedPlanPtr>> plans_;
};

}  // namespace grizzly::session
