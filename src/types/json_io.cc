// Text and binary formats of json, jsonb and jsonpath.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/codec_io.h"
#include "types/json.h"
#include "types/jsonb.h"
#include "types/jsonpath.h"
#include "types/text.h"

namespace grizzly::types {
namespace {

struct JsonCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    ParseJson(text, nullptr);
    return Datum::OfString(text, arena);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings& settings,
                       Arena& arena) {
    const std::string_view text = reader.TakeRest();
    CheckUtf8(text);
    return Input(text, typmod, settings, arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
};

struct JsonbCodec {
  static constexpr char kVersion = 1;

  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(ParseJsonb(text), arena);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendJsonb(out, JsonbRef::Of(value));
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings& settings,
                       Arena& arena) {
    const auto version = reader.Read<uint8_t>();
    if (version != kVersion) {
      throw SqlError(SqlState::kInternalError,
                     fmt::format("unsupported jsonb version number {}", version));
    }
    const std::string_view text = reader.TakeRest();
    CheckUtf8(text);
    return Input(text, typmod, settings, arena);
  }
  static void Send(const Datum& value, const IoSettings& settings, std::string& out) {
    out += kVersion;
    Output(value, settings, out);
  }
};

struct JsonPathCodec {
  static constexpr char kVersion = 1;

  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    std::string value;
    AppendJsonPath(value, ParseJsonPath(text));
    return Datum::OfString(value, arena);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings& settings,
                       Arena& arena) {
    const auto version = reader.Read<uint8_t>();
    if (version != kVersion) {
      throw SqlError(SqlState::kInternalError,
                     fmt::format("unsupported jsonpath version number: {}", version));
    }
    const std::string_view text = reader.TakeRest();
    CheckUtf8(text);
    return Input(text, typmod, settings, arena);
  }
  static void Send(const Datum& value, const IoSettings& settings, std::string& out) {
    out += kVersion;
    Output(value, settings, out);
  }
};

}  // namespace

const TypeIo* JsonIo(Oid oid) {
  switch (oid) {
    case facts::kJsonOid: return CodecIo<JsonCodec>::Instance();
    case facts::kJsonbOid: return CodecIo<JsonbCodec>::Instance();
    case facts::kJsonpathOid: return CodecIo<JsonPathCodec>::Instance();
    default: return nullptr;
  }
}

}  // namespace grizzly::types
