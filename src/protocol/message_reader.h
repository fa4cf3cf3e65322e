// Reads the fields of one message body, front to back, without copying.
//
// ERRORS  08P01 protocol_violation in PostgreSQL's words; 22021 for text that is not valid UTF-8.
// OWNS    nothing: views point into the body.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/utf8/utf8.h"
#include "protocol/byte_buffer.h"

namespace grizzly::protocol {

class MessageReader {
 public:
  explicit MessageReader(std::string_view body) : rest_(body) {}

  char Byte() {
    if (rest_.empty()) [[unlikely]] ThrowNoData();
    const char byte = rest_[0];
    rest_.remove_prefix(1);
    return byte;
  }
  uint16_t Int16() { return Integer<uint16_t>(); }
  int32_t Int32() { return static_cast<int32_t>(Integer<uint32_t>()); }
  uint32_t Unsigned32() { return Integer<uint32_t>(); }

  std::string_view Bytes(int32_t count) {
    if (count < 0 || rest_.size() < static_cast<size_t>(count)) [[unlikely]] ThrowInsufficient();
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  // Up to a NUL, which is taken and not part of the view. Checked to be UTF-8.
  std::string_view String() {
    const std::string_view text = RawString();
    CheckUtf8(text);
    return text;
  }
  // The same, unchecked.
  std::string_view RawString() {
    const void* nul = rest_.empty() ? nullptr : std::memchr(rest_.data(), '\0', rest_.size());
    if (nul == nullptr) [[unlikely]] ThrowBadString();
    const size_t length = static_cast<const char*>(nul) - rest_.data();
    const std::string_view text = rest_.substr(0, length);
    rest_.remove_prefix(length + 1);
    return text;
  }
  std::string_view Rest() {
    const std::string_view rest = rest_;
    rest_ = {};
    return rest;
  }
  size_t bytes_left() const { return rest_.size(); }
  // Nothing may follow.
  void End() const {
    if (!rest_.empty()) [[unlikely]] ThrowBadFormat();
  }

 private:
  template <typename Unsigned>
  Unsigned Integer() {
    if (rest_.size() < sizeof(Unsigned)) [[unlikely]] ThrowInsufficient();
    const auto value = LoadNetwork<Unsigned>(rest_.data());
    rest_.remove_prefix(sizeof(Unsigned));
    return value;
  }
  [[noreturn]] static void ThrowNoData();
  [[noreturn]] static void ThrowInsufficient();
  [[noreturn]] static void ThrowBadString();
  [[noreturn]] static void ThrowBadFormat();

  std::string_view rest_;
};

}  // namespace grizzly::protocol
