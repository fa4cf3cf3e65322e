// Reading and writing the little-endian pieces of segments and descriptors.
//
// ERRORS  a cursor throws XX001 instead of reading past its end.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

#include "base/error/sql_error.h"

namespace grizzly::storage {

[[noreturn]] inline void ThrowDamagedSegment(std::string_view what) {
  throw SqlError(SqlState::kDataCorrupted,
                 fmt::format("stored column segment is damaged: {}", what));
}

template <typename T>
  requires(std::is_trivially_copyable_v<T>)
void AppendValue(std::string* out, const T& value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}
template <typename T>
  requires(std::is_trivially_copyable_v<T>)
T ReadValueAt(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

class ByteCursor {
 public:
  explicit ByteCursor(std::string_view bytes) : rest_(bytes) {}

  size_t size() const { return rest_.size(); }
  const char* data() const { return rest_.data(); }
  std::string_view Take(size_t bytes) {
    if (bytes > rest_.size()) [[unlikely]] ThrowDamagedSegment("too short");
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  template <typename T>
  T Read() {
    return ReadValueAt<T>(Take(sizeof(T)).data());
  }
  std::string_view TakeSized() { return Take(Read<uint32_t>()); }

 private:
  std::string_view rest_;
};

}  // namespace grizzly::storage
