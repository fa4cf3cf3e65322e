#include "functions/xml/xml_table_scan.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/xml/xml_table.h"

namespace grizzly::functions {
namespace {

using types::Datum;

constexpr size_t kFirstNamespace = 3;
constexpr size_t kArgumentsOfColumn = 3;

types::XmlNamespaces NamespacesOfCall(std::span<const Datum> pairs) {
  types::XmlNamespaces namespaces;
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    if (pairs[i].is_null()) {
      throw SqlError(SqlState::kNullValueNotAllowed, "namespace URI must not be null");
    }
    if (pairs[i + 1].is_null()) {
      throw SqlError(SqlState::kFeatureNotSupported, "DEFAULT namespace is not supported");
    }
    namespaces.emplace_back(pairs[i + 1].AsString(), pairs[i].AsString());
  }
  return namespaces;
}

class XmlRows final : public SetScan {
 public:
  // `columns`: the arguments of the columns.
  XmlRows(std::string_view document, std::string_view row_path,
          const types::XmlNamespaces& namespaces, std::span<const Datum> columns) {
    std::vector<types::XmlTableColumn> found;
    for (size_t i = 0; i + 2 < columns.size(); i += kArgumentsOfColumn) {
      const auto kind = static_cast<XmlTableArgument>(columns[i + 1].As<int32_t>());
      if (kind == XmlTableArgument::kOrdinality) {
        places_.push_back(kOrdinalPlace);
        continue;
      }
      if (columns[i].is_null()) {
        throw SqlError(SqlState::kNullValueNotAllowed, "column filter expression must not be null")
            .Detail(fmt::format("Filter for column \"{}\" is null.", columns[i + 2].AsString()));
      }
      places_.push_back(found.size());
      found.push_back({std::string(columns[i].AsString()), KindOf(kind)});
    }
    reader_ = std::make_unique<types::XmlTableReader>(document, row_path, namespaces, found);
  }

  bool Next(FunctionContext& context, types::Batch& out) override {
    uint32_t row = 0;
    for (; row < types::kBatchRowsMax && reader_->NextRow(); ++row) {
      ++ordinal_;
      for (size_t i = 0; i < places_.size(); ++i) FillXmlValue(out.column(i), row, places_[i]);
      if (context.cancel != nullptr) context.cancel->Check();
    }
    out.set_row_count(row);
    return row > 0;
  }

 private:
  static constexpr size_t kOrdinalPlace = SIZE_MAX;

  static types::XmlColumnKind KindOf(XmlTableArgument argument) {
    switch (argument) {
      case XmlTableArgument::kXml: return types::XmlColumnKind::kXml;
      case XmlTableArgument::kNumber: return types::XmlColumnKind::kNumber;
      default: return types::XmlColumnKind::kText;
    }
  }

  void FillXmlValue(types::Vector& column, uint32_t row, size_t place) {
    if (place == kOrdinalPlace) {
      column.SetDatum(row, Datum::Of(ordinal_));
      return;
    }
    const std::optional<std::string> value = reader_->Value(place);
    column.SetDatum(row, value.has_value() ? Datum::OfString(*value, column.heap()) : Datum::Null());
  }

  std::unique_ptr<types::XmlTableReader> reader_;
  std::vector<size_t> places_;  // per column: which of the reader's
  int32_t ordinal_ = 0;
};

}  // namespace

std::unique_ptr<SetScan> XmlTableScan(FunctionContext&, const CallSite&,
                                      std::span<const Datum> arguments) {
  if (arguments[0].is_null()) return nullptr;
  const auto namespace_count = static_cast<size_t>(arguments[2].As<int32_t>());
  const types::XmlNamespaces namespaces =
      NamespacesOfCall(arguments.subspan(kFirstNamespace, 2 * namespace_count));
  if (arguments[1].is_null()) {
    throw SqlError(SqlState::kNullValueNotAllowed, "row filter expression must not be null");
  }
  return std::make_unique<XmlRows>(arguments[0].AsString(), arguments[1].AsString(), namespaces,
                                   arguments.subspan(kFirstNamespace + 2 * namespace_count));
}

}  // namespace grizzly::functions
