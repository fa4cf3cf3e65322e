// Functions of macaddr and macaddr8: six and eight bytes, compared as bytes.
#include "base/error/sql_error.h"
#include "functions/kernel.h"
#include "functions/type_families.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

bool Equal(View a, View b) { return a == b; }
bool NotEqual(View a, View b) { return a != b; }
bool Less(View a, View b) { return a < b; }
bool LessEqual(View a, View b) { return a <= b; }
bool Greater(View a, View b) { return a > b; }
bool GreaterEqual(View a, View b) { return a >= b; }
int32_t Compare(View a, View b) { return a < b ? -1 : (a > b ? 1 : 0); }

std::string Not(View a) {
  std::string bytes(a);
  for (char& byte : bytes) byte = static_cast<char>(~byte);
  return bytes;
}
std::string And(View a, View b) {
  std::string bytes(a);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] & b[i]);
  return bytes;
}
std::string Or(View a, View b) {
  std::string bytes(a);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] | b[i]);
  return bytes;
}
// The manufacturer's part: the first three bytes.
std::string Truncated(View a) {
  std::string bytes(a);
  for (size_t i = 3; i < bytes.size(); ++i) bytes[i] = '\0';
  return bytes;
}

std::string To8(View a) {
  return std::string(a.substr(0, 3)) + "\xFF\xFE" + std::string(a.substr(3));
}
std::string To6(View a) {
  if (a.substr(3, 2) != "\xFF\xFE") {
    throw SqlError(SqlState::kNumericValueOutOfRange,
                   "macaddr8 data out of range to convert to macaddr")
        .Hint("Only addresses that have FF and FE as values in the 4th and 5th bytes from the left, "
              "for example xx:xx:xx:ff:fe:xx:xx:xx, are eligible to be converted from macaddr8 to "
              "macaddr.");
  }
  return std::string(a.substr(0, 3)) + std::string(a.substr(5));
}
std::string Set7Bit(View a) {
  std::string bytes(a);
  bytes[0] = static_cast<char>(bytes[0] | 0x02);
  return bytes;
}

void AddFamily(Registry& registry, const std::string& name) {
  registry.AddScalar(name + "_eq", Cold<&Equal>);
  registry.AddScalar(name + "_ne", Cold<&NotEqual>);
  registry.AddScalar(name + "_lt", Cold<&Less>);
  registry.AddScalar(name + "_le", Cold<&LessEqual>);
  registry.AddScalar(name + "_gt", Cold<&Greater>);
  registry.AddScalar(name + "_ge", Cold<&GreaterEqual>);
  registry.AddScalar(name + "_cmp", Cold<&Compare>);
  registry.AddScalar(name + "_not", Cold<&Not>);
  registry.AddScalar(name + "_and", Cold<&And>);
  registry.AddScalar(name + "_or", Cold<&Or>);
  registry.AddScalar(name + "_trunc", Cold<&Truncated>);
}

}  // namespace

void RegisterMacaddrs(Registry& registry) {
  AddFamily(registry, "macaddr");
  AddFamily(registry, "macaddr8");
  registry.AddScalar("macaddrtomacaddr8", Cold<&To8>);
  registry.AddScalar("macaddr8tomacaddr", Cold<&To6>);
  registry.AddScalar("macaddr8_set7bit", Cold<&Set7Bit>);
}

}  // namespace grizzly::functions
