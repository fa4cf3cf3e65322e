// range_agg and range_intersect_agg.
#include "functions/aggregate/aggregate_of.h"
#include "functions/aggregate/held_bytes.h"
#include "functions/range/range_algebra.h"
#include "functions/type_families.h"

namespace grizzly::functions {
namespace {

using types::MultirangeRef;

// All ranges seen; sorted and joined at the end.
template <bool kMultiranges>
struct Gather {
  using Argument = std::string_view;
  std::vector<std::string> ranges;
  bool any = false;
  size_t bytes = 0;
  HeldBytes held;

  void Add(const AggregateInput& input, std::string_view value) {
    any = true;
    bytes += sizeof(std::string) + value.size();
    held.Grow(input.context->memory, bytes);
    if (!kMultiranges) {
      ranges.emplace_back(value);
      return;
    }
    for (std::string& range : RangesOf(MultirangeRef(value))) ranges.push_back(std::move(range));
  }
  void Combine(const AggregateInput& input, const Gather& other) {
    any |= other.any;
    bytes += other.bytes;
    held.Grow(input.context->memory, bytes);
    ranges.insert(ranges.end(), other.ranges.begin(), other.ranges.end());
  }
  Datum Finish(FunctionContext& context, const CallSite& call) const {
    if (!any) return Datum::Null();
    return Datum::OfString(types::MakeMultirange(KindOfRange(call.result_type.oid), ranges),
                           *context.result_heap);
  }
};

struct IntersectRanges {
  using Argument = std::string_view;
  std::string shared;
  bool any = false;

  void Add(const AggregateInput& input, std::string_view value) {
    shared = any ? Intersection(KindOfArgument(*input.call), RangeRef(shared), RangeRef(value))
                 : std::string(value);
    any = true;
  }
  void Combine(const AggregateInput& input, const IntersectRanges& other) {
    if (other.any) Add(input, other.shared);
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    return any ? Datum::OfString(shared, *context.result_heap) : Datum::Null();
  }
};

struct IntersectMultiranges {
  using Argument = std::string_view;
  std::string shared;
  bool any = false;

  void Add(const AggregateInput& input, std::string_view value) {
    shared = any ? MultirangeIntersection(KindOfArgument(*input.call), MultirangeRef(shared),
                                          MultirangeRef(value))
                 : std::string(value);
    any = true;
  }
  void Combine(const AggregateInput& input, const IntersectMultiranges& other) {
    if (other.any) Add(input, other.shared);
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    return any ? Datum::OfString(shared, *context.result_heap) : Datum::Null();
  }
};

constexpr Oid kRangeAgg = 4301;
constexpr Oid kMultirangeRangeAgg = 6227;
constexpr Oid kRangeIntersectAgg = 4450;
constexpr Oid kMultirangeIntersectAgg = 4389;

}  // namespace

void RegisterRangeAggregates(Registry& registry) {
  registry.AddAggregate(kRangeAgg, AggregateOf<Gather<false>>());
  registry.AddAggregate(kMultirangeRangeAgg, AggregateOf<Gather<true>>());
  registry.AddAggregate(kRangeIntersectAgg, AggregateOf<IntersectRanges>());
  registry.AddAggregate(kMultirangeIntersectAgg, AggregateOf<IntersectMultiranges>());
}

}  // namespace grizzly::functions
