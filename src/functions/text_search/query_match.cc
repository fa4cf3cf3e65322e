#include "functions/text_search/query_match.h"

#include <algorithm>

#include "base/error/sql_error.h"

namespace grizzly::functions {
namespace {

using types::TsNode;
using types::TsOperator;

enum class Outcome : uint8_t { kNo, kYes, kMaybe };  // kMaybe: it occurs, but nobody knows where

// Where a part of a phrase query matches: at `places` (or everywhere else, if negated), which are those
// of its last word; `width` words before that belong to it, too.
struct PhraseMatch {
  std::vector<int> places;
  bool negated = false;
  int width = 0;
};

// Which places of two sorted lists to keep.
struct Keep {
  bool both, left, right;
};
std::vector<int> Merge(const PhraseMatch& left, int left_offset, const PhraseMatch& right,
                       int right_offset, Keep keep) {
  std::vector<int> merged;
  size_t i = 0;
  size_t k = 0;
  while (i < left.places.size() || k < right.places.size()) {
    constexpr int kEnd = 1 << 30;
    const int a = i < left.places.size() ? left.places[i] + left_offset : kEnd;
    const int b = k < right.places.size() ? right.places[k] + right_offset : kEnd;
    if (a < b) {
      if (keep.left) merged.push_back(a);
      ++i;
    } else if (a == b) {
      if (keep.both) merged.push_back(a);
      ++i;
      ++k;
    } else {
      if (keep.right) merged.push_back(b);
      ++k;
    }
  }
  return merged;
}

class Matcher {
 public:
  explicit Matcher(const OperandLookup& lookup) : lookup_(lookup) {}

  bool Matches(const TsNode& node) const {
    if (!node.is_operator) return lookup_(node, false).matches;
    switch (node.op) {
      case TsOperator::kNot: return !Matches(*node.right);
      case TsOperator::kAnd: return Matches(*node.left) && Matches(*node.right);
      case TsOperator::kOr: return Matches(*node.left) || Matches(*node.right);
      default: {
        PhraseMatch match;
        return Phrase(node, match) == Outcome::kYes;
      }
    }
  }

 private:
  Outcome Phrase(const TsNode& node, PhraseMatch& out) const {
    if (!node.is_operator) {
      const OperandMatch match = lookup_(node, true);
      if (!match.matches) return Outcome::kNo;
      if (!match.has_positions) return Outcome::kMaybe;
      out.places.assign(match.places.begin(), match.places.end());
      return Outcome::kYes;
    }
    switch (node.op) {
      case TsOperator::kNot: return Negated(node, out);
      case TsOperator::kOr: return Either(node, out);
      default: return Both(node, out);
    }
  }

  Outcome Negated(const TsNode& node, PhraseMatch& out) const {
    switch (Phrase(*node.right, out)) {
      case Outcome::kNo:
        out.places.clear();
        out.negated = true;
        return Outcome::kYes;
      case Outcome::kYes:
        if (!out.places.empty()) {
          out.negated = !out.negated;
          return Outcome::kYes;
        }
        out.negated = false;  // everywhere becomes nowhere
        return Outcome::kNo;
      default: return Outcome::kMaybe;
    }
  }

  static Outcome Found(PhraseMatch& out) {
    return out.negated || !out.places.empty() ? Outcome::kYes : Outcome::kNo;
  }

  Outcome Both(const TsNode& node, PhraseMatch& out) const {
    PhraseMatch left;
    PhraseMatch right;
    const Outcome first = Phrase(*node.left, left);
    if (first == Outcome::kNo) return first;
    const Outcome second = Phrase(*node.right, right);
    if (second == Outcome::kNo) return second;
    if (first == Outcome::kMaybe || second == Outcome::kMaybe) return Outcome::kMaybe;
    int left_offset = 0;
    int right_offset = 0;
    if (node.op == TsOperator::kPhrase) {
      left_offset = node.distance + right.width;
      out.width = node.distance + left.width + right.width;
    } else {
      out.width = std::max(left.width, right.width);
      left_offset = out.width - left.width;
      right_offset = out.width - right.width;
    }
    Keep keep{true, false, false};
    if (left.negated && right.negated) {
      keep = {true, true, true};
      out.negated = true;
    } else if (left.negated) {
      keep = {false, false, true};
    } else if (right.negated) {
      keep = {false, true, false};
    }
    out.places = Merge(left, left_offset, right, right_offset, keep);
    return Found(out);
  }

  Outcome Either(const TsNode& node, PhraseMatch& out) const {
    PhraseMatch left;
    PhraseMatch right;
    const Outcome first = Phrase(*node.left, left);
    const Outcome second = Phrase(*node.right, right);
    if (first == Outcome::kNo && second == Outcome::kNo) return Outcome::kNo;
    if (first == Outcome::kMaybe || second == Outcome::kMaybe) return Outcome::kMaybe;
    if (first == Outcome::kNo) left = {};
    if (second == Outcome::kNo) right = {};
    out.width = std::max(left.width, right.width);
    Keep keep{true, true, true};
    out.negated = left.negated || right.negated;
    if (left.negated && right.negated) {
      keep = {true, false, false};
    } else if (left.negated) {
      keep = {false, true, false};
    } else if (right.negated) {
      keep = {false, false, true};
    }
    out.places = Merge(left, out.width - left.width, right, out.width - right.width, keep);
    return Found(out);
  }

  const OperandLookup& lookup_;
};

}  // namespace

bool MatchesQuery(const TsNode* query, const OperandLookup& lookup) {
  return query != nullptr && Matcher(lookup).Matches(*query);
}

std::pair<size_t, size_t> VectorLexemes::Find(const TsNode& operand) const {
  const auto less = [](const types::TsLexeme& lexeme, const std::string& text) {
    return lexeme.text < text;
  };
  const auto begin = std::lower_bound(lexemes_.begin(), lexemes_.end(), operand.lexeme, less);
  auto end = begin;
  while (end != lexemes_.end() &&
         (operand.is_prefix ? end->text.starts_with(operand.lexeme) : end->text == operand.lexeme)) {
    ++end;
  }
  return {static_cast<size_t>(begin - lexemes_.begin()), static_cast<size_t>(end - lexemes_.begin())};
}

OperandMatch VectorLexemes::Lookup(const TsNode& operand, bool need_places) const {
  OperandMatch match;
  bool has_unplaced = false;
  const auto [first, end] = Find(operand);
  for (size_t i = first; i < end; ++i) {
    const std::vector<uint16_t>& positions = lexemes_[i].positions;
    if (positions.empty()) {
      match.matches = true;
      has_unplaced = true;
      continue;
    }
    for (const uint16_t position : positions) {
      if (!TakesWeight(operand, LexemeWeight(position))) continue;
      match.matches = true;
      match.places.push_back(LexemePlace(position));
    }
    if (match.matches && !need_places) return match;
  }
  match.has_positions = !has_unplaced && !match.places.empty();
  if (end > first + 1) std::sort(match.places.begin(), match.places.end());
  match.places.erase(std::unique(match.places.begin(), match.places.end()), match.places.end());
  return match;
}

}  // namespace grizzly::functions
