// pg_hba.conf: who may come in from where, and how he proves who he is.
//
// FORMAT   PostgreSQL's, less what we do not have: +role, @file, samerole, host names, hostgssenc and
//          the methods other than trust, reject, scram-sha-256 and password are refused at load.
// ERRORS   F0000 config_file_error (0A000 for what we do not have), the line in the error's context.
// THREADS  immutable once parsed.
// SOURCE   PostgreSQL 15 docs, "The pg_hba.conf File"
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grizzly::server {

enum class AuthMethod : uint8_t { kTrust, kReject, kScramSha256, kPassword };

// An IPv4 or IPv6 address. An IPv4 one mapped into IPv6 is taken as IPv4.
struct IpAddress {
  bool is_v6 = false;
  std::array<uint8_t, 16> bytes{};  // IPv4: the first four

  static std::optional<IpAddress> Parse(std::string_view text);
  bool IsLoopback() const;
  int bit_count() const { return is_v6 ? 128 : 32; }
  bool operator==(const IpAddress&) const = default;
};

struct HbaRule {
  enum class Connection : uint8_t { kLocal, kHost, kHostSsl, kHostNoSsl };
  enum class Address : uint8_t { kAll, kSameHost, kSameNet, kNetwork };
  struct Name {
    std::string text;
    bool quoted = false;  // a quoted keyword is a name
    bool IsKeyword(std::string_view word) const { return !quoted && text == word; }
  };

  int line = 0;
  std::string text;
  Connection connection = Connection::kHost;
  std::vector<Name> databases;
  std::vector<Name> users;
  Address address = Address::kAll;
  IpAddress network;
  IpAddress mask;
  AuthMethod method = AuthMethod::kReject;
};

struct HbaRequest {
  std::string_view user;
  std::string_view database;
  std::optional<IpAddress> address;  // none: a Unix socket
  bool tls = false;
};

class HbaRules {
 public:
  // `file_name` only for messages.
  static HbaRules Parse(std::string_view text, std::string_view file_name);
  static HbaRules Load(const std::string& path);

  // The first rule that fits, or null.
  const HbaRule* Match(const HbaRequest& request) const;
  // A rule that lets clients of other machines in without proof, or null.
  const HbaRule* FindTrustOfStrangers() const;
  const std::vector<HbaRule>& rules() const { return rules_; }
  const std::string& file_name() const { return file_name_; }

 private:
  std::vector<HbaRule> rules_;
  std::string file_name_;
};

// What a fresh data directory gets (conf/pg_hba.conf): trust for this machine, nothing for others.
std::string_view DefaultHbaFile();

}  // namespace grizzly::server
