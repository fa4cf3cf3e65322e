// Terms of tsvector and jsonb, and what their operators need.
#include "facts/type_oids.h"
#include "storage/term/term_bytes.h"
#include "types/array.h"
#include "types/postgres_hash.h"
#include "types/jsonb.h"
#include "types/text_search.h"

namespace grizzly::storage {
namespace {

using types::JsonbKind;
using types::JsonbRef;

std::string ClippedTerm(char tag, std::string_view bytes) {
  return Term(tag, bytes.substr(0, kTermBytesMax));
}

TermNeed NeedOfTsNode(const types::TsNode* node) {
  if (node == nullptr) return {};
  if (!node->is_operator) {
    if (node->is_prefix) return NeedRange('l', node->lexeme, node->lexeme);
    return NeedTerm(ClippedTerm('l', node->lexeme));
  }
  if (node->op == types::TsOperator::kNot) return NeedEverything();
  TermNeed need;
  need.kind = node->op == types::TsOperator::kOr ? TermNeed::Kind::kAny : TermNeed::Kind::kAll;
  need.parts.push_back(NeedOfTsNode(node->left.get()));
  need.parts.push_back(NeedOfTsNode(node->right.get()));
  return need;
}

// Equal scalars have equal bytes: numbers in their key form.
std::string ScalarBytes(JsonbRef value) {
  if (value.kind() == JsonbKind::kNumber) {
    static const KeyLayout kNumbers({{types::BuiltinType(facts::kNumericOid)}}, {});
    const std::string bytes(value.number().bytes());
    std::string key = "#";
    kNumbers.AppendPart(0, types::Datum::Of(types::StringRef(bytes)), &key);
    return key;
  }
  return std::string(value.bytes());
}

// Strings that are elements (or the whole document) are found by ?, like keys.
void AddKeyTerms(JsonbRef value, bool is_element, std::vector<std::string>* terms) {
  switch (value.kind()) {
    case JsonbKind::kArray:
      for (uint32_t i = 0; i < value.size(); ++i) AddKeyTerms(value.value(i), true, terms);
      return;
    case JsonbKind::kObject:
      for (uint32_t i = 0; i < value.size(); ++i) {
        terms->push_back(ClippedTerm('k', value.key(i)));
        AddKeyTerms(value.value(i), false, terms);
      }
      return;
    case JsonbKind::kString:
      if (is_element) {
        terms->push_back(ClippedTerm('k', value.string()));
        return;
      }
      [[fallthrough]];
    default: terms->push_back(ClippedTerm('s', ScalarBytes(value)));
  }
}

void AddPathTerms(JsonbRef value, const std::string& path, std::vector<std::string>* terms) {
  switch (value.kind()) {
    case JsonbKind::kArray:
      for (uint32_t i = 0; i < value.size(); ++i) AddPathTerms(value.value(i), path, terms);
      return;
    case JsonbKind::kObject:
      for (uint32_t i = 0; i < value.size(); ++i) {
        AddPathTerms(value.value(i), path + Term('k', value.key(i)), terms);
      }
      return;
    default: {
      const uint64_t hash = types::PostgresHashBytes(path + ScalarBytes(value), 0);
      terms->push_back(Term('p', std::string_view(reinterpret_cast<const char*>(&hash), 8)));
    }
  }
}

}  // namespace

void AppendLexemeTerms(std::string_view vector, std::vector<std::string>* terms) {
  for (const types::TsLexeme& lexeme : types::ReadTsVector(vector)) {
    terms->push_back(ClippedTerm('l', lexeme.text));
  }
}

TermNeed NeedLexemes(std::string_view query) {
  return NeedOfTsNode(types::ReadTsQuery(query).get());
}

void AppendJsonbKeyTerms(std::string_view jsonb, std::vector<std::string>* terms) {
  AddKeyTerms(JsonbRef(jsonb), /*is_element=*/true, terms);
}

void AppendJsonbPathTerms(std::string_view jsonb, std::vector<std::string>* terms) {
  AddPathTerms(JsonbRef(jsonb), "", terms);
}

TermNeed NeedJsonbKeys(std::string_view op, const types::Datum& value) {
  std::vector<std::string> terms;
  if (op == "@>") {
    AppendJsonbKeyTerms(value.AsString(), &terms);
    return NeedAllOf(terms);
  }
  if (op == "?") return NeedTerm(ClippedTerm('k', value.AsString()));
  if (op != "?|" && op != "?&") return NeedEverything();
  const types::ArrayRef keys = types::ArrayRef::Of(value);
  for (uint32_t i = 0; i < keys.size(); ++i) {
    if (!keys.IsNull(i)) terms.push_back(ClippedTerm('k', keys.String(i)));
  }
  return op == "?|" ? NeedAnyOf(terms) : NeedAllOf(terms);
}

TermNeed NeedJsonbPaths(std::string_view jsonb) {
  std::vector<std::string> terms;
  AppendJsonbPathTerms(jsonb, &terms);
  return NeedAllOf(terms);
}

}  // namespace grizzly::storage
