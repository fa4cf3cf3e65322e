// PostgreSQL's default text search parser: text into words, numbers, hosts, tags ...
//
// LIMITS  none of its own: time is linear but for hyphens and dots in a row
// SOURCE  PostgreSQL 15 docs, 12.5 "Parsers", and the running server
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace grizzly::functions {

// pg_ts_token_type's numbers.
enum class TokenType : uint8_t {
  kAsciiWord = 1, kWord, kNumWord, kEmail, kUrl, kHost, kScientific, kVersion, kHyphenNumPart,
  kHyphenPart, kHyphenAsciiPart, kBlank, kTag, kProtocol, kNumHyphenWord, kAsciiHyphenWord,
  kHyphenWord, kUrlPath, kFile, kFloat, kInt, kUnsignedInt, kEntity,
};

struct Token {
  TokenType type;
  std::string_view text;  // a piece of the input
};

// A hyphenated word is followed by its parts, a URL by its host and path.
std::vector<Token> ParseTokens(std::string_view text);

}  // namespace grizzly::functions
