// Shows: how many of pg_proc's functions have an implementation, and by prefix those that have none.
// A report, not an assertion: pg_proc lists what works.
#include <iostream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "facts/procs.h"
#include "functions/registry.h"

namespace grizzly::functions {
namespace {

TEST(CoverageTest, ReportsWhatIsMissing) {
  std::map<char, std::set<std::string>> missing;
  std::map<char, int> present;
  for (const facts::ProcFact& proc : facts::AllProcs()) {
    if (proc.prolang != facts::kInternalLanguageOid) continue;
    if (BuiltinRegistry().Find(proc.oid) != nullptr) {
      ++present[proc.prokind];
    } else {
      missing[proc.prokind].insert(
          std::string(proc.prokind == 'a' ? proc.proname : proc.prosrc));
    }
  }
  for (const auto& [kind, names] : missing) {
    std::cout << "kind " << kind << ": " << present[kind] << " functions work, " << names.size()
              << " sources missing:";
    for (const std::string& name : names) std::cout << ' ' << name;
    std::cout << '\n';
  }
}

}  // namespace
}  // namespace grizzly::functions
