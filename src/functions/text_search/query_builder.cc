#include "functions/text_search/query_builder.h"

#include <algorithm>
#include <utility>

#include "functions/text_search/dictionary.h"

namespace grizzly::functions {
namespace {

using types::TsNode;
using types::TsOperator;
using View = std::string_view;

// A stop word, until the query is cleaned of them: an operand without a lexeme.
TsNodePointer MakeStop() { return std::make_unique<TsNode>(); }
bool IsStop(const TsNode& node) { return !node.is_operator && node.lexeme.empty(); }

TsNodePointer Join(TsNodePointer left, TsNodePointer right, TsOperator op, int distance) {
  if (left == nullptr) return right;
  return MakeTsOperator(op, std::move(left), std::move(right), distance);
}

// The words of one operand, joined by `op`; several lexemes of one word are alternatives' parts.
TsNodePointer FromWords(const TextAnalyzer& analyzer, View text, TsOperator op, uint8_t weights,
                        bool is_prefix) {
  int places = 0;
  const std::vector<PlacedLexeme> lexemes = analyzer.LexemesOf(text, &places);
  if (lexemes.empty()) return MakeStop();
  TsNodePointer query;
  int place = 0;
  for (size_t i = 0; i < lexemes.size();) {
    for (; place > 0 && place + 1 < lexemes[i].place; ++place) {
      query = Join(std::move(query), MakeStop(), op, 1);
    }
    place = lexemes[i].place;
    TsNodePointer word;
    for (; i < lexemes.size() && lexemes[i].place == place; ++i) {
      auto operand = std::make_unique<TsNode>();
      operand->lexeme = lexemes[i].text;
      operand->weights = weights;
      operand->is_prefix = is_prefix;
      word = Join(std::move(word), std::move(operand), TsOperator::kAnd, 0);
    }
    query = Join(std::move(query), std::move(word), op, 1);
  }
  return query;
}

// Words of a query in tsquery's own syntax become what the dictionaries make of them.
TsNodePointer Through(const TextAnalyzer& analyzer, TsNodePointer node, TsOperator op) {
  if (node == nullptr) return nullptr;
  if (!node->is_operator) {
    return FromWords(analyzer, node->lexeme, op, node->weights, node->is_prefix);
  }
  node->left = Through(analyzer, std::move(node->left), op);
  node->right = Through(analyzer, std::move(node->right), op);
  return node;
}

// Drops stop words; a phrase around them gets wider by what they took.
class StopWordCleaner {
 public:
  TsNodePointer Run(TsNodePointer node) {
    int left = 0;
    int right = 0;
    return Clean(std::move(node), &left, &right);
  }

 private:
  // *left_gap, *right_gap: the distance lost at either side.
  TsNodePointer Clean(TsNodePointer node, int* left_gap, int* right_gap) {
    *left_gap = *right_gap = 0;
    if (!node->is_operator) return IsStop(*node) ? nullptr : std::move(node);
    if (node->op == TsOperator::kNot) {
      node->right = Clean(std::move(node->right), left_gap, right_gap);
      return node->right == nullptr ? nullptr : std::move(node);
    }
    const bool is_phrase = node->op == TsOperator::kPhrase;
    const int distance = is_phrase ? node->distance : 0;
    int left_left = 0, left_right = 0, right_left = 0, right_right = 0;
    node->left = Clean(std::move(node->left), &left_left, &left_right);
    node->right = Clean(std::move(node->right), &right_left, &right_right);
    if (node->left == nullptr && node->right == nullptr) {
      *left_gap = *right_gap =
          is_phrase ? left_left + distance + right_left : std::max(left_left, right_left);
      return nullptr;
    }
    if (node->left == nullptr) {
      *left_gap = is_phrase ? left_left + distance + right_left : right_left;
      *right_gap = right_right;
      return std::move(node->right);
    }
    if (node->right == nullptr) {
      *left_gap = left_left;
      *right_gap = is_phrase ? left_right + distance + right_right : left_right;
      return std::move(node->left);
    }
    if (is_phrase) {
      node->distance = static_cast<uint16_t>(node->distance + left_right + right_left);
      *left_gap = left_left;
      *right_gap = right_right;
    }
    return node;
  }
};

// What people type into a search box: words, "phrases", or, and - for not. Nothing is an error.
class WebReader {
 public:
  WebReader(const TextAnalyzer& analyzer, View text) : analyzer_(analyzer), text_(text) {}

  TsNodePointer Run() {
    TsNodePointer query = Conjunction();
    while (at_ < text_.size()) {
      query = Join(std::move(query), Conjunction(), TsOperator::kOr, 0);
    }
    return query;
  }

 private:
  static bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
  // Operators of tsquery mean nothing here.
  static bool IsOperator(char c) { return c != '\0' && View("!&|():").find(c) != View::npos; }
  static bool IsWordPart(char c) {
    return c == '-' || c == '_' || (c >= '0' && c <= '9') || (c & 0x80) != 0 ||
           ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipNoise() {
    while (at_ < text_.size() && (IsBlank(Peek()) || IsOperator(Peek()))) ++at_;
  }

  // Up to the next `or` between two operands.
  TsNodePointer Conjunction() {
    TsNodePointer all;
    while (true) {
      SkipNoise();
      if (at_ >= text_.size()) return all == nullptr ? MakeStop() : std::move(all);
      all = Join(std::move(all), Operand(), TsOperator::kAnd, 0);
      SkipNoise();
      if (TakeOr()) return all;
    }
  }

  // A word of its own, with something behind it.
  bool TakeOr() {
    const View rest = text_.substr(at_);
    if (rest.size() < 3 || (rest[0] | 0x20) != 'o' || (rest[1] | 0x20) != 'r') return false;
    if (IsWordPart(rest[2])) return false;
    size_t after = 3;
    while (after < rest.size() && IsBlank(rest[after])) ++after;
    if (after >= rest.size()) return false;
    at_ += 2;
    return true;
  }

  TsNodePointer Operand() {
    if (Peek() == '-') {
      ++at_;
      SkipNoise();
      if (at_ >= text_.size()) return MakeStop();
      return MakeTsOperator(TsOperator::kNot, nullptr, Operand());
    }
    if (Peek() == '"') return Quoted();
    return FromWords(analyzer_, TakeWord(), TsOperator::kPhrase, 0, false);
  }

  // Up to the next quote, or the end.
  TsNodePointer Quoted() {
    const size_t begin = ++at_;
    const size_t close = std::min(text_.find('"', begin), text_.size());
    at_ = std::min(close + 1, text_.size());
    return FromWords(analyzer_, text_.substr(begin, close - begin), TsOperator::kPhrase, 0,
                     false);
  }

  View TakeWord() {
    const size_t begin = at_;
    while (at_ < text_.size() && !IsBlank(Peek()) && !IsOperator(Peek()) && Peek() != '"') ++at_;
    return text_.substr(begin, at_ - begin);
  }

  const TextAnalyzer& analyzer_;
  const View text_;
  size_t at_ = 0;
};

}  // namespace

TsNodePointer BuildTsQuery(Oid configuration, View text, QuerySyntax syntax,
                           bool* only_stop_words) {
  const TextAnalyzer analyzer(configuration);
  TsNodePointer query;
  switch (syntax) {
    case QuerySyntax::kOperators:
      query = Through(analyzer, types::ParseTsQuery(text), TsOperator::kPhrase);
      break;
    case QuerySyntax::kWords:
      query = FromWords(analyzer, text, TsOperator::kAnd, 0, false);
      break;
    case QuerySyntax::kPhrase:
      query = FromWords(analyzer, text, TsOperator::kPhrase, 0, false);
      break;
    case QuerySyntax::kWeb: query = WebReader(analyzer, text).Run(); break;
  }
  *only_stop_words = false;
  if (query == nullptr) return nullptr;
  query = StopWordCleaner().Run(std::move(query));
  *only_stop_words = query == nullptr;
  return query;
}

}  // namespace grizzly::functions
