// ts_headline: the part of a text that shows best why it was found, with the query's words marked.
//
// ERRORS  22023 for options
// SOURCE  PostgreSQL 15 docs, 12.3.4 "Highlighting Results"
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/json/json_strings.h"
#include "functions/kernel.h"
#include "functions/text_search/configuration.h"
#include "functions/text_search/dictionary.h"
#include "functions/text_search/query_match.h"

namespace grizzly::functions {
namespace {

using types::TsNode;
using View = std::string_view;

[[noreturn]] void Refuse(std::string message) {
  throw SqlError(SqlState::kInvalidParameterValue, std::move(message));
}

// ---- options ----

struct HeadlineOptions {
  int words_max = 35, words_min = 15, short_word = 3, fragments_max = 0;
  bool highlight_all = false;
  std::string start = "<b>", stop = "</b>", delimiter = " ... ";
};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// name = value, name = "value", ...
class OptionReader {
 public:
  explicit OptionReader(View text) : text_(text) {}

  HeadlineOptions Run() {
    SkipNoise();
    while (at_ < text_.size()) {
      const std::string name = Name();
      SkipSpace();
      if (at_ >= text_.size() || text_[at_] != '=') Malformed();
      ++at_;
      SkipSpace();
      Set(name, Value());
      SkipNoise();
    }
    return std::move(options_);
  }

 private:
  [[noreturn]] void Malformed() const {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("invalid parameter list format: \"{}\"", text_));
  }
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }
  void SkipNoise() {
    while (at_ < text_.size() && (IsSpace(text_[at_]) || text_[at_] == ',')) ++at_;
  }
  std::string Name() {
    std::string name;
    if (text_[at_] == '"') return Quoted();
    for (; at_ < text_.size() && text_[at_] != '=' && !IsSpace(text_[at_]); ++at_) {
      name += Lower(text_[at_]);
    }
    return name;
  }
  std::string Value() {
    if (at_ >= text_.size()) Malformed();
    if (text_[at_] == '"' || text_[at_] == '\'') return Quoted();
    std::string value;
    for (; at_ < text_.size() && !IsSpace(text_[at_]) && text_[at_] != ','; ++at_) {
      value += text_[at_];
    }
    return value;
  }
  std::string Quoted() {
    const char quote = text_[at_++];
    std::string value;
    for (;; ++at_) {
      if (at_ >= text_.size()) Malformed();
      if (text_[at_] == quote) {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != quote) break;
        ++at_;
      } else if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
      }
      value += text_[at_];
    }
    ++at_;
    return value;
  }

  static int Number(View value) {
    int number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size()) {
      throw SqlError(SqlState::kInvalidTextRepresentation,
                     fmt::format("invalid input syntax for type integer: \"{}\"", value));
    }
    return number;
  }
  void Set(View name, std::string value) {
    if (name == "maxwords") {
      options_.words_max = Number(value);
    } else if (name == "minwords") {
      options_.words_min = Number(value);
    } else if (name == "shortword") {
      options_.short_word = Number(value);
    } else if (name == "maxfragments") {
      options_.fragments_max = Number(value);
    } else if (name == "startsel") {
      options_.start = std::move(value);
    } else if (name == "stopsel") {
      options_.stop = std::move(value);
    } else if (name == "fragmentdelimiter") {
      options_.delimiter = std::move(value);
    } else if (name == "highlightall") {
      for (char& c : value) c = Lower(c);
      options_.highlight_all = value == "1" || value == "on" || value == "true" || value == "t" ||
                               value == "y" || value == "yes";
    } else {
      Refuse(fmt::format("unrecognized headline parameter: \"{}\"", name));
    }
  }

  const View text_;
  size_t at_ = 0;
  HeadlineOptions options_;
};

void CheckLength(View name, const std::string& value) {
  constexpr size_t kMarkBytesMax = 32767;
  if (value.size() > kMarkBytesMax) Refuse(fmt::format("value for \"{}\" is too long", name));
}
void Check(const HeadlineOptions& options) {
  CheckLength("StartSel", options.start);
  CheckLength("StopSel", options.stop);
  CheckLength("FragmentDelimiter", options.delimiter);
  if (options.highlight_all) return;
  if (options.words_min >= options.words_max) Refuse("MinWords should be less than MaxWords");
  if (options.words_min <= 0) Refuse("MinWords should be positive");
  if (options.short_word < 0) Refuse("ShortWord should be >= 0");
  if (options.fragments_max < 0) Refuse("MaxFragments should be >= 0");
}

// ---- the text ----

// A token, and the operand of the query it matches. One that matches several stands there once for
// each; all but the first are repeated.
struct Word {
  TokenType type;
  View text;
  const TsNode* operand = nullptr;
  int place = 0;
  bool is_repeated = false;
  bool is_shown = false;
};

bool IsSkipped(TokenType type) {  // its parts are shown instead
  return type == TokenType::kUrl || type == TokenType::kNumHyphenWord ||
         type == TokenType::kAsciiHyphenWord || type == TokenType::kHyphenWord;
}
bool IsNoWord(TokenType type) {
  return type == TokenType::kBlank || type == TokenType::kTag || IsSkipped(type);
}
bool IsNoEnd(TokenType type) {
  switch (type) {
    case TokenType::kScientific:
    case TokenType::kVersion:
    case TokenType::kFloat:
    case TokenType::kInt:
    case TokenType::kUnsignedInt:
    case TokenType::kProtocol:
    case TokenType::kEntity: return true;
    default: return IsNoWord(type);
  }
}

void CollectOperands(const TsNode* node, std::vector<const TsNode*>& operands) {
  if (node == nullptr) return;
  if (!node->is_operator) operands.push_back(node);
  CollectOperands(node->left.get(), operands);
  CollectOperands(node->right.get(), operands);
}

class HeadlineText {
 public:
  HeadlineText(Oid configuration, View text, const TsNode* query) : query_(query) {
    std::vector<const TsNode*> operands;
    CollectOperands(query, operands);
    int place = 0;
    const TextAnalyzer analyzer(configuration);
    for (const Token& token : ParseTokens(text)) {
      Add({token.type, token.text});
      if (token.text.size() > types::kLexemeBytesMax) continue;
      const std::optional<std::vector<std::string>> lexemes = analyzer.LexemesOf(token);
      if (!lexemes.has_value()) continue;
      ++place;
      const size_t word = words_.size() - 1;
      for (const std::string& lexeme : *lexemes) Find(word, lexeme, place, operands);
    }
  }

  int size() const { return static_cast<int>(words_.size()); }
  const Word& word(int i) const { return words_[static_cast<size_t>(i)]; }
  bool IsInteresting(int i) const { return word(i).operand != nullptr && !word(i).is_repeated; }
  bool CountsAsWord(int i) const { return !IsNoWord(word(i).type); }
  bool IsBadEnd(int i, int short_word) const {
    return (IsNoEnd(word(i).type) || static_cast<int>(word(i).text.size()) <= short_word) &&
           !IsInteresting(i);
  }
  // The first word at or after `i` that the query asks for; -1: none.
  int NextMatch(int i) const {
    for (; i < size(); ++i) {
      if (word(i).operand != nullptr) return i;
    }
    return -1;
  }

  // The earliest, then shortest stretch from *from on that satisfies the query.
  bool NextCover(int cover_max, int* from, int* to) const {
    for (int begin = NextMatch(*from); begin >= 0; begin = NextMatch(begin + 1)) {
      for (int end = begin; end >= 0 && end - begin < cover_max; end = NextMatch(end + 1)) {
        if (!Satisfies(begin, end)) continue;
        *from = begin;
        *to = end;
        return true;
      }
    }
    return false;
  }

  void Show(int from, int to) {
    for (int i = from; i <= to && i < size(); ++i) {
      words_[static_cast<size_t>(i)].is_shown = !word(i).is_repeated;
    }
  }

  std::string Write(const HeadlineOptions& options) const {
    std::string out;
    bool in_fragment = false;
    int fragments = 0;
    for (const Word& each : words_) {
      if (each.is_repeated) continue;
      if (!each.is_shown) {
        in_fragment = false;
        continue;
      }
      if (!in_fragment && fragments++ > 0) out += options.delimiter;
      in_fragment = true;
      if (!options.highlight_all && each.type == TokenType::kTag) {
        out += ' ';
      } else if (!IsSkipped(each.type)) {
        if (each.operand != nullptr) out += options.start;
        out += each.text;
        if (each.operand != nullptr) out += options.stop;
      }
    }
    return out;
  }

 private:
  void Add(Word word) { words_.push_back(word); }
  void Find(size_t at, View lexeme, int place, const std::vector<const TsNode*>& operands) {
    for (const TsNode* operand : operands) {
      const bool matches = operand->is_prefix ? lexeme.starts_with(operand->lexeme)
                                              : lexeme == operand->lexeme;
      if (!matches) continue;
      if (words_[at].operand == nullptr) {
        words_[at].operand = operand;
        words_[at].place = place;
        continue;
      }
      Word repeated = words_[at];
      repeated.operand = operand;
      repeated.is_repeated = true;
      Add(repeated);
    }
  }
  bool Satisfies(int begin, int end) const {
    return MatchesQuery(query_, [&](const TsNode& operand, bool) {
      OperandMatch match;
      for (int i = begin; i <= end; ++i) {
        if (word(i).operand != &operand) continue;
        match.matches = match.has_positions = true;
        const auto place = static_cast<uint16_t>(word(i).place);
        if (match.places.empty() || match.places.back() < place) match.places.push_back(place);
      }
      return match;
    });
  }

  const TsNode* const query_;
  std::vector<Word> words_;
};

// ---- what to show ----

class Selector {
 public:
  Selector(HeadlineText& text, const HeadlineOptions& options)
      : text_(text), o_(options), cover_max_(std::max(options.words_max * 10, 100)) {}

  void Run() {
    if (o_.fragments_max > 0) {
      ShowFragments();
    } else if (o_.highlight_all) {
      text_.Show(0, text_.size() - 1);
    } else {
      ShowOne();
    }
  }

 private:
  struct Stretch {
    int from = 0, to = 0;
    int words = 0;        // that count
    int interesting = 0;
    bool is_taken = false;  // chosen, or overlapping one that was
  };

  bool IsBadEnd(int i) const { return text_.IsBadEnd(i, o_.short_word); }
  void Count(Stretch& stretch, int i, int sign = 1) const {
    if (text_.CountsAsWord(i)) stretch.words += sign;
    if (text_.IsInteresting(i)) stretch.interesting += sign;
  }

  void ShowBeginning() {
    int words = 0;
    int last = 0;
    for (int i = 0; i < text_.size() && words < o_.words_min; ++i) {
      if (text_.CountsAsWord(i)) ++words;
      last = i;
    }
    text_.Show(0, last);
  }

  // Of the headlines around each cover: the cover whole, then many of the query's words, then a good end.
  void ShowOne() {
    Stretch best;
    best.interesting = -1;
    bool best_is_whole = false;
    int from = 0;
    int to = 0;
    for (; text_.NextCover(cover_max_, &from, &to); ++from) {
      const Stretch headline = Around(from, to);
      const bool is_whole = headline.from <= from && headline.to >= to;
      bool is_better = best.interesting < 0;
      if (!is_better && is_whole != best_is_whole) {
        is_better = is_whole;
      } else if (!is_better && headline.interesting != best.interesting) {
        is_better = headline.interesting > best.interesting;
      } else if (!is_better) {
        is_better = !IsBadEnd(headline.to) && IsBadEnd(best.to);
      }
      if (!is_better) continue;
      best = headline;
      best_is_whole = is_whole;
    }
    if (best.interesting < 0) return ShowBeginning();
    text_.Show(best.from, best.to);
  }

  Stretch Around(int from, int to) const {
    Stretch headline{from, from};
    int i = from;
    for (; i <= to && headline.words < o_.words_max; ++i) {
      Count(headline, i);
      headline.to = i;
    }
    if (headline.words < o_.words_max) {
      Lengthen(headline, i - 1, from, to);
    } else {
      Shorten(headline, std::min(i, to));
    }
    return headline;
  }
  void Lengthen(Stretch& headline, int i, int from, int to) const {
    for (; i < text_.size() && headline.words < o_.words_max; ++i) {
      if (i > to) Count(headline, i);
      headline.to = i;
      if (!IsBadEnd(i) && headline.words >= o_.words_min) break;
    }
    if (headline.words >= o_.words_min) return;
    for (i = from - 1; i >= 0; --i) {
      Count(headline, i);
      if (headline.words >= o_.words_max) break;
      if (!IsBadEnd(i) && headline.words >= o_.words_min) break;
    }
    headline.from = std::max(i, 0);
  }
  void Shorten(Stretch& headline, int i) const {
    for (; headline.words > o_.words_min && IsBadEnd(i); --i) {
      Count(headline, i, -1);
      headline.to = i - 1;
    }
  }

  // ---- MaxFragments ----

  void ShowFragments() {
    std::vector<Stretch> covers = Covers();
    int shown = 0;
    for (; shown < o_.fragments_max; ++shown) {
      Stretch* best = nullptr;
      for (Stretch& cover : covers) {
        if (cover.is_taken) continue;
        const bool is_better =
            best == nullptr ? cover.interesting > 0
                            : cover.interesting > best->interesting ||
                                  (cover.interesting == best->interesting && cover.words < best->words);
        if (is_better) best = &cover;
      }
      if (best == nullptr) break;
      if (best->words < o_.words_max) Widen(*best);
      text_.Show(best->from, best->to);
      for (Stretch& cover : covers) {
        if (cover.from <= best->to && cover.to >= best->from) cover.is_taken = true;
      }
    }
    if (shown == 0) ShowBeginning();
  }

  // Covers cut into pieces of at most MaxWords that begin and end with words of the query.
  std::vector<Stretch> Covers() const {
    std::vector<Stretch> covers;
    int from = 0;
    int to = 0;
    for (; text_.NextCover(cover_max_, &from, &to); ++from) {
      for (int start = from; start <= to;) {
        const Stretch piece = Piece(start, to);
        covers.push_back(piece);
        start = piece.to + 1;
      }
    }
    return covers;
  }
  Stretch Piece(int start, int end) const {
    while (start < end && !text_.IsInteresting(start)) ++start;
    Stretch piece{start, end};
    int i = start;
    for (; i <= end && piece.words < o_.words_max; ++i) Count(piece, i);
    if (end <= i) return piece;
    piece.to = i;
    for (; i >= start; --i) {
      piece.to = i;
      if (text_.IsInteresting(i)) break;
      if (text_.CountsAsWord(i)) --piece.words;
    }
    return piece;
  }

  // To MaxWords: half of what is missing before it, the rest behind it.
  void Widen(Stretch& cover) const {
    const int before_max = (o_.words_max - cover.words) / 2;
    int marker = cover.from;
    int stretched = 0;
    for (int i = cover.from - 1; i >= 0 && stretched < before_max && !text_.word(i).is_shown; --i) {
      if (text_.CountsAsWord(i)) {
        ++cover.words;
        ++stretched;
      }
      marker = i;
    }
    for (; marker < cover.from && IsBadEnd(marker); ++marker) {
      if (text_.CountsAsWord(marker)) --cover.words;
    }
    cover.from = marker;
    marker = cover.to;
    for (int i = cover.to + 1;
         i < text_.size() && cover.words < o_.words_max && !text_.word(i).is_shown; ++i) {
      if (text_.CountsAsWord(i)) ++cover.words;
      marker = i;
    }
    for (; marker > cover.to && IsBadEnd(marker); --marker) {
      if (text_.CountsAsWord(marker)) --cover.words;
    }
    cover.to = marker;
  }

  HeadlineText& text_;
  const HeadlineOptions& o_;
  const int cover_max_;
};

std::string Headline(Oid configuration, View text, const TsNode* query,
                     const HeadlineOptions& options) {
  HeadlineText parsed(configuration, text, query);
  Selector(parsed, options).Run();
  return parsed.Write(options);
}

// ---- functions: with and without configuration and options; of text, json and jsonb ----

enum class Source : uint8_t { kText, kJson, kJsonb };

template <Source source>
std::string Run(Oid configuration, View document, View query_bytes, View option_text) {
  const std::unique_ptr<TsNode> query = types::ReadTsQuery(query_bytes);
  const HeadlineOptions options = OptionReader(option_text).Run();
  Check(options);
  const auto headline = [&](View text) {
    return Headline(configuration, text, query.get(), options);
  };
  if constexpr (source == Source::kText) return headline(document);
  if constexpr (source == Source::kJson) return MapJsonStrings(document, headline);
  return MapJsonbStrings(types::JsonbRef(document), headline);
}

template <Source source>
std::string Plain(FunctionContext& context, View document, View query) {
  return Run<source>(CurrentTextSearchConfig(context), document, query, "");
}
template <Source source>
std::string WithOptions(FunctionContext& context, View document, View query, View options) {
  return Run<source>(CurrentTextSearchConfig(context), document, query, options);
}
template <Source source>
std::string By(uint32_t configuration, View document, View query) {
  return Run<source>(configuration, document, query, "");
}
template <Source source>
std::string ByWithOptions(uint32_t configuration, View document, View query, View options) {
  return Run<source>(configuration, document, query, options);
}

template <Source source>
void Add(Registry& registry, const std::string& name) {
  registry.AddScalar(name, Cold<&Plain<source>>);
  registry.AddScalar(name + "_opt", Cold<&WithOptions<source>>);
  registry.AddScalar(name + "_byid", Cold<&By<source>>);
  registry.AddScalar(name + "_byid_opt", Cold<&ByWithOptions<source>>);
}

}  // namespace

void RegisterHeadline(Registry& registry) {
  Add<Source::kText>(registry, "ts_headline");
  Add<Source::kJson>(registry, "ts_headline_json");
  Add<Source::kJsonb>(registry, "ts_headline_jsonb");
}

}  // namespace grizzly::functions
