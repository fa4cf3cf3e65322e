// Ranges and multiranges of any subtype put together and compared; what their functions share.
#pragma once

#include <string>
#include <vector>

#include "functions/function.h"
#include "types/range.h"

namespace grizzly::functions {

using types::Datum;
using types::RangeBound;
using types::RangeKind;
using types::RangeRef;

// Of a range or multirange type, built-in or not.
const RangeKind& KindOfRange(Oid type);
// Of the first argument that is a range or multirange; its compare collates as the range type says.
const RangeKind& KindOfArgument(const CallSite& call, size_t argument = 0);

// The first and the last bound of a range or multirange that is not empty.
struct Span {
  RangeBound lower, upper;
};
Span SpanOf(RangeRef range);
Span SpanOf(types::MultirangeRef multirange);

bool SpansOverlap(const RangeKind& kind, const Span& a, const Span& b);
bool SpanContains(const RangeKind& kind, const Span& outer, const Span& inner);
bool SpanContains(const RangeKind& kind, const Span& span, const Datum& element);
bool SpanBefore(const RangeKind& kind, const Span& a, const Span& b);
bool SpanOverLeft(const RangeKind& kind, const Span& a, const Span& b);
bool SpanOverRight(const RangeKind& kind, const Span& a, const Span& b);
bool SpansAdjacent(const RangeKind& kind, const Span& a, const Span& b);

std::string HullOf(const RangeKind& kind, const Span& a, const Span& b);
std::string Intersection(const RangeKind& kind, RangeRef a, RangeRef b);
// What of `a` is left of `b`, and right of it; empty ones left out.
std::vector<std::string> Difference(const RangeKind& kind, RangeRef a, RangeRef b);

std::string MultirangeIntersection(const RangeKind& kind, types::MultirangeRef a,
                                   types::MultirangeRef b);
std::vector<std::string> RangesOf(types::MultirangeRef multirange);

}  // namespace grizzly::functions
