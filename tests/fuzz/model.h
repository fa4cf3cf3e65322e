// A model test: RunModel takes random steps on a structure and on a simple model of it.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace grizzly::model {

// Where a test's choices come from: a seed, or a fuzzer's input. Behind the end of an input come numbers that
// its bytes are the seed of, so that a short input is a whole test, too.
class Random {
 public:
  using result_type = uint64_t;
  static constexpr uint64_t min() { return 0; }
  static constexpr uint64_t max() { return UINT64_MAX; }

  explicit Random(uint64_t seed) : seed_(seed), generator_(seed) {}
  explicit Random(std::string_view input)
      : input_(input), generator_(std::hash<std::string_view>()(input)) {}

  uint64_t operator()() { return Take(sizeof(uint64_t)); }
  // One byte of the input is enough for most.
  uint64_t Below(uint64_t bound) { return Take(bound <= 256 ? 1 : sizeof(uint64_t)) % bound; }
  uint64_t seed() const { return seed_; }  // 0: an input

 private:
  uint64_t Take(size_t byte_count) {
    if (input_.size() < byte_count) return generator_();
    uint64_t value = 0;
    for (size_t i = 0; i < byte_count; ++i) value = value << 8 | static_cast<uint8_t>(input_[i]);
    input_.remove_prefix(byte_count);
    return value;
  }

  const uint64_t seed_ = 0;
  std::string_view input_;
  std::mt19937_64 generator_;
};

// Seeds that ctest runs; together well under two seconds.
extern const uint64_t kSeedCount;

// Ends in Fail() when the two disagree.
void RunModel(Random& random);

// Prints what was running and `what`, and ends the program.
[[noreturn]] void Fail(const std::string& what);

inline void Expect(bool agrees, const std::string& what) {
  if (!agrees) Fail(what);
}
inline uint64_t Below(Random& random, uint64_t bound) { return random.Below(bound); }

}  // namespace grizzly::model
