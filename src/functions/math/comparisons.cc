// =, <>, <, <=, >, >= and three-way comparison of machine numbers: int2/4/8, oid, "char", bool, xid.
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/math/float_order.h"

namespace grizzly::functions {
namespace {

template <typename A, typename B> bool Equal(A a, B b) { return a == b; }
template <typename A, typename B> bool NotEqual(A a, B b) { return a != b; }
template <typename A, typename B> bool Less(A a, B b) { return a < b; }
template <typename A, typename B> bool LessEqual(A a, B b) { return a <= b; }
template <typename A, typename B> bool Greater(A a, B b) { return a > b; }
template <typename A, typename B> bool GreaterEqual(A a, B b) { return a >= b; }
template <typename A, typename B>
int32_t Compare(A a, B b) { return a < b ? -1 : (a > b ? 1 : 0); }

// What PostgreSQL answers for the narrowest types, and clients can see.
template <typename T>
int32_t Difference(T a, T b) { return static_cast<int32_t>(a) - static_cast<int32_t>(b); }

template <typename A, typename B>
void AddIntegers(Registry& registry, const std::string& name) {
  registry.AddScalar(name + "eq", Total<&Equal<A, B>>);
  registry.AddScalar(name + "ne", Total<&NotEqual<A, B>>);
  registry.AddScalar(name + "lt", Total<&Less<A, B>>);
  registry.AddScalar(name + "le", Total<&LessEqual<A, B>>);
  registry.AddScalar(name + "gt", Total<&Greater<A, B>>);
  registry.AddScalar(name + "ge", Total<&GreaterEqual<A, B>>);
  registry.AddScalar("bt" + name + "cmp", Cold<&Compare<A, B>>);
}

template <typename A, typename B> bool FloatNotEqual(A a, B b) { return !FloatEqual(a, b); }
template <typename A, typename B> bool FloatLessEqual(A a, B b) { return !FloatLess(b, a); }
template <typename A, typename B> bool FloatGreater(A a, B b) { return FloatLess(b, a); }
template <typename A, typename B> bool FloatGreaterEqual(A a, B b) { return !FloatLess(a, b); }
template <typename A, typename B> int32_t FloatCompare(A a, B b) { return CompareFloats(a, b); }

template <typename A, typename B>
void AddFloats(Registry& registry, const std::string& name) {
  registry.AddScalar(name + "eq", Total<&FloatEqual<A, B>>);
  registry.AddScalar(name + "ne", Total<&FloatNotEqual<A, B>>);
  registry.AddScalar(name + "lt", Total<&FloatLess<A, B>>);
  registry.AddScalar(name + "le", Total<&FloatLessEqual<A, B>>);
  registry.AddScalar(name + "gt", Total<&FloatGreater<A, B>>);
  registry.AddScalar(name + "ge", Total<&FloatGreaterEqual<A, B>>);
  registry.AddScalar("bt" + name + "cmp", Cold<&FloatCompare<A, B>>);
}

bool BoolAnd(bool a, bool b) { return a && b; }
bool BoolOr(bool a, bool b) { return a || b; }

}  // namespace

void RegisterNumberComparisons(Registry& registry) {
  AddIntegers<int16_t, int16_t>(registry, "int2");
  AddIntegers<int32_t, int32_t>(registry, "int4");
  AddIntegers<int64_t, int64_t>(registry, "int8");
  AddIntegers<int16_t, int32_t>(registry, "int24");
  AddIntegers<int32_t, int16_t>(registry, "int42");
  AddIntegers<int16_t, int64_t>(registry, "int28");
  AddIntegers<int64_t, int16_t>(registry, "int82");
  AddIntegers<int32_t, int64_t>(registry, "int48");
  AddIntegers<int64_t, int32_t>(registry, "int84");
  AddIntegers<uint32_t, uint32_t>(registry, "oid");
  AddIntegers<uint64_t, uint64_t>(registry, "xid8");
  AddIntegers<uint8_t, uint8_t>(registry, "char");
  AddIntegers<uint8_t, uint8_t>(registry, "bool");
  registry.AddScalar("btint2cmp", Cold<&Difference<int16_t>>);
  registry.AddScalar("btcharcmp", Cold<&Difference<uint8_t>>);
  AddFloats<float, float>(registry, "float4");
  AddFloats<double, double>(registry, "float8");
  AddFloats<float, double>(registry, "float48");
  AddFloats<double, float>(registry, "float84");
  registry.AddScalar("xid8cmp", Cold<&Compare<uint64_t, uint64_t>>);
  registry.AddScalar("xideq", Total<&Equal<uint32_t, uint32_t>>);
  registry.AddScalar("xidneq", Total<&NotEqual<uint32_t, uint32_t>>);
  registry.AddScalar("cideq", Total<&Equal<uint32_t, uint32_t>>);
  registry.AddScalar("booland_statefunc", Cold<&BoolAnd>);
  registry.AddScalar("boolor_statefunc", Cold<&BoolOr>);
}

}  // namespace grizzly::functions
