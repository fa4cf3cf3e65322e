#include "server/auth/hba.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <fstream>
#include <sstream>

#include "base/error/sql_error.h"
#include "server/default_files.h"

namespace grizzly::server {
namespace {

using Name = HbaRule::Name;
using Field = std::vector<Name>;  // a comma-separated list

// Splits one line into fields; each is a list of words with commas between.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : line_(line) {}

  std::vector<Field> Fields() {
    std::vector<Field> fields;
    bool list_goes_on = false;
    while (SkipSpace()) {
      Name word = Word();
      if (list_goes_on) {
        fields.back().push_back(std::move(word));
      } else {
        fields.push_back({std::move(word)});
      }
      list_goes_on = TakeComma();
    }
    return fields;
  }

 private:
  static bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  bool SkipSpace() {
    while (at_ < line_.size() && IsSpace(line_[at_])) ++at_;
    return at_ < line_.size() && line_[at_] != '#';
  }
  bool TakeComma() {
    SkipSpace();
    if (at_ == line_.size() || line_[at_] != ',') return false;
    ++at_;
    return true;
  }
  Name Word() {
    Name word;
    bool inside = false;
    for (; at_ < line_.size(); ++at_) {
      const char c = line_[at_];
      if (c == '"') {
        inside = !inside;
        word.quoted = true;
      } else if (!inside && (IsSpace(c) || c == ',' || c == '#')) {
        break;
      } else {
        word.text += c;
      }
    }
    return word;
  }

  std::string_view line_;
  size_t at_ = 0;
};

[[noreturn]] void Fail(std::string message) {
  throw SqlError(SqlState::kConfigFileError, std::move(message));
}

HbaRule::Connection ParseConnection(const Field& field) {
  const std::string& word = field[0].text;
  if (field.size() > 1) Fail("multiple values specified for connection type");
  if (word == "local") return HbaRule::Connection::kLocal;
  if (word == "host" || word == "hostnogssenc") return HbaRule::Connection::kHost;
  if (word == "hostssl") return HbaRule::Connection::kHostSsl;
  if (word == "hostnossl") return HbaRule::Connection::kHostNoSsl;
  if (word == "hostgssenc") ThrowNotSupported("hostgssenc in pg_hba.conf");
  Fail(fmt::format("invalid connection type \"{}\"", word));
}

AuthMethod ParseMethod(const Field& field) {
  const std::string& word = field[0].text;
  if (field.size() > 1) Fail("multiple values specified for authentication type");
  if (word == "trust") return AuthMethod::kTrust;
  if (word == "reject") return AuthMethod::kReject;
  if (word == "scram-sha-256") return AuthMethod::kScramSha256;
  if (word == "password") return AuthMethod::kPassword;
  for (std::string_view known : {"md5", "gss", "sspi", "ident", "peer", "pam", "bsd", "ldap",
                                 "radius", "cert"}) {
    if (word == known) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("authentication method \"{}\" is not supported", word))
          .Hint("Use scram-sha-256, password, trust or reject.");
    }
  }
  Fail(fmt::format("invalid authentication method \"{}\"", word));
}

void CheckNames(const Field& names, bool databases) {
  for (const Name& name : names) {
    if (name.quoted) continue;
    if (name.text.starts_with("+") && !databases) ThrowNotSupported("+role in pg_hba.conf");
    if (name.text.starts_with("@")) ThrowNotSupported("@file in pg_hba.conf");
    if (databases && (name.text == "samerole" || name.text == "samegroup")) {
      ThrowNotSupported(name.text + " in pg_hba.conf");
    }
  }
}

IpAddress MaskOfLength(bool is_v6, int bits) {
  IpAddress mask;
  mask.is_v6 = is_v6;
  for (int i = 0; i < bits; ++i) mask.bytes[i / 8] |= static_cast<uint8_t>(0x80 >> (i % 8));
  return mask;
}

bool InNetwork(const IpAddress& address, const IpAddress& network, const IpAddress& mask) {
  if (address.is_v6 != network.is_v6) return false;
  for (int i = 0; i < address.bit_count() / 8; ++i) {
    if (((address.bytes[i] ^ network.bytes[i]) & mask.bytes[i]) != 0) return false;
  }
  return true;
}

std::optional<IpAddress> FromSocketAddress(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  IpAddress ip;
  if (address->sa_family == AF_INET) {
    std::memcpy(ip.bytes.data(), &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
    return ip;
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  ip.is_v6 = true;
  std::memcpy(ip.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
  return ip;
}

// Whether the address is one of this machine's (or, with `whole_nets`, in one of its networks).
bool IsOwnAddress(const IpAddress& address, bool whole_nets) {
  ifaddrs* interfaces = nullptr;
  if (::getifaddrs(&interfaces) != 0) return false;
  bool found = false;
  for (ifaddrs* each = interfaces; each != nullptr && !found; each = each->ifa_next) {
    const std::optional<IpAddress> own = FromSocketAddress(each->ifa_addr);
    const std::optional<IpAddress> mask = FromSocketAddress(each->ifa_netmask);
    if (!own) continue;
    found = whole_nets && mask ? InNetwork(address, *own, *mask) : address == *own;
  }
  ::freeifaddrs(interfaces);
  return found;
}

// Takes the address fields; returns how many they were.
size_t ParseAddress(const std::vector<Field>& fields, size_t at, HbaRule& rule) {
  if (fields.size() <= at) Fail("end-of-line before IP address specification");
  if (fields[at].size() > 1) Fail("multiple values specified for host address");
  const Name& word = fields[at][0];
  if (word.IsKeyword("all")) return 1;
  if (word.IsKeyword("samehost") || word.IsKeyword("samenet")) {
    rule.address = word.text == "samehost" ? HbaRule::Address::kSameHost : HbaRule::Address::kSameNet;
    return 1;
  }
  rule.address = HbaRule::Address::kNetwork;
  const std::string_view text = word.text;
  const size_t slash = text.find('/');
  const std::optional<IpAddress> address = IpAddress::Parse(text.substr(0, slash));
  if (!address) {
    if (slash != std::string_view::npos) {
      Fail(fmt::format("specifying both host name and CIDR mask is invalid: \"{}\"", text));
    }
    ThrowNotSupported(fmt::format("host name \"{}\" in pg_hba.conf", text));
  }
  rule.network = *address;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    int bits = -1;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || bits < 0 ||
        bits > address->bit_count()) {
      Fail(fmt::format("invalid CIDR mask in address \"{}\"", text));
    }
    rule.mask = MaskOfLength(address->is_v6, bits);
    return 1;
  }
  if (fields.size() <= at + 1) Fail("end-of-line before netmask specification");
  const std::optional<IpAddress> mask = IpAddress::Parse(fields[at + 1][0].text);
  if (!mask) Fail(fmt::format("invalid IP mask \"{}\"", fields[at + 1][0].text));
  if (mask->is_v6 != address->is_v6) Fail("IP address and mask do not match");
  rule.mask = *mask;
  return 2;
}

HbaRule ParseRule(const std::vector<Field>& fields) {
  HbaRule rule;
  rule.connection = ParseConnection(fields[0]);
  if (fields.size() < 2) Fail("end-of-line before database specification");
  rule.databases = fields[1];
  CheckNames(rule.databases, true);
  if (fields.size() < 3) Fail("end-of-line before role specification");
  rule.users = fields[2];
  CheckNames(rule.users, false);
  size_t at = 3;
  if (rule.connection != HbaRule::Connection::kLocal) at += ParseAddress(fields, at, rule);
  if (fields.size() <= at) Fail("end-of-line before authentication method");
  rule.method = ParseMethod(fields[at++]);
  if (fields.size() > at) {
    const std::string& option = fields[at][0].text;
    const size_t equals = option.find('=');
    if (equals == std::string::npos) {
      Fail(fmt::format("authentication option not in name=value format: {}", option));
    }
    Fail(fmt::format("unrecognized authentication option name: \"{}\"", option.substr(0, equals)));
  }
  return rule;
}

bool DatabaseFits(const HbaRule& rule, const HbaRequest& request) {
  return std::any_of(rule.databases.begin(), rule.databases.end(), [&](const Name& name) {
    if (name.IsKeyword("all")) return true;
    if (name.IsKeyword("sameuser")) return request.database == request.user;
    if (name.IsKeyword("replication")) return false;  // no such connections get here
    return name.text == request.database;
  });
}

bool UserFits(const HbaRule& rule, const HbaRequest& request) {
  return std::any_of(rule.users.begin(), rule.users.end(), [&](const Name& name) {
    return name.IsKeyword("all") || name.text == request.user;
  });
}

bool AddressFits(const HbaRule& rule, const IpAddress& address) {
  switch (rule.address) {
    case HbaRule::Address::kAll: return true;
    case HbaRule::Address::kSameHost: return IsOwnAddress(address, false);
    case HbaRule::Address::kSameNet: return IsOwnAddress(address, true);
    case HbaRule::Address::kNetwork: return InNetwork(address, rule.network, rule.mask);
  }
  return false;
}

bool ConnectionFits(const HbaRule& rule, const HbaRequest& request) {
  if (!request.address) return rule.connection == HbaRule::Connection::kLocal;
  switch (rule.connection) {
    case HbaRule::Connection::kLocal: return false;
    case HbaRule::Connection::kHost: break;
    case HbaRule::Connection::kHostSsl:
      if (!request.tls) return false;
      break;
    case HbaRule::Connection::kHostNoSsl:
      if (request.tls) return false;
      break;
  }
  return AddressFits(rule, *request.address);
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string terminated(text.substr(0, text.find('%')));  // an IPv6 zone does not matter
  IpAddress address;
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) return address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) != 1) return std::nullopt;
  static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  address.is_v6 = true;
  if (std::memcmp(address.bytes.data(), kMapped, sizeof(kMapped)) == 0) {
    IpAddress v4;
    std::copy_n(address.bytes.begin() + 12, 4, v4.bytes.begin());
    return v4;
  }
  return address;
}

bool IpAddress::IsLoopback() const {
  if (!is_v6) return bytes[0] == 127;
  IpAddress loopback;
  loopback.is_v6 = true;
  loopback.bytes[15] = 1;
  return *this == loopback;
}

HbaRules HbaRules::Parse(std::string_view text, std::string_view file_name) {
  HbaRules rules;
  rules.file_name_ = file_name;
  int line_number = 0;
  while (!text.empty()) {
    const int first_line = line_number + 1;
    std::string line;
    bool goes_on = true;
    while (goes_on && !text.empty()) {  // a backslash at the end of a line joins the next
      const size_t end = std::min(text.find('\n'), text.size());
      line += text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line_number;
      goes_on = line.ends_with('\\');
      if (goes_on) line.pop_back();
    }
    try {
      const std::vector<Field> fields = LineReader(line).Fields();
      if (fields.empty()) continue;
      HbaRule& rule = rules.rules_.emplace_back(ParseRule(fields));
      rule.line = first_line;
      rule.text = line;
    } catch (SqlError& error) {
      error.AddContext(fmt::format("line {} of configuration file \"{}\"", first_line, file_name));
      throw;
    }
  }
  if (rules.rules_.empty()) {
    Fail(fmt::format("configuration file \"{}\" contains no entries", file_name));
  }
  return rules;
}

HbaRules HbaRules::Load(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    Fail(fmt::format("could not open configuration file \"{}\": {}", path, strerror(errno)));
  }
  std::stringstream text;
  text << file.rdbuf();
  return Parse(text.str(), path);
}

const HbaRule* HbaRules::Match(const HbaRequest& request) const {
  for (const HbaRule& rule : rules_) {
    if (ConnectionFits(rule, request) && DatabaseFits(rule, request) && UserFits(rule, request)) {
      return &rule;
    }
  }
  return nullptr;
}

const HbaRule* HbaRules::FindTrustOfStrangers() const {
  for (const HbaRule& rule : rules_) {
    if (rule.method != AuthMethod::kTrust || rule.connection == HbaRule::Connection::kLocal ||
        rule.address == HbaRule::Address::kSameHost) {
      continue;
    }
    const int own_bits = rule.network.is_v6 ? 128 : 8;  // ::1/128, 127.0.0.0/8
    if (rule.address == HbaRule::Address::kNetwork && rule.network.IsLoopback() &&
        InNetwork(MaskOfLength(rule.network.is_v6, own_bits), rule.mask,
                  MaskOfLength(rule.network.is_v6, own_bits))) {
      continue;
    }
    return &rule;
  }
  return nullptr;
}

std::string_view DefaultHbaFile() { return kDefaultHbaFile; }

}  // namespace grizzly::server
