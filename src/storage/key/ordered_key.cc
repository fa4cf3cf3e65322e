#include "storage/key/ordered_key.h"

#include <cmath>

#include "base/error/sql_error.h"

namespace grizzly::storage {
namespace {

constexpr char kEscape = 0;
constexpr char kEscapedZero = static_cast<char>(0xFF);
constexpr char kEnd = 1;

template <typename Float, typename Bits>
Bits OrderedBits(Float value) {
  if (std::isnan(value)) return ~Bits{0};
  if (value == 0) value = 0;  // -0
  const Bits bits = std::bit_cast<Bits>(value);
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

template <typename Float, typename Bits>
Float ValueOfBits(Bits bits) {
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  if (bits == ~Bits{0}) return std::numeric_limits<Float>::quiet_NaN();
  return std::bit_cast<Float>((bits & kSign) != 0 ? bits ^ kSign : ~bits);
}

}  // namespace

uint32_t OrderedFloatBits(float value) { return OrderedBits<float, uint32_t>(value); }
uint64_t OrderedFloatBits(double value) { return OrderedBits<double, uint64_t>(value); }
float FloatOfOrderedBits(uint32_t bits) { return ValueOfBits<float>(bits); }
double FloatOfOrderedBits(uint64_t bits) { return ValueOfBits<double>(bits); }

void AppendEscaped(std::string* key, std::string_view bytes) {
  while (!bytes.empty()) {
    const void* zero = std::memchr(bytes.data(), 0, bytes.size());
    if (zero == nullptr) {
      key->append(bytes);
      break;
    }
    const size_t before = static_cast<const char*>(zero) - bytes.data();
    key->append(bytes.substr(0, before));
    key->push_back(kEscape);
    key->push_back(kEscapedZero);
    bytes.remove_prefix(before + 1);
  }
  key->push_back(kEscape);
  key->push_back(kEnd);
}

size_t EscapedBytes(std::string_view field, uint8_t complement) {
  const char escape = static_cast<char>(kEscape ^ complement);
  const char end = static_cast<char>(kEnd ^ complement);
  for (size_t at = 0; at + 1 < field.size(); at += 2) {
    at = field.find(escape, at);
    if (at == std::string_view::npos || at + 1 >= field.size()) break;
    if (field[at + 1] == end) return at + 2;
  }
  throw SqlError(SqlState::kDataCorrupted, "stored key has a field without an end");
}

std::string Unescape(std::string_view field, uint8_t complement) {
  std::string text;
  text.reserve(field.size());
  for (size_t at = 0; at + 2 < field.size(); ++at) {
    const char byte = static_cast<char>(field[at] ^ complement);
    text.push_back(byte);
    if (byte == kEscape) ++at;  // its 0xFF
  }
  return text;
}

void Complement(std::string* key, size_t from) {
  for (size_t i = from; i < key->size(); ++i) (*key)[i] = static_cast<char>(~(*key)[i]);
}

}  // namespace grizzly::storage
