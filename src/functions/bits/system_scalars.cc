// Functions of tid, pg_lsn and xid8.
#include <algorithm>

#include "base/error/sql_error.h"
#include "functions/kernel.h"
#include "functions/type_families.h"
#include "types/numeric.h"
#include "types/tid.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

template <typename T> bool Equal(T a, T b) { return a == b; }
template <typename T> bool NotEqual(T a, T b) { return a != b; }
template <typename T> bool Less(T a, T b) { return a < b; }
template <typename T> bool LessEqual(T a, T b) { return a <= b; }
template <typename T> bool Greater(T a, T b) { return a > b; }
template <typename T> bool GreaterEqual(T a, T b) { return a >= b; }
template <typename T> int32_t Compare(T a, T b) { return a < b ? -1 : (b < a ? 1 : 0); }
template <typename T> T Smaller(T a, T b) { return a < b ? a : b; }
template <typename T> T Larger(T a, T b) { return a < b ? b : a; }

template <typename T>
void AddOrder(Registry& registry, const std::string& name) {
  registry.AddScalar(name + "eq", Cold<&Equal<T>>);
  registry.AddScalar(name + "ne", Cold<&NotEqual<T>>);
  registry.AddScalar(name + "lt", Cold<&Less<T>>);
  registry.AddScalar(name + "le", Cold<&LessEqual<T>>);
  registry.AddScalar(name + "gt", Cold<&Greater<T>>);
  registry.AddScalar(name + "ge", Cold<&GreaterEqual<T>>);
  registry.AddScalar(name + "larger", Cold<&Larger<T>>);
  registry.AddScalar(name + "smaller", Cold<&Smaller<T>>);
}

// ---- pg_lsn ----

constexpr __int128 kLsnMax = UINT64_MAX;

StringRef LsnDifference(FunctionContext& context, uint64_t a, uint64_t b) {
  return types::NumericFromInt128(static_cast<__int128>(a) - static_cast<__int128>(b), 0,
                                  *context.result_heap);
}

uint64_t LsnFromNumeric(const StringRef& value) {
  Arena arena;
  const types::NumericRef number(value);
  if (number.is_nan()) {
    throw SqlError(SqlState::kFeatureNotSupported, "cannot convert NaN to pg_lsn");
  }
  if (number.is_infinite()) {
    throw SqlError(SqlState::kFeatureNotSupported, "cannot convert infinity to pg_lsn");
  }
  types::Int128 unscaled;
  int scale = 0;
  const StringRef rounded = types::NumericRound(number, 0, arena);
  if (!types::NumericToInt128(types::NumericRef(rounded), &unscaled, &scale) || scale != 0 ||
      unscaled < 0 || unscaled > kLsnMax) {
    throw SqlError(SqlState::kInvalidParameterValue, "pg_lsn out of range");
  }
  return static_cast<uint64_t>(unscaled);
}

template <bool kPlus>
uint64_t LsnShift(uint64_t lsn, const StringRef& bytes) {
  Arena arena;
  if (types::NumericRef(bytes).is_nan()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   kPlus ? "cannot add NaN to pg_lsn" : "cannot subtract NaN from pg_lsn");
  }
  const StringRef start = types::NumericFromInt128(lsn, 0, arena);
  const StringRef sum =
      kPlus ? types::NumericAdd(types::NumericRef(start), types::NumericRef(bytes), arena)
            : types::NumericSubtract(types::NumericRef(start), types::NumericRef(bytes), arena);
  return LsnFromNumeric(sum);
}

// ---- tid ----

template <bool (*kHolds)(int, int)>
bool TidsCompare(View a, View b) {
  return kHolds(types::CompareTidBytes(a, b), 0);
}
int32_t TidOrder(View a, View b) {
  const int order = types::CompareTidBytes(a, b);
  return (order > 0) - (order < 0);
}
View TidSmaller(View a, View b) { return types::CompareTidBytes(b, a) < 0 ? b : a; }
View TidLarger(View a, View b) { return types::CompareTidBytes(a, b) < 0 ? b : a; }

// Kept as text that only the server makes, in one way.
bool SameAclItems(View a, View b) { return a == b; }

void RegisterTids(Registry& registry) {
  registry.AddScalar("aclitem_eq", Cold<&SameAclItems>);
  registry.AddScalar("tideq", Cold<&TidsCompare<Equal<int>>>);
  registry.AddScalar("tidne", Cold<&TidsCompare<NotEqual<int>>>);
  registry.AddScalar("tidlt", Cold<&TidsCompare<Less<int>>>);
  registry.AddScalar("tidle", Cold<&TidsCompare<LessEqual<int>>>);
  registry.AddScalar("tidgt", Cold<&TidsCompare<Greater<int>>>);
  registry.AddScalar("tidge", Cold<&TidsCompare<GreaterEqual<int>>>);
  registry.AddScalar("tidlarger", Cold<&TidLarger>);
  registry.AddScalar("tidsmaller", Cold<&TidSmaller>);
  registry.AddScalar("bttidcmp", Cold<&TidOrder>);
}

// ---- others ----

uint32_t LowHalf(uint64_t xid) { return static_cast<uint32_t>(xid); }

}  // namespace

void RegisterSystemScalars(Registry& registry) {
  RegisterTids(registry);
  AddOrder<uint64_t>(registry, "pg_lsn_");
  registry.AddScalar("pg_lsn_cmp", Cold<&Compare<uint64_t>>);
  registry.AddScalar("pg_lsn_mi", Cold<&LsnDifference>);
  registry.AddScalar("pg_wal_lsn_diff", Cold<&LsnDifference>);
  registry.AddScalar("pg_lsn_pli", Cold<&LsnShift<true>>);
  registry.AddScalar("pg_lsn_mii", Cold<&LsnShift<false>>);
  registry.AddScalar("numeric_pg_lsn", Cold<&LsnFromNumeric>);
  registry.AddScalar("xid8toxid", Cold<&LowHalf>);
  registry.AddScalar("xid8_larger", Cold<&Larger<uint64_t>>);
  registry.AddScalar("xid8_smaller", Cold<&Smaller<uint64_t>>);
}

}  // namespace grizzly::functions
