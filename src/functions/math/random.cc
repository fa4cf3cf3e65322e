// random(), setseed(), gen_random_uuid().
#include <cmath>
#include <random>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/math/random_state.h"
#include "functions/session_services.h"

namespace grizzly::functions {
namespace {

uint64_t SplitMix(uint64_t& state) {
  uint64_t value = (state += 0x9E3779B97F4A7C15ull);
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ull;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBull;
  return value ^ (value >> 31);
}
uint64_t RotateLeft(uint64_t value, int bits) { return (value << bits) | (value >> (64 - bits)); }

RandomState& StateOf(FunctionContext& context) {
  thread_local RandomState thread_state;
  RandomState* state = context.session == nullptr ? nullptr : context.session->Random();
  return state == nullptr ? thread_state : *state;
}

double Random(FunctionContext& context) { return StateOf(context).NextUnit(); }

void SetSeed(FunctionContext& context, double seed) {
  if (!(seed >= -1 && seed <= 1)) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("setseed parameter {:g} is out of allowed range [-1,1]", seed));
  }
  StateOf(context).SetSeed(seed);
}

types::UuidValue RandomUuid() {
  thread_local std::random_device device;
  types::UuidValue uuid;
  for (size_t i = 0; i < uuid.bytes.size(); i += sizeof(uint32_t)) {
    const uint32_t bits = device();
    std::memcpy(uuid.bytes.data() + i, &bits, sizeof(bits));
  }
  uuid.bytes[6] = static_cast<uint8_t>((uuid.bytes[6] & 0x0F) | 0x40);  // version 4
  uuid.bytes[8] = static_cast<uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);  // variant 1
  return uuid;
}

}  // namespace

RandomState::RandomState() {
  std::random_device device;
  first_ = (uint64_t{device()} << 32) | device();
  second_ = (uint64_t{device()} << 32) | device() | 1;
}

void RandomState::SetSeed(double seed) {
  uint64_t state = static_cast<uint64_t>(
      static_cast<int64_t>(static_cast<double>((uint64_t{1} << 52) - 1) * seed));
  first_ = SplitMix(state);
  second_ = SplitMix(state);
  if (first_ == 0 && second_ == 0) {
    first_ = 0x5851F42D4C957F2Dull;
    second_ = 0x14057B7EF767814Full;
  }
}

uint64_t RandomState::NextBits() {
  const uint64_t s0 = first_;
  const uint64_t sx = second_ ^ s0;
  const uint64_t value = RotateLeft(s0 * 5, 7) * 9;
  first_ = RotateLeft(s0, 24) ^ sx ^ (sx << 16);
  second_ = RotateLeft(sx, 37);
  return value;
}

double RandomState::NextUnit() { return std::ldexp(static_cast<double>(NextBits() >> 12), -52); }

void RegisterRandom(Registry& registry) {
  registry.AddScalar("drandom", PerRow<&Random>);
  registry.AddScalar("setseed", PerRow<&SetSeed>);
  registry.AddScalar("gen_random_uuid", PerRow<&RandomUuid>);
}

}  // namespace grizzly::functions
