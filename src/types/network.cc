#include "types/network.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>

#include "base/error/sql_error.h"
#include "types/integer.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

constexpr size_t kIpv4Bytes = 4;
constexpr size_t kIpv6Bytes = 16;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct ParsedInet {
  std::string address;
  int bits;
};

// "/24" at the end of `text`: taken off; -1 when there is none; false when malformed.
bool TakeMask(std::string_view& text, int bits_max, int* bits) {
  const size_t slash = text.find('/');
  *bits = -1;
  if (slash == std::string_view::npos) return true;
  const std::string_view digits = text.substr(slash + 1);
  if (digits.empty() || digits.size() > 9) return false;
  *bits = 0;
  for (const char c : digits) {
    if (!IsDigit(c)) return false;
    *bits = *bits * 10 + (c - '0');
  }
  text = text.substr(0, slash);
  return *bits <= bits_max;
}

// Dotted octets, one to four of them.
bool TakeOctets(std::string_view text, bool is_cidr, std::string& octets) {
  while (true) {
    size_t digits = 0;
    int value = 0;
    while (digits < text.size() && IsDigit(text[digits]) && value <= 255) {
      value = value * 10 + (text[digits++] - '0');
    }
    if (digits == 0 || value > 255 || octets.size() == kIpv4Bytes) return false;
    octets += static_cast<char>(value);
    text.remove_prefix(digits);
    if (text.empty()) return true;
    if (text[0] != '.') return false;
    text.remove_prefix(1);
    if (text.empty() && octets.size() == kIpv4Bytes && !is_cidr) return true;  // "1.2.3.4."
  }
}

bool TakeHexOctets(std::string_view digits, std::string& octets) {
  if (digits.empty() || digits.size() > 2 * kIpv4Bytes) return false;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = HexValue(digits[i]);
    const int low = i + 1 < digits.size() ? HexValue(digits[i + 1]) : 0;
    if (high < 0 || low < 0) return false;
    octets += static_cast<char>(high * 16 + low);
  }
  return true;
}

// The mask that classes of addresses once implied.
int ClassBits(const std::string& octets) {
  const auto first = static_cast<uint8_t>(octets[0]);
  int bits = first >= 240 ? 32 : (first >= 224 ? 8 : (first >= 192 ? 24 : (first >= 128 ? 16 : 8)));
  bits = std::max(bits, static_cast<int>(octets.size()) * 8);
  return bits == 8 && first == 224 ? 4 : bits;
}

std::optional<ParsedInet> ParseIpv4(std::string_view text, bool is_cidr) {
  ParsedInet parsed;
  if (!TakeMask(text, 32, &parsed.bits)) return std::nullopt;
  const bool is_hex = is_cidr && text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
  if (!(is_hex ? TakeHexOctets(text.substr(2), parsed.address)
               : TakeOctets(text, is_cidr, parsed.address))) {
    return std::nullopt;
  }
  if (parsed.bits < 0) {
    if (!is_cidr && parsed.address.size() != kIpv4Bytes) return std::nullopt;
    parsed.bits = is_cidr ? ClassBits(parsed.address) : 32;
  } else if (!is_cidr && parsed.bits / 8 > static_cast<int>(parsed.address.size())) {
    return std::nullopt;  // the mask reaches past what is written
  }
  parsed.address.resize(kIpv4Bytes);
  return parsed;
}

std::optional<ParsedInet> ParseIpv6(std::string_view text) {
  ParsedInet parsed;
  if (!TakeMask(text, 128, &parsed.bits)) return std::nullopt;
  if (parsed.bits < 0) parsed.bits = 128;
  parsed.address.resize(kIpv6Bytes);
  if (inet_pton(AF_INET6, std::string(text).c_str(), parsed.address.data()) != 1) {
    return std::nullopt;
  }
  return parsed;
}

// The first `bits` bits.
int CompareBits(std::string_view a, std::string_view b, int bits) {
  const int whole = bits / 8;
  const int order = std::memcmp(a.data(), b.data(), whole);
  if (order != 0 || bits % 8 == 0) return order;
  const int mask = 0xFF << (8 - bits % 8);
  return (static_cast<uint8_t>(a[whole]) & mask) - (static_cast<uint8_t>(b[whole]) & mask);
}

}  // namespace

StringRef MakeInet(std::string_view address, int bits, Arena& arena) {
  std::string bytes;
  bytes += address.size() == kIpv4Bytes ? kInetIpv4 : kInetIpv6;
  bytes += static_cast<char>(bits);
  bytes += address;
  return StringRef::Copy(bytes, arena);
}

StringRef ParseInet(std::string_view text, bool is_cidr, Arena& arena) {
  const std::optional<ParsedInet> parsed =
      text.find(':') != std::string_view::npos ? ParseIpv6(text) : ParseIpv4(text, is_cidr);
  if (!parsed) ThrowInvalidSyntax(is_cidr ? "cidr" : "inet", text);
  const StringRef value = MakeInet(parsed->address, parsed->bits, arena);
  if (is_cidr && HasBitsRightOfMask(InetRef(value.view()))) {
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   fmt::format("invalid cidr value: \"{}\"", text))
        .Detail("Value has bits set to right of mask.");
  }
  return value;
}

void AppendInet(std::string& out, InetRef value, bool is_cidr) {
  char text[INET6_ADDRSTRLEN];
  const int family = value.family() == kInetIpv4 ? AF_INET : AF_INET6;
  out += inet_ntop(family, value.address().data(), text, sizeof(text));
  if (is_cidr || value.bits() != value.bits_max()) {
    out += '/';
    AppendInteger(out, value.bits());
  }
}

bool HasBitsRightOfMask(InetRef value) {
  for (int i = value.bits(); i < value.bits_max(); ++i) {
    if (value.address_bit(i)) return true;
  }
  return false;
}

int CompareInet(InetRef a, InetRef b) {
  if (a.family() != b.family()) return a.family() - b.family();
  const int order = CompareBits(a.address(), b.address(), std::min(a.bits(), b.bits()));
  if (order != 0) return order;
  if (a.bits() != b.bits()) return a.bits() - b.bits();
  return CompareBits(a.address(), b.address(), a.bits_max());
}

std::string ParseMacaddr(std::string_view text) {
  static constexpr const char* kForms[] = {
      "%x:%x:%x:%x:%x:%x%1s",          "%x-%x-%x-%x-%x-%x%1s",
      "%2x%2x%2x:%2x%2x%2x%1s",        "%2x%2x%2x-%2x%2x%2x%1s",
      "%2x%2x.%2x%2x.%2x%2x%1s",       "%2x%2x-%2x%2x-%2x%2x%1s",
      "%2x%2x%2x%2x%2x%2x%1s",
  };
  const std::string copy(text);
  unsigned octets[6];
  char junk[2];
  bool found = false;
  for (const char* form : kForms) {
    found = std::sscanf(copy.c_str(), form, &octets[0], &octets[1], &octets[2], &octets[3],
                        &octets[4], &octets[5], junk) == 6;
    if (found) break;
  }
  if (!found) ThrowInvalidSyntax("macaddr", text);
  std::string bytes;
  for (const unsigned octet : octets) {
    if (octet > 255) {
      throw SqlError(SqlState::kNumericValueOutOfRange,
                     fmt::format("invalid octet value in \"macaddr\" value: \"{}\"", text));
    }
    bytes += static_cast<char>(octet);
  }
  return bytes;
}

std::string ParseMacaddr8(std::string_view text) {
  std::string_view rest = TrimBlanks(text);
  std::string bytes;
  char spacer = '\0';
  while (!rest.empty()) {
    const int high = HexValue(rest[0]);
    const int low = rest.size() > 1 ? HexValue(rest[1]) : -1;
    if (high < 0 || low < 0 || bytes.size() == 8) ThrowInvalidSyntax("macaddr8", text);
    bytes += static_cast<char>(high * 16 + low);
    rest.remove_prefix(2);
    if (rest.empty() || (rest[0] != ':' && rest[0] != '-' && rest[0] != '.')) continue;
    if (spacer == '\0') spacer = rest[0];
    if (rest[0] != spacer) ThrowInvalidSyntax("macaddr8", text);
    rest.remove_prefix(1);
  }
  if (bytes.size() == 6) bytes.insert(3, "\xFF\xFE");
  if (bytes.size() != 8) ThrowInvalidSyntax("macaddr8", text);
  return bytes;
}

void AppendMacaddr(std::string& out, std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    out += fmt::format("{}{:02x}", i == 0 ? "" : ":", static_cast<uint8_t>(bytes[i]));
  }
}

}  // namespace grizzly::types
