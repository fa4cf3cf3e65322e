// Casts among text, varchar, bpchar, name and "char", and their length coercions.
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

StringRef Varchar(FunctionContext& context, const StringRef& text, int32_t typmod,
                  bool is_explicit) {
  return types::ApplyVarcharTypmod(text, typmod, is_explicit, *context.result_heap);
}
StringRef Bpchar(FunctionContext& context, const StringRef& text, int32_t typmod,
                 bool is_explicit) {
  return types::ApplyBpcharTypmod(text, typmod, is_explicit, *context.result_heap);
}
StringRef Same(const StringRef& text) { return text; }
View ToName(View text) { return types::ClipName(text); }
View BpcharToName(View text) { return types::TrimTrailingBlanks(types::ClipName(text)); }
// The zero "char" is the empty string; a byte above 127 is written in octal.
std::string CharToText(int8_t value) {
  if (value == 0) return {};
  const auto byte = static_cast<uint8_t>(value);
  if (byte < 0x80) return std::string(1, static_cast<char>(byte));
  const char octal[] = {'\\', static_cast<char>('0' + (byte >> 6)),
                        static_cast<char>('0' + ((byte >> 3) & 7)),
                        static_cast<char>('0' + (byte & 7))};
  return std::string(octal, sizeof(octal));
}
bool IsOctal(char c) { return c >= '0' && c <= '7'; }
int8_t TextToChar(View text) {
  if (text.size() == 4 && text[0] == '\\' && IsOctal(text[1]) && IsOctal(text[2]) &&
      IsOctal(text[3])) {
    return static_cast<int8_t>(((text[1] - '0') << 6) + ((text[2] - '0') << 3) + (text[3] - '0'));
  }
  return text.empty() ? int8_t{0} : static_cast<int8_t>(text[0]);
}
View BoolToText(bool value) { return value ? View("true") : View("false"); }
// "name" || "_" || oid, for specific_name in the information schema; fits 63 bytes.
std::string NameConcatOid(View name, uint32_t oid) {
  std::string suffix(1, '_');
  suffix += std::to_string(oid);
  std::string joined(types::Utf8Clip(name, types::kNameBytesMax - suffix.size()));
  return joined + suffix;
}

}  // namespace

void RegisterTextCasts(Registry& registry) {
  registry.AddScalar("varchar", Cold<&Varchar>);
  registry.AddScalar("bpchar", Cold<&Bpchar>);
  registry.AddScalar("name_text", Cold<&Same>);
  registry.AddScalar("name_bpchar", Cold<&Same>);
  registry.AddScalar("text_name", Cold<&ToName>);
  registry.AddScalar("bpchar_name", Cold<&BpcharToName>);
  registry.AddScalar("char_text", Cold<&CharToText>);
  registry.AddScalar("char_bpchar", Cold<&CharToText>);
  registry.AddScalar("text_char", Cold<&TextToChar>);
  registry.AddScalar("booltext", Cold<&BoolToText>);
  registry.AddScalar("nameconcatoid", Cold<&NameConcatOid>);
}

}  // namespace grizzly::functions
