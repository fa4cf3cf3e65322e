// encode() and decode(): hex, base64, escape; convert_from() and convert_to() through ICU.
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/bytea.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Lines of 76 characters, as RFC 2045 has it.
std::string EncodeBase64(View bytes) {
  std::string text;
  size_t line_chars = 0;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t group = 0;
    const size_t have = std::min<size_t>(3, bytes.size() - at);
    for (size_t i = 0; i < 3; ++i) {
      group = (group << 8) | (i < have ? static_cast<uint8_t>(bytes[at + i]) : 0);
    }
    for (size_t i = 0; i < 4; ++i) {
      text += i <= have ? kBase64[(group >> (18 - 6 * i)) & 63] : '=';
    }
    line_chars += 4;
    if (line_chars == 76) {
      text += '\n';
      line_chars = 0;
    }
  }
  return text;
}

int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

std::string QuotedCharacter(View text, size_t at) {
  return std::string(text.substr(at, types::Utf8CharBytes(text[at])));
}

std::string DecodeBase64(View text) {
  std::string bytes;
  uint32_t group = 0;
  int count = 0;
  int padding = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    int value = 0;
    if (c == '=') {
      if (padding == 0) {
        if (count < 2) {
          throw SqlError(SqlState::kInvalidParameterValue,
                         "unexpected \"=\" while decoding base64 sequence");
        }
        padding = 4 - count;
      }
    } else {
      value = padding != 0 ? -1 : Base64Value(c);
      if (value < 0) {
        throw SqlError(SqlState::kInvalidParameterValue,
                       fmt::format("invalid symbol \"{}\" found while decoding base64 sequence",
                                   QuotedCharacter(text, at)));
      }
    }
    group = (group << 6) | static_cast<uint32_t>(value);
    if (++count < 4) continue;
    bytes += static_cast<char>(group >> 16);
    if (padding < 2) bytes += static_cast<char>(group >> 8);
    if (padding < 1) bytes += static_cast<char>(group);
    count = 0;
    group = 0;
  }
  if (count != 0) {
    throw SqlError(SqlState::kInvalidParameterValue, "invalid base64 end sequence")
        .Hint("Input data is missing padding, is truncated, or is otherwise corrupted.");
  }
  return bytes;
}

std::string EncodeEscape(View bytes) {
  std::string text;
  for (char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte == 0 || byte >= 0x80) {
      text += fmt::format("\\{:03o}", byte);
    } else if (c == '\\') {
      text += "\\\\";
    } else {
      text += c;
    }
  }
  return text;
}

std::string DecodeEscape(View text) {
  std::string bytes;
  auto octal = [&](size_t at, char max) {
    return at < text.size() && text[at] >= '0' && text[at] <= max;
  };
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      bytes += text[at++];
    } else if (octal(at + 1, '3') && octal(at + 2, '7') && octal(at + 3, '7')) {
      bytes += static_cast<char>(((text[at + 1] - '0') << 6) | ((text[at + 2] - '0') << 3) |
                                 (text[at + 3] - '0'));
      at += 4;
    } else if (text.substr(at + 1, 1) == "\\") {
      bytes += '\\';
      at += 2;
    } else {
      throw SqlError(SqlState::kInvalidTextRepresentation,
                     "invalid input syntax for type bytea");
    }
  }
  return bytes;
}

enum class Encoding : uint8_t { kHex, kBase64, kEscape };

Encoding FindEncoding(View name) {
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (lower == "hex") return Encoding::kHex;
  if (lower == "base64") return Encoding::kBase64;
  if (lower == "escape") return Encoding::kEscape;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("unrecognized encoding: \"{}\"", name));
}

std::string Encode(View bytes, View encoding) {
  switch (FindEncoding(encoding)) {
    case Encoding::kBase64: return EncodeBase64(bytes);
    case Encoding::kEscape: return EncodeEscape(bytes);
    default: break;
  }
  std::string hex;
  types::AppendHex(hex, bytes);
  return hex;
}
std::string Decode(View text, View encoding) {
  switch (FindEncoding(encoding)) {
    case Encoding::kBase64: return DecodeBase64(text);
    case Encoding::kEscape: return DecodeEscape(text);
    default: return types::DecodeHex(text);
  }
}

// ---- character sets ----

struct CharacterSet {
  View name;       // PostgreSQL's, lower case, letters and digits only
  const char* icu;
  View shown;      // as messages write it
};

constexpr std::array<CharacterSet, 31> kCharacterSets = {{
    {"utf8", "UTF-8", "UTF8"},           {"unicode", "UTF-8", "UTF8"},
    {"sqlascii", "US-ASCII", "SQL_ASCII"}, {"latin1", "ISO-8859-1", "LATIN1"},
    {"iso88591", "ISO-8859-1", "LATIN1"}, {"latin2", "ISO-8859-2", "LATIN2"},
    {"latin3", "ISO-8859-3", "LATIN3"},  {"latin4", "ISO-8859-4", "LATIN4"},
    {"latin5", "ISO-8859-9", "LATIN5"},  {"latin7", "ISO-8859-13", "LATIN7"},
    {"latin9", "ISO-8859-15", "LATIN9"}, {"iso88595", "ISO-8859-5", "ISO_8859_5"},
    {"iso88596", "ISO-8859-6", "ISO_8859_6"}, {"iso88597", "ISO-8859-7", "ISO_8859_7"},
    {"iso88598", "ISO-8859-8", "ISO_8859_8"}, {"win1250", "windows-1250", "WIN1250"},
    {"win1251", "windows-1251", "WIN1251"}, {"win1252", "windows-1252", "WIN1252"},
    {"win1253", "windows-1253", "WIN1253"}, {"win1254", "windows-1254", "WIN1254"},
    {"win1256", "windows-1256", "WIN1256"}, {"win1257", "windows-1257", "WIN1257"},
    {"koi8r", "KOI8-R", "KOI8R"},        {"koi8u", "KOI8-U", "KOI8U"},
    {"eucjp", "EUC-JP", "EUC_JP"},       {"euckr", "EUC-KR", "EUC_KR"},
    {"sjis", "Shift_JIS", "SJIS"},       {"big5", "Big5", "BIG5"},
    {"gbk", "GBK", "GBK"},
    {"win1258", "windows-1258", "WIN1258"}, {"abc", "windows-1258", "WIN1258"},
}};

const CharacterSet* FindCharacterSet(View name) {
  std::string plain;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  }
  auto found = std::find_if(kCharacterSets.begin(), kCharacterSets.end(),
                            [&](const CharacterSet& set) { return set.name == plain; });
  return found == kCharacterSets.end() ? nullptr : &*found;
}

const CharacterSet& RequireCharacterSet(View name, const char* role) {
  const CharacterSet* set = FindCharacterSet(name);
  if (set == nullptr) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid {} encoding name \"{}\"", role, name));
  }
  return *set;
}

class Converter {
 public:
  explicit Converter(const CharacterSet& set) : set_(set) {
    UErrorCode status = U_ZERO_ERROR;
    converter_ = ucnv_open(set.icu, &status);
    if (U_FAILURE(status)) ThrowNotSupported(fmt::format("encoding {}", set.shown));
    ucnv_setToUCallBack(converter_, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    ucnv_setFromUCallBack(converter_, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                          &status);
  }
  ~Converter() { ucnv_close(converter_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  std::string ToUtf8(View bytes) {
    if (const size_t zero = bytes.find('\0'); zero != View::npos) ThrowInvalid(bytes.substr(zero));
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString text(bytes.data(), static_cast<int32_t>(bytes.size()), converter_,
                                  status);
    if (U_FAILURE(status)) ThrowInvalid(bytes);
    std::string utf8;
    text.toUTF8String(utf8);
    return utf8;
  }
  std::string FromUtf8(View text) {
    const icu::UnicodeString unicode = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    std::string bytes;
    // One character at a time, so that the error can name it.
    for (int32_t at = 0; at < unicode.length();) {
      const int32_t next = unicode.moveIndex32(at, 1);
      AppendCharacter(unicode.tempSubStringBetween(at, next), bytes);
      at = next;
    }
    return bytes;
  }

 private:
  void AppendCharacter(const icu::UnicodeString& character, std::string& bytes) {
    char buffer[16];
    UErrorCode status = U_ZERO_ERROR;
    const int32_t size = character.extract(buffer, sizeof(buffer), converter_, status);
    if (U_SUCCESS(status)) {
      bytes.append(buffer, static_cast<size_t>(size));
      return;
    }
    std::string utf8;
    character.toUTF8String(utf8);
    throw SqlError(SqlState::kUntranslatableCharacter,
                   fmt::format("character with byte sequence {} in encoding \"UTF8\" has no "
                               "equivalent in encoding \"{}\"",
                               HexBytes(utf8), set_.shown));
  }
  static std::string HexBytes(View bytes) {
    std::string text;
    for (char c : bytes) {
      text += fmt::format("{}0x{:02x}", text.empty() ? "" : " ", static_cast<uint8_t>(c));
    }
    return text;
  }
  [[noreturn]] void ThrowInvalid(View bytes) const {
    throw SqlError(SqlState::kCharacterNotInRepertoire,
                   fmt::format("invalid byte sequence for encoding \"{}\": {}", set_.shown,
                               HexBytes(bytes.substr(0, 1))));
  }

  const CharacterSet& set_;
  UConverter* converter_ = nullptr;
};

std::string ConvertFrom(View bytes, View encoding) {
  const CharacterSet& set = RequireCharacterSet(encoding, "source");
  if (set.shown == "UTF8" || set.shown == "SQL_ASCII") {
    types::CheckUtf8(bytes);
    return std::string(bytes);
  }
  return Converter(set).ToUtf8(bytes);
}
std::string ConvertTo(View text, View encoding) {
  const CharacterSet& set = RequireCharacterSet(encoding, "destination");
  if (set.shown == "UTF8" || set.shown == "SQL_ASCII") return std::string(text);
  return Converter(set).FromUtf8(text);
}
std::string Convert(View bytes, View from, View to) {
  RequireCharacterSet(from, "source");
  RequireCharacterSet(to, "destination");
  return ConvertTo(ConvertFrom(bytes, from), to);
}
int32_t LengthIn(View bytes, View encoding) {
  if (FindCharacterSet(encoding) == nullptr) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid encoding name \"{}\"", encoding));
  }
  return static_cast<int32_t>(types::Utf8Length(ConvertFrom(bytes, encoding)));
}
View DatabaseEncoding() { return "UTF8"; }

}  // namespace

void RegisterEncodings(Registry& registry) {
  registry.AddScalar("binary_encode", Cold<&Encode>);
  registry.AddScalar("binary_decode", Cold<&Decode>);
  registry.AddScalar("pg_convert_from", Cold<&ConvertFrom>);
  registry.AddScalar("pg_convert_to", Cold<&ConvertTo>);
  registry.AddScalar("pg_convert", Cold<&Convert>);
  registry.AddScalar("length_in_encoding", Cold<&LengthIn>);
  registry.AddScalar("getdatabaseencoding", Cold<&DatabaseEncoding>);
  registry.AddScalar("pg_client_encoding", Cold<&DatabaseEncoding>);
}

}  // namespace grizzly::functions
