// A TypeIo out of four static functions: what each family's *_io.cc is made of.
//
// struct Codec {
//   static Datum Input(std::string_view, int32_t typmod, const IoSettings&, Arena&);
//   static void Output(const Datum&, const IoSettings&, std::string&);
//   static Datum Receive(BinaryReader&, int32_t typmod, const IoSettings&, Arena&);
//   static void Send(const Datum&, const IoSettings&, std::string&);
// };
#pragma once

#include <memory>

#include "types/binary_format.h"
#include "types/type_io.h"

namespace grizzly::types {

template <typename Codec>
class CodecIo final : public TypeIo {
 public:
  Datum Input(std::string_view text, int32_t typmod, const IoSettings& settings,
              Arena& arena) const override {
    return Codec::Input(text, typmod, settings, arena);
  }
  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    Codec::Output(value, settings, out);
  }
  Datum Receive(std::string_view bytes, int32_t typmod, const IoSettings& settings,
                Arena& arena) const override {
    BinaryReader reader(bytes);
    const Datum value = Codec::Receive(reader, typmod, settings, arena);
    reader.Finish();
    return value;
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    Codec::Send(value, settings, out);
  }

  static const TypeIo* Instance() {
    static const CodecIo instance;
    return &instance;
  }
};

// Each answers for the types of its family, null for all others.
const TypeIo* ScalarIo(Oid oid);
const TypeIo* StringIo(Oid oid);
const TypeIo* NumericIo(Oid oid);
const TypeIo* DateTimeIo(Oid oid);
const TypeIo* NetworkIo(Oid oid);  // and bit strings, money, pg_lsn
const TypeIo* JsonIo(Oid oid);
const TypeIo* GeometryIo(Oid oid);
const TypeIo* TextSearchIo(Oid oid);
const TypeIo* SystemIo(Oid oid);
// Of an array type (or int2vector, oidvector) whose elements have `element_io`.
std::unique_ptr<TypeIo> MakeBuiltinArrayIo(Oid oid, const TypeIo* element_io);
std::unique_ptr<TypeIo> MakeAnyArrayIo();  // output only

// Of a built-in range or multirange type.
std::unique_ptr<TypeIo> MakeBuiltinRangeIo(Oid oid, const TypeIo* subtype_io);

}  // namespace grizzly::types
