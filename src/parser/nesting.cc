#include "parser/nesting.h"

#include <strings.h>

#include <vector>

#include "parser/scan.h"

namespace grizzly::parser {
namespace {

enum class Word { kOther, kOpens, kCloses, kChains, kDeepens, kParts };

Word Classify(std::string_view word) {
  struct Entry {
    const char* text;
    Word kind;
  };
  static constexpr Entry kWords[] = {
      {"case", Word::kOpens},      {"end", Word::kCloses},     {"join", Word::kChains},
      {"union", Word::kChains},    {"except", Word::kChains},  {"intersect", Word::kChains},
      {"not", Word::kDeepens},     {"is", Word::kDeepens},     {"isnull", Word::kDeepens},
      {"notnull", Word::kDeepens}, {"collate", Word::kDeepens}, {"at", Word::kDeepens},
      {"like", Word::kDeepens},    {"ilike", Word::kDeepens},  {"similar", Word::kDeepens},
      {"between", Word::kDeepens}, {"in", Word::kDeepens},     {"and", Word::kParts},
      {"or", Word::kParts},        {"when", Word::kParts},     {"then", Word::kParts},
      {"else", Word::kParts},
  };
  if (word.size() > 9) return Word::kOther;
  for (const Entry& entry : kWords) {
    if (strncasecmp(entry.text, word.data(), word.size()) == 0 && entry.text[word.size()] == '\0') {
      return entry.kind;
    }
  }
  return Word::kOther;
}

// One open parenthesis, bracket or CASE.
struct Level {
  size_t height = 0;      // of the part being read
  size_t height_max = 0;  // of the parts before it
  size_t chain = 0;       // JOINs and set operations on this level
  bool is_case = false;

  void EndPart() {
    if (height + 1 > height_max) height_max = height + 1;
    height = 0;
  }
  size_t Total() {
    EndPart();
    return height_max + chain;
  }
};

class NestingScan {
 public:
  explicit NestingScan(std::string_view text) : text_(text), levels_(1) {}

  size_t Run() {
    size_t at = 0;
    while ((at = scan::SkipBlanks(text_, at)) < text_.size()) at = Token(at);
    while (levels_.size() > 1) Close();
    return std::max(bound_, levels_.back().Total());
  }

 private:
  void Open(bool is_case) {
    levels_.emplace_back();
    levels_.back().is_case = is_case;
  }

  void Close() {
    const size_t inner = levels_.back().Total();
    levels_.pop_back();
    Level& outer = levels_.back();
    outer.height = std::max(outer.height, inner) + 1;
  }

  void TakeWord(std::string_view word) {
    switch (Classify(word)) {
      case Word::kOther: break;
      case Word::kOpens: Open(true); break;
      case Word::kCloses: if (levels_.size() > 1 && levels_.back().is_case) Close(); break;
      case Word::kChains: ++levels_.back().chain; break;
      case Word::kDeepens: ++levels_.back().height; break;
      case Word::kParts: levels_.back().EndPart(); break;
    }
  }

  size_t Token(size_t at) {
    const char c = text_[at];
    if (scan::IsIdentifierStart(c)) {
      size_t end = at + 1;
      while (end < text_.size() && scan::IsIdentifierPart(text_[end])) ++end;
      if (end == at + 1 && (c == 'e' || c == 'E') && end < text_.size() && text_[end] == '\'') {
        return scan::SkipQuoted(text_, end, '\'', /*backslashes=*/true);
      }
      TakeWord(text_.substr(at, end - at));
      return end;
    }
    switch (c) {
      case '\'': case '"':
        return scan::SkipQuoted(text_, at, c, /*backslashes=*/false);
      case '$': {
        const size_t end = scan::SkipDollarQuoted(text_, at);
        return end == at ? at + 1 : end;
      }
      case '(': case '[':
        Open(false);
        break;
      case ')': case ']':
        while (levels_.size() > 1 && levels_.back().is_case) Close();
        if (levels_.size() > 1) Close();
        break;
      case ',':
        levels_.back().EndPart();
        break;
      case ';':
        if (levels_.size() == 1) {
          bound_ = std::max(bound_, levels_.back().Total());
          levels_.back() = Level();
        }
        break;
      case ':':
        ++levels_.back().height;
        break;
      default:
        if (scan::IsOperatorCharacter(c)) ++levels_.back().height;
    }
    return at + 1;
  }

  const std::string_view text_;
  std::vector<Level> levels_;
  size_t bound_ = 0;
};

}  // namespace

size_t NestingBound(std::string_view sql) { return NestingScan(sql).Run(); }

}  // namespace grizzly::parser
