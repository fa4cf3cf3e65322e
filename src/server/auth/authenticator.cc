#include "server/auth/authenticator.h"

#include "base/error/sql_error.h"
#include "base/log/log.h"
#include "protocol/frontend.h"

namespace grizzly::server {
namespace {

constexpr uint32_t kPasswordBytesMax = 65'535;
constexpr uint32_t kSaslBytesMax = 1'024;

}  // namespace

Authenticator::Authenticator(const HbaRules& rules, session::Instance& instance,
                             const HbaRequest& request, std::string client_host,
                             std::string_view certificate_hash)
    : instance_(instance),
      user_(request.user),
      database_(request.database),
      client_host_(std::move(client_host)),
      tls_(request.tls),
      certificate_hash_(certificate_hash),
      rule_(rules.Match(request)),
      rules_file_(rules.file_name()) {}

void Authenticator::ThrowIfRefused() const {
  const std::string who =
      fmt::format("host \"{}\", user \"{}\", database \"{}\", {}", client_host_, user_, database_,
                  tls_ ? "SSL encryption" : "no encryption");
  if (rule_ == nullptr) {
    throw SqlError(SqlState::kInvalidAuthorizationSpecification,
                   fmt::format("no pg_hba.conf entry for {}", who))
        .Fatal();
  }
  if (rule_->method == AuthMethod::kReject) {
    throw SqlError(SqlState::kInvalidAuthorizationSpecification,
                   fmt::format("pg_hba.conf rejects connection for {}", who))
        .Fatal();
  }
}

void Authenticator::ThrowPasswordFailed() const {
  log::Write(Severity::kLog,
             fmt::format("password authentication failed for user \"{}\": connection matched line "
                         "{} of \"{}\": {}",
                         user_, rule_->line, rules_file_, rule_->text));
  throw SqlError(SqlState::kInvalidPassword,
                 fmt::format("password authentication failed for user \"{}\"", user_))
      .Fatal();
}

Authenticator::Outcome Authenticator::Begin(protocol::BackendWriter writer) {
  ThrowIfRefused();
  switch (rule_->method) {
    case AuthMethod::kTrust:
    case AuthMethod::kReject: return Outcome::kAccepted;
    case AuthMethod::kPassword: writer.AuthenticationCleartextPassword(); return Outcome::kAsked;
    case AuthMethod::kScramSha256: AskForScram(writer); return Outcome::kAsked;
  }
  return Outcome::kAsked;
}

void Authenticator::AskForScram(protocol::BackendWriter writer) {
  const std::optional<session::RoleLogin> role = instance_.FindRoleLogin(user_);
  scram_.emplace(user_, role ? role->password_verifier : std::string(), certificate_hash_);
  const std::string_view mechanisms[] = {kScramPlusMechanism, kScramMechanism};
  writer.AuthenticationSasl(std::span(mechanisms).subspan(certificate_hash_.empty() ? 1 : 0));
}

std::string_view Authenticator::answer_name() const { return scram_ ? "SASL" : "password"; }

uint32_t Authenticator::answer_bytes_max() const {
  return scram_ ? kSaslBytesMax : kPasswordBytesMax;
}

Authenticator::Outcome Authenticator::Answer(std::string_view body, protocol::BackendWriter writer) {
  if (scram_) return AnswerScram(body, writer);
  const std::string_view password = protocol::DecodePassword(body);
  const std::optional<session::RoleLogin> role = instance_.FindRoleLogin(user_);
  const auto verifier = scram::ParseVerifier(role ? role->password_verifier : std::string());
  if (!verifier || !scram::PasswordMatches(*verifier, password)) ThrowPasswordFailed();
  return Outcome::kAccepted;
}

Authenticator::Outcome Authenticator::AnswerScram(std::string_view body,
                                                  protocol::BackendWriter writer) {
  if (!scram_began_) {
    const protocol::SaslInitialResponse first = protocol::DecodeSaslInitialResponse(body);
    const std::string reply = scram_->TakeFirst(first.mechanism, first.response.value_or(""));
    scram_began_ = true;
    writer.AuthenticationSaslContinue(reply);
    return Outcome::kAsked;
  }
  const std::optional<std::string> last = scram_->TakeFinal(body);
  if (!last) ThrowPasswordFailed();
  writer.AuthenticationSaslFinal(*last);
  return Outcome::kAccepted;
}

}  // namespace grizzly::server
