#include "types/array_literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error/sql_error.h"
#include "types/integer.h"

namespace grizzly::types {
namespace {

class LiteralReader {
 public:
  LiteralReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  ArrayLiteral Run() {
    ReadBounds();
    ReadContents();
    if (literal_.elements.empty()) {
      // "[1:0]={}" has no bounds to keep, but "[1:2]={}" does not say the same twice.
      if (has_bounds_) Fail("Specified array dimensions do not match array contents.");
      literal_.dimensions.clear();
      return std::move(literal_);
    }
    if (!has_bounds_) {
      for (int i = 0; i < depth_max_; ++i) literal_.dimensions.push_back({counts_[i], 1});
    } else {
      bool same = static_cast<int>(literal_.dimensions.size()) == depth_max_;
      for (int i = 0; i < depth_max_ && same; ++i) {
        same = literal_.dimensions[i].length == counts_[i];
      }
      if (!same) Fail("Specified array dimensions do not match array contents.");
    }
    ArrayElementCount(literal_.dimensions);
    return std::move(literal_);
  }

 private:
  enum class State : uint8_t {
    kNothing, kLevelStarted, kElementStarted, kQuotesStarted, kQuotesCompleted, kLevelCompleted,
    kElementDelimited, kLevelDelimited,
  };

  [[noreturn]] void Fail(std::string detail) const {
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   fmt::format("malformed array literal: \"{}\"", text_))
        .Detail(std::move(detail));
  }
  [[noreturn]] void FailAt(char c) const { Fail(fmt::format("Unexpected \"{}\" character.", c)); }

  bool In(std::initializer_list<State> states) const {
    return std::find(states.begin(), states.end(), state_) != states.end();
  }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }

  // [lower:upper]... =
  void ReadBounds() {
    while (true) {
      SkipBlanks();
      if (Peek() != '[') break;
      ++at_;
      if (literal_.dimensions.size() == kArrayDimensionsMax) {
        ThrowTooManyArrayDimensions(kArrayDimensionsMax + 1);
      }
      int64_t lower = 1;
      int64_t upper = ReadBound("\"[\" must introduce explicitly-specified array dimensions.");
      if (Peek() == ':') {
        ++at_;
        lower = upper;
        upper = ReadBound("Missing array dimension value.");
      }
      if (Peek() != ']') Fail("Missing \"]\" after array dimensions.");
      ++at_;
      if (upper < lower) {
        throw SqlError(SqlState::kArraySubscriptError,
                       "upper bound cannot be less than lower bound");
      }
      literal_.dimensions.push_back(
          {static_cast<int32_t>(upper - lower + 1), static_cast<int32_t>(lower)});
      has_bounds_ = true;
    }
    if (!has_bounds_) {
      if (Peek() != '{') Fail("Array value must start with \"{\" or dimension information.");
      return;
    }
    if (Peek() != '=') Fail("Missing \"=\" after array dimensions.");
    ++at_;
    SkipBlanks();
    if (Peek() != '{') Fail("Array contents must start with \"{\".");
  }

  int64_t ReadBound(const char* when_missing) {
    const size_t start = at_;
    while (at_ < text_.size() && ((text_[at_] >= '0' && text_[at_] <= '9') || text_[at_] == '-' ||
                                  text_[at_] == '+')) {
      ++at_;
    }
    if (at_ == start) Fail(when_missing);
    return std::atoi(std::string(text_.substr(start, at_ - start)).c_str());
  }

  void ReadContents() {
    while (!closed_) {
      if (at_ == text_.size()) Fail("Unexpected end of input.");
      const char c = text_[at_];
      if (in_quotes_ && c != '"' && c != '\\') {
        element_ += c;
      } else if (c == '\\') {
        TakeEscape();
      } else if (c == '"') {
        TakeQuote();
      } else if (c == '{') {
        OpenLevel();
      } else if (c == '}') {
        CloseLevel();
      } else if (c == delimiter_) {
        TakeDelimiter();
      } else if (IsBlank(c)) {
        if (state_ == State::kElementStarted) element_ += c;
      } else {
        if (!In({State::kLevelStarted, State::kElementStarted, State::kElementDelimited})) {
          Fail("Unexpected array element.");
        }
        state_ = State::kElementStarted;
        element_ += c;
        unquoted_end_ = element_.size();
      }
      ++at_;
    }
    for (; at_ < text_.size(); ++at_) {
      if (!IsBlank(text_[at_])) Fail("Junk after closing right brace.");
    }
  }

  void TakeEscape() {
    if (!In({State::kLevelStarted, State::kElementStarted, State::kQuotesStarted,
             State::kElementDelimited})) {
      FailAt('\\');
    }
    if (state_ != State::kQuotesStarted) state_ = State::kElementStarted;
    if (++at_ == text_.size()) Fail("Unexpected end of input.");
    element_ += text_[at_];
    unquoted_end_ = element_.size();
    has_escape_ = true;
  }

  void TakeQuote() {
    if (!In({State::kLevelStarted, State::kQuotesStarted, State::kElementDelimited})) {
      Fail("Unexpected array element.");
    }
    in_quotes_ = !in_quotes_;
    state_ = in_quotes_ ? State::kQuotesStarted : State::kQuotesCompleted;
  }

  void OpenLevel() {
    if (!In({State::kNothing, State::kLevelStarted, State::kLevelDelimited})) FailAt('{');
    state_ = State::kLevelStarted;
    if (depth_ == kArrayDimensionsMax) ThrowTooManyArrayDimensions(depth_ + 1);
    level_counts_[depth_] = 0;
    depth_max_ = std::max(depth_max_, ++depth_);
  }

  void CloseLevel() {
    if (!In({State::kElementStarted, State::kQuotesCompleted, State::kLevelCompleted}) &&
        !(depth_ == 1 && state_ == State::kLevelStarted)) {
      FailAt('}');
    }
    if (state_ != State::kLevelStarted) FinishItem();
    state_ = State::kLevelCompleted;
    --depth_;
    if (counts_[depth_] != 0 && level_counts_[depth_] != counts_[depth_]) {
      Fail("Multidimensional arrays must have sub-arrays with matching dimensions.");
    }
    counts_[depth_] = level_counts_[depth_];
    closed_ = depth_ == 0;
  }

  void TakeDelimiter() {
    if (!In({State::kElementStarted, State::kQuotesCompleted, State::kLevelCompleted})) {
      FailAt(delimiter_);
    }
    const bool after_level = state_ == State::kLevelCompleted;
    FinishItem();
    state_ = after_level ? State::kLevelDelimited : State::kElementDelimited;
  }

  // An element or a sub-array of the current level is complete.
  void FinishItem() {
    ++level_counts_[depth_ - 1];
    if (state_ == State::kLevelCompleted) return;
    ArrayLiteral::Element element;
    if (state_ == State::kElementStarted) {
      element_.resize(unquoted_end_);  // blanks after an unquoted element go
      std::string lower = element_;
      for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      element.is_null = !has_escape_ && lower == "null";
    }
    element.text = std::move(element_);
    literal_.elements.push_back(std::move(element));
    element_.clear();
    unquoted_end_ = 0;
    has_escape_ = false;
  }

  const std::string_view text_;
  const char delimiter_;
  ArrayLiteral literal_;
  size_t at_ = 0;
  bool has_bounds_ = false;
  bool closed_ = false;
  bool in_quotes_ = false;
  bool has_escape_ = false;
  State state_ = State::kNothing;
  int depth_ = 0;
  int depth_max_ = 0;
  int32_t level_counts_[kArrayDimensionsMax] = {};  // items of the open levels so far
  int32_t counts_[kArrayDimensionsMax] = {};        // items of the last closed one, 0: none yet
  std::string element_;
  size_t unquoted_end_ = 0;
};

}  // namespace

ArrayLiteral ParseArrayLiteral(std::string_view text, char delimiter) {
  return LiteralReader(text, delimiter).Run();
}

void ThrowTooManyArrayDimensions(int dimensions) {
  throw SqlError(SqlState::kProgramLimitExceeded,
                 fmt::format("number of array dimensions ({}) exceeds the maximum allowed ({})",
                             dimensions, kArrayDimensionsMax));
}

}  // namespace grizzly::types
