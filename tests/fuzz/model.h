// A model test: RunModel(seed) takes random steps on a structure and on a simple model of it.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace grizzly::model {

using Random = std::mt19937_64;

// Seeds that ctest runs; together well under two seconds.
extern const uint64_t kSeedCount;

// Ends in Fail() when the two disagree.
void RunModel(uint64_t seed);

// Prints the seed that is running and `what`, and ends the program.
[[noreturn]] void Fail(const std::string& what);

inline void Expect(bool agrees, const std::string& what) {
  if (!agrees) Fail(what);
}
inline uint64_t Below(Random& random, uint64_t bound) { return random() % bound; }

}  // namespace grizzly::model
