#include "session/plan_cache.h"

#include <algorithm>

namespace grizzly::session {
namespace {

bool PinnedAgree(const CachedPlan& cached, const std::vector<parser::Literal>& literals) {
  return std::all_of(cached.pinned.begin(), cached.pinned.end(),
                     [&](const CachedPlan::Pinned& pinned) {
                       return literals[pinned.literal].text == pinned.text;
                     });
}

}  // namespace

CachedPlanPtr PlanCache::Find(const std::string& shape,
                              const std::vector<parser::Literal>& literals,
                              std::string_view environment, uint64_t catalog_version) {
  std::lock_guard lock(mutex_);
  const auto found = plans_.find(shape);
  if (found == plans_.end()) return nullptr;
  std::vector<CachedPlanPtr>& variants = found->second;
  for (const CachedPlanPtr& cached : variants) {
    if (cached->catalog_version == catalog_version && cached->environment == environment &&
        PinnedAgree(*cached, literals)) {
      return cached;
    }
  }
  std::erase_if(variants, [&](const CachedPlanPtr& cached) {
    return cached->catalog_version < catalog_version;
  });
  return nullptr;
}

void PlanCache::Add(const std::string& shape, CachedPlanPtr plan) {
  std::lock_guard lock(mutex_);
  if (plans_.size() >= kPlanCacheShapesMax && !plans_.contains(shape)) plans_.clear();
  std::vector<CachedPlanPtr>& variants = plans_[shape];
  if (variants.size() >= kPlanCacheVariantsMax) variants.erase(variants.begin());
  variants.push_back(std::move(plan));
}

void PlanCache::Clear() {
  std::lock_guard lock(mutex_);
  plans_.clear();
}

}  // namespace grizzly::session
