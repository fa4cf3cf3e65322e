// Text and binary formats of text, varchar, char(n), name, cstring, unknown, bytea, tid.
#include <fmt/format.h>

#include <charconv>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/bytea.h"
#include "types/codec_io.h"
#include "types/integer.h"
#include "types/text.h"
#include "types/tid.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

enum class Length { kAny, kVarchar, kBpchar, kName };

template <Length length>
struct TextCodec {
  static Datum Input(std::string_view text, int32_t typmod, const IoSettings&, Arena& arena) {
    if constexpr (length == Length::kName) text = ClipName(text);
    const StringRef value = StringRef::Copy(text, arena);
    if constexpr (length == Length::kVarchar) {
      return Datum::Of(ApplyVarcharTypmod(value, typmod, /*is_explicit=*/false, arena));
    }
    if constexpr (length == Length::kBpchar) {
      return Datum::Of(ApplyBpcharTypmod(value, typmod, /*is_explicit=*/false, arena));
    }
    return Datum::Of(value);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings& settings,
                       Arena& arena) {
    const std::string_view text = reader.TakeRest();
    CheckUtf8(text);
    if constexpr (length == Length::kName) {
      if (text.size() > kNameBytesMax) {
        throw SqlError(SqlState::kNameTooLong, "identifier too long")
            .Detail(fmt::format("Identifier must be less than {} characters.", kNameBytesMax + 1));
      }
    }
    return Input(text, typmod, settings, arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
};

struct ByteaCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(ParseBytea(text), arena);
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    AppendBytea(out, value.AsString(), settings.bytea_output);
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(reader.TakeRest(), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
};

struct TidCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    std::string_view rest = text;
    while (!rest.empty() && rest.front() != '(') rest.remove_prefix(1);
    const size_t comma = rest.find(',');
    const size_t end = rest.find(')');
    if (rest.empty() || comma == std::string_view::npos || end == std::string_view::npos ||
        end < comma) {
      ThrowInvalidSyntax("tid", text);
    }
    Tid tid;
    if (!ReadNumber(rest.substr(1, comma - 1), tid.block) ||
        !ReadNumber(rest.substr(comma + 1, end - comma - 1), tid.offset)) {
      ThrowInvalidSyntax("tid", text);
    }
    std::string bytes;
    AppendTid(tid, &bytes);
    return Datum::OfString(bytes, arena);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    const Tid tid = ReadTid(value.AsString());
    out += '(';
    AppendUnsigned(out, tid.block);
    out += ',';
    AppendUnsigned(out, tid.offset);
    out += ')';
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(reader.Take(kTidBytes), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString().substr(0, kTidBytes);
  }

 private:
  template <typename T>
  static bool ReadNumber(std::string_view digits, T& value) {
    while (!digits.empty() && IsBlank(digits.front())) digits.remove_prefix(1);
    // A negative block counts down from the last one.
    if (sizeof(T) == sizeof(uint32_t) && digits.starts_with('-')) {
      if (!ReadNumber(digits.substr(1), value)) return false;
      value = static_cast<T>(0 - value);
      return true;
    }
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return result.ec == std::errc() && result.ptr == digits.data() + digits.size();
  }
};

}  // namespace

const TypeIo* StringIo(Oid oid) {
  switch (oid) {
    case facts::kTextOid:
    case facts::kCstringOid:
    case facts::kUnknownOid:
    case facts::kRefcursorOid: return CodecIo<TextCodec<Length::kAny>>::Instance();
    case facts::kVarcharOid: return CodecIo<TextCodec<Length::kVarchar>>::Instance();
    case facts::kBpcharOid: return CodecIo<TextCodec<Length::kBpchar>>::Instance();
    case facts::kNameOid: return CodecIo<TextCodec<Length::kName>>::Instance();
    case facts::kByteaOid: return CodecIo<ByteaCodec>::Instance();
    case facts::kTidOid: return CodecIo<TidCodec>::Instance();
    default: return nullptr;
  }
}

}  // namespace grizzly::types
