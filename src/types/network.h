// inet, cidr, macaddr, macaddr8.
//
// FORMAT  inet, cidr: family (2: IPv4, 3: IPv6), bits of the mask, then 4 or 16 bytes of address.
//         macaddr: 6 bytes; macaddr8: 8 bytes. Bytes compare as the addresses do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/string_ref.h"

namespace grizzly::types {

inline constexpr char kInetIpv4 = 2;
inline constexpr char kInetIpv6 = 3;

class InetRef {
 public:
  explicit InetRef(std::string_view bytes) : bytes_(bytes) {}
  char family() const { return bytes_[0]; }
  int bits() const { return static_cast<uint8_t>(bytes_[1]); }
  int bits_max() const { return family() == kInetIpv4 ? 32 : 128; }
  std::string_view address() const { return bytes_.substr(2); }
  bool address_bit(int i) const {
    return ((static_cast<uint8_t>(bytes_[2 + i / 8]) >> (7 - i % 8)) & 1) != 0;
  }

 private:
  std::string_view bytes_;
};

// The family follows from the address's size.
StringRef MakeInet(std::string_view address, int bits, Arena& arena);
// Throws 22P02; for cidr also when bits are set right of the mask.
StringRef ParseInet(std::string_view text, bool is_cidr, Arena& arena);
// cidr always shows its mask, inet only one that is not the whole address.
void AppendInet(std::string& out, InetRef value, bool is_cidr);
bool HasBitsRightOfMask(InetRef value);
// Network part first, then mask, then the address.
int CompareInet(InetRef a, InetRef b);

std::string ParseMacaddr(std::string_view text);   // 6 bytes; 22P02, 22003
std::string ParseMacaddr8(std::string_view text);  // 8 bytes; of 6 given, FF FE goes in between
void AppendMacaddr(std::string& out, std::string_view bytes);

}  // namespace grizzly::types
