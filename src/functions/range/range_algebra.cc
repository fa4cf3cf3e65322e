#include "functions/range/range_algebra.h"

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "types/type_directory.h"

namespace grizzly::functions {

using types::CompareRangeBounds;

const RangeKind& KindOfRange(Oid type) {
  type = types::AnyDomainBaseOf(type);
  const types::TypeDirectory* directory = types::CurrentTypeDirectory();
  const RangeKind* kind = type < kFirstUserOid || directory == nullptr
                              ? types::FindRangeKind(type)
                              : directory->RangeKindOf(type);
  GRIZZLY_CHECK(kind != nullptr);
  return *kind;
}

const RangeKind& KindOfArgument(const CallSite& call, size_t argument) {
  return KindOfRange(call.argument_types[argument].oid);
}

Span SpanOf(RangeRef range) { return {range.lower(), range.upper()}; }
Span SpanOf(types::MultirangeRef multirange) {
  return {multirange.range(0).lower(), multirange.range(multirange.size() - 1).upper()};
}

bool SpansOverlap(const RangeKind& kind, const Span& a, const Span& b) {
  return CompareRangeBounds(kind, a.lower, b.upper) <= 0 &&
         CompareRangeBounds(kind, b.lower, a.upper) <= 0;
}

bool SpanContains(const RangeKind& kind, const Span& outer, const Span& inner) {
  return CompareRangeBounds(kind, outer.lower, inner.lower) <= 0 &&
         CompareRangeBounds(kind, outer.upper, inner.upper) >= 0;
}

bool SpanContains(const RangeKind& kind, const Span& span, const Datum& element) {
  if (!span.lower.is_infinite) {
    const int order = kind.compare(span.lower.value, element, kind.collation);
    if (order > 0 || (order == 0 && !span.lower.is_inclusive)) return false;
  }
  if (!span.upper.is_infinite) {
    const int order = kind.compare(span.upper.value, element, kind.collation);
    if (order < 0 || (order == 0 && !span.upper.is_inclusive)) return false;
  }
  return true;
}

bool SpanBefore(const RangeKind& kind, const Span& a, const Span& b) {
  return CompareRangeBounds(kind, a.upper, b.lower) < 0;
}
bool SpanOverLeft(const RangeKind& kind, const Span& a, const Span& b) {
  return CompareRangeBounds(kind, a.upper, b.upper) <= 0;
}
bool SpanOverRight(const RangeKind& kind, const Span& a, const Span& b) {
  return CompareRangeBounds(kind, a.lower, b.lower) >= 0;
}
bool SpansAdjacent(const RangeKind& kind, const Span& a, const Span& b) {
  return types::AreRangeBoundsAdjacent(kind, a.upper, b.lower) ||
         types::AreRangeBoundsAdjacent(kind, b.upper, a.lower);
}

std::string HullOf(const RangeKind& kind, const Span& a, const Span& b) {
  return types::MakeRange(kind,
                          CompareRangeBounds(kind, a.lower, b.lower) < 0 ? a.lower : b.lower,
                          CompareRangeBounds(kind, a.upper, b.upper) > 0 ? a.upper : b.upper);
}

std::string Intersection(const RangeKind& kind, RangeRef a, RangeRef b) {
  if (a.is_empty() || b.is_empty() || !SpansOverlap(kind, SpanOf(a), SpanOf(b))) {
    return types::MakeEmptyRange(kind);
  }
  const Span left = SpanOf(a);
  const Span right = SpanOf(b);
  return types::MakeRange(
      kind, CompareRangeBounds(kind, left.lower, right.lower) >= 0 ? left.lower : right.lower,
      CompareRangeBounds(kind, left.upper, right.upper) <= 0 ? left.upper : right.upper);
}

std::vector<std::string> Difference(const RangeKind& kind, RangeRef a, RangeRef b) {
  if (a.is_empty()) return {};
  if (b.is_empty()) return {std::string(a.bytes())};
  const Span from = SpanOf(a);
  const Span gone = SpanOf(b);
  if (!SpansOverlap(kind, from, gone)) return {std::string(a.bytes())};
  std::vector<std::string> left;
  const auto keep = [&](RangeBound lower, RangeBound upper) {
    std::string range = types::MakeRange(kind, std::move(lower), std::move(upper));
    if (!RangeRef(range).is_empty()) left.push_back(std::move(range));
  };
  if (CompareRangeBounds(kind, from.lower, gone.lower) < 0) {
    RangeBound end = gone.lower;
    end.is_inclusive = !end.is_inclusive;
    end.is_lower = false;
    keep(from.lower, end);
  }
  if (CompareRangeBounds(kind, from.upper, gone.upper) > 0) {
    RangeBound start = gone.upper;
    start.is_inclusive = !start.is_inclusive;
    start.is_lower = true;
    keep(start, from.upper);
  }
  return left;
}

std::string MultirangeIntersection(const RangeKind& kind, types::MultirangeRef a, types::MultirangeRef b) {
  std::vector<std::string> shared;
  uint32_t i = 0;
  uint32_t j = 0;
  while (i < a.size() && j < b.size()) {
    shared.push_back(Intersection(kind, a.range(i), b.range(j)));
    const bool a_ends_first =
        types::CompareRangeBounds(kind, a.range(i).upper(), b.range(j).upper()) < 0;
    ++(a_ends_first ? i : j);
  }
  return types::MakeMultirange(kind, shared);
}
std::vector<std::string> RangesOf(types::MultirangeRef multirange) {
  std::vector<std::string> ranges;
  for (uint32_t i = 0; i < multirange.size(); ++i) {
    ranges.emplace_back(multirange.range(i).bytes());
  }
  return ranges;
}

}  // namespace grizzly::functions
