#include "types/xml/xml_text.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/utf8/utf8.h"
#include "types/text.h"

namespace grizzly::types {
namespace {

bool IsXmlSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool IsNameStart(uint32_t c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == ':' || c > 127;
}
bool IsNameCharacter(uint32_t c) {
  return IsNameStart(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

// The character at *at, which moves behind it. The text is valid UTF-8.
uint32_t TakeCharacter(std::string_view text, size_t* at) {
  const auto lead = static_cast<unsigned char>(text[*at]);
  const size_t length = std::min(Utf8LengthByLead(lead), text.size() - *at);
  uint32_t character = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[*at + i]) & 0x3FU);
  }
  *at += length;
  return character;
}

class DeclarationReader {
 public:
  explicit DeclarationReader(std::string_view text) : text_(text) {}

  XmlDeclaration Run() {
    constexpr std::string_view kStart = "<?xml";
    if (!text_.starts_with(kStart)) return read_;
    if (text_.size() > kStart.size() &&
        IsNameCharacter(static_cast<uint8_t>(text_[kStart.size()]))) {
      return read_;  // <?xml-stylesheet and the like
    }
    at_ = kStart.size();
    if (const char* error = ReadParts()) {
      read_.error = error;
      return read_;
    }
    read_.length = at_;
    for (const char c : text_.substr(0, at_)) {
      if (static_cast<uint8_t>(c) > 127) read_.error = "Invalid character value.";
    }
    return read_;
  }

 private:
  static constexpr const char* kSpaceRequired = "Space required.";
  static constexpr const char* kVersionMissing = "Malformed declaration: missing version.";
  static constexpr const char* kEncodingMissing = "Missing encoding in text declaration.";
  static constexpr const char* kStandaloneValue = "standalone accepts only 'yes' or 'no'.";

  const char* ReadParts() {
    if (at_ >= text_.size() || !IsXmlSpace(text_[at_])) return kSpaceRequired;
    SkipSpace();
    if (!TakeWord("version")) return kVersionMissing;
    read_.version = TakeQuoted();
    if (!read_.version.has_value()) return kVersionMissing;
    if (const char* error = ReadEncoding()) return error;
    if (const char* error = ReadStandalone()) return error;
    SkipSpace();
    if (!text_.substr(at_).starts_with("?>")) return "Parsing XML declaration: '?>' expected.";
    at_ += 2;
    return nullptr;
  }

  const char* ReadEncoding() {
    const size_t before = at_;
    SkipSpace();
    if (!TakeWord("encoding")) {
      at_ = before;
      return nullptr;
    }
    if (!IsXmlSpace(text_[before])) return kSpaceRequired;
    read_.encoding = TakeQuoted();
    return read_.encoding.has_value() ? nullptr : kEncodingMissing;
  }

  const char* ReadStandalone() {
    const size_t before = at_;
    SkipSpace();
    if (!TakeWord("standalone")) {
      at_ = before;
      return nullptr;
    }
    if (!IsXmlSpace(text_[before])) return kSpaceRequired;
    const std::optional<std::string> value = TakeQuoted();
    if (value == "yes") {
      read_.standalone = true;
    } else if (value == "no") {
      read_.standalone = false;
    } else {
      return kStandaloneValue;
    }
    return nullptr;
  }

  void SkipSpace() {
    while (at_ < text_.size() && IsXmlSpace(text_[at_])) ++at_;
  }
  bool TakeWord(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  // = 'x' or = "x".
  std::optional<std::string> TakeQuoted() {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != '=') return std::nullopt;
    ++at_;
    SkipSpace();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return std::nullopt;
    const size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  const std::string_view text_;
  size_t at_ = 0;
  XmlDeclaration read_;
};

}  // namespace

XmlDeclaration ReadXmlDeclaration(std::string_view text) { return DeclarationReader(text).Run(); }

void AppendXmlDeclaration(std::string& out, const std::optional<std::string>& version,
                          const std::optional<bool>& standalone) {
  const bool usual_version = !version.has_value() || *version == "1.0";
  if (usual_version && !standalone.has_value()) return;
  out += fmt::format("<?xml version=\"{}\"", version.value_or("1.0"));
  if (standalone.has_value()) {
    out += *standalone ? " standalone=\"yes\"" : " standalone=\"no\"";
  }
  out += "?>";
}

bool StartsWithDoctype(std::string_view text) {
  while (true) {
    while (!text.empty() && IsXmlSpace(text.front())) text.remove_prefix(1);
    if (text.starts_with("<!DOCTYPE")) return true;
    size_t end;
    if (text.starts_with("<!--")) {
      end = text.find("--", 4);
      if (end == std::string_view::npos || text.substr(end + 2, 1) != ">") return false;
      text.remove_prefix(end + 3);
    } else if (text.starts_with("<?")) {
      end = text.find("?>", 2);
      if (end == std::string_view::npos) return false;
      const std::string_view target = text.substr(2, 3);
      const bool is_xml = (target == "xml" || target == "XML") && end > 5 &&
                          !IsNameCharacter(static_cast<uint8_t>(text[5]));
      if (is_xml) return false;
      text.remove_prefix(end + 2);
    } else {
      return false;
    }
  }
}

std::string EscapeXml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '\r': out += "&#x0d;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string EscapeXmlAttribute(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\t': out += "&#9;"; break;
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string XmlNameOf(std::string_view identifier, bool escape_period) {
  std::string out;
  for (size_t at = 0; at < identifier.size();) {
    const size_t start = at;
    const uint32_t c = TakeCharacter(identifier, &at);
    const std::string_view bytes = identifier.substr(start, at - start);
    const bool colon_first = c == ':' && start == 0;
    const bool escaped_mark = c == '_' && identifier.substr(at, 1) == "x";
    const bool named = start == 0 ? IsNameStart(c) : IsNameCharacter(c);
    if (escaped_mark) {
      out += "_x005F_";
    } else if (colon_first) {
      out += "_x003A_";
    } else if (!named || (escape_period && c == '.')) {
      out += fmt::format("_x{:04X}_", c);
    } else {
      out += bytes;
    }
  }
  return out;
}

std::string IdentifierOfXmlName(std::string_view name) {
  constexpr size_t kMarkBytes = 7;  // _x0020_
  std::string out;
  for (size_t at = 0; at < name.size();) {
    const std::string_view mark = name.substr(at, kMarkBytes);
    uint32_t character = 0;
    if (mark.size() == kMarkBytes && mark.starts_with("_x") && mark.back() == '_') {
      const auto read = std::from_chars(mark.data() + 2, mark.data() + kMarkBytes - 1, character, 16);
      if (read.ec == std::errc() && read.ptr == mark.data() + kMarkBytes - 1) {
        AppendUtf8(out, character);
        at += kMarkBytes;
        continue;
      }
    }
    out += name[at++];
  }
  return out;
}

}  // namespace grizzly::types
