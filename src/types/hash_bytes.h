// The 64-bit hash under every type's hash: fast, well mixed, the same in every process and build
// (hash partitions depend on it). Not PostgreSQL's hash, and no secret.
//
// SOURCE  folded multiply as in wyhash (Wang Yi, public domain)
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace grizzly::types {

inline constexpr uint64_t kHashSeed = 0x9E3779B97F4A7C15;

inline uint64_t MixHash(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a ^ 0xA0761D6478BD642F) *
                                    (b ^ 0xE7037ED1A0B428DB);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t HashWord(uint64_t word) { return MixHash(word, kHashSeed); }

// Another round, for who takes single bits of a hash of consecutive numbers (MurmurHash3's finalizer).
inline uint64_t SpreadHash(uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
  hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
  return hash ^ (hash >> 33);
}

// Order matters: for rows of several columns.
inline uint64_t CombineHash(uint64_t seed, uint64_t hash) { return MixHash(seed + kHashSeed, hash); }

inline uint64_t HashBytes(std::string_view bytes) {
  const char* at = bytes.data();
  size_t left = bytes.size();
  uint64_t state = kHashSeed ^ (left * 0x8EBC6AF09C88C6E3);
  while (left >= 16) {
    uint64_t low, high;
    std::memcpy(&low, at, 8);
    std::memcpy(&high, at + 8, 8);
    state = MixHash(low ^ state, high);
    at += 16;
    left -= 16;
  }
  uint64_t tail[2] = {0, 0};
  if (left != 0) std::memcpy(tail, at, left);
  return MixHash(tail[0] ^ state, MixHash(tail[1], state));
}

}  // namespace grizzly::types
