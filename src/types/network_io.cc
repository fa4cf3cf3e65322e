// Text and binary formats of bit strings, money, pg_lsn, network addresses, and void.
#include <fmt/format.h>

#include <charconv>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/bit_string.h"
#include "types/codec_io.h"
#include "types/money.h"
#include "types/network.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

template <bool is_varying>
struct BitCodec {
  static Datum Input(std::string_view text, int32_t typmod, const IoSettings&, Arena& arena) {
    return Datum::Of(ParseBitString(text, is_varying, typmod, arena));
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendBitString(out, BitStringRef(value.AsString()));
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings&, Arena& arena) {
    const auto bit_count = reader.Read<int32_t>();
    if (bit_count < 0) {
      throw SqlError(SqlState::kInvalidBinaryRepresentation,
                     "invalid length in external bit string");
    }
    std::string bits(reader.Take((static_cast<size_t>(bit_count) + 7) / 8));
    const StringRef value = MakeBitString(static_cast<uint32_t>(bit_count), std::move(bits), arena);
    return Datum::Of(ApplyBitTypmod(value, is_varying, typmod, /*is_explicit=*/false, arena));
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const BitStringRef bits(value.AsString());
    AppendBinary(out, static_cast<int32_t>(bits.bit_count()));
    out += bits.bits();
  }
};

struct MoneyCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(ParseMoney(text));
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendMoney(out, value.As<int64_t>());
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(reader.Read<int64_t>());
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    AppendBinary(out, value.As<int64_t>());
  }
};

struct LsnCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena&) {
    const size_t slash = text.find('/');
    uint32_t high = 0, low = 0;
    if (slash == std::string_view::npos || !ReadHex(text.substr(0, slash), &high) ||
        !ReadHex(text.substr(slash + 1), &low)) {
      ThrowInvalidSyntax("pg_lsn", text);
    }
    return Datum::Of((static_cast<uint64_t>(high) << 32) | low);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    const auto lsn = value.As<uint64_t>();
    out += fmt::format("{:X}/{:X}", lsn >> 32, lsn & 0xFFFFFFFF);
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(reader.Read<uint64_t>());
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    AppendBinary(out, value.As<uint64_t>());
  }

 private:
  static bool ReadHex(std::string_view digits, uint32_t* value) {
    if (digits.empty() || digits.size() > 8) return false;
    const char* const end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, *value, 16);
    return result.ec == std::errc() && result.ptr == end;
  }
};

template <bool is_cidr>
struct InetCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::Of(ParseInet(text, is_cidr, arena));
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendInet(out, InetRef(value.AsString()), is_cidr);
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    const char* const type = is_cidr ? "cidr" : "inet";
    const auto fail = [&](const char* what) {
      throw SqlError(SqlState::kInvalidBinaryRepresentation,
                     fmt::format("invalid {} in external \"{}\" value", what, type));
    };
    const auto family = reader.Read<uint8_t>();
    if (family != kInetIpv4 && family != kInetIpv6) fail("address family");
    const size_t bytes = family == kInetIpv4 ? 4 : 16;
    const auto bits = reader.Read<uint8_t>();
    if (bits > bytes * 8) fail("bits");
    reader.Read<uint8_t>();  // whether the sender thinks it is a cidr
    if (reader.Read<uint8_t>() != bytes) fail("length");
    const StringRef value = MakeInet(reader.Take(bytes), bits, arena);
    if (is_cidr && HasBitsRightOfMask(InetRef(value.view()))) {
      throw SqlError(SqlState::kInvalidBinaryRepresentation, "invalid external \"cidr\" value")
          .Detail("Value has bits set to right of mask.");
    }
    return Datum::Of(value);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const InetRef inet(value.AsString());
    out += inet.family();
    out += static_cast<char>(inet.bits());
    out += static_cast<char>(is_cidr);
    out += static_cast<char>(inet.address().size());
    out += inet.address();
  }
};

template <std::string (*parse)(std::string_view), size_t bytes>
struct MacaddrCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(parse(text), arena);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendMacaddr(out, value.AsString());
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    if (bytes == 8 && reader.remaining() == 6) {
      std::string wide(reader.Take(6));
      wide.insert(3, "\xFF\xFE");
      return Datum::OfString(wide, arena);
    }
    return Datum::OfString(reader.Take(bytes), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
};

// void: what a function that returns nothing returns; the empty text.
struct VoidCodec {
  static Datum Input(std::string_view, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(StringRef());
  }
  static void Output(const Datum&, const IoSettings&, std::string&) {}
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    reader.TakeRest();
    return Datum::Of(StringRef());
  }
  static void Send(const Datum&, const IoSettings&, std::string&) {}
};

}  // namespace

const TypeIo* NetworkIo(Oid oid) {
  switch (oid) {
    case facts::kBitOid: return CodecIo<BitCodec<false>>::Instance();
    case facts::kVarbitOid: return CodecIo<BitCodec<true>>::Instance();
    case facts::kMoneyOid: return CodecIo<MoneyCodec>::Instance();
    case facts::kPgLsnOid: return CodecIo<LsnCodec>::Instance();
    case facts::kInetOid: return CodecIo<InetCodec<false>>::Instance();
    case facts::kCidrOid: return CodecIo<InetCodec<true>>::Instance();
    case facts::kMacaddrOid: return CodecIo<MacaddrCodec<ParseMacaddr, 6>>::Instance();
    case facts::kMacaddr8Oid: return CodecIo<MacaddrCodec<ParseMacaddr8, 8>>::Instance();
    case facts::kVoidOid: return CodecIo<VoidCodec>::Instance();
    default: return nullptr;
  }
}

}  // namespace grizzly::types
