#include "storage/term/index_terms.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "storage/term/term_bytes.h"
#include "types/array.h"
#include "types/network.h"
#include "types/range.h"
#include "types/type_directory.h"

namespace grizzly::storage {

using types::Datum;
using types::SqlType;

IndexTerms::IndexTerms(TermScheme scheme, const SqlType& type, Oid collation)
    : scheme_(scheme), type_{type.oid, type.typmod, collation, type.physical} {
  if (scheme == TermScheme::kOrdered) LayoutOf(type_);
}
IndexTerms::~IndexTerms() = default;
IndexTerms::IndexTerms(IndexTerms&&) noexcept = default;

const KeyLayout& IndexTerms::LayoutOf(const SqlType& type) {
  for (const auto& [known, layout] : layouts_) {
    if (known.oid == type.oid && known.collation == type.collation) return *layout;
  }
  KeyPart part;
  const types::TypeDirectory* directory = types::CurrentTypeDirectory();
  part.type = directory == nullptr ? type : directory->OrderedAs(type);
  part.type.collation = type.collation;
  layouts_.emplace_back(type, std::make_unique<KeyLayout>(std::vector<KeyPart>{part},
                                                          std::vector<uint32_t>()));
  return *layouts_.back().second;
}

std::string IndexTerms::OrderedBytes(const SqlType& type, const Datum& value) {
  std::string bytes;
  LayoutOf(type).AppendPart(0, value, &bytes);
  bytes.erase(0, 1);  // the mark that there is a value
  if (bytes.size() > kTermBytesMax) bytes.resize(kTermBytesMax);
  return bytes;
}

uint64_t IndexTerms::Coordinate(const SqlType& type, const Datum& value) {
  return FirstWord(OrderedBytes(type, value));
}

void IndexTerms::TermsOf(const Datum& value, std::vector<std::string>* terms) {
  terms->clear();
  if (value.is_null()) return;
  switch (scheme_) {
    case TermScheme::kOrdered: terms->push_back(Term('v', OrderedBytes(type_, value))); return;
    case TermScheme::kElements: {
      bool has_nulls = false;
      ElementTerms(value.AsString(), terms, &has_nulls);
      if (has_nulls) terms->push_back(Term('n', ""));
      if (terms->empty()) terms->push_back(Term('z', ""));
      break;
    }
    case TermScheme::kLexemes: AppendLexemeTerms(value.AsString(), terms); break;
    case TermScheme::kJsonbKeys: AppendJsonbKeyTerms(value.AsString(), terms); break;
    case TermScheme::kJsonbPaths: AppendJsonbPathTerms(value.AsString(), terms); break;
    case TermScheme::kSpans: {
      Span span;
      if (SpanOf(value, type_, &span)) {
        terms->push_back(SpanTerm(span.low, span.high));
      } else {
        terms->push_back(Term('z', ""));
      }
      return;
    }
    case TermScheme::kBoxes: {
      const Rectangle box = RectangleOf(type_.oid, value.AsString());
      terms->push_back(BoxTerm(CoordinateOf(box.x_low), CoordinateOf(box.x_high),
                               CoordinateOf(box.y_low), CoordinateOf(box.y_high)));
      return;
    }
  }
  std::sort(terms->begin(), terms->end());
  terms->erase(std::unique(terms->begin(), terms->end()), terms->end());
}

TermNeed IndexTerms::Need(std::string_view op, const Datum& value, const SqlType& type) {
  switch (scheme_) {
    case TermScheme::kOrdered: return NeedOrdered(op, value, type);
    case TermScheme::kElements: return NeedElements(op, value.AsString());
    case TermScheme::kLexemes: return NeedLexemes(value.AsString());
    case TermScheme::kJsonbKeys: return NeedJsonbKeys(op, value);
    case TermScheme::kJsonbPaths:
      return op == "@>" ? NeedJsonbPaths(value.AsString()) : NeedEverything();
    case TermScheme::kSpans: return NeedSpan(op, value, type);
    case TermScheme::kBoxes: return NeedBox(op, RectangleOf(type.oid, value.AsString()));
  }
  return NeedEverything();
}

// ---- arrays ----

void IndexTerms::ElementTerms(std::string_view array, std::vector<std::string>* terms,
                              bool* has_nulls) {
  const types::ArrayRef elements(array);
  const SqlType type = types::ResolveAnyType(elements.element_oid());
  for (uint32_t i = 0; i < elements.size(); ++i) {
    if (elements.IsNull(i)) {
      *has_nulls = true;
      continue;
    }
    terms->push_back(Term('e', OrderedBytes(type, elements.Get(i))));
  }
}

TermNeed IndexTerms::NeedElements(std::string_view op, std::string_view array) {
  std::vector<std::string> terms;
  bool has_nulls = false;
  ElementTerms(array, &terms, &has_nulls);
  const bool is_empty = terms.empty() && !has_nulls;
  if (op == "&&") return NeedAnyOf(terms);
  if (op == "@>") {
    if (has_nulls) return {};
    return is_empty ? NeedEverything() : NeedAllOf(terms);
  }
  if (op == "<@") {
    terms.push_back(Term('z', ""));
    return NeedAnyOf(terms);
  }
  if (op == "=") {
    if (has_nulls) terms.push_back(Term('n', ""));
    if (is_empty) terms.push_back(Term('z', ""));
    return NeedAllOf(terms);
  }
  return NeedEverything();
}

// ---- values in order ----

TermNeed IndexTerms::NeedOrdered(std::string_view op, const Datum& value, const SqlType& type) {
  SqlType as_indexed = type;
  as_indexed.collation = type_.collation;
  std::string bytes = OrderedBytes(as_indexed, value);
  if (op == "^@") {
    // Without the end mark of the key.
    std::string prefix(value.AsString());
    if (prefix.size() > kTermBytesMax / 4) prefix.resize(kTermBytesMax / 4);
    bytes = OrderedBytes(as_indexed, Datum::Of(types::StringRef(prefix)));
    while (!bytes.empty() && bytes.size() > prefix.size()) bytes.pop_back();
    return NeedRange('v', bytes, bytes);
  }
  if (op == "=") return NeedRange('v', bytes, bytes);
  if (op.find('<') != std::string_view::npos) return NeedRange('v', "", bytes);
  if (op.find('>') != std::string_view::npos) return NeedRangeFrom('v', bytes);
  return NeedEverything();
}

// ---- ranges, multiranges, networks ----

namespace {

// Family and address from the left: what fits into a word.
void SpanOfInet(std::string_view bytes, uint64_t* low, uint64_t* high) {
  const types::InetRef inet(bytes);
  std::string first(1, inet.family()), last(1, inet.family());
  const auto bits = static_cast<size_t>(inet.bits());
  for (size_t i = 0; i < inet.address().size(); ++i) {
    const auto byte = static_cast<uint8_t>(inet.address()[i]);
    const size_t kept = std::min<size_t>(8, bits > 8 * i ? bits - 8 * i : 0);
    const auto mask = static_cast<uint8_t>(0xFFU << (8 - kept));
    first.push_back(static_cast<char>(byte & mask));
    last.push_back(static_cast<char>((byte & mask) | static_cast<uint8_t>(~mask)));
  }
  *low = FirstWord(first);
  *high = FirstWord(last) | (last.size() < 8 ? (uint64_t{1} << 8 * (8 - last.size())) - 1 : 0);
}

bool IsNetwork(Oid type) { return type == facts::kInetOid || type == facts::kCidrOid; }

}  // namespace

bool IndexTerms::SpanOf(const Datum& value, const SqlType& type, Span* span) {
  if (IsNetwork(type.oid)) {
    SpanOfInet(value.AsString(), &span->low, &span->high);
    return true;
  }
  const char kind = types::AnyKindOf(types::AnyDomainBaseOf(type.oid));
  if (kind != 'r' && kind != 'm') {
    span->low = span->high = Coordinate(type, value);
    return true;
  }
  std::string_view first = value.AsString(), last = first;
  if (kind == 'm') {
    const types::MultirangeRef ranges(value.AsString());
    if (ranges.size() == 0) return false;
    first = ranges.range(0).bytes();
    last = ranges.range(ranges.size() - 1).bytes();
  }
  const types::RangeRef from(first), to(last);
  if (from.is_empty()) return false;
  const SqlType subtype = types::ResolveAnyType(from.subtype_oid());
  const types::RangeBound lower = from.lower(), upper = to.upper();
  span->low = lower.is_infinite ? 0 : Coordinate(subtype, lower.value);
  span->high = upper.is_infinite ? UINT64_MAX : Coordinate(subtype, upper.value);
  return true;
}

TermNeed IndexTerms::NeedSpan(std::string_view op, const Datum& value, const SqlType& type) {
  Span span;
  const bool is_network = IsNetwork(type.oid);
  const TermNeed empties = NeedRange('z', "", "");
  if (!SpanOf(value, type, &span)) {
    if (op == "<@" || op == "=") return empties;
    return op == "&&" || op == "-|-" || op == "<<" || op == ">>" || op == "&<" || op == "&>"
               ? TermNeed()
               : NeedEverything();
  }
  if (op == "<>") return NeedEverything();
  const bool to_left = op == "<" || op == "<=" || (!is_network && (op == "<<" || op == "&<"));
  const bool to_right = op == ">" || op == ">=" || (!is_network && (op == ">>" || op == "&>"));
  if (to_left) span.low = 0;
  if (to_right) span.high = UINT64_MAX;
  TermNeed need = NeedCells(span.low, span.high);
  // Nothing is within everything; and it comes first in order.
  if (op == "<@" || op == "<" || op == "<=") need.parts.push_back(empties);
  return need;
}

}  // namespace grizzly::storage
