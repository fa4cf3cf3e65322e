// Network byte order, as PostgreSQL's binary formats use it.
//
// A BinaryReader throws 08P01 when the value ends too early and, from Finish(), 22P03 when bytes
// are left over.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace grizzly::types {

// Unsigned integers to and from network byte order.
template <typename T>
constexpr T SwapBytes(T value) {
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
}

[[noreturn]] void ThrowBinaryTooShort();
[[noreturn]] void ThrowBinaryMalformed();

class BinaryReader {
 public:
  explicit BinaryReader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>  // an integer
  T Read() {
    T value;
    std::memcpy(&value, Take(sizeof(T)).data(), sizeof(T));
    return SwapBytes(value);
  }
  double ReadFloat8() { return std::bit_cast<double>(Read<uint64_t>()); }
  float ReadFloat4() { return std::bit_cast<float>(Read<uint32_t>()); }
  std::string_view Take(size_t bytes) {
    if (bytes > rest_.size()) ThrowBinaryTooShort();
    std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  std::string_view TakeRest() { return Take(rest_.size()); }
  size_t remaining() const { return rest_.size(); }
  void Finish() const {
    if (!rest_.empty()) ThrowBinaryMalformed();
  }

 private:
  std::string_view rest_;
};

template <typename T>  // an integer
void AppendBinary(std::string& out, T value) {
  value = SwapBytes(value);
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}
inline void AppendBinaryFloat8(std::string& out, double value) {
  AppendBinary(out, std::bit_cast<uint64_t>(value));
}
inline void AppendBinaryFloat4(std::string& out, float value) {
  AppendBinary(out, std::bit_cast<uint32_t>(value));
}

}  // namespace grizzly::types
