// Functions of ranges.
#include "base/error/sql_error.h"
#include "functions/kernel.h"
#include "functions/range/range_algebra.h"
#include "functions/type_families.h"
#include "types/numeric.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

// ---- making ----

// "[)" and the like.
void ReadFlags(View flags, RangeBound* lower, RangeBound* upper) {
  const bool valid = flags.size() == 2 && (flags[0] == '[' || flags[0] == '(') &&
                     (flags[1] == ']' || flags[1] == ')');
  if (!valid) {
    throw SqlError(SqlState::kSyntaxError, "invalid range bound flags")
        .Hint("Valid values are \"[]\", \"[)\", \"(]\", and \"()\".");
  }
  lower->is_inclusive = flags[0] == '[';
  upper->is_inclusive = flags[1] == ']';
}

Datum Construct(FunctionContext& context, const CallSite& call, const Datum& from, const Datum& to,
                View flags) {
  RangeBound lower{from, from.is_null(), false, true};
  RangeBound upper{to, to.is_null(), false, false};
  ReadFlags(flags, &lower, &upper);
  return Datum::OfString(types::MakeRange(KindOfRange(call.result_type.oid), lower, upper),
                         *context.result_heap);
}
Datum Construct2(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  return Construct(context, call, values[0], values[1], "[)");
}
Datum Construct3(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  if (values[2].is_null()) {
    throw SqlError(SqlState::kDataException,
                   "range constructor flags argument must not be null");
  }
  return Construct(context, call, values[0], values[1], values[2].AsString());
}
std::string Itself(View range) { return std::string(range); }

// ---- parts ----

template <bool kLower>
Datum BoundOf(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  const RangeRef range = RangeRef::Of(values[0]);
  if (range.is_empty()) return Datum::Null();
  const RangeBound bound = kLower ? range.lower() : range.upper();
  if (bound.is_infinite) return Datum::Null();
  return bound.value.CopyTo(call.result_type.physical, *context.result_heap);
}
bool IsEmpty(View range) { return RangeRef(range).is_empty(); }
template <uint8_t kFlag>
bool HasFlag(View range) {
  const RangeRef ref(range);
  return !ref.is_empty() && (ref.flags() & kFlag) != 0;
}

// ---- comparing ----

int Order(const CallSite& call, View a, View b) {
  return types::CompareRanges(KindOfArgument(call), RangeRef(a), RangeRef(b));
}
bool Equal(const CallSite& call, View a, View b) { return Order(call, a, b) == 0; }
bool NotEqual(const CallSite& call, View a, View b) { return Order(call, a, b) != 0; }
bool Less(const CallSite& call, View a, View b) { return Order(call, a, b) < 0; }
bool LessEqual(const CallSite& call, View a, View b) { return Order(call, a, b) <= 0; }
bool Greater(const CallSite& call, View a, View b) { return Order(call, a, b) > 0; }
bool GreaterEqual(const CallSite& call, View a, View b) { return Order(call, a, b) >= 0; }
int32_t Compare(const CallSite& call, View a, View b) { return Order(call, a, b); }

// ---- places; empty ranges have none ----

using Place = bool (*)(const RangeKind&, const Span&, const Span&);
template <Place kPlace>
bool Placed(const CallSite& call, View a, View b) {
  const RangeRef left(a);
  const RangeRef right(b);
  if (left.is_empty() || right.is_empty()) return false;
  return kPlace(KindOfArgument(call), SpanOf(left), SpanOf(right));
}
bool After(const RangeKind& kind, const Span& a, const Span& b) { return SpanBefore(kind, b, a); }

bool ContainsRange(const RangeKind& kind, RangeRef outer, RangeRef inner) {
  if (inner.is_empty()) return true;
  return !outer.is_empty() && SpanContains(kind, SpanOf(outer), SpanOf(inner));
}
bool Contains(const CallSite& call, View a, View b) {
  return ContainsRange(KindOfArgument(call), RangeRef(a), RangeRef(b));
}
bool Contained(const CallSite& call, View a, View b) {
  return ContainsRange(KindOfArgument(call), RangeRef(b), RangeRef(a));
}
Datum ContainsElement(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  const RangeRef range = RangeRef::Of(values[0]);
  return Datum::Of(!range.is_empty() && SpanContains(KindOfArgument(call), SpanOf(range), values[1]));
}
Datum ElementContained(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  const RangeRef range = RangeRef::Of(values[1]);
  return Datum::Of(!range.is_empty() &&
                   SpanContains(KindOfArgument(call, 1), SpanOf(range), values[0]));
}

// ---- putting together ----

std::string Union(const CallSite& call, View a, View b) {
  const RangeRef left(a);
  const RangeRef right(b);
  if (left.is_empty()) return std::string(b);
  if (right.is_empty()) return std::string(a);
  const RangeKind& kind = KindOfArgument(call);
  if (!SpansOverlap(kind, SpanOf(left), SpanOf(right)) &&
      !SpansAdjacent(kind, SpanOf(left), SpanOf(right))) {
    throw SqlError(SqlState::kDataException, "result of range union would not be contiguous");
  }
  return HullOf(kind, SpanOf(left), SpanOf(right));
}
std::string Merge(const CallSite& call, View a, View b) {
  const RangeRef left(a);
  const RangeRef right(b);
  if (left.is_empty()) return std::string(b);
  if (right.is_empty()) return std::string(a);
  return HullOf(KindOfArgument(call), SpanOf(left), SpanOf(right));
}
std::string Intersect(const CallSite& call, View a, View b) {
  return Intersection(KindOfArgument(call), RangeRef(a), RangeRef(b));
}
std::string Minus(const CallSite& call, View a, View b) {
  const RangeKind& kind = KindOfArgument(call);
  const std::vector<std::string> left = Difference(kind, RangeRef(a), RangeRef(b));
  if (left.size() > 1) {
    throw SqlError(SqlState::kDataException, "result of range difference would not be contiguous");
  }
  return left.empty() ? types::MakeEmptyRange(kind) : left[0];
}

// ---- distances within subtypes ----

template <typename T>
double Distance(T a, T b) {
  return static_cast<double>(a) - static_cast<double>(b);
}
double MicrosecondDistance(int64_t a, int64_t b) {
  return (static_cast<double>(a) - static_cast<double>(b)) / 1'000'000.0;
}
double NumericDistance(View a, View b) {
  Arena arena;
  const types::StringRef difference =
      types::NumericSubtract(types::NumericRef(a), types::NumericRef(b), arena);
  return types::NumericToFloat8(types::NumericRef(difference));
}

void RegisterRangePlaces(Registry& registry) {
  registry.AddScalar("range_overlaps", Cold<&Placed<&SpansOverlap>>);
  registry.AddScalar("range_adjacent", Cold<&Placed<&SpansAdjacent>>);
  registry.AddScalar("range_before", Cold<&Placed<&SpanBefore>>);
  registry.AddScalar("range_after", Cold<&Placed<&After>>);
  registry.AddScalar("range_overleft", Cold<&Placed<&SpanOverLeft>>);
  registry.AddScalar("range_overright", Cold<&Placed<&SpanOverRight>>);
  registry.AddScalar("range_contains", Cold<&Contains>);
  registry.AddScalar("range_contained_by", Cold<&Contained>);
  registry.AddScalar("range_contains_elem", Datums<&ContainsElement>);
  registry.AddScalar("elem_contained_by_range", Datums<&ElementContained>);
}

}  // namespace

void RegisterRanges(Registry& registry) {
  RegisterRangePlaces(registry);
  registry.AddScalar("range_constructor2", DatumsNullable<&Construct2>);
  registry.AddScalar("range_constructor3", DatumsNullable<&Construct3>);
  for (const char* name : {"int4range_canonical", "int8range_canonical", "daterange_canonical"}) {
    registry.AddScalar(name, Cold<&Itself>);  // ranges are always in this form
  }
  registry.AddScalar("range_lower", Datums<&BoundOf<true>>);
  registry.AddScalar("range_upper", Datums<&BoundOf<false>>);
  registry.AddScalar("range_empty", Cold<&IsEmpty>);
  registry.AddScalar("range_lower_inc", Cold<&HasFlag<types::kRangeLowerInclusive>>);
  registry.AddScalar("range_upper_inc", Cold<&HasFlag<types::kRangeUpperInclusive>>);
  registry.AddScalar("range_lower_inf", Cold<&HasFlag<types::kRangeLowerInfinite>>);
  registry.AddScalar("range_upper_inf", Cold<&HasFlag<types::kRangeUpperInfinite>>);
  registry.AddScalar("range_eq", Cold<&Equal>);
  registry.AddScalar("range_ne", Cold<&NotEqual>);
  registry.AddScalar("range_lt", Cold<&Less>);
  registry.AddScalar("range_le", Cold<&LessEqual>);
  registry.AddScalar("range_gt", Cold<&Greater>);
  registry.AddScalar("range_ge", Cold<&GreaterEqual>);
  registry.AddScalar("range_cmp", Cold<&Compare>);
  registry.AddScalar("range_union", Cold<&Union>);
  registry.AddScalar("range_merge", Cold<&Merge>);
  registry.AddScalar("range_intersect", Cold<&Intersect>);
  registry.AddScalar("range_minus", Cold<&Minus>);
  registry.AddScalar("int4range_subdiff", Cold<&Distance<int32_t>>);
  registry.AddScalar("int8range_subdiff", Cold<&Distance<int64_t>>);
  registry.AddScalar("daterange_subdiff", Cold<&Distance<int32_t>>);
  registry.AddScalar("tsrange_subdiff", Cold<&MicrosecondDistance>);
  registry.AddScalar("tstzrange_subdiff", Cold<&MicrosecondDistance>);
  registry.AddScalar("numrange_subdiff", Cold<&NumericDistance>);
}

}  // namespace grizzly::functions
