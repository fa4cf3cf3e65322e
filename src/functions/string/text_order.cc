// Comparison of text, varchar, bpchar, name, bytea and uuid.
#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/string/collation.h"
#include "types/collation.h"
#include "types/text.h"

namespace grizzly::functions {

int CompareText(std::string_view a, std::string_view b, Oid collation) {
  if (IsByteCollation(collation)) {
    // PostgreSQL hands out memcmp()'s result as it is; clients can see it through bttextcmp().
    const int order = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
    if (order != 0) return order;
    return a.size() < b.size() ? -1 : (a.size() > b.size() ? 1 : 0);
  }
  return types::CompareText(a, b, collation);
}

namespace {

enum class Order : uint8_t { kLess, kLessEqual, kGreater, kGreaterEqual };

bool Holds(int compared, Order order) {
  switch (order) {
    case Order::kLess: return compared < 0;
    case Order::kLessEqual: return compared <= 0;
    case Order::kGreater: return compared > 0;
    default: return compared >= 0;
  }
}

bool Equal(const StringRef& a, const StringRef& b) { return a == b; }
bool NotEqual(const StringRef& a, const StringRef& b) { return !(a == b); }

// The byte-wise ones have the lowest numbers.
constexpr Oid kByteCollationMax = 951;

bool TextEqual(const CallSite& call, const StringRef& a, const StringRef& b) {
  return a == b || (call.collation > kByteCollationMax &&
                    types::TextsEqual(a.view(), b.view(), call.collation));
}
bool TextNotEqual(const CallSite& call, const StringRef& a, const StringRef& b) {
  return !TextEqual(call, a, b);
}
template <Order order>
bool Text(const CallSite& call, const StringRef& a, const StringRef& b) {
  if (IsByteCollation(call.collation)) return Holds(StringRef::Compare(a, b), order);
  return Holds(CompareText(a.view(), b.view(), call.collation), order);
}
int32_t TextCompare(const CallSite& call, const StringRef& a, const StringRef& b) {
  return CompareText(a.view(), b.view(), call.collation);
}
// Two names, in PostgreSQL ended by a zero byte, which is what the shorter one has there.
int32_t NameCompare(const CallSite& call, const StringRef& a, const StringRef& b) {
  const std::string_view x = a.view();
  const std::string_view y = b.view();
  const size_t common = std::min(x.size(), y.size());
  if (x.size() == y.size() || !IsByteCollation(call.collation) ||
      x.substr(0, common) != y.substr(0, common)) {
    return CompareText(x, y, call.collation);
  }
  return x.size() > y.size() ? static_cast<uint8_t>(x[common]) : -static_cast<uint8_t>(y[common]);
}
StringRef TextLarger(const CallSite& call, const StringRef& a, const StringRef& b) {
  return CompareText(a.view(), b.view(), call.collation) > 0 ? a : b;
}
StringRef TextSmaller(const CallSite& call, const StringRef& a, const StringRef& b) {
  return CompareText(a.view(), b.view(), call.collation) < 0 ? a : b;
}

// bytea, and the text_pattern operators: bytes whatever the collation.
template <Order order>
bool Bytes(const StringRef& a, const StringRef& b) {
  return Holds(StringRef::Compare(a, b), order);
}
int32_t BytesCompare(const StringRef& a, const StringRef& b) {
  return StringRef::Compare(a, b);
}

std::string_view Trim(const StringRef& value) { return types::TrimTrailingBlanks(value.view()); }

bool BpcharEqual(const CallSite& call, const StringRef& a, const StringRef& b) {
  if (a == b) return true;
  const std::string_view x = Trim(a), y = Trim(b);
  return x == y ||
         (call.collation > kByteCollationMax && types::TextsEqual(x, y, call.collation));
}
bool BpcharNotEqual(const CallSite& call, const StringRef& a, const StringRef& b) {
  return !BpcharEqual(call, a, b);
}
template <Order order>
bool Bpchar(const CallSite& call, const StringRef& a, const StringRef& b) {
  return Holds(CompareText(Trim(a), Trim(b), call.collation), order);
}
template <Order order>
bool BpcharPattern(const StringRef& a, const StringRef& b) {
  return Holds(Trim(a).compare(Trim(b)), order);
}
int32_t BpcharCompare(const CallSite& call, const StringRef& a, const StringRef& b) {
  return CompareText(Trim(a), Trim(b), call.collation);
}
int32_t BpcharPatternCompare(const StringRef& a, const StringRef& b) {
  return CompareText(Trim(a), Trim(b), kInvalidOid);
}
StringRef BpcharLarger(const CallSite& call, const StringRef& a, const StringRef& b) {
  return CompareText(Trim(a), Trim(b), call.collation) >= 0 ? a : b;
}
StringRef BpcharSmaller(const CallSite& call, const StringRef& a, const StringRef& b) {
  return CompareText(Trim(a), Trim(b), call.collation) <= 0 ? a : b;
}

using types::UuidValue;
template <Order order>
bool Uuid(UuidValue a, UuidValue b) {
  return Holds(std::memcmp(a.bytes.data(), b.bytes.data(), 16), order);
}
bool UuidEqual(UuidValue a, UuidValue b) { return a == b; }
bool UuidNotEqual(UuidValue a, UuidValue b) { return a != b; }
int32_t UuidCompare(UuidValue a, UuidValue b) {
  return std::memcmp(a.bytes.data(), b.bytes.data(), 16);
}

void AddUuid(Registry& registry) {
  registry.AddScalar("uuid_eq", Scalar<&UuidEqual>);
  registry.AddScalar("uuid_ne", Scalar<&UuidNotEqual>);
  registry.AddScalar("uuid_lt", Cold<&Uuid<Order::kLess>>);
  registry.AddScalar("uuid_le", Cold<&Uuid<Order::kLessEqual>>);
  registry.AddScalar("uuid_gt", Cold<&Uuid<Order::kGreater>>);
  registry.AddScalar("uuid_ge", Cold<&Uuid<Order::kGreaterEqual>>);
  registry.AddScalar("uuid_cmp", Cold<&UuidCompare>);
}

void AddBpchar(Registry& registry) {
  registry.AddScalar("bpchareq", Scalar<&BpcharEqual>);
  registry.AddScalar("bpcharne", Scalar<&BpcharNotEqual>);
  registry.AddScalar("bpcharlt", Cold<&Bpchar<Order::kLess>>);
  registry.AddScalar("bpcharle", Cold<&Bpchar<Order::kLessEqual>>);
  registry.AddScalar("bpchargt", Cold<&Bpchar<Order::kGreater>>);
  registry.AddScalar("bpcharge", Cold<&Bpchar<Order::kGreaterEqual>>);
  registry.AddScalar("bpchar_pattern_lt", Cold<&BpcharPattern<Order::kLess>>);
  registry.AddScalar("bpchar_pattern_le", Cold<&BpcharPattern<Order::kLessEqual>>);
  registry.AddScalar("bpchar_pattern_gt", Cold<&BpcharPattern<Order::kGreater>>);
  registry.AddScalar("bpchar_pattern_ge", Cold<&BpcharPattern<Order::kGreaterEqual>>);
  registry.AddScalar("bpcharcmp", Cold<&BpcharCompare>);
  registry.AddScalar("btbpchar_pattern_cmp", Cold<&BpcharPatternCompare>);
  registry.AddScalar("bpchar_larger", Cold<&BpcharLarger>);
  registry.AddScalar("bpchar_smaller", Cold<&BpcharSmaller>);
}

void AddBytes(Registry& registry, const std::string& name) {
  registry.AddScalar(name + "lt", Cold<&Bytes<Order::kLess>>);
  registry.AddScalar(name + "le", Cold<&Bytes<Order::kLessEqual>>);
  registry.AddScalar(name + "gt", Cold<&Bytes<Order::kGreater>>);
  registry.AddScalar(name + "ge", Cold<&Bytes<Order::kGreaterEqual>>);
}

void AddOrder(Registry& registry, const std::string& name, const std::string& suffix) {
  registry.AddScalar(name + "lt" + suffix, Scalar<&Text<Order::kLess>>);
  registry.AddScalar(name + "le" + suffix, Scalar<&Text<Order::kLessEqual>>);
  registry.AddScalar(name + "gt" + suffix, Scalar<&Text<Order::kGreater>>);
  registry.AddScalar(name + "ge" + suffix, Scalar<&Text<Order::kGreaterEqual>>);
}

}  // namespace

void RegisterTextOrder(Registry& registry) {
  for (const char* name : {"texteq", "nameeqtext", "texteqname"}) {
    registry.AddScalar(name, Scalar<&TextEqual>);
  }
  for (const char* name : {"textne", "namenetext", "textnename"}) {
    registry.AddScalar(name, Scalar<&TextNotEqual>);
  }
  for (const char* name : {"nameeq", "byteaeq"}) registry.AddScalar(name, Scalar<&Equal>);
  for (const char* name : {"namene", "byteane"}) registry.AddScalar(name, Scalar<&NotEqual>);
  AddOrder(registry, "text_", "");
  AddOrder(registry, "name", "");
  AddOrder(registry, "name", "text");
  AddOrder(registry, "text", "name");
  for (const char* name : {"bttextcmp", "btnametextcmp", "bttextnamecmp"}) {
    registry.AddScalar(name, Cold<&TextCompare>);
  }
  registry.AddScalar("btnamecmp", Cold<&NameCompare>);
  registry.AddScalar("text_larger", Cold<&TextLarger>);
  registry.AddScalar("text_smaller", Cold<&TextSmaller>);
  AddBytes(registry, "bytea");
  AddBytes(registry, "text_pattern_");
  registry.AddScalar("byteacmp", Cold<&BytesCompare>);
  registry.AddScalar("bttext_pattern_cmp", Cold<&BytesCompare>);
  AddBpchar(registry);
  AddUuid(registry);
}

}  // namespace grizzly::functions
