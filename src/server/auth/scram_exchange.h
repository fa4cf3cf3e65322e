// The server's side of one SASL SCRAM-SHA-256 (or -PLUS) login.
//
// An unknown user, or one without a verifier, goes through the same motions with a made-up salt that
// stays the same for his name, and fails at the end.
//
// ERRORS   08P01, 28000, 0A000 FATAL for malformed or refused messages, in PostgreSQL's words. A wrong
//          password is an outcome, not an error.
// SOURCE   RFC 5802, RFC 7677, RFC 5929
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/scram/scram.h"

namespace grizzly::server {

inline constexpr std::string_view kScramMechanism = "SCRAM-SHA-256";
inline constexpr std::string_view kScramPlusMechanism = "SCRAM-SHA-256-PLUS";

class ScramExchange {
 public:
  // `certificate_hash`: of the TLS connection, empty without one. `stored`: pg_authid.rolpassword.
  ScramExchange(std::string_view user, std::string_view stored, std::string_view certificate_hash);

  // The client's first message, with the mechanism it chose; the server's first message.
  std::string TakeFirst(std::string_view mechanism, std::string_view message);
  // The client's final message; the server's final message, or nothing for a wrong password.
  std::optional<std::string> TakeFinal(std::string_view message);

  void SetServerNonceForTest(std::string nonce) { server_nonce_ = std::move(nonce); }

 private:
  void TakeGs2Header(std::string_view& message);
  bool ProofFits(std::string_view proof) const;

  scram::Verifier verifier_;
  bool is_mock_ = false;
  const std::string certificate_hash_;
  bool plus_ = false;
  std::string gs2_header_;
  std::string client_first_bare_;
  std::string nonce_;
  std::string server_nonce_;
  std::string server_first_;
  std::string auth_message_;
};

}  // namespace grizzly::server
