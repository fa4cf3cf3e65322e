// ~, ~*, regexp_like, regexp_count, regexp_instr, regexp_substr, regexp_replace, substring(text, re).
// (Those that answer arrays and sets: regex_sets.cc.)
#include <algorithm>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/string/regex.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

template <bool caseless, bool negated>
bool RegexMatch(View text, View pattern) {
  RegexFlags flags;
  flags.caseless = caseless;
  return CachedRegex(pattern, flags).Matches(text) != negated;
}

RegexFlags FlagsWithoutGlobal(View letters, const char* function) {
  const RegexFlags flags = ParseRegexFlags(letters);
  if (flags.global) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("{} does not support the \"global\" option", function));
  }
  return flags;
}

void CheckPositive(const char* name, int32_t value) {
  if (value > 0) return;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("invalid value for parameter \"{}\": {}", name, value));
}
void CheckNotNegative(const char* name, int32_t value) {
  if (value >= 0) return;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("invalid value for parameter \"{}\": {}", name, value));
}

// Where to go on after a match: an empty one must not be found again.
size_t Next(View text, const RegexSpan& match) {
  const auto end = static_cast<size_t>(match.end);
  if (match.end > match.start) return end;
  return end < text.size() ? end + types::Utf8CharBytes(text[end]) : text.size() + 1;
}

// Calls `visit` with the spans of each match from character `start` on until it says false.
template <typename Visit>
void ForEachMatch(View text, View pattern, const RegexFlags& flags, int32_t start, Visit&& visit) {
  const Regex& regex = CachedRegex(pattern, flags);
  const size_t characters = types::Utf8Length(text);
  if (static_cast<size_t>(start) > characters + 1) return;
  std::vector<RegexSpan> spans;
  for (size_t at = types::Utf8Offset(text, static_cast<size_t>(start) - 1); at <= text.size();) {
    if (!regex.Search(text, at, spans)) return;
    if (!visit(spans)) return;
    at = Next(text, spans[0]);
  }
}

View Piece(View text, const RegexSpan& span) {
  return text.substr(static_cast<size_t>(span.start), static_cast<size_t>(span.end - span.start));
}

bool Like(View text, View pattern) { return CachedRegex(pattern, RegexFlags()).Matches(text); }
bool LikeFlags(View text, View pattern, View letters) {
  return CachedRegex(pattern, FlagsWithoutGlobal(letters, "regexp_like()")).Matches(text);
}

int32_t CountFrom(View text, View pattern, int32_t start, View letters) {
  CheckPositive("start", start);
  const RegexFlags flags = FlagsWithoutGlobal(letters, "regexp_count()");
  int32_t count = 0;
  ForEachMatch(text, pattern, flags, start, [&](const auto&) { return ++count, true; });
  return count;
}
int32_t CountStart(View text, View pattern, int32_t start) {
  return CountFrom(text, pattern, start, "");
}
int32_t Count(View text, View pattern) { return CountFrom(text, pattern, 1, ""); }

struct Found {
  bool found = false;
  RegexSpan span;
};
// The `n`th match's group `group` (0: the whole).
Found FindNth(View text, View pattern, const RegexFlags& flags, int32_t start, int32_t n,
              int32_t group) {
  Found result;
  ForEachMatch(text, pattern, flags, start, [&](const std::vector<RegexSpan>& spans) {
    if (--n > 0) return true;
    if (static_cast<size_t>(group) < spans.size() && spans[static_cast<size_t>(group)].start >= 0) {
      result.found = true;
      result.span = spans[static_cast<size_t>(group)];
    }
    return false;
  });
  return result;
}

int32_t Instr(View text, View pattern, int32_t start, int32_t n, int32_t end_option, View letters,
              int32_t group) {
  CheckPositive("start", start);
  CheckPositive("n", n);
  if (end_option != 0 && end_option != 1) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid value for parameter \"endoption\": {}", end_option));
  }
  CheckNotNegative("subexpr", group);
  const RegexFlags flags = FlagsWithoutGlobal(letters, "regexp_instr()");
  const Found match = FindNth(text, pattern, flags, start, n, group);
  if (!match.found) return 0;
  const int64_t at = end_option == 1 ? match.span.end : match.span.start;
  return static_cast<int32_t>(types::Utf8Length(text.substr(0, static_cast<size_t>(at)))) + 1;
}
int32_t InstrFlags(View t, View p, int32_t start, int32_t n, int32_t end_option, View letters) {
  return Instr(t, p, start, n, end_option, letters, 0);
}
int32_t InstrEnd(View t, View p, int32_t start, int32_t n, int32_t end_option) {
  return Instr(t, p, start, n, end_option, "", 0);
}
int32_t InstrNth(View t, View p, int32_t start, int32_t n) { return Instr(t, p, start, n, 0, "", 0); }
int32_t InstrStart(View t, View p, int32_t start) { return Instr(t, p, start, 1, 0, "", 0); }
int32_t InstrPlain(View t, View p) { return Instr(t, p, 1, 1, 0, "", 0); }

std::optional<View> Substr(View text, View pattern, int32_t start, int32_t n, View letters,
                           int32_t group) {
  CheckPositive("start", start);
  CheckPositive("n", n);
  CheckNotNegative("subexpr", group);
  const RegexFlags flags = FlagsWithoutGlobal(letters, "regexp_substr()");
  const Found match = FindNth(text, pattern, flags, start, n, group);
  if (!match.found) return std::nullopt;
  return Piece(text, match.span);
}
// These have strict signatures whose result may be NULL: copied, as a view may be of the argument.
Datum AsDatum(std::optional<View> piece) {
  return piece.has_value() ? Datum::Of(StringRef(*piece)) : Datum::Null();
}
Datum SubstrGroup(View t, View p, int32_t start, int32_t n, View letters, int32_t group) {
  return AsDatum(Substr(t, p, start, n, letters, group));
}
Datum SubstrFlags(View t, View p, int32_t start, int32_t n, View letters) {
  return AsDatum(Substr(t, p, start, n, letters, 0));
}
Datum SubstrNth(View t, View p, int32_t start, int32_t n) {
  return AsDatum(Substr(t, p, start, n, "", 0));
}
Datum SubstrStart(View t, View p, int32_t start) { return AsDatum(Substr(t, p, start, 1, "", 0)); }
Datum SubstrPlain(View t, View p) { return AsDatum(Substr(t, p, 1, 1, "", 0)); }

// substring(text from pattern): the first group if there is one, else the whole match.
Datum Substring(View text, View pattern) {
  std::vector<RegexSpan> spans;
  if (!CachedRegex(pattern, RegexFlags()).Search(text, 0, spans)) return Datum::Null();
  const RegexSpan& span = spans.size() > 1 ? spans[1] : spans[0];
  return span.start < 0 ? Datum::Null() : AsDatum(Piece(text, span));
}

// \1 to \9 are groups, \& the whole match, \\ a backslash.
void AppendReplacement(View text, View replacement, const std::vector<RegexSpan>& spans,
                       std::string& out) {
  for (size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '\\' || i + 1 == replacement.size()) {
      out += replacement[i];
      continue;
    }
    const char c = replacement[++i];
    const bool is_group = c == '&' || (c >= '1' && c <= '9');
    if (is_group) {
      const size_t group = c == '&' ? 0 : static_cast<size_t>(c - '0');
      if (group < spans.size() && spans[group].start >= 0) out += Piece(text, spans[group]);
    } else if (c == '\\') {
      out += '\\';
    } else {
      out += '\\';
      out += c;
    }
  }
}

// Replaces the `n`th match, or all when `n` is 0.
std::string ReplaceMatches(View text, View pattern, View replacement, const RegexFlags& flags,
                           int32_t start, int32_t n) {
  std::string out;
  size_t copied = 0;
  int32_t seen = 0;
  ForEachMatch(text, pattern, flags, start, [&](const std::vector<RegexSpan>& spans) {
    if (++seen != n && n != 0) return true;
    const auto first = static_cast<size_t>(spans[0].start);
    out += text.substr(copied, first - copied);
    AppendReplacement(text, replacement, spans, out);
    copied = static_cast<size_t>(spans[0].end);
    return n == 0;
  });
  out += text.substr(copied);
  return out;
}

std::string Replace(View text, View pattern, View replacement) {
  return ReplaceMatches(text, pattern, replacement, RegexFlags(), 1, 1);
}
std::string ReplaceFlags(View text, View pattern, View replacement, View letters) {
  if (!letters.empty() && letters[0] >= '0' && letters[0] <= '9') {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid regular expression option: \"{}\"", letters.substr(0, 1)))
        .Hint("If you meant to use regexp_replace() with a start parameter, cast the fourth "
              "argument to integer explicitly.");
  }
  const RegexFlags flags = ParseRegexFlags(letters);
  return ReplaceMatches(text, pattern, replacement, flags, 1, flags.global ? 0 : 1);
}
std::string ReplaceNthFlags(View text, View pattern, View replacement, int32_t start, int32_t n,
                            View letters) {
  CheckPositive("start", start);
  CheckNotNegative("n", n);
  return ReplaceMatches(text, pattern, replacement, ParseRegexFlags(letters), start, n);
}
std::string ReplaceNth(View text, View pattern, View replacement, int32_t start, int32_t n) {
  return ReplaceNthFlags(text, pattern, replacement, start, n, "");
}
std::string ReplaceStart(View text, View pattern, View replacement, int32_t start) {
  return ReplaceNthFlags(text, pattern, replacement, start, 1, "");
}

void AddOperators(Registry& registry) {
  for (const char* type : {"text", "name"}) {
    const std::string name(type);
    registry.AddScalar(name + "regexeq", Scalar<&RegexMatch<false, false>>);
    registry.AddScalar(name + "regexne", Scalar<&RegexMatch<false, true>>);
    registry.AddScalar(name + "icregexeq", Cold<&RegexMatch<true, false>>);
    registry.AddScalar(name + "icregexne", Cold<&RegexMatch<true, true>>);
  }
}

}  // namespace

void RegisterRegex(Registry& registry) {
  AddOperators(registry);
  registry.AddScalar("regexp_like", Cold<&LikeFlags>);
  registry.AddScalar("regexp_like_no_flags", Cold<&Like>);
  registry.AddScalar("regexp_count", Cold<&CountFrom>);
  registry.AddScalar("regexp_count_no_flags", Cold<&CountStart>);
  registry.AddScalar("regexp_count_no_start", Cold<&Count>);
  registry.AddScalar("regexp_instr", Cold<&Instr>);
  registry.AddScalar("regexp_instr_no_subexpr", Cold<&InstrFlags>);
  registry.AddScalar("regexp_instr_no_flags", Cold<&InstrEnd>);
  registry.AddScalar("regexp_instr_no_endoption", Cold<&InstrNth>);
  registry.AddScalar("regexp_instr_no_n", Cold<&InstrStart>);
  registry.AddScalar("regexp_instr_no_start", Cold<&InstrPlain>);
  registry.AddScalar("regexp_substr", Cold<&SubstrGroup>);
  registry.AddScalar("regexp_substr_no_subexpr", Cold<&SubstrFlags>);
  registry.AddScalar("regexp_substr_no_flags", Cold<&SubstrNth>);
  registry.AddScalar("regexp_substr_no_n", Cold<&SubstrStart>);
  registry.AddScalar("regexp_substr_no_start", Cold<&SubstrPlain>);
  registry.AddScalar("textregexsubstr", Cold<&Substring>);
  registry.AddScalar("textregexreplace_noopt", Cold<&Replace>);
  registry.AddScalar("textregexreplace", Cold<&ReplaceFlags>);
  registry.AddScalar("textregexreplace_extended", Cold<&ReplaceNthFlags>);
  registry.AddScalar("textregexreplace_extended_no_flags", Cold<&ReplaceNth>);
  registry.AddScalar("textregexreplace_extended_no_n", Cold<&ReplaceStart>);
}

}  // namespace grizzly::functions
