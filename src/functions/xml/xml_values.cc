#include "functions/xml/xml_values.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "functions/session_services.h"
#include "types/array.h"
#include "types/datetime.h"
#include "types/timestamp.h"
#include "types/type_directory.h"
#include "types/xml/xml_text.h"

namespace grizzly::functions {
namespace {

using types::Datum;
using types::SqlType;

[[noreturn]] void ThrowInfinite(const char* type, const char* values) {
  throw SqlError(SqlState::kDatetimeValueOutOfRange, fmt::format("{} out of range", type))
      .Detail(fmt::format("XML does not support infinite {} values.", values));
}

// ISO 8601 with a T, as XML Schema wants it.
std::string MomentText(FunctionContext& context, Oid type, const Datum& value) {
  types::IoSettings iso = *context.io;
  iso.date_style = types::DateStyle::kIso;
  std::string text;
  if (type == facts::kDateOid) {
    if (!types::IsFiniteDate(value.As<int32_t>())) ThrowInfinite("date", "date");
    types::AppendDate(text, value.As<int32_t>(), iso);
    return text;
  }
  const auto moment = value.As<int64_t>();
  if (!types::IsFiniteTimestamp(moment)) ThrowInfinite("timestamp", "timestamp");
  if (type == facts::kTimestampOid) {
    types::AppendTimestamp(text, moment, iso);
    text[text.find(' ')] = 'T';
    return text;
  }
  const types::TimeZone& zone = types::ZoneOf(iso);
  types::AppendTimestamp(text, types::TimestampTzToLocal(moment, zone), iso);
  text[text.find(' ')] = 'T';
  types::AppendZoneOffset(text, types::OffsetAt(zone, moment).seconds_east, true);
  return text;
}

std::string Base64(std::string_view bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<uint8_t>(bytes[i + j]) : 0U);
    }
    for (size_t j = 0; j < 4; ++j) {
      out += j <= count ? kAlphabet[group >> (18 - 6 * j) & 63] : '=';
    }
  }
  return out;
}

std::string BinaryText(FunctionContext& context, std::string_view bytes) {
  const bool hex =
      context.session != nullptr && context.session->ShowSetting("xmlbinary", true) == "hex";
  if (!hex) return Base64(bytes);
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02X}", static_cast<uint8_t>(byte));
  return out;
}

std::string ArrayText(FunctionContext& context, const Datum& value) {
  const types::ArrayRef array = types::ArrayRef::Of(value);
  const SqlType element = types::ResolveAnyType(array.element_oid());
  std::string out;
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (array.IsNull(i)) continue;
    out += "<element>" + ValueAsXml(context, element, array.Get(i), true) + "</element>";
  }
  return out;
}

}  // namespace

std::string ValueAsXml(FunctionContext& context, const SqlType& type, const Datum& value,
                       bool escape) {
  const Oid base = types::AnyDomainBaseOf(type.oid);
  if (types::AnyElementOf(base) != kInvalidOid) return ArrayText(context, value);
  switch (base) {
    case facts::kBoolOid: return value.AsBool() ? "true" : "false";
    case facts::kDateOid:
    case facts::kTimestampOid:
    case facts::kTimestamptzOid: return MomentText(context, base, value);
    case facts::kByteaOid: return BinaryText(context, value.AsString());
    default: break;
  }
  const types::TypeIo* io = types::FindAnyTypeIo(base);
  if (io == nullptr) ThrowNotSupported("XML of type " + types::AnyTypeName(base));
  std::string text;
  io->Output(value, *context.io, text);
  return base == facts::kXmlOid || !escape ? text : types::EscapeXml(text);
}

}  // namespace grizzly::functions
