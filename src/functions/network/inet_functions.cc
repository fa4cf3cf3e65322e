// Functions of inet and cidr.
#include <algorithm>
#include <array>

#include "base/error/sql_error.h"
#include "functions/kernel.h"
#include "functions/type_families.h"
#include "types/network.h"

namespace grizzly::functions {
namespace {

using types::InetRef;
using View = std::string_view;

std::string MakeBytes(char family, int bits, View address) {
  std::string bytes{family, static_cast<char>(bits)};
  bytes += address;
  return bytes;
}

// Byte i of the mask of so many bits.
uint8_t MaskByte(int bits, size_t i) {
  const int left = bits - static_cast<int>(i) * 8;
  if (left >= 8) return 0xFF;
  return left <= 0 ? 0 : static_cast<uint8_t>(0xFF << (8 - left));
}

// The address with each byte made from its own and its mask's.
template <typename Combine>
std::string Map(InetRef value, int bits, Combine&& combine) {
  std::string address(value.address());
  for (size_t i = 0; i < address.size(); ++i) {
    address[i] = static_cast<char>(combine(static_cast<uint8_t>(address[i]),
                                           MaskByte(value.bits(), i)));
  }
  return MakeBytes(value.family(), bits, address);
}

// ---- comparing ----
int Order(View a, View b) { return types::CompareInet(InetRef(a), InetRef(b)); }
bool Equal(View a, View b) { return Order(a, b) == 0; }
bool NotEqual(View a, View b) { return Order(a, b) != 0; }
bool Less(View a, View b) { return Order(a, b) < 0; }
bool LessEqual(View a, View b) { return Order(a, b) <= 0; }
bool Greater(View a, View b) { return Order(a, b) > 0; }
bool GreaterEqual(View a, View b) { return Order(a, b) >= 0; }
int32_t Compare(View a, View b) { return Order(a, b); }
View Smaller(View a, View b) { return Order(a, b) < 0 ? a : b; }
View Larger(View a, View b) { return Order(a, b) > 0 ? a : b; }

int SharedBits(InetRef a, InetRef b, int at_most) {
  int bits = 0;
  while (bits < at_most && a.address_bit(bits) == b.address_bit(bits)) ++bits;
  return bits;
}
// Whether `inner` lies in the network of `outer`.
bool Within(InetRef inner, InetRef outer, bool may_be_same) {
  if (inner.family() != outer.family()) return false;
  const bool fits = may_be_same ? inner.bits() >= outer.bits() : inner.bits() > outer.bits();
  return fits && SharedBits(inner, outer, outer.bits()) == outer.bits();
}
bool Sub(View a, View b) { return Within(InetRef(a), InetRef(b), false); }
bool SubEqual(View a, View b) { return Within(InetRef(a), InetRef(b), true); }
bool Super(View a, View b) { return Within(InetRef(b), InetRef(a), false); }
bool SuperEqual(View a, View b) { return Within(InetRef(b), InetRef(a), true); }
bool Overlap(View a, View b) {
  const InetRef left(a);
  const InetRef right(b);
  if (left.family() != right.family()) return false;
  const int bits = std::min(left.bits(), right.bits());
  return SharedBits(left, right, bits) == bits;
}

// ---- parts ----
int32_t Family(View a) { return InetRef(a).family() == types::kInetIpv4 ? 4 : 6; }
int32_t MaskLength(View a) { return InetRef(a).bits(); }
std::string Network(View a) {
  const InetRef value(a);
  return Map(value, value.bits(), [](uint8_t byte, uint8_t mask) { return byte & mask; });
}
std::string Broadcast(View a) {
  const InetRef value(a);
  return Map(value, value.bits(), [](uint8_t byte, uint8_t mask) { return byte | (~mask & 0xFF); });
}
std::string NetMask(View a) {
  const InetRef value(a);
  return Map(value, value.bits_max(), [](uint8_t, uint8_t mask) { return mask; });
}
std::string HostMask(View a) {
  const InetRef value(a);
  return Map(value, value.bits_max(), [](uint8_t, uint8_t mask) { return ~mask & 0xFF; });
}

// ---- text ----
std::string Host(View a) {
  std::string text;
  const std::string whole = MakeBytes(InetRef(a).family(), InetRef(a).bits_max(), a.substr(2));
  types::AppendInet(text, InetRef(whole), false);
  return text;
}
std::string Show(View a) { return fmt::format("{}/{}", Host(a), InetRef(a).bits()); }
std::string InetAbbreviated(View a) {
  std::string text;
  types::AppendInet(text, InetRef(a), false);
  return text;
}
// The words of an IPv6 network that are written as "::": of the longest run of zeros, where a run that is
// not longer than the best one before it goes on counting, as in PostgreSQL.
struct ZeroRun {
  int start = -1;
  int length = 0;
  bool Has(int word) const { return word >= start && word < start + length; }
};
ZeroRun LongestZeroRun(const std::array<uint16_t, 8>& words, int count) {
  ZeroRun best, run;
  for (int i = 0; i < count; ++i) {
    if (words[i] == 0) {
      if (run.length++ == 0) run.start = i;
    } else if (run.length > best.length) {
      best = run;
      run.length = 0;
    }
  }
  return run.length > best.length ? run : best;
}

// IPv6 without the words behind the mask; at least two of them.
std::string Ipv6NetworkAbbreviated(InetRef value) {
  if (value.bits() == 0) return "::/0";
  std::array<uint16_t, 8> words;
  for (size_t i = 0; i < words.size(); ++i) {
    words[i] = static_cast<uint16_t>(static_cast<uint8_t>(value.address()[2 * i]) << 8 |
                                     static_cast<uint8_t>(value.address()[2 * i + 1]));
  }
  const int count = std::max(2, (value.bits() + 15) / 16);
  const ZeroRun zeros = LongestZeroRun(words, count);
  const bool is_ipv4 = zeros.length != count && zeros.start == 0 &&
                       (zeros.length == 6 || (zeros.length == 5 && words[5] == 0xffff) ||
                        (zeros.length == 7 && (words[7] >> 8) != 0 && (words[7] & 0xff) != 1));
  std::string text;
  for (int i = 0; i < count; ++i) {
    if (zeros.Has(i)) {
      if (i == zeros.start) text += ':';
      if (i == count - 1) text += ':';
    } else if (is_ipv4 && i > 5) {
      text += fmt::format("{}{}", i == 6 ? ':' : '.', words[i] >> 8);
      if (i != 7 || value.bits() > 120) text += fmt::format(".{}", words[i] & 0xff);
    } else {
      text += fmt::format("{}{:x}", text.empty() ? "" : ":", words[i]);
    }
  }
  return fmt::format("{}/{}", text, value.bits());
}

// IPv4 without the bytes behind the mask.
std::string CidrAbbreviated(View a) {
  const InetRef value(a);
  if (value.family() != types::kInetIpv4) return Ipv6NetworkAbbreviated(value);
  std::string text;
  const int bytes = std::max(1, (value.bits() + 7) / 8);
  for (int i = 0; i < bytes; ++i) {
    if (i > 0) text += '.';
    text += std::to_string(value.bits() == 0 ? 0 : static_cast<uint8_t>(value.address()[i]));
  }
  return fmt::format("{}/{}", text, value.bits());
}

// ---- changing ----
int CheckMaskLength(InetRef value, int32_t bits) {
  if (bits == -1) return value.bits_max();
  if (bits < 0 || bits > value.bits_max()) {
    throw SqlError(SqlState::kInvalidParameterValue, fmt::format("invalid mask length: {}", bits));
  }
  return bits;
}
std::string SetInetMask(View a, int32_t bits) {
  const InetRef value(a);
  return MakeBytes(value.family(), CheckMaskLength(value, bits), value.address());
}
std::string SetCidrMask(View a, int32_t bits) { return Network(SetInetMask(a, bits)); }

void RequireSameFamily(InetRef a, InetRef b, const char* doing) {
  if (a.family() == b.family()) return;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("cannot {} inet values of different sizes", doing));
}
std::string Not(View a) {
  const InetRef value(a);
  return Map(value, value.bits(), [](uint8_t byte, uint8_t) { return ~byte & 0xFF; });
}
template <bool kAnd>
std::string Both(View a, View b) {
  const InetRef left(a);
  const InetRef right(b);
  RequireSameFamily(left, right, kAnd ? "AND" : "OR");
  std::string address(left.address());
  for (size_t i = 0; i < address.size(); ++i) {
    const char other = right.address()[i];
    address[i] = static_cast<char>(kAnd ? address[i] & other : address[i] | other);
  }
  return MakeBytes(left.family(), std::max(left.bits(), right.bits()), address);
}

[[noreturn]] void ThrowOutOfRange() {
  throw SqlError(SqlState::kNumericValueOutOfRange, "result is out of range");
}
std::string Plus(View a, int64_t addend) {
  const InetRef value(a);
  std::string address(value.address());
  int carry = 0;
  for (size_t i = address.size(); i-- > 0;) {
    // The addend's next byte; its sign fills the rest.
    const int sum = static_cast<uint8_t>(address[i]) + static_cast<int>(addend & 0xFF) + carry;
    address[i] = static_cast<char>(sum & 0xFF);
    carry = sum >> 8;
    addend >>= 8;
  }
  // Nothing must be left over: of a positive addend no carry, of a negative one exactly one.
  const bool fits = (addend == 0 && carry == 0) || (addend == -1 && carry == 1);
  if (!fits) ThrowOutOfRange();
  return MakeBytes(value.family(), value.bits(), address);
}
std::string PlusInt(View a, int64_t addend) { return Plus(a, addend); }
std::string IntPlus(int64_t addend, View a) { return Plus(a, addend); }
// The least number is its own negation, as in PostgreSQL.
std::string MinusInt(View a, int64_t addend) {
  return Plus(a, static_cast<int64_t>(-static_cast<uint64_t>(addend)));
}
int64_t Difference(View a, View b) {
  const InetRef left(a);
  const InetRef right(b);
  RequireSameFamily(left, right, "subtract");
  __int128 difference = 0;
  bool fits = true;
  // Big-endian subtraction: bytes in front of the last eight may only carry the sign.
  const View x = left.address();
  const View y = right.address();
  const bool negative = x < y;
  int borrow = 0;
  std::string bytes(x.size(), '\0');
  for (size_t i = x.size(); i-- > 0;) {
    const int byte = static_cast<uint8_t>(x[i]) - static_cast<uint8_t>(y[i]) - borrow;
    bytes[i] = static_cast<char>(byte & 0xFF);
    borrow = byte < 0 ? 1 : 0;
  }
  const char fill = negative ? '\xFF' : '\0';
  for (size_t i = 0; i + 8 < bytes.size(); ++i) fits = fits && bytes[i] == fill;
  difference = negative ? -1 : 0;
  for (size_t i = bytes.size() > 8 ? bytes.size() - 8 : 0; i < bytes.size(); ++i) {
    difference = difference * 256 + static_cast<uint8_t>(bytes[i]);
  }
  if (!fits || difference > INT64_MAX || difference < INT64_MIN) ThrowOutOfRange();
  return static_cast<int64_t>(difference);
}

bool SameFamily(View a, View b) { return InetRef(a).family() == InetRef(b).family(); }
std::string Merge(View a, View b) {
  const InetRef left(a);
  const InetRef right(b);
  if (left.family() != right.family()) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   "cannot merge addresses from different families");
  }
  const int bits = SharedBits(left, right, std::min(left.bits(), right.bits()));
  return SetCidrMask(a, bits);
}
// inet to cidr: what is behind the mask goes.
std::string ToCidr(View a) { return Network(a); }

void RegisterInetOrder(Registry& registry) {
  registry.AddScalar("network_eq", Cold<&Equal>);
  registry.AddScalar("network_ne", Cold<&NotEqual>);
  registry.AddScalar("network_lt", Cold<&Less>);
  registry.AddScalar("network_le", Cold<&LessEqual>);
  registry.AddScalar("network_gt", Cold<&Greater>);
  registry.AddScalar("network_ge", Cold<&GreaterEqual>);
  registry.AddScalar("network_cmp", Cold<&Compare>);
  registry.AddScalar("network_smaller", Cold<&Smaller>);
  registry.AddScalar("network_larger", Cold<&Larger>);
  registry.AddScalar("network_sub", Cold<&Sub>);
  registry.AddScalar("network_subeq", Cold<&SubEqual>);
  registry.AddScalar("network_sup", Cold<&Super>);
  registry.AddScalar("network_supeq", Cold<&SuperEqual>);
  registry.AddScalar("network_overlap", Cold<&Overlap>);
}

}  // namespace

void RegisterInet(Registry& registry) {
  RegisterInetOrder(registry);
  registry.AddScalar("network_family", Cold<&Family>);
  registry.AddScalar("network_masklen", Cold<&MaskLength>);
  registry.AddScalar("network_network", Cold<&Network>);
  registry.AddScalar("network_broadcast", Cold<&Broadcast>);
  registry.AddScalar("network_netmask", Cold<&NetMask>);
  registry.AddScalar("network_hostmask", Cold<&HostMask>);
  registry.AddScalar("network_host", Cold<&Host>);
  registry.AddScalar("network_show", Cold<&Show>);
  registry.AddScalar("inet_abbrev", Cold<&InetAbbreviated>);
  registry.AddScalar("cidr_abbrev", Cold<&CidrAbbreviated>);
  registry.AddScalar("inet_set_masklen", Cold<&SetInetMask>);
  registry.AddScalar("cidr_set_masklen", Cold<&SetCidrMask>);
  registry.AddScalar("inet_to_cidr", Cold<&ToCidr>);
  registry.AddScalar("inetnot", Cold<&Not>);
  registry.AddScalar("inetand", Cold<&Both<true>>);
  registry.AddScalar("inetor", Cold<&Both<false>>);
  registry.AddScalar("inetpl", Cold<&PlusInt>);
  registry.AddScalar("int8pl_inet", Cold<&IntPlus>);
  registry.AddScalar("inetmi_int8", Cold<&MinusInt>);
  registry.AddScalar("inetmi", Cold<&Difference>);
  registry.AddScalar("inet_same_family", Cold<&SameFamily>);
  registry.AddScalar("inet_merge", Cold<&Merge>);
}

}  // namespace grizzly::functions
