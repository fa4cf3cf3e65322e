#include "isolation/runner/spec.h"

#include <fmt/format.h>

#include <cctype>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

namespace grizzly::test {
namespace {

struct Token {
  enum Kind { kWord, kBlock, kEnd } kind = kEnd;
  std::string text;
  int line = 0;
};

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error(path + ": cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    text_ = text.str();
    Advance();
  }

  Spec Read() {
    Spec spec;
    while (Word("setup")) spec.setups.push_back(TakeBlock());
    if (Word("teardown")) spec.teardown = TakeBlock();
    while (Word("session")) spec.sessions.push_back(ReadSession(spec.sessions.size()));
    while (Word("permutation")) spec.permutations.push_back(ReadPermutation(spec));
    if (token_.kind != Token::kEnd) Fail("not understood: " + token_.text);
    if (spec.permutations.empty()) AddAllInterleavings(spec);
    return spec;
  }

 private:
  [[noreturn]] void Fail(const std::string& sentence) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", path_, token_.line, sentence));
  }

  void SkipSpace() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (std::isspace(static_cast<unsigned char>(text_[at_]))) {
        line_ += text_[at_++] == '\n' ? 1 : 0;
      } else {
        return;
      }
    }
  }

  void Advance() {
    SkipSpace();
    token_ = {Token::kEnd, "", line_};
    if (at_ >= text_.size()) return;
    const char first = text_[at_];
    if (first == '{' || first == '"') {
      const size_t end = text_.find(first == '{' ? '}' : '"', at_ + 1);
      if (end == std::string::npos) Fail("not closed");
      token_ = {first == '{' ? Token::kBlock : Token::kWord,
                text_.substr(at_ + 1, end - at_ - 1), line_};
      for (const char c : token_.text) line_ += c == '\n' ? 1 : 0;
      at_ = end + 1;
      is_quoted_ = first == '"';
      return;
    }
    const size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  text_[at_] == '_' || text_[at_] == '-')) {
      ++at_;
    }
    if (at_ == start) Fail(fmt::format("not understood: {}", first));
    token_ = {Token::kWord, text_.substr(start, at_ - start), line_};
    is_quoted_ = false;
  }

  bool Word(const std::string& word) {
    if (token_.kind != Token::kWord || is_quoted_ || token_.text != word) return false;
    Advance();
    return true;
  }

  std::string TakeName() {
    if (token_.kind != Token::kWord) Fail("a name is expected");
    const std::string name = token_.text;
    Advance();
    return name;
  }

  std::string TakeBlock() {
    if (token_.kind != Token::kBlock) Fail("{ SQL } is expected");
    std::string block = token_.text;
    const size_t first = block.find_first_not_of(" \t\n");
    block = first == std::string::npos
                ? ""
                : block.substr(first, block.find_last_not_of(" \t\n") - first + 1);
    Advance();
    return block;
  }

  SpecSession ReadSession(size_t index) {
    SpecSession session;
    session.name = TakeName();
    if (Word("setup")) session.setup = TakeBlock();
    while (Word("step")) {
      const std::string name = TakeName();
      session.steps.push_back({name, TakeBlock(), index});
    }
    if (Word("teardown")) session.teardown = TakeBlock();
    return session;
  }

  std::vector<Step> ReadPermutation(const Spec& spec) {
    std::vector<Step> steps;
    while (token_.kind == Token::kWord && (is_quoted_ || token_.text != "permutation")) {
      steps.push_back(StepNamed(spec, token_.text));
      Advance();
    }
    return steps;
  }

  Step StepNamed(const Spec& spec, const std::string& name) const {
    for (const SpecSession& session : spec.sessions) {
      for (const Step& step : session.steps) {
        if (step.name == name) return step;
      }
    }
    Fail("no step is named " + name);
  }

  static void AddAllInterleavings(Spec& spec) {
    std::vector<size_t> next(spec.sessions.size(), 0);
    std::vector<Step> chosen;
    const std::function<void()> go_on = [&] {
      bool is_whole = true;
      for (size_t i = 0; i < spec.sessions.size(); ++i) {
        if (next[i] == spec.sessions[i].steps.size()) continue;
        is_whole = false;
        chosen.push_back(spec.sessions[i].steps[next[i]++]);
        go_on();
        chosen.pop_back();
        --next[i];
      }
      if (is_whole) spec.permutations.push_back(chosen);
    };
    go_on();
  }

  const std::string path_;
  std::string text_;
  size_t at_ = 0;
  int line_ = 1;
  Token token_;
  bool is_quoted_ = false;
};

}  // namespace

Spec ReadSpec(const std::string& path) { return Reader(path).Read(); }

}  // namespace grizzly::test
