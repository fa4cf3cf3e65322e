// Comparison of rows, by value and by image.
#include "functions/kernel.h"
#include "functions/type_families.h"
#include "types/record.h"

namespace grizzly::functions {
namespace {

using Order = bool (*)(int);
bool IsEqual(int order) { return order == 0; }
bool IsNotEqual(int order) { return order != 0; }
bool IsLess(int order) { return order < 0; }
bool IsLessEqual(int order) { return order <= 0; }
bool IsGreater(int order) { return order > 0; }
bool IsGreaterEqual(int order) { return order >= 0; }

template <Order kOrder>
Datum ByValue(FunctionContext&, const CallSite&, std::span<const Datum> values) {
  return Datum::Of(kOrder(types::CompareRecords(values[0], values[1], kInvalidOid)));
}
template <Order kOrder>
Datum ByImage(FunctionContext&, const CallSite&, std::span<const Datum> values) {
  return Datum::Of(kOrder(types::CompareRecordImages(values[0], values[1])));
}
Datum Compare(FunctionContext&, const CallSite&, std::span<const Datum> values) {
  return Datum::Of(static_cast<int32_t>(types::CompareRecords(values[0], values[1], kInvalidOid)));
}
Datum CompareImages(FunctionContext&, const CallSite&, std::span<const Datum> values) {
  return Datum::Of(static_cast<int32_t>(types::CompareRecordImages(values[0], values[1])));
}

}  // namespace

void RegisterRecords(Registry& registry) {
  registry.AddScalar("record_eq", Datums<&ByValue<&IsEqual>>);
  registry.AddScalar("record_ne", Datums<&ByValue<&IsNotEqual>>);
  registry.AddScalar("record_lt", Datums<&ByValue<&IsLess>>);
  registry.AddScalar("record_le", Datums<&ByValue<&IsLessEqual>>);
  registry.AddScalar("record_gt", Datums<&ByValue<&IsGreater>>);
  registry.AddScalar("record_ge", Datums<&ByValue<&IsGreaterEqual>>);
  registry.AddScalar("btrecordcmp", Datums<&Compare>);
  registry.AddScalar("record_image_eq", Datums<&ByImage<&IsEqual>>);
  registry.AddScalar("record_image_ne", Datums<&ByImage<&IsNotEqual>>);
  registry.AddScalar("record_image_lt", Datums<&ByImage<&IsLess>>);
  registry.AddScalar("record_image_le", Datums<&ByImage<&IsLessEqual>>);
  registry.AddScalar("record_image_gt", Datums<&ByImage<&IsGreater>>);
  registry.AddScalar("record_image_ge", Datums<&ByImage<&IsGreaterEqual>>);
  registry.AddScalar("btrecordimagecmp", Datums<&CompareImages>);
}

}  // namespace grizzly::functions
