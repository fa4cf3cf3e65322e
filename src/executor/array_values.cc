#include "executor/array_values.h"

#include "types/array.h"

namespace grizzly::executor {

using types::Datum;

Datum MakeArray(const types::SqlType& element, std::span<const Datum> elements, Arena& arena) {
  types::ArrayBuilder builder(element);
  for (const Datum& value : elements) builder.Add(value);
  return Datum::Of(builder.Finish(arena));
}

std::vector<Datum> ArrayElements(const Datum& array, const types::SqlType&) {
  const types::ArrayRef view = types::ArrayRef::Of(array);
  std::vector<Datum> elements;
  elements.reserve(view.size());
  for (uint32_t i = 0; i < view.size(); ++i) {
    elements.push_back(view.IsNull(i) ? Datum::Null() : view.Get(i));
  }
  return elements;
}

}  // namespace grizzly::executor
