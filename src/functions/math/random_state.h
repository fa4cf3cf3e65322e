// random() and setseed(): the same sequence as PostgreSQL 15 for the same seed.
//
// THREADS  one state belongs to one session.
// SOURCE   Blackman, Vigna: xoroshiro128** (2018); seeded by splitmix64
#pragma once

#include <cstdint>

namespace grizzly::functions {

class RandomState {
 public:
  RandomState();  // from the system's entropy
  // `seed` is in [-1, 1].
  void SetSeed(double seed);
  uint64_t NextBits();
  double NextUnit();  // in [0, 1)

 private:
  uint64_t first_ = 0;
  uint64_t second_ = 0;
};

}  // namespace grizzly::functions
