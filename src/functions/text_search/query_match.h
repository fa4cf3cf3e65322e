// Whether a tsquery matches: boolean operators, and phrases by positions.
//
// SOURCE  PostgreSQL 15 docs, 8.11.2 and 12.3
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "types/text_search.h"

namespace grizzly::functions {

// What is known of one operand of the query.
struct OperandMatch {
  bool matches = false;
  bool has_positions = false;        // else it is only known to occur
  std::vector<uint16_t> places;      // sorted, without weights; filtered by the operand's weights
};
// `need_places`: the places will be looked at.
using OperandLookup = std::function<OperandMatch(const types::TsNode& operand, bool need_places)>;

bool MatchesQuery(const types::TsNode* query, const OperandLookup& lookup);

// A tsvector taken apart once, for many lookups.
class VectorLexemes {
 public:
  explicit VectorLexemes(std::vector<types::TsLexeme> lexemes) : lexemes_(std::move(lexemes)) {}

  const std::vector<types::TsLexeme>& all() const { return lexemes_; }
  // The lexemes that are the operand's, or start with it: [first, end).
  std::pair<size_t, size_t> Find(const types::TsNode& operand) const;
  OperandMatch Lookup(const types::TsNode& operand, bool need_places) const;

 private:
  std::vector<types::TsLexeme> lexemes_;
};

constexpr uint16_t LexemePlace(uint16_t position) { return position & types::kLexemePlaceMax; }
constexpr int LexemeWeight(uint16_t position) { return position >> 14; }
// Whether an operand's weights take that one.
constexpr bool TakesWeight(const types::TsNode& operand, int weight) {
  return operand.weights == 0 || (operand.weights & (1 << weight)) != 0;
}

}  // namespace grizzly::functions
