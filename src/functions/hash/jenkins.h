// The hash of PostgreSQL's hash functions, which clients see (hashtext(), hash partitions): Bob Jenkins'
// lookup3, in 32 bits and in 64 with a seed.
//
// SOURCE   burtleburtle.net/bob/c/lookup3.c (public domain); the seeds are those a running PostgreSQL shows.
#pragma once

#include <cstdint>
#include <string_view>

namespace grizzly::functions {

uint32_t JenkinsHash(std::string_view bytes);
uint64_t JenkinsHash(std::string_view bytes, uint64_t seed);
uint32_t JenkinsHashWord(uint32_t word);
uint64_t JenkinsHashWord(uint32_t word, uint64_t seed);

}  // namespace grizzly::functions
