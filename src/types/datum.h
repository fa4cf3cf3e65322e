// One value, or NULL; its type is known from outside. Trivially copyable, owns nothing: a long
// string points into an Arena that must outlive it.
#pragma once

#include <cstring>
#include <string_view>
#include <type_traits>

#include "types/fixed16.h"
#include "types/sql_type.h"
#include "types/string_ref.h"

namespace grizzly::types {

class Datum {
 public:
  Datum() : is_null_(true) { std::memset(payload_, 0, sizeof(payload_)); }
  template <typename T>
    requires(std::is_trivially_copyable_v<T> && sizeof(T) <= 16)
  static Datum Of(const T& value) {
    Datum datum;
    std::memcpy(datum.payload_, &value, sizeof(T));
    datum.is_null_ = false;
    return datum;
  }
  static Datum Null() { return Datum(); }
  static Datum OfString(std::string_view text, Arena& arena) {
    return Of(StringRef::Copy(text, arena));
  }

  bool is_null() const { return is_null_; }
  template <typename T>
  T As() const {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 16);
    T value;
    std::memcpy(&value, payload_, sizeof(T));
    return value;
  }
  bool AsBool() const { return payload_[0] != 0; }
  // Points into this Datum when the string is short.
  std::string_view AsString() const& {
    return reinterpret_cast<const StringRef*>(payload_)->view();
  }
  std::string_view AsString() const&& = delete;

  // A copy whose long string lives in `arena`.
  Datum CopyTo(PhysicalType physical, Arena& arena) const {
    if (is_null_ || physical != PhysicalType::kString) return *this;
    return OfString(AsString(), arena);
  }
  const void* payload() const { return payload_; }
  void* payload() { return payload_; }

 private:
  alignas(8) char payload_[16];
  bool is_null_;
};

}  // namespace grizzly::types
