// The XML functions of pg_proc: comments, XPath, well-formedness, concatenation.
#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/aggregate/held_bytes.h"
#include "functions/kernel.h"
#include "functions/type_families.h"
#include "functions/xml/xml_content.h"
#include "types/array.h"
#include "types/xml/xml_io.h"
#include "types/xml/xml_parser.h"
#include "types/xml/xml_text.h"

namespace grizzly::functions {

std::string ConcatXml(const std::vector<std::string>& parts) {
  std::string content;
  std::optional<std::string> version;
  bool same_version = true;
  std::optional<bool> standalone = true;
  for (size_t i = 0; i < parts.size(); ++i) {
    const types::XmlDeclaration declaration = types::ReadXmlDeclaration(parts[i]);
    content += parts[i].substr(declaration.length);
    if (!declaration.standalone.has_value()) {
      standalone.reset();
    } else if (standalone.has_value() && !*declaration.standalone) {
      standalone = false;
    }
    if (i == 0) version = declaration.version;
    same_version = same_version && declaration.version.has_value() && version == declaration.version;
  }
  if (!same_version) version.reset();
  if (!version.has_value() && !standalone.has_value()) return content;
  std::string out;
  types::AppendXmlDeclaration(out, version, standalone);
  return out + content;
}

namespace {

using View = std::string_view;

std::string Comment(View text) {
  if (text.find("--") != View::npos || text.ends_with('-')) {
    throw SqlError(SqlState::kInvalidXmlComment, "invalid XML comment");
  }
  return "<!--" + std::string(text) + "-->";
}

StringRef FromText(FunctionContext& context, const StringRef& text) {
  types::CheckXml(text.view(), context.io->xml_option);
  return text;
}
View ToText(View xml) { return xml; }

bool IsWellFormed(FunctionContext& context, View text) {
  return types::IsWellFormedXml(text, context.io->xml_option);
}
bool IsWellFormedDocument(View text) {
  return types::IsWellFormedXml(text, types::XmlOption::kDocument);
}
bool IsWellFormedContent(View text) {
  return types::IsWellFormedXml(text, types::XmlOption::kContent);
}

bool Validate(View, View) {
  throw SqlError(SqlState::kFeatureNotSupported, "xmlvalidate is not implemented");
}

Datum ConcatTwo(FunctionContext& context, const CallSite&, std::span<const Datum> values) {
  if (values[0].is_null()) return values[1];
  if (values[1].is_null()) return values[0];
  return Datum::OfString(
      ConcatXml({std::string(values[0].AsString()), std::string(values[1].AsString())}),
      *context.result_heap);
}

// ---- XPath ----

types::XmlNamespaces NamespacesOf(const Datum& value) {
  const types::ArrayRef array = types::ArrayRef::Of(value);
  types::XmlNamespaces namespaces;
  if (array.dimension_count() == 0) return namespaces;
  if (array.dimension_count() != 2 || array.dimension(1).length != 2) {
    throw SqlError(SqlState::kDataException, "invalid array for XML namespace mapping")
        .Detail("The array must be two-dimensional with length of the second axis equal to 2.");
  }
  for (uint32_t i = 0; i < array.size(); i += 2) {
    if (array.IsNull(i) || array.IsNull(i + 1)) {
      throw SqlError(SqlState::kNullValueNotAllowed,
                     "neither namespace name nor URI may be null");
    }
    namespaces.emplace_back(array.String(i), array.String(i + 1));
  }
  return namespaces;
}

Datum XPath(FunctionContext& context, const CallSite&, std::span<const Datum> values) {
  const types::XPathResult found =
      types::FindByXPath(values[1].AsString(), values[0].AsString(), NamespacesOf(values[2]));
  types::ArrayBuilder builder(facts::kXmlOid, types::PhysicalType::kString);
  for (const std::string& item : found.items) builder.AddString(item);
  return Datum::Of(builder.Finish(*context.result_heap));
}
Datum XPathExists(FunctionContext&, const CallSite&, std::span<const Datum> values) {
  const types::XPathResult found =
      types::FindByXPath(values[1].AsString(), values[0].AsString(), NamespacesOf(values[2]));
  return Datum::Of(!found.items.empty());
}
bool XmlExists(View expression, View document) {
  return !types::FindByXPath(document, expression, {}).items.empty();
}

struct Gather {
  using Argument = std::string_view;
  std::vector<std::string> parts;
  size_t bytes = 0;
  HeldBytes held;

  void Add(const AggregateInput& input, std::string_view value) {
    bytes += sizeof(std::string) + value.size();
    held.Grow(input.context->memory, bytes);
    parts.emplace_back(value);
  }
  void Combine(const AggregateInput& input, const Gather& other) {
    for (const std::string& part : other.parts) Add(input, part);
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    if (parts.empty()) return Datum::Null();
    return Datum::OfString(ConcatXml(parts), *context.result_heap);
  }
};

constexpr Oid kXmlAgg = 2901;

}  // namespace

void RegisterXml(Registry& registry) {
  registry.AddScalar("xmlcomment", Cold<&Comment>);
  registry.AddScalar("texttoxml", Cold<&FromText>);
  registry.AddScalar("xmltotext", Cold<&ToText>);
  registry.AddScalar("xmlvalidate", Cold<&Validate>);
  registry.AddScalar("xmlconcat2", DatumsNullable<&ConcatTwo>);
  registry.AddScalar("xml_is_well_formed", Cold<&IsWellFormed>);
  registry.AddScalar("xml_is_well_formed_document", Cold<&IsWellFormedDocument>);
  registry.AddScalar("xml_is_well_formed_content", Cold<&IsWellFormedContent>);
  registry.AddScalar("xpath", Datums<&XPath>);
  registry.AddScalar("xpath_exists", Datums<&XPathExists>);
  registry.AddScalar("xmlexists", Cold<&XmlExists>);
  registry.AddAggregate(kXmlAgg, AggregateOf<Gather>());
}

}  // namespace grizzly::functions
