#include "functions/string/are_syntax.h"

#include <vector>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/text.h"

namespace grizzly::functions {

void ThrowInvalidRegex(std::string_view what) {
  throw SqlError(SqlState::kInvalidRegularExpression,
                 fmt::format("invalid regular expression: {}", what));
}

RegexFlags ParseRegexFlags(std::string_view letters) {
  RegexFlags flags;
  for (size_t i = 0; i < letters.size(); ++i) {
    switch (letters[i]) {
      case 'g': flags.global = true; break;
      case 'i': flags.caseless = true; break;
      case 'c': flags.caseless = false; break;
      case 'x': flags.expanded = true; break;
      case 't': flags.expanded = false; break;
      case 'q': flags.quoted = true; break;
      case 'm':
      case 'n': flags.dot_skips_newline = flags.anchors_at_newline = true; break;
      case 'p':
        flags.dot_skips_newline = true;
        flags.anchors_at_newline = false;
        break;
      case 'w':
        flags.dot_skips_newline = false;
        flags.anchors_at_newline = true;
        break;
      case 's': flags.dot_skips_newline = flags.anchors_at_newline = false; break;
      case 'b':
      case 'e': break;  // basic and extended dialects read their shared part the same way
      default:
        throw SqlError(SqlState::kInvalidParameterValue,
                       fmt::format("invalid regular expression option: \"{}\"",
                                   letters.substr(i, types::Utf8CharBytes(letters[i]))));
    }
  }
  return flags;
}

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class Translator {
 public:
  Translator(std::string_view pattern, RegexFlags flags) : in_(pattern) { out_.flags = flags; }

  TranslatedRegex Run() {
    Director();
    if (out_.flags.quoted) {
      for (; at_ < in_.size(); ++at_) Literal(in_[at_]);
      return std::move(out_);
    }
    EmbeddedOptions();
    while (at_ < in_.size()) Item();
    if (depth_ != 0) ThrowInvalidRegex("parentheses () not balanced");
    return std::move(out_);
  }

 private:
  char Peek(size_t ahead = 0) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }
  bool StartsWith(std::string_view text) const { return in_.substr(at_).starts_with(text); }

  // ***: is the default, ***= makes the rest literal.
  void Director() {
    if (!StartsWith("***")) return;
    if (StartsWith("***=")) {
      out_.flags.quoted = true;
      at_ += 4;
    } else if (StartsWith("***:")) {
      at_ += 4;
    } else {
      ThrowInvalidRegex("quantifier operand invalid");
    }
  }

  // (?xyz) at the very start.
  void EmbeddedOptions() {
    if (!StartsWith("(?") || !IsLetter(Peek(2))) return;
    const size_t end = in_.find(')', at_);
    if (end == std::string_view::npos) ThrowInvalidRegex("parentheses () not balanced");
    RegexFlags& flags = out_.flags;
    for (char c : in_.substr(at_ + 2, end - at_ - 2)) {
      switch (c) {
        case 'c': flags.caseless = false; break;
        case 'i': flags.caseless = true; break;
        case 'x': flags.expanded = true; break;
        case 't': flags.expanded = false; break;
        case 'm':
        case 'n': flags.dot_skips_newline = flags.anchors_at_newline = true; break;
        case 'p':
          flags.dot_skips_newline = true;
          flags.anchors_at_newline = false;
          break;
        case 'w':
          flags.dot_skips_newline = false;
          flags.anchors_at_newline = true;
          break;
        case 's': flags.dot_skips_newline = flags.anchors_at_newline = false; break;
        case 'q': flags.quoted = true; break;
        case 'b':
        case 'e': break;
        default: ThrowInvalidRegex("invalid embedded option");
      }
    }
    at_ = end + 1;
  }

  void Literal(char c) {
    if (std::string_view("\\^$.[|()?*+{").find(c) != std::string_view::npos || c == '#' ||
        c == ' ') {
      out_.pattern += '\\';
    }
    out_.pattern += c;
    can_repeat_ = true;
  }

  void Item() {
    const char c = Peek();
    switch (c) {
      case '\\': return Escape();
      case '[': return Bracket();
      case '(': return Open();
      case ')':
        if (depth_ == 0) ThrowInvalidRegex("parentheses () not balanced");
        --depth_;
        can_repeat_ = true;
        last_group_ = open_groups_.back();
        open_groups_.pop_back();
        out_.pattern += c;
        ++at_;
        group_end_ = at_;
        return;
      case '|':
        out_.has_alternatives = true;
        can_repeat_ = false;
        break;
      case '*':
      case '+':
      case '?': return Quantifier();
      case '{':
        if (IsDigit(Peek(1))) return Quantifier();
        ++at_;
        return Literal('{');
      case '^':
      case '$':
        can_repeat_ = false;
        break;
      case '#':
      case ' ':
      case '\t':
      case '\n':
        if (out_.flags.expanded) return SkipExpanded();
        ++at_;
        return Literal(c);
      default:
        can_repeat_ = true;
    }
    out_.pattern += c;
    ++at_;
  }

  void SkipExpanded() {
    if (Peek() == '#') {
      while (at_ < in_.size() && in_[at_] != '\n') ++at_;
    } else {
      ++at_;
    }
  }

  void Open() {
    ++at_;
    open_groups_.push_back({greedy_ends_.size(), !saw_quantifier_});
    if (Peek() != '?') {
      out_.pattern += '(';
      ++depth_;
      can_repeat_ = false;
      return;
    }
    for (std::string_view prefix : {"?:", "?=", "?!", "?<=", "?<!"}) {
      if (!StartsWith(prefix)) continue;
      if (prefix != "?:") out_.has_lookaround = true;
      out_.pattern += '(';
      out_.pattern += prefix;
      at_ += prefix.size();
      ++depth_;
      can_repeat_ = false;
      return;
    }
    if (Peek(1) == '#') {
      open_groups_.pop_back();
      const size_t end = in_.find(')', at_);
      if (end == std::string_view::npos) ThrowInvalidRegex("parentheses () not balanced");
      at_ = end + 1;
      return;
    }
    ThrowInvalidRegex("quantifier operand invalid");
  }

  void Quantifier() {
    if (!can_repeat_) ThrowInvalidRegex("quantifier operand invalid");
    can_repeat_ = false;
    const bool is_group = group_end_ == at_;
    std::string quantifier(1, Peek());
    if (Peek() == '{') {
      quantifier = Bounds();
    } else {
      ++at_;
    }
    out_.pattern += quantifier;
    const bool is_fixed = quantifier[0] == '{' && quantifier.find(',') == std::string::npos;
    const bool lazy = Peek() == '?';
    if (lazy) {
      ++at_;
      // (...){1,1}? says that the group as a whole takes as little as it can.
      if (is_group && quantifier == "{1,1}") MakeGroupLazy();
      out_.pattern += '?';
    } else if (!is_fixed) {
      greedy_ends_.push_back(out_.pattern.size());
    }
    if (is_fixed) return;  // as greedy as what it repeats
    if (saw_quantifier_) {
      out_.has_mixed_greed = out_.has_mixed_greed || lazy != last_is_lazy_;
    }
    // The first one counts; a group's own goes before those inside of it.
    if (!saw_quantifier_ || (is_group && last_group_.is_first)) out_.is_lazy = lazy;
    last_is_lazy_ = lazy;
    saw_quantifier_ = true;
  }

  // Each greedy quantifier inside of the group that ended last gets its question mark.
  void MakeGroupLazy() {
    while (greedy_ends_.size() > last_group_.greedy_ends) {
      out_.pattern.insert(greedy_ends_.back(), 1, '?');
      greedy_ends_.pop_back();
    }
  }

  int Count() {
    int count = 0;
    while (IsDigit(Peek()) && count <= 255) count = count * 10 + (in_[at_++] - '0');
    if (count > 255) ThrowInvalidRegex("invalid repetition count(s)");
    return count;
  }

  std::string Bounds() {
    ++at_;
    const int low = Count();
    std::string text = fmt::format("{{{}", low);
    if (Peek() == ',') {
      ++at_;
      text += ',';
      if (IsDigit(Peek())) {
        const int high = Count();
        if (high < low) ThrowInvalidRegex("invalid repetition count(s)");
        text += std::to_string(high);
      }
    }
    if (Peek() == '\0') ThrowInvalidRegex("braces {} not balanced");
    if (Peek() != '}') ThrowInvalidRegex("invalid repetition count(s)");
    ++at_;
    return text + '}';
  }

  void Constraint(std::string_view pcre) {
    out_.pattern += pcre;
    ++at_;
    can_repeat_ = false;
  }

  void CodePoint(size_t digits_max, bool exact) {
    uint32_t code = 0;
    size_t digits = 0;
    while (digits < digits_max && IsHex(Peek())) {
      const char c = in_[at_++];
      code = code * 16 + static_cast<uint32_t>(IsDigit(c) ? c - '0' : (c | 32) - 'a' + 10);
      ++digits;
    }
    if (digits == 0 || (exact && digits != digits_max)) {
      ThrowInvalidRegex("invalid escape \\ sequence");
    }
    out_.pattern += fmt::format("\\x{{{:x}}}", code);
    can_repeat_ = true;
  }

  void Escape() {
    ++at_;
    if (at_ >= in_.size()) ThrowInvalidRegex("invalid escape \\ sequence");
    const char c = Peek();
    switch (c) {
      case 'A': return Constraint("\\A");
      case 'Z': return Constraint("\\z");
      case 'm': return Constraint("\\b(?=\\w)");
      case 'M': return Constraint("\\b(?<=\\w)");
      case 'y': return Constraint("\\b");
      case 'Y': return Constraint("\\B");
      default: break;
    }
    if (c >= '1' && c <= '9') return BackReference();
    CharacterEscape();
    can_repeat_ = true;
  }

  void BackReference() {
    // \10 and more are octal unless there are as many groups; one digit is what is used.
    out_.has_back_references = true;
    out_.pattern += fmt::format("(?:\\g{{{}}})", Peek());
    ++at_;
    can_repeat_ = true;
  }

  // What stands for characters, inside and outside of brackets.
  void CharacterEscape() {
    const char c = Peek();
    ++at_;
    switch (c) {
      case 'd': case 'D': case 's': case 'S': case 'w': case 'W':
        out_.pattern += '\\';
        out_.pattern += c;
        return;
      case 'a': out_.pattern += "\\x07"; return;
      case 'b': out_.pattern += "\\x08"; return;
      case 'B': out_.pattern += "\\\\"; return;
      case 'e': out_.pattern += "\\x1b"; return;
      case 'f': out_.pattern += "\\f"; return;
      case 'n': out_.pattern += "\\n"; return;
      case 'r': out_.pattern += "\\r"; return;
      case 't': out_.pattern += "\\t"; return;
      case 'v': out_.pattern += "\\x0b"; return;
      case 'u': return CodePoint(4, true);
      case 'U': return CodePoint(8, true);
      case 'x': return CodePoint(8, false);
      case '0': out_.pattern += "\\x{0}"; return;
      case 'c':
        if (at_ >= in_.size()) ThrowInvalidRegex("invalid escape \\ sequence");
        out_.pattern += fmt::format("\\x{:02x}", in_[at_++] & 0x1F);
        return;
      default:
        if (IsLetter(c) || IsDigit(c)) ThrowInvalidRegex("invalid escape \\ sequence");
        if ((c & 0x80) == 0) out_.pattern += '\\';
        out_.pattern += c;
    }
  }

  void Bracket() {
    if (StartsWith("[[:<:]]")) {
      at_ += 6;
      return Constraint("\\b(?=\\w)");
    }
    if (StartsWith("[[:>:]]")) {
      at_ += 6;
      return Constraint("\\b(?<=\\w)");
    }
    ++at_;
    out_.pattern += '[';
    bool first = true;
    if (Peek() == '^') {
      out_.pattern += '^';
      if (out_.flags.dot_skips_newline) out_.pattern += "\\n";
      ++at_;
    }
    while (first || Peek() != ']') {
      if (at_ >= in_.size()) ThrowInvalidRegex("brackets [] not balanced");
      BracketItem();
      first = false;
    }
    ++at_;
    out_.pattern += ']';
    can_repeat_ = true;
  }

  void BracketItem() {
    if (StartsWith("[:")) return CharacterClass();
    if (StartsWith("[.") || StartsWith("[=")) return CollatingElement();
    const char c = Peek();
    if (c == '\\') {
      ++at_;
      if (at_ >= in_.size()) ThrowInvalidRegex("invalid escape \\ sequence");
      return CharacterEscape();
    }
    if (c == '[' || c == ']') out_.pattern += '\\';
    out_.pattern += c;
    ++at_;
  }

  void CharacterClass() {
    const size_t end = in_.find(":]", at_);
    if (end == std::string_view::npos) ThrowInvalidRegex("brackets [] not balanced");
    const std::string_view name = in_.substr(at_ + 2, end - at_ - 2);
    constexpr std::string_view kClasses[] = {"alnum", "alpha", "blank", "cntrl", "digit",
                                             "graph", "lower", "print", "punct", "space",
                                             "upper", "xdigit", "word", "ascii"};
    bool known = false;
    for (std::string_view known_name : kClasses) known = known || known_name == name;
    if (!known) ThrowInvalidRegex("invalid character class");
    out_.pattern += in_.substr(at_, end + 2 - at_);
    at_ = end + 2;
  }

  void CollatingElement() {
    const std::string close = std::string(1, Peek(1)) + "]";
    const size_t end = in_.find(close, at_ + 2);
    if (end == std::string_view::npos) ThrowInvalidRegex("brackets [] not balanced");
    const std::string_view element = in_.substr(at_ + 2, end - at_ - 2);
    if (types::Utf8Length(element) != 1) ThrowInvalidRegex("invalid collating element");
    if ((element[0] & 0x80) == 0) out_.pattern += '\\';
    out_.pattern += element;
    at_ = end + 2;
  }

  const std::string_view in_;
  size_t at_ = 0;
  int depth_ = 0;
  bool can_repeat_ = false;
  bool saw_quantifier_ = false;
  bool last_is_lazy_ = false;
  std::vector<size_t> greedy_ends_;  // in the output: behind each greedy quantifier
  struct Group {
    size_t greedy_ends = 0;  // how many of those there were when it began
    bool is_first = false;   // no quantifier before it
  };
  std::vector<Group> open_groups_;
  Group last_group_;      // the one that ended last
  size_t group_end_ = 0;  // where that one ended in the input
  TranslatedRegex out_;
};

}  // namespace

TranslatedRegex TranslateAre(std::string_view pattern, RegexFlags flags) {
  return Translator(pattern, flags).Run();
}

}  // namespace grizzly::functions
