#include "functions/text_search/token_parser.h"

#include <algorithm>
#include <cstring>

#include "types/text.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

// Beyond ASCII everything counts as a letter, as in a database of locale C.
bool IsLatin(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWide(char c) { return (c & 0x80) != 0; }
bool IsLetter(char c) { return IsLatin(c) || IsWide(c); }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsUrlChar(char c) {
  return c > 0x20 && c < 0x7F && std::strchr("\"<>\\^`{|}", c) == nullptr;
}
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Each Try...() starts at a place inside of a token that began at begin_, and says whether one of its
// kind ends somewhere from there; if so, end_ and type_ are set.
class TokenParser {
 public:
  explicit TokenParser(View text) : text_(text) {}

  std::vector<Token> Run() {
    while (begin_ < text_.size()) {
      One();
      Emit(type_, begin_, end_);
      const size_t begin = begin_;
      begin_ = end_;
      if (type_ == TokenType::kUrl) EmitUrlParts(begin, end_);
      if (type_ == TokenType::kAsciiHyphenWord || type_ == TokenType::kHyphenWord ||
          type_ == TokenType::kNumHyphenWord) {
        EmitHyphenParts(begin, end_);
      }
    }
    return std::move(tokens_);
  }

 private:
  char At(size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  bool AtEnd(size_t at) const { return at >= text_.size(); }
  void Emit(TokenType type, size_t begin, size_t end) {
    tokens_.push_back({type, text_.substr(begin, end - begin)});
  }
  bool Accept(TokenType type, size_t end) {
    type_ = type;
    end_ = end;
    return true;
  }

  void One() {
    const size_t next = begin_ + 1;
    const char c = text_[begin_];
    if (!ignores_) {
      if (IsLatin(c)) return AsciiWord(next);
      if (IsWide(c)) return Word(next);
      if (IsDigit(c)) return Unsigned(next);
      if ((c == '-' || c == '+') && TrySigned(next)) return;
      if (c == '&' && TryEntity(next)) return;
      if (c == '~' && TryTwiddle(next)) return;
      if (c == '/' && TryFileFirst(next)) return;
      if (c == '.' && TryPathFirst(next)) return;
    }
    if (c == '<' && TryTag(next)) return;
    Blank(next);
  }

  void Blank(size_t at) {
    while (!AtEnd(at)) {
      const char c = text_[at];
      if (c == '<') break;
      if (!ignores_ && (c == '-' || c == '+' || c == '&' || c == '/' || IsLetter(c) || IsDigit(c))) {
        break;
      }
      ++at;
    }
    Accept(TokenType::kBlank, at);
  }

  // ---- words ----
  void AsciiWord(size_t at) {
    while (IsLatin(At(at))) ++at;
    const char c = At(at);
    if (c == '.' && (TryHostFirstDomain(at + 1) || TryFileNext(at + 1))) return;
    if (c == '-' && (TryHostFirst(at + 1) || TryHyphenAsciiFirst(at + 1))) return;
    if (c == '_' && TryHostFirst(at + 1)) return;
    if (c == '@' && TryEmail(at + 1)) return;
    if (text_.substr(at, 3) == "://") {
      Accept(TokenType::kProtocol, at + 3);
      return;
    }
    if (c == '/' && TryFileFirst(at + 1)) return;
    if (IsDigit(c)) {
      if (!TryHost(at + 1)) NumWord(at + 1);
      return;
    }
    if (IsWide(c)) return Word(at + 1);
    Accept(TokenType::kAsciiWord, at);
  }
  void Word(size_t at) {
    while (IsLetter(At(at))) ++at;
    if (IsDigit(At(at))) return NumWord(at + 1);
    if (At(at) == '-' && TryHyphenFirst(at + 1)) return;
    Accept(TokenType::kWord, at);
  }
  void NumWord(size_t at) {
    while (IsLetter(At(at)) || IsDigit(At(at))) ++at;
    const char c = At(at);
    if (c == '@' && TryEmail(at + 1)) return;
    if (c == '/' && TryFileFirst(at + 1)) return;
    if (c == '.' && TryFileNext(at + 1)) return;
    if (c == '-' && TryHyphenNumFirst(at + 1)) return;
    Accept(TokenType::kNumWord, at);
  }

  // ---- words with hyphens: what stands behind a hyphen ----
  bool TryHyphenAsciiFirst(size_t at) {
    if (IsLatin(At(at))) return HyphenAscii(at + 1);
    if (IsWide(At(at))) return Hyphen(at + 1);
    return IsDigit(At(at)) && TryHyphenDigits(at + 1);
  }
  bool HyphenAscii(size_t at) {
    while (IsLatin(At(at))) ++at;
    if (IsWide(At(at))) return Hyphen(at + 1);
    if (IsDigit(At(at))) return HyphenNum(at + 1);
    if (At(at) == '-' && TryHyphenAsciiFirst(at + 1)) return true;
    return Accept(TokenType::kAsciiHyphenWord, at);
  }
  bool TryHyphenFirst(size_t at) {
    if (IsLetter(At(at))) return Hyphen(at + 1);
    return IsDigit(At(at)) && TryHyphenDigits(at + 1);
  }
  bool Hyphen(size_t at) {
    while (IsLetter(At(at))) ++at;
    if (IsDigit(At(at))) return HyphenNum(at + 1);
    if (At(at) == '-' && TryHyphenFirst(at + 1)) return true;
    return Accept(TokenType::kHyphenWord, at);
  }
  bool TryHyphenNumFirst(size_t at) {
    if (IsLetter(At(at))) return HyphenNum(at + 1);
    return IsDigit(At(at)) && TryHyphenDigits(at + 1);
  }
  bool HyphenNum(size_t at) {
    while (IsLetter(At(at)) || IsDigit(At(at))) ++at;
    if (At(at) == '-' && TryHyphenNumFirst(at + 1)) return true;
    return Accept(TokenType::kNumHyphenWord, at);
  }
  // Digits alone are no part of a word.
  bool TryHyphenDigits(size_t at) {
    while (IsDigit(At(at))) ++at;
    return IsLetter(At(at)) && HyphenNum(at + 1);
  }
  void EmitHyphenParts(size_t at, size_t end) {
    while (at < end) {
      if (text_[at] == '-') {
        Emit(TokenType::kBlank, at, at + 1);
        ++at;
        continue;
      }
      bool has_digit = false;
      bool has_wide = false;
      size_t to = at;
      for (; to < end && text_[to] != '-'; ++to) {
        has_digit = has_digit || IsDigit(text_[to]);
        has_wide = has_wide || IsWide(text_[to]);
      }
      Emit(has_digit ? TokenType::kHyphenNumPart
                     : (has_wide ? TokenType::kHyphenPart : TokenType::kHyphenAsciiPart),
           at, to);
      at = to;
    }
  }

  // ---- hosts, mail addresses, URLs ----
  bool TryHostFirst(size_t at) {
    return (IsLatin(At(at)) || IsDigit(At(at))) && TryHost(at + 1);
  }
  // Inside of a part that is no top-level domain.
  bool TryHost(size_t at) {
    while (IsLatin(At(at)) || IsDigit(At(at))) ++at;
    switch (At(at)) {
      case '@': return TryEmail(at + 1);
      case '.': return TryHostFirstDomain(at + 1);
      case '-':
      case '_': return TryHostFirst(at + 1);
      default: return false;
    }
  }
  bool TryHostFirstDomain(size_t at) {
    if (IsDigit(At(at))) return TryHost(at + 1);
    if (!IsLatin(At(at))) return false;
    return IsLatin(At(at + 1)) ? TryHostDomain(at + 2) : TryHost(at + 1);
  }
  // Two letters were there: what ends here is a host.
  bool TryHostDomain(size_t at) {
    while (IsLatin(At(at))) ++at;
    switch (At(at)) {
      case ':':
        if (TryPort(at + 1)) return true;
        break;
      case '-':
      case '_':
        if (TryHostFirst(at + 1)) return true;
        break;
      case '.':
        if (TryHostFirstDomain(at + 1)) return true;
        break;
      case '@':
        if (TryEmail(at + 1)) return true;
        break;
      default:
        if (IsDigit(At(at))) return TryHost(at + 1);
    }
    return AcceptHost(at);
  }
  bool TryPort(size_t at) {
    if (!IsDigit(At(at))) return false;
    while (IsDigit(At(at))) ++at;
    return AcceptHost(at);
  }
  bool AcceptHost(size_t at) {
    if (!host_only_ && At(at) == '/' && At(at + 1) != '\'' && IsUrlChar(At(at + 1))) {
      return Accept(TokenType::kUrl, UrlPathEnd(at + 2));
    }
    return Accept(TokenType::kHost, at);
  }
  size_t UrlPathEnd(size_t at) const {
    while (!AtEnd(at) && At(at) != '\'' && IsUrlChar(At(at))) ++at;
    return at;
  }
  // A host right behind the @.
  bool TryEmail(size_t at) {
    size_t end = 0;
    if (!HostAt(at, &end)) return false;
    return Accept(TokenType::kEmail, end);
  }
  bool HostAt(size_t at, size_t* end) {
    if (AtEnd(at)) return false;
    TokenParser inner(text_);
    inner.begin_ = at;
    inner.host_only_ = true;
    inner.One();
    *end = inner.end_;
    return inner.type_ == TokenType::kHost;
  }
  void EmitUrlParts(size_t begin, size_t end) {
    size_t host_end = 0;
    if (!HostAt(begin, &host_end)) return;
    Emit(TokenType::kHost, begin, host_end);
    Emit(TokenType::kUrlPath, host_end, end);
  }

  // ---- files ----
  bool TryFileFirst(size_t at) {
    const char c = At(at);
    if (IsLatin(c) || IsDigit(c) || c == '_') return File(at + 1);
    if (c == '.') return TryPath(at + 1);
    return c == '~' && TryTwiddle(at + 1);
  }
  bool TryFileNext(size_t at) {
    const char c = At(at);
    return (IsLatin(c) || IsDigit(c) || c == '_') && File(at + 1);
  }
  bool File(size_t at) {
    while (IsLatin(At(at)) || IsDigit(At(at)) || At(at) == '_' || At(at) == '-') ++at;
    if (At(at) == '.' && TryFileNext(at + 1)) return true;
    if (At(at) == '/' && TryFileFirst(at + 1)) return true;
    return Accept(TokenType::kFile, at);
  }
  bool TryTwiddle(size_t at) {
    const char c = At(at);
    if (IsLatin(c) || IsDigit(c) || c == '_') return File(at + 1);
    return c == '/' && TryFileFirst(at + 1);
  }
  // Behind a dot at the start of a path.
  bool TryPathFirst(size_t at) {
    if (At(at) == '.') return TryPathSecond(at + 1);
    return At(at) == '/' && TryFileFirst(at + 1);
  }
  bool TryPath(size_t at) {
    const char c = At(at);
    if (IsLatin(c) || IsDigit(c) || c == '_') return File(at + 1);
    if (c == '.') return TryPathSecond(at + 1);
    return c == '/' && TryFileFirst(at + 1);
  }
  bool TryPathSecond(size_t at) {
    if (At(at) == '/' && TryFileFirst(at + 1)) return true;
    if (!AtEnd(at) && At(at) != '/' && !IsSpace(At(at))) return false;
    return Accept(TokenType::kFile, at);
  }

  // ---- numbers ----
  void Unsigned(size_t at) {
    while (IsDigit(At(at))) ++at;
    const char c = At(at);
    if (c == '.' && (TryHostFirstDomain(at + 1) || TryDecimal(at + 1, true))) return;
    if (Lower(c) == 'e' && TryExponent(at + 1)) return;
    if ((c == '-' || c == '_') && TryHostFirst(at + 1)) return;
    if (c == '@' && TryEmail(at + 1)) return;
    if (IsLatin(c) && TryHost(at + 1)) return;
    if (IsLetter(c)) return NumWord(at + 1);
    if (c == '/' && TryFileFirst(at + 1)) return;
    Accept(TokenType::kUnsignedInt, at);
  }
  bool TrySigned(size_t at) {
    if (!IsDigit(At(at))) return false;
    while (IsDigit(At(at))) ++at;
    if (IsVersionAt(at)) return false;  // a sign is no part of one
    if (At(at) == '.' && TryDecimal(at + 1, false)) return true;
    if (Lower(At(at)) == 'e' && TryExponent(at + 1)) return true;
    return Accept(TokenType::kInt, at);
  }
  // A point, digits, and another point before digits.
  bool IsVersionAt(size_t at) const {
    if (At(at) != '.' || !IsDigit(At(at + 1))) return false;
    for (++at; IsDigit(At(at));) ++at;
    return At(at) == '.' && IsDigit(At(at + 1));
  }
  // Behind the point; without a sign a second point makes it a version.
  bool TryDecimal(size_t at, bool may_be_version) {
    if (!IsDigit(At(at))) return false;
    while (IsDigit(At(at))) ++at;
    if (may_be_version && At(at) == '.' && TryVersion(at + 1)) return true;
    if (Lower(At(at)) == 'e' && TryExponent(at + 1)) return true;
    return Accept(TokenType::kFloat, at);
  }
  bool TryVersion(size_t at) {
    if (!IsDigit(At(at))) return false;
    while (IsDigit(At(at))) ++at;
    if (At(at) == '.' && TryVersion(at + 1)) return true;
    return Accept(TokenType::kVersion, at);
  }
  bool TryExponent(size_t at) {
    if (At(at) == '+' || At(at) == '-') ++at;
    if (!IsDigit(At(at))) return false;
    while (IsDigit(At(at))) ++at;
    return Accept(TokenType::kScientific, at);
  }

  // ---- markup ----
  bool TryEntity(size_t at) {
    const auto is_name_start = [](char c) { return IsLatin(c) || c == ':' || c == '_'; };
    if (At(at) == '#') {
      ++at;
      const bool is_hex = Lower(At(at)) == 'x';
      if (is_hex) ++at;
      const size_t digits = at;
      while (IsDigit(At(at)) || (is_hex && Lower(At(at)) >= 'a' && Lower(At(at)) <= 'f')) ++at;
      if (at == digits) return false;
    } else {
      if (!is_name_start(At(at))) return false;
      while (is_name_start(At(at)) || IsDigit(At(at)) || At(at) == '.' || At(at) == '-') ++at;
    }
    return At(at) == ';' && Accept(TokenType::kEntity, at + 1);
  }

  bool TryTag(size_t at) {
    const char c = At(at);
    if (c == '/') return TryCloseTag(at + 1);
    if (c == '!') return TryComment(at + 1);
    if (c == '?') return TryInstruction(at + 1);
    if (!IsLatin(c) && c != ':' && c != '_') return false;
    while (IsLatin(At(at)) || IsDigit(At(at)) || (At(at) != '\0' && std::strchr(":_.-", At(at)))) ++at;
    if (At(at) == '/') return At(at + 1) == '>' && AcceptTag(at + 2);
    if (At(at) == '>') return AcceptTag(at + 1);
    return IsSpace(At(at)) && TryAttributes(at + 1);
  }
  bool TryAttributes(size_t at) {
    while (!AtEnd(at)) {
      const char c = text_[at];
      if (c == '>') return AcceptTag(at + 1);
      if (c == '\'' || c == '"') {
        if (!SkipQuoted(&at)) return false;
        continue;
      }
      if (!IsLatin(c) && !IsDigit(c) && !IsSpace(c) && std::strchr("=-_#/:.&?%~", c) == nullptr) {
        return false;
      }
      ++at;
    }
    return false;
  }
  bool SkipQuoted(size_t* at) const {
    const char quote = text_[(*at)++];
    for (; !AtEnd(*at); ++*at) {
      if (text_[*at] == '\\') {
        ++*at;
      } else if (text_[*at] == quote) {
        ++*at;
        return true;
      }
    }
    return false;
  }
  bool TryCloseTag(size_t at) {
    if (!IsLatin(At(at))) return false;
    while (IsLatin(At(at)) || IsDigit(At(at)) || (At(at) != '\0' && std::strchr(":_.-", At(at)))) ++at;
    while (IsSpace(At(at))) ++at;
    return At(at) == '>' && AcceptTag(at + 1);
  }
  bool TryComment(size_t at) {
    if (Lower(At(at)) == 'd') return TryAttributes(at + 1);
    if (text_.substr(at, 2) != "--") return false;
    const size_t end = text_.find("-->", at + 2);
    return end != View::npos && Accept(TokenType::kTag, end + 3);
  }
  bool TryInstruction(size_t at) {
    if (Lower(At(at)) != 'x') return false;
    for (++at; !AtEnd(at);) {
      if (text_[at] == '\'' || text_[at] == '"') {
        if (!SkipQuoted(&at)) return false;
      } else if (text_.substr(at, 2) == "?>") {
        return Accept(TokenType::kTag, at + 2);
      } else {
        ++at;
      }
    }
    return false;
  }
  // Nothing between <script> or <style> and its end is text.
  bool AcceptTag(size_t end) {
    const View tag = text_.substr(begin_, end - begin_);
    const auto starts = [&](View word) {
      return tag.size() >= word.size() &&
             std::equal(word.begin(), word.end(), tag.begin(),
                        [](char a, char b) { return a == Lower(b); });
    };
    if (starts("</script") || starts("</style")) ignores_ = false;
    if (starts("<script") || starts("<style")) ignores_ = true;
    return Accept(TokenType::kTag, end);
  }

  const View text_;
  size_t begin_ = 0;  // of the token
  size_t end_ = 0;
  TokenType type_ = TokenType::kBlank;
  bool host_only_ = false;  // a host ends before its path
  bool ignores_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> ParseTokens(std::string_view text) { return TokenParser(text).Run(); }

}  // namespace grizzly::functions
