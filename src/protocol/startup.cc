#include "protocol/startup.h"

#include <cctype>

#include "base/error/sql_error.h"
#include "base/utf8/utf8.h"
#include "protocol/message_reader.h"

namespace grizzly::protocol {
namespace {

constexpr uint32_t kCancelCode = 80877102;
constexpr uint32_t kSslCode = 80877103;
constexpr uint32_t kGssCode = 80877104;
constexpr size_t kCancelBodyBytes = 12;
constexpr size_t kNameBytesMax = 63;  // NAMEDATALEN - 1; longer names are cut, as PostgreSQL does

[[noreturn]] void ThrowBadLength() {
  throw SqlError(SqlState::kProtocolViolation, "invalid length of startup packet").Fatal();
}

[[noreturn]] void ThrowBadLayout() {
  throw SqlError(SqlState::kProtocolViolation,
                 "invalid startup packet layout: expected terminator as last byte")
      .Fatal();
}

std::string CutName(std::string_view name) {
  if (name.size() <= kNameBytesMax) return std::string(name);
  return std::string(name.substr(0, ValidUtf8Prefix(name.substr(0, kNameBytesMax))));
}

// As PostgreSQL's parse_bool: unambiguous beginnings of true, false, yes, no, on, off, 1, 0.
std::optional<bool> ParseBool(std::string_view text) {
  std::string lower;
  for (char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto begins = [&](std::string_view word, size_t least) {
    return lower.size() >= least && word.substr(0, lower.size()) == lower;
  };
  if (begins("true", 1) || begins("yes", 1) || begins("on", 2) || lower == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || lower == "0") return false;
  return std::nullopt;
}

void TakeReplication(std::string_view value, StartupPacket& packet) {
  if (value == "database") {
    packet.replication = value;
    return;
  }
  const std::optional<bool> wanted = ParseBool(value);
  if (!wanted) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid value for parameter \"replication\": \"{}\"", value))
        .Hint("Valid values are: \"false\", 0, \"true\", 1, \"database\".")
        .Fatal();
  }
  if (*wanted) packet.replication = "true";
}

void TakeParameter(std::string_view name, std::string_view value, StartupPacket& packet) {
  if (name == "user") {
    packet.user = CutName(value);
  } else if (name == "database") {
    packet.database = CutName(value);
  } else if (name == "replication") {
    TakeReplication(value, packet);
  } else if (name.starts_with("_pq_.")) {
    packet.unknown_options.emplace_back(name);
  } else {
    packet.settings.emplace_back(name, value);
  }
}

void DecodeParameters(std::string_view bytes, StartupPacket& packet) {
  size_t at = 0;
  while (at < bytes.size() && bytes[at] != '\0') {
    const size_t name_end = bytes.find('\0', at);
    if (name_end == std::string_view::npos || name_end + 1 >= bytes.size()) ThrowBadLayout();
    const size_t value_end = bytes.find('\0', name_end + 1);
    if (value_end == std::string_view::npos) ThrowBadLayout();
    TakeParameter(bytes.substr(at, name_end - at),
                  bytes.substr(name_end + 1, value_end - name_end - 1), packet);
    at = value_end + 1;
  }
  if (at + 1 != bytes.size()) ThrowBadLayout();
}

void CheckVersion(uint32_t version) {
  if (version >> 16 == 3) return;
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("unsupported frontend protocol {}.{}: server supports 3.0 to 3.0",
                             version >> 16, version & 0xFFFF))
      .Fatal();
}

std::vector<std::string> SplitWords(std::string_view options) {
  std::vector<std::string> words;
  size_t at = 0;
  while (true) {
    while (at < options.size() && std::isspace(static_cast<unsigned char>(options[at]))) ++at;
    if (at == options.size()) return words;
    std::string word;
    for (; at < options.size() && !std::isspace(static_cast<unsigned char>(options[at])); ++at) {
      if (options[at] == '\\' && ++at == options.size()) break;
      word += options[at];
    }
    words.push_back(std::move(word));
  }
}

}  // namespace

std::optional<std::string_view> NextStartupBody(std::string_view bytes) {
  if (bytes.size() < 4) return std::nullopt;
  const auto length = LoadNetwork<uint32_t>(bytes.data());
  if (length < 8 || length > kStartupBytesMax + 4) ThrowBadLength();
  if (bytes.size() < length) return std::nullopt;
  return bytes.substr(4, length - 4);
}

StartupPacket DecodeStartup(std::string_view body) {
  MessageReader reader(body);
  const uint32_t code = reader.Unsigned32();
  StartupPacket packet;
  switch (code) {
    case kCancelCode:
      if (body.size() != kCancelBodyBytes) ThrowBadLength();
      packet.kind = StartupKind::kCancelRequest;
      packet.process_id = reader.Int32();
      packet.cancel_key = reader.Int32();
      return packet;
    case kSslCode: packet.kind = StartupKind::kSslRequest; return packet;
    case kGssCode: packet.kind = StartupKind::kGssRequest; return packet;
    default: break;
  }
  CheckVersion(code);
  packet.version = code;
  DecodeParameters(reader.Rest(), packet);
  if (packet.user.empty()) {
    throw SqlError(SqlState::kInvalidAuthorizationSpecification,
                   "no PostgreSQL user name specified in startup packet")
        .Fatal();
  }
  CheckUtf8(packet.user);
  CheckUtf8(packet.database);
  if (packet.database.empty()) packet.database = packet.user;
  return packet;
}

std::vector<std::pair<std::string, std::string>> SplitOptions(std::string_view options) {
  const std::vector<std::string> words = SplitWords(options);
  std::vector<std::pair<std::string, std::string>> settings;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    const bool long_form = word.starts_with("--");
    if (long_form) {
      word.remove_prefix(2);
    } else if (word == "-c" && i + 1 < words.size()) {
      word = words[++i];
    } else if (word.starts_with("-c") && word.size() > 2) {
      word.remove_prefix(2);
    } else {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("invalid command-line argument for server process: {}", word))
          .Fatal();
    }
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("{}{} requires a value", long_form ? "--" : "-c ", word))
          .Fatal();
    }
    std::string name(word.substr(0, equals));
    for (char& c : name) c = c == '-' ? '_' : c;  // --search-path is search_path
    settings.emplace_back(std::move(name), word.substr(equals + 1));
  }
  return settings;
}

}  // namespace grizzly::protocol
