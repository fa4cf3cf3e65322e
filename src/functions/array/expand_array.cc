// information_schema._pg_expandarray: the elements of a list with their places, from 1.
#include "functions/array/expand_array.h"

#include "functions/set/set_rows.h"
#include "types/array.h"

namespace grizzly::functions {
namespace {

std::unique_ptr<SetScan> ExpandArray(FunctionContext&, const CallSite&, std::span<const Datum> values) {
  if (AnyNull(values)) return nullptr;
  const Datum& array = values[0];  // valid until the scan is gone
  const auto dimensions = types::ArrayRef::Of(array).dimensions();
  if (dimensions.empty()) return nullptr;
  const bool is_list = dimensions.size() == 1;  // one subscript of a matrix is NULL
  return MakeRowsScan(static_cast<size_t>(dimensions[0].length),
                      [&array, is_list](size_t i, types::Batch& out, uint32_t row) {
                        const auto place = static_cast<uint32_t>(i);
                        out.column(0).SetDatum(row, is_list ? types::ArrayRef::Of(array).Get(place)
                                                            : Datum::Null());
                        out.column(1).SetDatum(row, Datum::Of(static_cast<int32_t>(i + 1)));
                      });
}

}  // namespace

void RegisterExpandArray(Registry& registry) {
  registry.AddSet("sql._pg_expandarray", &ExpandArray);
}

}  // namespace grizzly::functions
