// Runs a model test over seeds: <program> [FIRST_SEED [SEED_COUNT]]; a count of 0 is the usual one.
#include <cstdio>
#include <cstdlib>

#include "model.h"

namespace grizzly::model {
namespace {

uint64_t running_seed = 0;

}  // namespace

void Fail(const std::string& what) {
  std::fprintf(stderr, "seed %llu: %s\n", static_cast<unsigned long long>(running_seed),
               what.c_str());
  std::exit(1);
}

}  // namespace grizzly::model

int main(int argument_count, char** arguments) {
  const uint64_t first = argument_count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1;
  uint64_t count = argument_count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 0;
  if (count == 0) count = grizzly::model::kSeedCount;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    grizzly::model::running_seed = seed;
    grizzly::model::Random random(seed);
    grizzly::model::RunModel(random);
  }
  std::printf("%llu seeds agree\n", static_cast<unsigned long long>(count));
  return 0;
}
