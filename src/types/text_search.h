// tsvector and tsquery.
//
// FORMAT  tsvector: count:u32 end:u32*count records; a record is size:u32 lexeme positions:u16*,
//                   sorted by lexeme bytes, unique; a position is weight << 14 | place (weight 3 is
//                   A, 0 is D, places 1 to 16383)
//         tsquery:  as on the wire: count:u32
//                   (big-endian), then items, an operator before its right and then its left operand
//                   1 weights:u8 prefix:u8 lexeme 0x00, or 2 operator:u8 [distance:u16 for phrases]
// ERRORS  42601 "syntax error in tsvector" and the like, 54000 beyond the limits.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "types/string_ref.h"

namespace grizzly::types {

inline constexpr uint16_t kLexemePlaceMax = 16383;
inline constexpr size_t kLexemeBytesMax = 2046;
inline constexpr size_t kLexemePositionsMax = 255;
inline constexpr int kPhraseDistanceMax = 16384;

struct TsLexeme {
  std::string text;
  std::vector<uint16_t> positions;
};

// ---- tsvector ----
std::vector<TsLexeme> ParseTsVector(std::string_view text);
// Sorts, joins equal lexemes, and orders and bounds their positions.
std::string TsVectorBytes(std::vector<TsLexeme> lexemes);
std::vector<TsLexeme> ReadTsVector(std::string_view bytes);
void AppendTsVector(std::string& out, std::string_view bytes);
int CompareTsVectors(std::string_view a, std::string_view b);

// ---- tsquery ----
enum class TsOperator : uint8_t { kNot = 1, kAnd = 2, kOr = 3, kPhrase = 4 };

struct TsNode {
  bool is_operator = false;
  TsOperator op = TsOperator::kAnd;
  uint16_t distance = 0;            // kPhrase
  std::unique_ptr<TsNode> left, right;  // kNot has only a right operand
  std::string lexeme;
  uint8_t weights = 0;              // bit 3 is A, bit 0 is D; 0: any
  bool is_prefix = false;
};

// Null for a query without lexemes.
std::unique_ptr<TsNode> ParseTsQuery(std::string_view text);
std::string TsQueryBytes(const TsNode* root);
std::unique_ptr<TsNode> ReadTsQuery(std::string_view bytes);  // 22P03 when malformed
void AppendTsQuery(std::string& out, const TsNode* root);

// 'it''s': a lexeme in quotes.
void AppendLexeme(std::string& out, std::string_view lexeme);

}  // namespace grizzly::types
