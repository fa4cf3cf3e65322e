// Functions of multiranges: making them, their parts, set operations. Places: multirange_places.cc.
#include "base/error/sql_error.h"
#include "functions/kernel.h"
#include "functions/range/range_algebra.h"
#include "functions/type_families.h"
#include "types/array.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;
using types::MultirangeRef;

std::string Make(const RangeKind& kind, const std::vector<std::string>& ranges) {
  return types::MakeMultirange(kind, ranges);
}

// ---- making ----

Datum ConstructNone(FunctionContext& context, const CallSite& call, std::span<const Datum>) {
  return Datum::OfString(Make(KindOfRange(call.result_type.oid), {}), *context.result_heap);
}
Datum ConstructOne(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  return Datum::OfString(
      Make(KindOfRange(call.result_type.oid), {std::string(values[0].AsString())}),
      *context.result_heap);
}
Datum ConstructMany(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  const types::ArrayRef array = types::ArrayRef::Of(values[0]);
  if (array.dimension_count() > 1) {
    throw SqlError(SqlState::kCardinalityViolation,
                   "multiranges cannot be constructed from multidimensional arrays");
  }
  std::vector<std::string> ranges;
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (array.IsNull(i)) {
      throw SqlError(SqlState::kNullValueNotAllowed,
                     "multirange values cannot contain null members");
    }
    ranges.emplace_back(array.String(i));
  }
  return Datum::OfString(Make(KindOfRange(call.result_type.oid), ranges), *context.result_heap);
}

// ---- parts ----

template <bool kLower>
Datum BoundOf(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  const MultirangeRef multirange = MultirangeRef::Of(values[0]);
  if (multirange.size() == 0) return Datum::Null();
  const Span span = SpanOf(multirange);
  const RangeBound& bound = kLower ? span.lower : span.upper;
  if (bound.is_infinite) return Datum::Null();
  return bound.value.CopyTo(call.result_type.physical, *context.result_heap);
}
bool IsEmpty(View multirange) { return MultirangeRef(multirange).size() == 0; }
template <uint8_t kFlag, bool kFirst>
bool HasFlag(View bytes) {
  const MultirangeRef multirange(bytes);
  if (multirange.size() == 0) return false;
  return (multirange.range(kFirst ? 0 : multirange.size() - 1).flags() & kFlag) != 0;
}

// ---- comparing ----

int Order(const CallSite& call, View a, View b) {
  const RangeKind& kind = KindOfArgument(call);
  const MultirangeRef left(a);
  const MultirangeRef right(b);
  for (uint32_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    const int order = types::CompareRanges(kind, left.range(i), right.range(i));
    if (order != 0) return order;
  }
  return left.size() < right.size() ? -1 : (left.size() > right.size() ? 1 : 0);
}
bool Equal(const CallSite& call, View a, View b) { return Order(call, a, b) == 0; }
bool NotEqual(const CallSite& call, View a, View b) { return Order(call, a, b) != 0; }
bool Less(const CallSite& call, View a, View b) { return Order(call, a, b) < 0; }
bool LessEqual(const CallSite& call, View a, View b) { return Order(call, a, b) <= 0; }
bool Greater(const CallSite& call, View a, View b) { return Order(call, a, b) > 0; }
bool GreaterEqual(const CallSite& call, View a, View b) { return Order(call, a, b) >= 0; }
int32_t Compare(const CallSite& call, View a, View b) { return Order(call, a, b); }

// ---- sets ----

std::string Union(const CallSite& call, View a, View b) {
  std::vector<std::string> ranges = RangesOf(MultirangeRef(a));
  for (std::string& range : RangesOf(MultirangeRef(b))) ranges.push_back(std::move(range));
  return Make(KindOfArgument(call), ranges);
}

// Both are sorted, so one walk along them is enough.
std::string Minus(const CallSite& call, View a, View b) {
  const RangeKind& kind = KindOfArgument(call);
  const MultirangeRef from(a);
  const MultirangeRef gone(b);
  std::vector<std::string> left;
  uint32_t first = 0;
  for (uint32_t i = 0; i < from.size(); ++i) {
    while (first < gone.size() &&
           SpanBefore(kind, SpanOf(gone.range(first)), SpanOf(from.range(i)))) {
      ++first;
    }
    std::string rest(from.range(i).bytes());
    bool all_gone = false;
    for (uint32_t j = first; j < gone.size() && !all_gone; ++j) {
      if (SpanBefore(kind, SpanOf(RangeRef(rest)), SpanOf(gone.range(j)))) break;
      std::vector<std::string> parts = Difference(kind, RangeRef(rest), gone.range(j));
      if (parts.size() > 1) left.push_back(parts[0]);
      all_gone = parts.empty();
      if (!all_gone) rest = parts.back();
    }
    if (!all_gone) left.push_back(std::move(rest));
  }
  return Make(kind, left);
}

std::string Intersect(const CallSite& call, View a, View b) {
  return MultirangeIntersection(KindOfArgument(call), MultirangeRef(a), MultirangeRef(b));
}

std::string MergeAll(const CallSite& call, View bytes) {
  const RangeKind& kind = KindOfArgument(call);
  const MultirangeRef multirange(bytes);
  if (multirange.size() == 0) return types::MakeEmptyRange(kind);
  const Span span = SpanOf(multirange);
  return types::MakeRange(kind, span.lower, span.upper);
}

// unnest(multirange).
class Unnest final : public SetScan {
 public:
  explicit Unnest(std::string bytes) : bytes_(std::move(bytes)) {}
  bool Next(FunctionContext&, types::Batch& out) override {
    const MultirangeRef multirange(bytes_);
    uint32_t count = 0;
    Vector& column = out.column(0);
    while (at_ < multirange.size() && count < types::kBatchRowsMax) {
      column.SetString(count++, multirange.range(at_++).bytes());
    }
    out.set_row_count(count);
    return count > 0;
  }

 private:
  const std::string bytes_;
  uint32_t at_ = 0;
};
std::unique_ptr<SetScan> StartUnnest(FunctionContext&, const CallSite&,
                                     std::span<const Datum> values) {
  if (values[0].is_null()) return nullptr;
  return std::make_unique<Unnest>(std::string(values[0].AsString()));
}

}  // namespace

void RegisterMultiranges(Registry& registry) {
  registry.AddScalar("multirange_constructor0", Datums<&ConstructNone>);
  registry.AddScalar("multirange_constructor1", Datums<&ConstructOne>);
  registry.AddScalar("multirange_constructor2", Datums<&ConstructMany>);
  registry.AddScalar("multirange_lower", Datums<&BoundOf<true>>);
  registry.AddScalar("multirange_upper", Datums<&BoundOf<false>>);
  registry.AddScalar("multirange_empty", Cold<&IsEmpty>);
  registry.AddScalar("multirange_lower_inc", Cold<&HasFlag<types::kRangeLowerInclusive, true>>);
  registry.AddScalar("multirange_upper_inc", Cold<&HasFlag<types::kRangeUpperInclusive, false>>);
  registry.AddScalar("multirange_lower_inf", Cold<&HasFlag<types::kRangeLowerInfinite, true>>);
  registry.AddScalar("multirange_upper_inf", Cold<&HasFlag<types::kRangeUpperInfinite, false>>);
  registry.AddScalar("multirange_eq", Cold<&Equal>);
  registry.AddScalar("multirange_ne", Cold<&NotEqual>);
  registry.AddScalar("multirange_lt", Cold<&Less>);
  registry.AddScalar("multirange_le", Cold<&LessEqual>);
  registry.AddScalar("multirange_gt", Cold<&Greater>);
  registry.AddScalar("multirange_ge", Cold<&GreaterEqual>);
  registry.AddScalar("multirange_cmp", Cold<&Compare>);
  registry.AddScalar("multirange_union", Cold<&Union>);
  registry.AddScalar("multirange_minus", Cold<&Minus>);
  registry.AddScalar("multirange_intersect", Cold<&Intersect>);
  registry.AddScalar("range_merge_from_multirange", Cold<&MergeAll>);
  registry.AddSet("multirange_unnest", &StartUnnest);
}

}  // namespace grizzly::functions
