#include "types/xml/xml_io.h"

#include "facts/type_oids.h"
#include "types/xml/xml_parser.h"
#include "types/xml/xml_text.h"

namespace grizzly::types {
namespace {

class XmlTypeIo final : public TypeIo {
 public:
  Datum Input(std::string_view text, int32_t, const IoSettings& settings,
              Arena& arena) const override {
    CheckXml(text, settings.xml_option);
    return Datum::OfString(text, arena);
  }
  void Output(const Datum& value, const IoSettings&, std::string& out) const override {
    out += XmlText(value.AsString());
  }
  Datum Receive(std::string_view bytes, int32_t typmod, const IoSettings& settings,
                Arena& arena) const override {
    return Input(bytes, typmod, settings, arena);
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    Output(value, settings, out);
  }
};

}  // namespace

const TypeIo* XmlIo(Oid oid) {
  static const XmlTypeIo io;
  return oid == facts::kXmlOid ? &io : nullptr;
}

std::string XmlText(std::string_view value) {
  const XmlDeclaration declaration = ReadXmlDeclaration(value);
  if (declaration.error != nullptr) return std::string(value);
  std::string out;
  AppendXmlDeclaration(out, declaration.version, declaration.standalone);
  std::string_view rest = value.substr(declaration.length);
  // The line break that followed a declaration which is left out goes with it.
  if (out.empty() && declaration.length > 0 && rest.starts_with('\n')) rest.remove_prefix(1);
  return out + std::string(rest);
}

}  // namespace grizzly::types
