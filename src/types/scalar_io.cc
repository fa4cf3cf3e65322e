// Text and binary formats of bool, the integers, the floats, oid and its kin, uuid.
#include "facts/types.h"
#include "types/boolean.h"
#include "types/codec_io.h"
#include "types/fixed16.h"
#include "types/floating.h"
#include "types/integer.h"
#include "types/uuid.h"

namespace grizzly::types {
namespace {

struct BoolCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena&) {
    return Datum::Of<uint8_t>(ParseBool(text));
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsBool() ? 't' : 'f';
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    return Datum::Of<uint8_t>(reader.Read<uint8_t>() != 0);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsBool() ? '\1' : '\0';
  }
};

// "char": one byte; the zero byte prints as the empty string.
struct CharCodec {
  // A byte above 127 is written as \ooo, in octal.
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena&) {
    auto octal = [&](size_t i) { return text[i] >= '0' && text[i] <= '7'; };
    if (text.size() == 4 && text[0] == '\\' && octal(1) && octal(2) && octal(3)) {
      return Datum::Of<char>(
          static_cast<char>(((text[1] - '0') << 6) + ((text[2] - '0') << 3) + (text[3] - '0')));
    }
    return Datum::Of<char>(text.empty() ? '\0' : text[0]);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    const auto byte = value.As<uint8_t>();
    if (byte >= 0x80) {
      out += '\\';
      out += static_cast<char>('0' + (byte >> 6));
      out += static_cast<char>('0' + ((byte >> 3) & 7));
      out += static_cast<char>('0' + (byte & 7));
    } else if (byte != 0) {
      out += static_cast<char>(byte);
    }
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    return Datum::Of<char>(static_cast<char>(reader.Read<uint8_t>()));
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.As<char>();
  }
};

template <typename T, T (*parse)(std::string_view)>
struct IntegerCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena&) {
    return Datum::Of<T>(parse(text));
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    if constexpr (std::is_signed_v<T>) {
      AppendInteger(out, value.As<T>());
    } else {
      AppendUnsigned(out, value.As<T>());
    }
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    return Datum::Of<T>(reader.Read<T>());
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    AppendBinary(out, value.As<T>());
  }
};

struct Float4Codec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(ParseFloat4(text));
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    AppendFloat4(out, value.As<float>(), settings.extra_float_digits);
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(reader.ReadFloat4());
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    AppendBinaryFloat4(out, value.As<float>());
  }
};

struct Float8Codec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(ParseFloat8(text));
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    AppendFloat8(out, value.As<double>(), settings.extra_float_digits);
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(reader.ReadFloat8());
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    AppendBinaryFloat8(out, value.As<double>());
  }
};

struct UuidCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(ParseUuid(text));
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendUuid(out, value.As<UuidValue>());
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    UuidValue value;
    std::memcpy(value.bytes.data(), reader.Take(16).data(), 16);
    return Datum::Of(value);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const auto uuid = value.As<UuidValue>();
    out.append(reinterpret_cast<const char*>(uuid.bytes.data()), 16);
  }
};

}  // namespace

const TypeIo* ScalarIo(Oid oid) {
  switch (oid) {
    case facts::kBoolOid: return CodecIo<BoolCodec>::Instance();
    case facts::kCharOid: return CodecIo<CharCodec>::Instance();
    case facts::kInt2Oid: return CodecIo<IntegerCodec<int16_t, ParseInt2>>::Instance();
    case facts::kInt4Oid: return CodecIo<IntegerCodec<int32_t, ParseInt4>>::Instance();
    case facts::kInt8Oid: return CodecIo<IntegerCodec<int64_t, ParseInt8>>::Instance();
    case facts::kOidOid: return CodecIo<IntegerCodec<uint32_t, ParseOid>>::Instance();
    case facts::kXidOid:
    case facts::kCidOid: return CodecIo<IntegerCodec<uint32_t, ParseXid>>::Instance();
    case facts::kXid8Oid: return CodecIo<IntegerCodec<uint64_t, ParseXid8>>::Instance();
    case facts::kFloat4Oid: return CodecIo<Float4Codec>::Instance();
    case facts::kFloat8Oid: return CodecIo<Float8Codec>::Instance();
    case facts::kUuidOid: return CodecIo<UuidCodec>::Instance();
    default: return nullptr;
  }
}

}  // namespace grizzly::types
