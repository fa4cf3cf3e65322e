#include "functions/string/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <list>

#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "functions/string/are_syntax.h"

namespace grizzly::functions {
namespace {

// After so many searches a pattern is worth compiling to machine code.
constexpr uint32_t kSearchesBeforeJit = 32;
constexpr size_t kDfaWorkspaceInts = 1000;
constexpr uint32_t kDfaWays = 32;

std::string_view PostgresWords(int error) {
  switch (error) {
    case PCRE2_ERROR_MISSING_SQUARE_BRACKET: return "brackets [] not balanced";
    case PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS:
    case PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS: return "parentheses () not balanced";
    case PCRE2_ERROR_CLASS_RANGE_ORDER: return "invalid character range";
    case PCRE2_ERROR_UNKNOWN_POSIX_CLASS: return "invalid character class";
    case PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE: return "invalid backreference number";
    case PCRE2_ERROR_QUANTIFIER_TOO_BIG:
    case PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER: return "invalid repetition count(s)";
    case PCRE2_ERROR_QUANTIFIER_INVALID: return "quantifier operand invalid";
    case PCRE2_ERROR_PATTERN_TOO_LARGE: return "regular expression is too complex";
    default: return "invalid escape \\ sequence";
  }
}

PCRE2_SPTR Bytes(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

struct Regex::Compiled {
  pcre2_code* code = nullptr;
  pcre2_code* anchored = nullptr;  // must match from where it starts to the end of the subject
  pcre2_match_data* match = nullptr;
  pcre2_match_data* ways = nullptr;
  bool needs_longest = false;
  bool is_lazy = false;
  uint32_t groups = 0;
  uint32_t searches = 0;
  std::vector<int> workspace;

  ~Compiled() {
    pcre2_match_data_free(match);
    pcre2_match_data_free(ways);
    pcre2_code_free(code);
    pcre2_code_free(anchored);
  }

  static pcre2_code* Compile(const std::string& pattern, uint32_t options) {
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code* code =
        pcre2_compile(Bytes(pattern), pattern.size(), options, &error, &offset, nullptr);
    if (code == nullptr) ThrowInvalidRegex(PostgresWords(error));
    return code;
  }
};

Regex::Regex(std::string_view pattern, const RegexFlags& flags)
    : compiled_(std::make_unique<Compiled>()) {
  const TranslatedRegex are = TranslateAre(pattern, flags);
  uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY;
  if (are.flags.caseless) options |= PCRE2_CASELESS;
  if (!are.flags.dot_skips_newline) options |= PCRE2_DOTALL;
  if (are.flags.anchors_at_newline) options |= PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX;
  // A possessive quantifier would hide the shorter matches.
  if (are.is_lazy && are.has_mixed_greed) options |= PCRE2_NO_AUTO_POSSESS;
  compiled_->code = Compiled::Compile(are.pattern, options);
  compiled_->needs_longest =
      (are.has_alternatives || are.has_mixed_greed) && !are.has_back_references;
  compiled_->is_lazy = are.is_lazy;
  if (compiled_->needs_longest && !are.has_lookaround) {
    compiled_->anchored =
        Compiled::Compile(are.pattern, options | PCRE2_ANCHORED | PCRE2_ENDANCHORED);
  }
  compiled_->match = pcre2_match_data_create_from_pattern(compiled_->code, nullptr);
  compiled_->ways = pcre2_match_data_create(kDfaWays, nullptr);
  pcre2_pattern_info(compiled_->code, PCRE2_INFO_CAPTURECOUNT, &compiled_->groups);
}

Regex::~Regex() = default;

uint32_t Regex::group_count() const { return compiled_->groups; }

bool Regex::Search(std::string_view subject, size_t from, std::vector<RegexSpan>& spans) const {
  Compiled& c = *compiled_;
  if (++c.searches == kSearchesBeforeJit) pcre2_jit_compile(c.code, PCRE2_JIT_COMPLETE);
  int found = pcre2_match(c.code, Bytes(subject), subject.size(), from, PCRE2_NO_UTF_CHECK,
                          c.match, nullptr);
  if (found == PCRE2_ERROR_NOMATCH) return false;
  if (found < 0) {
    throw SqlError(SqlState::kInvalidRegularExpression, "regular expression failed: out of memory");
  }
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(c.match);
  const size_t start = offsets[0];
  if (c.anchored != nullptr) {
    c.workspace.resize(kDfaWorkspaceInts);
    const int ways = pcre2_dfa_match(c.code, Bytes(subject), subject.size(), start,
                                     PCRE2_NO_UTF_CHECK | PCRE2_ANCHORED, c.ways, nullptr,
                                     c.workspace.data(), c.workspace.size());
    // The longest way is first. Zero means there were more than fit; the longest is there.
    if (ways >= 0) {
      const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(c.ways);
      const size_t wanted = ends[2 * (c.is_lazy && ways > 0 ? static_cast<size_t>(ways) - 1 : 0) + 1];
      if (wanted != offsets[1]) {
        const int again = pcre2_match(c.anchored, Bytes(subject), wanted, start,
                                      PCRE2_NO_UTF_CHECK | PCRE2_NOTEOL, c.match, nullptr);
        if (again < 0) {  // $ inside: take the first pass's groups
          pcre2_match(c.code, Bytes(subject), subject.size(), from, PCRE2_NO_UTF_CHECK, c.match,
                      nullptr);
        }
      }
    }
  }
  spans.resize(c.groups + 1);
  for (uint32_t i = 0; i <= c.groups; ++i) {
    const bool is_set = offsets[2 * i] != PCRE2_UNSET;
    spans[i] = is_set ? RegexSpan{static_cast<int64_t>(offsets[2 * i]),
                                  static_cast<int64_t>(offsets[2 * i + 1])}
                      : RegexSpan{};
  }
  return true;
}

bool Regex::Matches(std::string_view subject) const {
  Compiled& c = *compiled_;
  if (++c.searches == kSearchesBeforeJit) pcre2_jit_compile(c.code, PCRE2_JIT_COMPLETE);
  return pcre2_match(c.code, Bytes(subject), subject.size(), 0, PCRE2_NO_UTF_CHECK, c.match,
                     nullptr) >= 0;
}

const Regex& CachedRegex(std::string_view pattern, const RegexFlags& flags) {
  struct Entry {
    std::string pattern;
    RegexFlags flags;
    std::unique_ptr<Regex> regex;
  };
  thread_local std::list<Entry> cache;  // the last used first
  for (auto it = cache.begin(); it != cache.end(); ++it) {
    if (it->pattern != pattern || !(it->flags == flags)) continue;
    cache.splice(cache.begin(), cache, it);
    return *cache.front().regex;
  }
  auto regex = std::make_unique<Regex>(pattern, flags);
  cache.push_front({std::string(pattern), flags, std::move(regex)});
  if (cache.size() > kRegexCacheEntries) cache.pop_back();
  return *cache.front().regex;
}

}  // namespace grizzly::functions
