#include "functions/xml/xml_expressions.h"

#include <algorithm>
#include <array>

#include "base/error/sql_error.h"
#include "functions/kernel.h"
#include "functions/xml/xml_content.h"
#include "functions/xml/xml_values.h"
#include "types/xml/xml_parser.h"
#include "types/xml/xml_text.h"

namespace grizzly::functions {
namespace {

using Values = std::span<const Datum>;

Datum Answer(FunctionContext& context, std::string_view text) {
  return Datum::OfString(text, *context.result_heap);
}

Datum Concat(FunctionContext& context, const CallSite&, Values values) {
  std::vector<std::string> parts;
  for (const Datum& value : values) {
    if (!value.is_null()) parts.emplace_back(value.AsString());
  }
  if (parts.empty()) return Datum::Null();
  return Answer(context, ConcatXml(parts));
}

Datum Element(FunctionContext& context, const CallSite& call, Values values) {
  const std::string name(values[0].AsString());
  const auto attribute_count = static_cast<size_t>(values[1].As<int32_t>());
  std::string out = "<" + name;
  size_t at = 2;
  for (size_t i = 0; i < attribute_count; ++i, at += 2) {
    if (values[at + 1].is_null()) continue;
    const std::string text =
        ValueAsXml(context, call.argument_types[at + 1], values[at + 1], /*escape=*/false);
    out += fmt::format(" {}=\"{}\"", values[at].AsString(), types::EscapeXmlAttribute(text));
  }
  std::string content;
  bool has_content = false;
  for (; at < values.size(); ++at) {
    if (values[at].is_null()) continue;
    has_content = true;
    content += ValueAsXml(context, call.argument_types[at], values[at], /*escape=*/true);
  }
  out += has_content ? ">" + content + "</" + name + ">" : "/>";
  return Answer(context, out);
}

Datum Forest(FunctionContext& context, const CallSite& call, Values values) {
  std::string out;
  bool any = false;
  for (size_t i = 0; i + 1 < values.size(); i += 2) {
    if (values[i + 1].is_null()) continue;
    any = true;
    const std::string name(values[i].AsString());
    out += "<" + name + ">" +
           ValueAsXml(context, call.argument_types[i + 1], values[i + 1], /*escape=*/true) + "</" +
           name + ">";
  }
  return any ? Answer(context, out) : Datum::Null();
}

Datum Parse(FunctionContext&, const CallSite&, Values values) {
  if (values[0].is_null()) return Datum::Null();
  types::CheckXml(values[0].AsString(), values[1].AsBool() ? types::XmlOption::kDocument
                                                           : types::XmlOption::kContent);
  return values[0];
}

// <?target content?>
Datum Instruction(FunctionContext& context, const CallSite&, Values values) {
  const std::string target(values[0].AsString());
  std::string lower = target;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "xml") {
    throw SqlError(SqlState::kSyntaxError, "invalid XML processing instruction")
        .Detail(fmt::format("XML processing instruction target name cannot be \"{}\".", target));
  }
  if (values.size() < 2) return Answer(context, "<?" + target + "?>");
  if (values[1].is_null()) return Datum::Null();
  std::string_view content = values[1].AsString();
  if (content.find("?>") != std::string_view::npos) {
    throw SqlError(SqlState::kInvalidXmlProcessingInstruction,
                   "invalid XML processing instruction")
        .Detail("XML processing instruction cannot contain \"?>\".");
  }
  while (content.starts_with(' ')) content.remove_prefix(1);
  return Answer(context, fmt::format("<?{} {}?>", target, content));
}

enum class Standalone : int32_t { kYes, kNo, kNoValue, kAsItIs };

Datum Root(FunctionContext& context, const CallSite&, Values values) {
  if (values[0].is_null() || values[2].is_null()) return Datum::Null();
  const std::string_view text = values[0].AsString();
  const types::XmlDeclaration declaration = types::ReadXmlDeclaration(text);
  std::optional<std::string> version;
  if (!values[1].is_null()) version = std::string(values[1].AsString());
  std::optional<bool> standalone = declaration.standalone;
  switch (static_cast<Standalone>(values[2].As<int32_t>())) {
    case Standalone::kYes: standalone = true; break;
    case Standalone::kNo: standalone = false; break;
    case Standalone::kNoValue: standalone.reset(); break;
    case Standalone::kAsItIs: break;
  }
  std::string out;
  types::AppendXmlDeclaration(out, version, standalone);
  return Answer(context, out + std::string(text.substr(declaration.length)));
}

Datum Serialize(FunctionContext&, const CallSite&, Values values) {
  if (values[0].is_null()) return Datum::Null();
  const bool wants_document = values[1].AsBool();
  if (wants_document &&
      !types::IsWellFormedXml(values[0].AsString(), types::XmlOption::kDocument)) {
    throw SqlError(SqlState::kNotAnXmlDocument, "not an XML document");
  }
  return values[0];
}

Datum IsDocument(FunctionContext&, const CallSite&, Values values) {
  if (values[0].is_null()) return Datum::Null();
  return Datum::Of(types::IsWellFormedXml(values[0].AsString(), types::XmlOption::kDocument));
}

Datum NotNullColumn(FunctionContext&, const CallSite&, Values values) {
  if (!values[0].is_null()) return values[0];
  throw SqlError(SqlState::kNullValueNotAllowed,
                 fmt::format("null is not allowed in column \"{}\"", values[1].AsString()));
}

template <DatumFunction F>
Implementation Of() {
  Implementation implementation;
  implementation.scalar = DatumsNullable<F>;
  return implementation;
}

using Implementations = std::array<Implementation, 9>;

const Implementations& AllXmlImplementations() {
  static const Implementations kImplementations = {
      Of<&Concat>(),      Of<&Element>(), Of<&Forest>(),    Of<&Parse>(),        Of<&Instruction>(),
      Of<&Root>(),        Of<&Serialize>(), Of<&IsDocument>(), Of<&NotNullColumn>()};
  return kImplementations;
}

}  // namespace

const Implementation& XmlImplementation(XmlOperation operation) {
  return AllXmlImplementations()[static_cast<size_t>(operation)];
}

std::optional<XmlOperation> XmlOperationOf(const Implementation* implementation) {
  const Implementations& all = AllXmlImplementations();
  for (size_t i = 0; i < all.size(); ++i) {
    if (&all[i] == implementation) return static_cast<XmlOperation>(i);
  }
  return std::nullopt;
}

}  // namespace grizzly::functions
