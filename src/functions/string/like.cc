#include "functions/string/like.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/string/collation.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

[[noreturn]] void ThrowEndsWithEscape() {
  throw SqlError(SqlState::kInvalidEscapeSequence,
                 "LIKE pattern must not end with escape character");
}

enum class Match : uint8_t {
  kNo,
  kYes,
  kTooShort,  // the text ended first: a longer tail will not help an enclosing % either
};

size_t CharBytes(View text, bool bytes) { return bytes ? 1 : types::Utf8CharBytes(text[0]); }

Match MatchFrom(View text, View pattern, bool bytes);

Match MatchAfterPercent(View text, View pattern, bool bytes) {
  // %_% and the like: take the underscores off, each costs one character.
  while (!pattern.empty() && (pattern[0] == '%' || pattern[0] == '_')) {
    if (pattern[0] == '_') {
      if (text.empty()) return Match::kTooShort;
      text.remove_prefix(std::min(CharBytes(text, bytes), text.size()));
    }
    pattern.remove_prefix(1);
  }
  if (pattern.empty()) return Match::kYes;
  char first = pattern[0];
  if (first == '\\') {
    if (pattern.size() == 1) ThrowEndsWithEscape();
    first = pattern[1];
  }
  while (!text.empty()) {
    if (text[0] == first) {
      const Match match = MatchFrom(text, pattern, bytes);
      if (match != Match::kNo) return match;
    }
    text.remove_prefix(std::min(CharBytes(text, bytes), text.size()));
  }
  return Match::kTooShort;
}

Match MatchFrom(View text, View pattern, bool bytes) {
  while (!text.empty() && !pattern.empty()) {
    if (pattern[0] == '%') return MatchAfterPercent(text, pattern.substr(1), bytes);
    if (pattern[0] == '_') {
      text.remove_prefix(std::min(CharBytes(text, bytes), text.size()));
      pattern.remove_prefix(1);
      continue;
    }
    if (pattern[0] == '\\') {
      pattern.remove_prefix(1);
      if (pattern.empty()) ThrowEndsWithEscape();
    }
    if (pattern[0] != text[0]) return Match::kNo;
    text.remove_prefix(1);
    pattern.remove_prefix(1);
  }
  if (!text.empty()) return Match::kNo;
  while (!pattern.empty() && pattern[0] == '%') pattern.remove_prefix(1);
  return pattern.empty() ? Match::kYes : Match::kTooShort;
}

std::string LowerAscii(View text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

bool Negated(bool matched, bool negated) { return matched != negated; }

// text LIKE pattern; the pattern is usually constant.
template <bool kNegated>
void LikeKernel(FunctionContext&, const CallSite&, kernel::Arguments arguments, uint32_t row_count,
                Vector& result) {
  const bool constant = kernel::AllConstant(arguments);
  if (constant) row_count = 1;
  const uint64_t* validity = kernel::MergeValidity(arguments, row_count, result);
  bool* out = result.Data<bool>();
  const auto texts = arguments[0]->Reader<StringRef>();
  const auto patterns = arguments[1]->Reader<StringRef>();
  auto for_rows = [&](auto&& compute) {
    if (validity == nullptr) {
      for (uint32_t row = 0; row < row_count; ++row) compute(row);
    } else {
      kernel::ForEachValid(validity, row_count, compute);
    }
  };
  if (patterns.constant && !patterns.IsNull(0)) {
    const LikePattern pattern(patterns[0].view());
    for_rows([&](uint32_t row) { out[row] = Negated(pattern.Matches(texts[row].view()), kNegated); });
  } else {
    for_rows([&](uint32_t row) {
      out[row] = Negated(MatchLike(texts[row].view(), patterns[row].view()), kNegated);
    });
  }
  if (constant) result.MakeConstant();
}

template <bool kNegated>
bool BytesLike(View text, View pattern) {
  return Negated(MatchLikeBytes(text, pattern), kNegated);
}
template <bool kNegated>
bool CaselessLike(const CallSite& call, View text, View pattern) {
  if (!IsByteCollation(call.collation)) {
    return Negated(MatchLike(LowerText(text, call.collation, "ILIKE"),
                             LowerText(pattern, call.collation, "ILIKE")),
                   kNegated);
  }
  return Negated(MatchLike(LowerAscii(text), LowerAscii(pattern)), kNegated);
}

// The pattern with the escape character replaced by the backslash.
std::string LikeEscape(View pattern, View escape, bool bytes) {
  std::string escaped;
  if (escape.empty()) {
    for (char c : pattern) {
      if (c == '\\') escaped += '\\';
      escaped += c;
    }
    return escaped;
  }
  if (CharBytes(escape, bytes) != escape.size()) {
    throw SqlError(SqlState::kInvalidEscapeSequence, "invalid escape string")
        .Hint("Escape string must be empty or one character.");
  }
  if (escape == "\\") return std::string(pattern);
  bool after_escape = false;
  while (!pattern.empty()) {
    const View character = pattern.substr(0, CharBytes(pattern, bytes));
    if (character == escape && !after_escape) {
      escaped += '\\';
      after_escape = true;
    } else {
      if (character == "\\" && !after_escape) escaped += '\\';
      escaped += character;
      after_escape = false;
    }
    pattern.remove_prefix(character.size());
  }
  return escaped;
}
std::string TextLikeEscape(View pattern, View escape) { return LikeEscape(pattern, escape, false); }
std::string BytesLikeEscape(View pattern, View escape) { return LikeEscape(pattern, escape, true); }

}  // namespace

bool MatchLike(View text, View pattern) {
  return MatchFrom(text, pattern, false) == Match::kYes;
}
bool MatchLikeBytes(View text, View pattern) {
  return MatchFrom(text, pattern, true) == Match::kYes;
}

LikePattern::LikePattern(View pattern) : pattern_(pattern) {
  is_plain_ = pattern_.find('_') == std::string::npos && pattern_.find('\\') == std::string::npos;
  if (!is_plain_) return;
  const View whole = pattern_;
  open_start_ = whole.starts_with('%');
  open_end_ = whole.ends_with('%');
  for (size_t at = 0; at <= whole.size();) {
    const size_t end = std::min(whole.find('%', at), whole.size());
    if (end > at) pieces_.push_back(whole.substr(at, end - at));
    at = end + 1;
  }
}

bool LikePattern::Matches(View text) const {
  if (!is_plain_) return MatchLike(text, pattern_);
  if (pieces_.empty()) return open_start_ || text.empty();
  size_t first = 0;
  size_t last = pieces_.size();
  if (!open_start_) {
    if (!text.starts_with(pieces_[0])) return false;
    if (last == 1 && !open_end_) return text.size() == pieces_[0].size();
    text.remove_prefix(pieces_[0].size());
    first = 1;
  }
  if (!open_end_ && first < last) {
    if (!text.ends_with(pieces_[last - 1])) return false;
    text.remove_suffix(pieces_[last - 1].size());
    --last;
  }
  for (; first < last; ++first) {
    const size_t found = text.find(pieces_[first]);
    if (found == View::npos) return false;
    text.remove_prefix(found + pieces_[first].size());
  }
  return true;
}

void RegisterLike(Registry& registry) {
  for (const char* name : {"textlike", "namelike"}) registry.AddScalar(name, &LikeKernel<false>);
  for (const char* name : {"textnlike", "namenlike"}) registry.AddScalar(name, &LikeKernel<true>);
  registry.AddScalar("bytealike", Cold<&BytesLike<false>>);
  registry.AddScalar("byteanlike", Cold<&BytesLike<true>>);
  for (const char* name : {"texticlike", "nameiclike"}) {
    registry.AddScalar(name, Cold<&CaselessLike<false>>);
  }
  for (const char* name : {"texticnlike", "nameicnlike"}) {
    registry.AddScalar(name, Cold<&CaselessLike<true>>);
  }
  registry.AddScalar("like_escape", Cold<&TextLikeEscape>);
  registry.AddScalar("like_escape_bytea", Cold<&BytesLikeEscape>);
}

}  // namespace grizzly::functions
