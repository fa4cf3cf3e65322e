#include "functions/geometry/raw_subscript.h"

#include "functions/kernel.h"

namespace grizzly::functions {
namespace {

constexpr size_t kPointBytes = 2 * sizeof(double);
constexpr size_t kNameBytes = 64;  // with its zeros, as PostgreSQL counts

Datum Part(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  if (values.size() != 2) return Datum::Null();
  const std::string_view bytes = values[0].AsString();
  const auto index = values[1].As<int32_t>();
  if (index < 0) return Datum::Null();
  const auto at = static_cast<size_t>(index);
  switch (call.result_type.physical) {
    case types::PhysicalType::kInt8: {
      if (at >= kNameBytes) return Datum::Null();
      return Datum::Of(at < bytes.size() ? static_cast<uint8_t>(bytes[at]) : uint8_t{0});
    }
    case types::PhysicalType::kFloat64: {
      if ((at + 1) * sizeof(double) > bytes.size()) return Datum::Null();
      double part;
      std::memcpy(&part, bytes.data() + at * sizeof(double), sizeof(double));
      return Datum::Of(part);
    }
    default:
      if ((at + 1) * kPointBytes > bytes.size()) return Datum::Null();
      return Datum::OfString(bytes.substr(at * kPointBytes, kPointBytes), *context.result_heap);
  }
}

}  // namespace

const Implementation& RawSubscript() {
  static const Implementation implementation = [] {
    Implementation made;
    made.scalar = Datums<&Part>;
    return made;
  }();
  return implementation;
}

}  // namespace grizzly::functions
