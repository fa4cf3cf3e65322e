// Functions of enums. A value is its label's code: codes stand in the order of the labels.
#include "base/error/sql_error.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/kernel.h"
#include "functions/type_families.h"
#include "types/array.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

using types::EnumValue;

bool Equal(int64_t a, int64_t b) { return a == b; }
bool NotEqual(int64_t a, int64_t b) { return a != b; }
bool Less(int64_t a, int64_t b) { return a < b; }
bool LessEqual(int64_t a, int64_t b) { return a <= b; }
bool Greater(int64_t a, int64_t b) { return a > b; }
bool GreaterEqual(int64_t a, int64_t b) { return a >= b; }
int32_t Compare(int64_t a, int64_t b) { return a < b ? -1 : (a > b ? 1 : 0); }
int64_t Smaller(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t Larger(int64_t a, int64_t b) { return a > b ? a : b; }

Oid EnumTypeOf(const CallSite& call, size_t argument) {
  const Oid type = types::AnyDomainBaseOf(call.argument_types[argument].oid);
  if (types::AnyKindOf(type) == 'e') return type;
  throw SqlError(SqlState::kFeatureNotSupported, "could not determine actual enum type");
}

std::vector<EnumValue> ValuesOf(Oid type) {
  return types::CurrentTypeDirectory()->EnumValuesOf(type);
}

void RefuseNew(const EnumValue& value, Oid type) {
  if (!value.is_new) return;
  throw SqlError(SqlState::kUnsafeNewEnumValueUsage,
                 fmt::format("unsafe use of new value \"{}\" of enum type {}", value.label,
                             types::AnyTypeName(type)))
      .Hint("New enum values must be committed before they can be used.");
}

int64_t EndOf(const CallSite& call, bool last) {
  const Oid type = EnumTypeOf(call, 0);
  const std::vector<EnumValue> values = ValuesOf(type);
  if (values.empty()) {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   fmt::format("enum {} contains no values", types::AnyTypeName(type)));
  }
  const EnumValue& value = last ? values.back() : values.front();
  RefuseNew(value, type);
  return value.code;
}
// The argument only says which enum.
Datum First(FunctionContext&, const CallSite& call, std::span<const Datum>) {
  return Datum::Of(EndOf(call, false));
}
Datum Last(FunctionContext&, const CallSite& call, std::span<const Datum>) {
  return Datum::Of(EndOf(call, true));
}

Datum RangeBetween(FunctionContext& context, Oid type, const Datum& from, const Datum& to) {
  types::ArrayBuilder builder(types::ResolveAnyType(type));
  for (const EnumValue& value : ValuesOf(type)) {
    const bool below = !from.is_null() && value.code < from.As<int64_t>();
    const bool above = !to.is_null() && value.code > to.As<int64_t>();
    if (below || above) continue;
    RefuseNew(value, type);
    builder.AddValue(value.code);
  }
  return Datum::Of(builder.Finish(*context.result_heap));
}
Datum RangeAll(FunctionContext& context, const CallSite& call, std::span<const Datum>) {
  return RangeBetween(context, EnumTypeOf(call, 0), Datum::Null(), Datum::Null());
}
Datum RangeBounds(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  return RangeBetween(context, EnumTypeOf(call, 0), values[0], values[1]);
}

template <bool kMax>
struct Extreme {
  using Argument = int64_t;
  int64_t best = 0;
  bool any = false;
  void Add(const AggregateInput&, int64_t next) {
    if (!any || (kMax ? next > best : next < best)) best = next;
    any = true;
  }
  void Combine(const AggregateInput& input, const Extreme& other) {
    if (other.any) Add(input, other.best);
  }
  Datum Finish(FunctionContext&, const CallSite&) const {
    return any ? Datum::Of(best) : Datum::Null();
  }
};

}  // namespace

void RegisterEnums(Registry& registry) {
  registry.AddScalar("enum_eq", Scalar<&Equal>);
  registry.AddScalar("enum_ne", Scalar<&NotEqual>);
  registry.AddScalar("enum_lt", Scalar<&Less>);
  registry.AddScalar("enum_le", Scalar<&LessEqual>);
  registry.AddScalar("enum_gt", Scalar<&Greater>);
  registry.AddScalar("enum_ge", Scalar<&GreaterEqual>);
  registry.AddScalar("enum_cmp", Cold<&Compare>);
  registry.AddScalar("enum_smaller", Cold<&Smaller>);
  registry.AddScalar("enum_larger", Cold<&Larger>);
  registry.AddScalar("enum_first", DatumsNullable<&First>);
  registry.AddScalar("enum_last", DatumsNullable<&Last>);
  registry.AddScalar("enum_range_all", DatumsNullable<&RangeAll>);
  registry.AddScalar("enum_range_bounds", DatumsNullable<&RangeBounds>);
  registry.AddAggregate(3526, AggregateOf<Extreme<true>>());
  registry.AddAggregate(3527, AggregateOf<Extreme<false>>());
}

}  // namespace grizzly::functions
