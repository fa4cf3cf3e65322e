// Text and binary formats of tsvector and tsquery.
#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/codec_io.h"
#include "types/text.h"
#include "types/text_search.h"

namespace grizzly::types {
namespace {

struct TsVectorCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(TsVectorBytes(ParseTsVector(text)), arena);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendTsVector(out, value.AsString());
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    const auto count = reader.Read<uint32_t>();
    std::vector<TsLexeme> lexemes;
    for (uint32_t i = 0; i < count; ++i) {
      TsLexeme lexeme;
      for (char c = reader.Take(1)[0]; c != '\0'; c = reader.Take(1)[0]) lexeme.text += c;
      CheckUtf8(lexeme.text);
      const auto positions = reader.Read<uint16_t>();
      for (uint16_t k = 0; k < positions; ++k) lexeme.positions.push_back(reader.Read<uint16_t>());
      lexemes.push_back(std::move(lexeme));
    }
    return Datum::OfString(TsVectorBytes(std::move(lexemes)), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const std::vector<TsLexeme> lexemes = ReadTsVector(value.AsString());
    AppendBinary(out, static_cast<uint32_t>(lexemes.size()));
    for (const TsLexeme& lexeme : lexemes) {
      out += lexeme.text;
      out += '\0';
      AppendBinary(out, static_cast<uint16_t>(lexeme.positions.size()));
      for (const uint16_t position : lexeme.positions) AppendBinary(out, position);
    }
  }
};

struct TsQueryCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(TsQueryBytes(ParseTsQuery(text).get()), arena);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendTsQuery(out, ReadTsQuery(value.AsString()).get());
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(TsQueryBytes(ReadTsQuery(reader.TakeRest()).get()), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
};

}  // namespace

const TypeIo* TextSearchIo(Oid oid) {
  switch (oid) {
    case facts::kTsvectorOid: return CodecIo<TsVectorCodec>::Instance();
    case facts::kTsqueryOid: return CodecIo<TsQueryCodec>::Instance();
    default: return nullptr;
  }
}

}  // namespace grizzly::types
