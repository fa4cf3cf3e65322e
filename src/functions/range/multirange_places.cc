// Where multiranges lie: beside each other and beside ranges. An empty one lies nowhere.
#include <optional>

#include "functions/kernel.h"
#include "functions/range/range_algebra.h"
#include "functions/type_families.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;
using types::MultirangeRef;

// Either side seen as a list of ranges.
struct Side {
  bool is_multirange;
  View bytes;

  uint32_t size() const {
    if (is_multirange) return MultirangeRef(bytes).size();
    return RangeRef(bytes).is_empty() ? 0 : 1;
  }
  Span span(uint32_t i) const {
    return SpanOf(is_multirange ? MultirangeRef(bytes).range(i) : RangeRef(bytes));
  }
  std::optional<Span> whole() const {
    if (size() == 0) return std::nullopt;
    return Span{span(0).lower, span(size() - 1).upper};
  }
};

bool OverlapSides(const RangeKind& kind, const Side& a, const Side& b) {
  uint32_t i = 0;
  uint32_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (SpansOverlap(kind, a.span(i), b.span(j))) return true;
    ++(SpanBefore(kind, a.span(i), b.span(j)) ? i : j);
  }
  return false;
}

bool ContainsSide(const RangeKind& kind, const Side& outer, const Side& inner) {
  uint32_t i = 0;
  for (uint32_t j = 0; j < inner.size(); ++j) {
    while (i < outer.size() && SpanBefore(kind, outer.span(i), inner.span(j))) ++i;
    if (i == outer.size() || !SpanContains(kind, outer.span(i), inner.span(j))) return false;
  }
  return true;
}

bool BeforeSide(const RangeKind& kind, const Span& a, const Span& b) {
  return SpanBefore(kind, a, b);
}
bool AfterSide(const RangeKind& kind, const Span& a, const Span& b) {
  return SpanBefore(kind, b, a);
}

template <bool kLeftMulti, bool kRightMulti>
bool Overlaps(const CallSite& call, View a, View b) {
  return OverlapSides(KindOfArgument(call), {kLeftMulti, a}, {kRightMulti, b});
}
template <bool kLeftMulti, bool kRightMulti>
bool Contains(const CallSite& call, View a, View b) {
  return ContainsSide(KindOfArgument(call), {kLeftMulti, a}, {kRightMulti, b});
}
template <bool kLeftMulti, bool kRightMulti>
bool Contained(const CallSite& call, View a, View b) {
  return ContainsSide(KindOfArgument(call), {kRightMulti, b}, {kLeftMulti, a});
}

using Place = bool (*)(const RangeKind&, const Span&, const Span&);
template <Place kPlace, bool kLeftMulti, bool kRightMulti>
bool Placed(const CallSite& call, View a, View b) {
  const auto left = Side{kLeftMulti, a}.whole();
  const auto right = Side{kRightMulti, b}.whole();
  return left.has_value() && right.has_value() && kPlace(KindOfArgument(call), *left, *right);
}

bool HasElement(const RangeKind& kind, View bytes, const Datum& element) {
  const MultirangeRef multirange(bytes);
  for (uint32_t i = 0; i < multirange.size(); ++i) {
    if (SpanContains(kind, SpanOf(multirange.range(i)), element)) return true;
  }
  return false;
}
Datum ContainsElement(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  return Datum::Of(HasElement(KindOfArgument(call), values[0].AsString(), values[1]));
}
Datum ElementContained(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  return Datum::Of(HasElement(KindOfArgument(call, 1), values[1].AsString(), values[0]));
}

// range_x_multirange, multirange_x_range, multirange_x_multirange.
template <Place kPlace>
void AddPlace(Registry& registry, const std::string& word) {
  registry.AddScalar("range_" + word + "_multirange", Cold<&Placed<kPlace, false, true>>);
  registry.AddScalar("multirange_" + word + "_range", Cold<&Placed<kPlace, true, false>>);
  registry.AddScalar("multirange_" + word + "_multirange", Cold<&Placed<kPlace, true, true>>);
}

}  // namespace

void RegisterMultirangePlaces(Registry& registry) {
  AddPlace<&BeforeSide>(registry, "before");
  AddPlace<&AfterSide>(registry, "after");
  AddPlace<&SpanOverLeft>(registry, "overleft");
  AddPlace<&SpanOverRight>(registry, "overright");
  AddPlace<&SpansAdjacent>(registry, "adjacent");
  registry.AddScalar("range_overlaps_multirange", Cold<&Overlaps<false, true>>);
  registry.AddScalar("multirange_overlaps_range", Cold<&Overlaps<true, false>>);
  registry.AddScalar("multirange_overlaps_multirange", Cold<&Overlaps<true, true>>);
  registry.AddScalar("range_contains_multirange", Cold<&Contains<false, true>>);
  registry.AddScalar("multirange_contains_range", Cold<&Contains<true, false>>);
  registry.AddScalar("multirange_contains_multirange", Cold<&Contains<true, true>>);
  registry.AddScalar("range_contained_by_multirange", Cold<&Contained<false, true>>);
  registry.AddScalar("multirange_contained_by_range", Cold<&Contained<true, false>>);
  registry.AddScalar("multirange_contained_by_multirange", Cold<&Contained<true, true>>);
  registry.AddScalar("multirange_contains_elem", Datums<&ContainsElement>);
  registry.AddScalar("elem_contained_by_multirange", Datums<&ElementContained>);
}

}  // namespace grizzly::functions
