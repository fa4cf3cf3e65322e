#include "functions/registry.h"

#include <fmt/format.h>

#include <deque>
#include <string>
#include <unordered_map>

#include "facts/procs.h"
#include "functions/families.h"
#include "functions/set/record_of_set.h"

namespace grizzly::functions {

struct Registry::Tables {
  std::unordered_map<std::string, Implementation> by_source;
  std::unordered_map<Oid, Implementation> aggregates;
  // Every built-in by oid, made on Seal.
  std::unordered_map<Oid, const Implementation*> by_oid;
};

Registry::Registry() : tables_(std::make_unique<Tables>()) {}
Registry::~Registry() = default;

void Registry::AddScalar(std::string_view prosrc, ScalarKernel kernel) {
  tables_->by_source[std::string(prosrc)].scalar = kernel;
}
void Registry::AddAggregate(Oid aggregate, const AggregateFunction* function) {
  tables_->aggregates[aggregate].aggregate = function;
}
void Registry::AddSet(std::string_view prosrc, SetFunction function) {
  tables_->by_source[std::string(prosrc)].set = function;
}
void Registry::AddWindow(std::string_view prosrc, WindowFunction function) {
  tables_->by_source[std::string(prosrc)].window = function;
}

void Registry::Seal() {
  for (const facts::ProcFact& proc : facts::AllProcs()) {
    if (proc.prokind == 'a') {
      auto found = tables_->aggregates.find(proc.oid);
      if (found != tables_->aggregates.end()) tables_->by_oid[proc.oid] = &found->second;
    } else if (proc.prolang == facts::kInternalLanguageOid) {
      auto found = tables_->by_source.find(std::string(proc.prosrc));
      if (found == tables_->by_source.end()) continue;
      Implementation& implementation = found->second;
      if (implementation.set != nullptr && implementation.scalar == nullptr && !proc.proretset) {
        implementation.scalar = &FirstRowOfSet;
      }
      tables_->by_oid[proc.oid] = &implementation;
    } else if (proc.prolang == facts::kSqlLanguageOid) {
      // Its prosrc is its body: one that is run here instead of inlined is registered as sql.NAME.
      auto found = tables_->by_source.find(fmt::format("sql.{}", proc.proname));
      if (found != tables_->by_source.end()) tables_->by_oid[proc.oid] = &found->second;
    }
  }
}

const Implementation* Registry::Find(Oid function) const {
  auto found = tables_->by_oid.find(function);
  return found == tables_->by_oid.end() ? nullptr : found->second;
}

size_t Registry::size() const { return tables_->by_oid.size(); }

const Registry& BuiltinRegistry() {
  static const std::unique_ptr<const Registry> kRegistry = [] {
    auto registry = std::make_unique<Registry>();
    RegisterFamilies(*registry);
    registry->Seal();
    return registry;
  }();
  return *kRegistry;
}

}  // namespace grizzly::functions
