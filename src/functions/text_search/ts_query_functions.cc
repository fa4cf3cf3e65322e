// tsquery: order, combination, containment, rewriting.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/text_search/query_tree.h"

namespace grizzly::functions {
namespace {

using types::TsNode;
using types::TsOperator;
using View = std::string_view;

int32_t Compare(View a, View b) { return CompareTsQueries(a, b); }
bool Less(View a, View b) { return CompareTsQueries(a, b) < 0; }
bool LessEqual(View a, View b) { return CompareTsQueries(a, b) <= 0; }
bool Equal(View a, View b) { return CompareTsQueries(a, b) == 0; }
bool NotEqual(View a, View b) { return CompareTsQueries(a, b) != 0; }
bool GreaterEqual(View a, View b) { return CompareTsQueries(a, b) >= 0; }
bool Greater(View a, View b) { return CompareTsQueries(a, b) > 0; }

// An empty query is left out.
std::string Combine(TsOperator op, View a, View b, int distance = 0) {
  TsNodePointer left = types::ReadTsQuery(a);
  TsNodePointer right = types::ReadTsQuery(b);
  if (left == nullptr) return std::string(b);
  if (right == nullptr) return std::string(a);
  return types::TsQueryBytes(
      MakeTsOperator(op, std::move(left), std::move(right), distance).get());
}
std::string And(View a, View b) { return Combine(TsOperator::kAnd, a, b); }
std::string Or(View a, View b) { return Combine(TsOperator::kOr, a, b); }
std::string Not(View query) {
  TsNodePointer operand = types::ReadTsQuery(query);
  if (operand == nullptr) return std::string(query);
  return types::TsQueryBytes(
      MakeTsOperator(TsOperator::kNot, nullptr, std::move(operand)).get());
}
std::string PhraseAt(View a, View b, int32_t distance) {
  if (distance < 0 || distance > types::kPhraseDistanceMax) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("distance in phrase operator must be an integer value between zero "
                               "and {} inclusive", types::kPhraseDistanceMax));
  }
  return Combine(TsOperator::kPhrase, a, b, distance);
}
std::string Phrase(View a, View b) { return PhraseAt(a, b, 1); }

int32_t NodeCount(View query) { return CountTsNodes(types::ReadTsQuery(query).get()); }

std::string QueryTree(View query) {
  TsNodePointer root = types::ReadTsQuery(query);
  if (root == nullptr) return "";
  root = WithoutNegations(std::move(root));
  if (root == nullptr) return "T";
  std::string text;
  types::AppendTsQuery(text, root.get());
  return text;
}

void CollectLexemes(const TsNode* node, std::set<std::string>& lexemes) {
  if (node == nullptr) return;
  if (!node->is_operator) lexemes.insert(node->lexeme);
  CollectLexemes(node->left.get(), lexemes);
  CollectLexemes(node->right.get(), lexemes);
}
// Whether every lexeme of the other query is in this one.
bool Contains(View outer, View inner) {
  std::set<std::string> outer_lexemes;
  std::set<std::string> inner_lexemes;
  CollectLexemes(types::ReadTsQuery(outer).get(), outer_lexemes);
  CollectLexemes(types::ReadTsQuery(inner).get(), inner_lexemes);
  return std::includes(outer_lexemes.begin(), outer_lexemes.end(), inner_lexemes.begin(),
                       inner_lexemes.end());
}
bool Contained(View inner, View outer) { return Contains(outer, inner); }

std::string Rewrite(View query, View target, View substitute) {
  TsNodePointer root = types::ReadTsQuery(query);
  const TsNodePointer wanted = types::ReadTsQuery(target);
  if (root == nullptr || wanted == nullptr) return std::string(query);
  const TsNodePointer replacement = types::ReadTsQuery(substitute);
  return types::TsQueryBytes(RewriteTsQuery(std::move(root), *wanted, replacement.get()).get());
}

}  // namespace

void RegisterTsQuery(Registry& registry) {
  registry.AddScalar("tsquery_cmp", Cold<&Compare>);
  registry.AddScalar("tsquery_lt", Cold<&Less>);
  registry.AddScalar("tsquery_le", Cold<&LessEqual>);
  registry.AddScalar("tsquery_eq", Cold<&Equal>);
  registry.AddScalar("tsquery_ne", Cold<&NotEqual>);
  registry.AddScalar("tsquery_ge", Cold<&GreaterEqual>);
  registry.AddScalar("tsquery_gt", Cold<&Greater>);
  registry.AddScalar("tsquery_and", Cold<&And>);
  registry.AddScalar("tsquery_or", Cold<&Or>);
  registry.AddScalar("tsquery_not", Cold<&Not>);
  registry.AddScalar("tsquery_phrase", Cold<&Phrase>);
  registry.AddScalar("tsquery_phrase_distance", Cold<&PhraseAt>);
  registry.AddScalar("tsquery_numnode", Cold<&NodeCount>);
  registry.AddScalar("tsquerytree", Cold<&QueryTree>);
  registry.AddScalar("tsq_mcontains", Cold<&Contains>);
  registry.AddScalar("tsq_mcontained", Cold<&Contained>);
  registry.AddScalar("tsquery_rewrite", Cold<&Rewrite>);
}

}  // namespace grizzly::functions
