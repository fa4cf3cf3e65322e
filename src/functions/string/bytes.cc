// bytea: substrings, positions, single bits and bytes.
#include <algorithm>
#include <bit>
#include <limits>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

View Slice(View bytes, int64_t start, int64_t end) {
  start = std::max<int64_t>(start, 1);
  if (end <= start || start > static_cast<int64_t>(bytes.size())) return {};
  return bytes.substr(static_cast<size_t>(start - 1), static_cast<size_t>(end - start));
}
[[noreturn]] void ThrowNegativeLength() {
  throw SqlError(SqlState::kSubstringError, "negative substring length not allowed");
}
View Substring(View bytes, int32_t start, int32_t length) {
  if (length < 0) ThrowNegativeLength();
  return Slice(bytes, start, int64_t{start} + length);
}
View SubstringFrom(View bytes, int32_t start) {
  return Slice(bytes, start, std::numeric_limits<int64_t>::max());
}
int32_t Position(View bytes, View wanted) {
  const size_t found = bytes.find(wanted);
  return found == View::npos ? 0 : static_cast<int32_t>(found) + 1;
}
std::string Overlay(View bytes, View with, int32_t start, int32_t length) {
  if (start <= 0) ThrowNegativeLength();
  int32_t after;
  if (__builtin_add_overflow(start, length, &after)) {
    throw SqlError(SqlState::kNumericValueOutOfRange, "integer out of range");
  }
  std::string joined(Slice(bytes, 1, start));
  joined.append(with).append(SubstringFrom(bytes, after));
  return joined;
}
std::string OverlayWhole(View bytes, View with, int32_t start) {
  return Overlay(bytes, with, start, static_cast<int32_t>(with.size()));
}

void CheckIndex(int64_t index, int64_t end) {
  if (index >= 0 && index < end) return;
  throw SqlError(SqlState::kArraySubscriptError,
                 fmt::format("index {} out of valid range, 0..{}", index, end - 1));
}
int32_t GetByte(View bytes, int32_t index) {
  CheckIndex(index, static_cast<int64_t>(bytes.size()));
  return static_cast<uint8_t>(bytes[static_cast<size_t>(index)]);
}
std::string SetByte(View bytes, int32_t index, int32_t value) {
  CheckIndex(index, static_cast<int64_t>(bytes.size()));
  std::string changed(bytes);
  changed[static_cast<size_t>(index)] = static_cast<char>(value);
  return changed;
}
int32_t GetBit(View bytes, int64_t index) {
  CheckIndex(index, static_cast<int64_t>(bytes.size()) * 8);
  return (static_cast<uint8_t>(bytes[static_cast<size_t>(index / 8)]) >> (index % 8)) & 1;
}
std::string SetBit(View bytes, int64_t index, int32_t bit) {
  CheckIndex(index, static_cast<int64_t>(bytes.size()) * 8);
  if (bit != 0 && bit != 1) {
    throw SqlError(SqlState::kInvalidParameterValue, "new bit must be 0 or 1");
  }
  std::string changed(bytes);
  char& byte = changed[static_cast<size_t>(index / 8)];
  const int mask = 1 << (index % 8);
  byte = static_cast<char>(bit == 1 ? byte | mask : byte & ~mask);
  return changed;
}
int64_t BitCount(View bytes) {
  int64_t count = 0;
  for (char c : bytes) count += std::popcount(static_cast<uint8_t>(c));
  return count;
}

View TrimLeft(View bytes, View set) {
  while (!bytes.empty() && set.find(bytes.front()) != View::npos) bytes.remove_prefix(1);
  return bytes;
}
View TrimRight(View bytes, View set) {
  while (!bytes.empty() && set.find(bytes.back()) != View::npos) bytes.remove_suffix(1);
  return bytes;
}
View TrimBoth(View bytes, View set) { return TrimRight(TrimLeft(bytes, set), set); }

}  // namespace

void RegisterBytes(Registry& registry) {
  registry.AddScalar("bytea_substr", Cold<&Substring>);
  registry.AddScalar("bytea_substr_no_len", Cold<&SubstringFrom>);
  registry.AddScalar("byteapos", Cold<&Position>);
  registry.AddScalar("byteaoverlay", Cold<&Overlay>);
  registry.AddScalar("byteaoverlay_no_len", Cold<&OverlayWhole>);
  registry.AddScalar("byteaGetByte", Cold<&GetByte>);
  registry.AddScalar("byteaSetByte", Cold<&SetByte>);
  registry.AddScalar("byteaGetBit", Cold<&GetBit>);
  registry.AddScalar("byteaSetBit", Cold<&SetBit>);
  registry.AddScalar("bytea_bit_count", Cold<&BitCount>);
  registry.AddScalar("bytealtrim", Cold<&TrimLeft>);
  registry.AddScalar("byteartrim", Cold<&TrimRight>);
  registry.AddScalar("byteatrim", Cold<&TrimBoth>);
}

}  // namespace grizzly::functions
