#include "functions/hash/jenkins.h"

#include <bit>
#include <cstring>

namespace grizzly::functions {
namespace {

constexpr uint32_t kStart = 0x9e3779b9 + 3'923'095;

struct State {
  uint32_t a, b, c;

  explicit State(size_t length) {
    a = b = c = kStart + static_cast<uint32_t>(length);
  }

  void Seed(uint64_t seed) {
    if (seed == 0) return;
    a += static_cast<uint32_t>(seed >> 32);
    b += static_cast<uint32_t>(seed);
    Mix();
  }

  void Mix() {
    a -= c; a ^= std::rotl(c, 4); c += b;
    b -= a; b ^= std::rotl(a, 6); a += c;
    c -= b; c ^= std::rotl(b, 8); b += a;
    a -= c; a ^= std::rotl(c, 16); c += b;
    b -= a; b ^= std::rotl(a, 19); a += c;
    c -= b; c ^= std::rotl(b, 4); b += a;
  }

  void Finish() {
    c ^= b; c -= std::rotl(b, 14);
    a ^= c; a -= std::rotl(c, 11);
    b ^= a; b -= std::rotl(a, 25);
    c ^= b; c -= std::rotl(b, 16);
    a ^= c; a -= std::rotl(c, 4);
    b ^= a; b -= std::rotl(a, 14);
    c ^= b; c -= std::rotl(b, 24);
  }

  void Take(std::string_view bytes) {
    while (bytes.size() >= 12) {
      uint32_t words[3];
      std::memcpy(words, bytes.data(), 12);
      a += words[0];
      b += words[1];
      c += words[2];
      Mix();
      bytes.remove_prefix(12);
    }
    // The lowest byte of c is the length's.
    for (size_t i = 0; i < bytes.size(); ++i) {
      const uint32_t byte = static_cast<uint8_t>(bytes[i]);
      if (i < 4) {
        a += byte << (8 * i);
      } else if (i < 8) {
        b += byte << (8 * (i - 4));
      } else {
        c += byte << (8 * (i - 7));
      }
    }
    Finish();
  }

  uint64_t Wide() const { return static_cast<uint64_t>(b) << 32 | c; }
};

}  // namespace

uint32_t JenkinsHash(std::string_view bytes) {
  State state(bytes.size());
  state.Take(bytes);
  return state.c;
}

uint64_t JenkinsHash(std::string_view bytes, uint64_t seed) {
  State state(bytes.size());
  state.Seed(seed);
  state.Take(bytes);
  return state.Wide();
}

uint32_t JenkinsHashWord(uint32_t word) {
  State state(sizeof(word));
  state.a += word;
  state.Finish();
  return state.c;
}

uint64_t JenkinsHashWord(uint32_t word, uint64_t seed) {
  State state(sizeof(word));
  state.Seed(seed);
  state.a += word;
  state.Finish();
  return state.Wide();
}

}  // namespace grizzly::functions
