#include "executor/constraint/kept_values.h"

#include <cstring>

namespace grizzly::executor {

using types::Datum;
using types::PhysicalType;

size_t AppendKeptValues(const types::Batch& rows, uint32_t row, std::span<const uint32_t> places,
                        std::string* out) {
  size_t nulls = 0;
  for (const uint32_t place : places) {
    const types::Vector& column = rows.column(place);
    const Datum value = column.GetDatum(row);
    out->push_back(value.is_null() ? '\0' : '\1');
    if (value.is_null()) {
      ++nulls;
    } else if (column.physical() == PhysicalType::kString) {
      const std::string_view text = value.AsString();
      const auto size = static_cast<uint32_t>(text.size());
      out->append(reinterpret_cast<const char*>(&size), sizeof(size));
      out->append(text);
    } else {
      out->append(static_cast<const char*>(value.payload()),
                  types::PhysicalWidth(column.physical()));
    }
  }
  return nulls;
}

std::vector<Datum> ReadKeptValues(std::string_view kept, const catalog::Relation& table,
                                  std::span<const uint32_t> places) {
  std::vector<Datum> values;
  for (const uint32_t place : places) {
    const bool is_null = kept.front() == '\0';
    kept.remove_prefix(1);
    if (is_null) {
      values.push_back(Datum::Null());
      continue;
    }
    const PhysicalType physical = table.columns[place].type.physical;
    if (physical == PhysicalType::kString) {
      uint32_t size;
      std::memcpy(&size, kept.data(), sizeof(size));
      values.push_back(Datum::Of(types::StringRef(kept.substr(sizeof(size), size))));
      kept.remove_prefix(sizeof(size) + size);
    } else {
      Datum value = Datum::Of(uint8_t{0});
      std::memcpy(value.payload(), kept.data(), types::PhysicalWidth(physical));
      values.push_back(value);
      kept.remove_prefix(types::PhysicalWidth(physical));
    }
  }
  return values;
}

}  // namespace grizzly::executor
