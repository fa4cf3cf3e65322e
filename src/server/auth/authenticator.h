// One login: what pg_hba.conf asks for, and whether the client could answer it.
//
// ERRORS   SqlError FATAL: 28000 (no entry, rejected), 28P01 (password), 08P01 (malformed answers).
// THREADS  one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/backend.h"
#include "server/auth/hba.h"
#include "server/auth/scram_exchange.h"
#include "session/session.h"

namespace grizzly::server {

class Authenticator {
 public:
  // All must outlive it. `client_host` as messages name it: an address, or [local].
  Authenticator(const HbaRules& rules, session::Instance& instance, const HbaRequest& request,
                std::string client_host, std::string_view certificate_hash);

  enum class Outcome : uint8_t { kAsked, kAccepted };
  // Finds the rule; kAsked: a request was written, and the client's answer goes to Answer.
  Outcome Begin(protocol::BackendWriter writer);
  // Takes the body of a password message.
  Outcome Answer(std::string_view body, protocol::BackendWriter writer);

  // "password" or "SASL", and PostgreSQL's limit, for protocol::NextPasswordHead.
  std::string_view answer_name() const;
  uint32_t answer_bytes_max() const;

 private:
  void ThrowIfRefused() const;
  [[noreturn]] void ThrowPasswordFailed() const;
  void AskForScram(protocol::BackendWriter writer);
  Outcome AnswerScram(std::string_view body, protocol::BackendWriter writer);

  session::Instance& instance_;
  const std::string user_;
  const std::string database_;
  const std::string client_host_;
  const bool tls_;
  const std::string certificate_hash_;
  const HbaRule* const rule_;
  const std::string rules_file_;
  std::optional<ScramExchange> scram_;
  bool scram_began_ = false;
};

}  // namespace grizzly::server
