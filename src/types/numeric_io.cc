// Text and binary formats of numeric.
#include "facts/types.h"
#include "types/codec_io.h"
#include "types/numeric.h"

namespace grizzly::types {
namespace {

struct NumericCodec {
  static Datum Input(std::string_view text, int32_t typmod, const IoSettings&, Arena& arena) {
    return Datum::Of(ParseNumeric(text, typmod, arena));
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendNumeric(out, NumericRef::Of(value));
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings&, Arena& arena) {
    return Datum::Of(ReceiveNumeric(reader.TakeRest(), typmod, arena));
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    SendNumeric(out, NumericRef::Of(value));
  }
};

}  // namespace

const TypeIo* NumericIo(Oid oid) {
  return oid == facts::kNumericOid ? CodecIo<NumericCodec>::Instance() : nullptr;
}

}  // namespace grizzly::types
