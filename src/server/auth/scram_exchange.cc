#include "server/auth/scram_exchange.h"

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

constexpr size_t kServerNonceBytes = 18;
constexpr std::string_view kBindingType = "tls-server-end-point";

[[noreturn]] void ThrowMalformed(std::string detail) {
  throw SqlError(SqlState::kProtocolViolation, "malformed SCRAM message")
      .Detail(std::move(detail))
      .Fatal();
}

// The value of the attribute `name` at the start of `message`, which is taken from it.
std::string_view TakeAttribute(std::string_view& message, char name) {
  if (message.empty() || message[0] != name) {
    ThrowMalformed(fmt::format("Expected attribute \"{}\" but found \"{}\".", name,
                               message.empty() ? "" : message.substr(0, 1)));
  }
  if (message.size() < 2 || message[1] != '=') {
    ThrowMalformed(fmt::format("Expected character \"=\" for attribute \"{}\".", name));
  }
  const size_t comma = std::min(message.find(','), message.size());
  const std::string_view value = message.substr(2, comma - 2);
  message.remove_prefix(std::min(comma + 1, message.size()));
  return value;
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x21 && c <= 0x7E; });
}

// The secret that makes up salts for users who have none: known to nobody, the same for all logins.
std::string_view MockSecret() {
  static const std::array<char, 32> secret = [] {
    std::array<char, 32> bytes;
    scram::FillRandom(bytes.data(), bytes.size());
    return bytes;
  }();
  return {secret.data(), secret.size()};
}

scram::Verifier MockVerifier(std::string_view user) {
  scram::Verifier verifier;
  const scram::Key salt = scram::Hmac(MockSecret(), user);
  verifier.salt = scram::View(salt).substr(0, scram::kSaltBytes);
  return verifier;
}

}  // namespace

ScramExchange::ScramExchange(std::string_view user, std::string_view stored,
                             std::string_view certificate_hash)
    : certificate_hash_(certificate_hash) {
  const std::optional<scram::Verifier> verifier = scram::ParseVerifier(stored);
  is_mock_ = !verifier;
  verifier_ = verifier ? *verifier : MockVerifier(user);
  char random[kServerNonceBytes];
  scram::FillRandom(random, sizeof(random));
  server_nonce_ = scram::EncodeBase64({random, sizeof(random)});
}

void ScramExchange::TakeGs2Header(std::string_view& message) {
  const std::string_view whole = message;
  switch (message[0]) {
    case 'n':
      if (plus_) {
        ThrowMalformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not "
                       "include channel binding data.");
      }
      message.remove_prefix(1);
      break;
    case 'y':
      if (plus_) {
        ThrowMalformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not "
                       "include channel binding data.");
      }
      if (!certificate_hash_.empty()) {
        throw SqlError(SqlState::kInvalidAuthorizationSpecification,
                       "SCRAM channel binding negotiation error")
            .Detail("The client supports SCRAM channel binding but thinks the server does not.  "
                    "However, this server does support channel binding.")
            .Fatal();
      }
      message.remove_prefix(1);
      break;
    case 'p': {
      if (!plus_) {
        ThrowMalformed("The client selected SCRAM-SHA-256 without channel binding, but the SCRAM "
                       "message includes channel binding data.");
      }
      const std::string_view type = TakeAttribute(message, 'p');
      if (type != kBindingType) {
        throw SqlError(SqlState::kProtocolViolation,
                       fmt::format("unsupported SCRAM channel-binding type \"{}\"", type))
            .Fatal();
      }
      message = whole.substr(2 + type.size());
      break;
    }
    default:
      ThrowMalformed(fmt::format("Unexpected channel-binding flag \"{}\".", message.substr(0, 1)));
  }
  if (!message.starts_with(',')) {
    ThrowMalformed("Comma expected, but found character \"" + std::string(message.substr(0, 1)) +
                   "\".");
  }
  message.remove_prefix(1);
  if (message.starts_with('a')) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "client uses authorization identity, but it is not supported")
        .Fatal();
  }
  if (!message.starts_with(',')) {
    ThrowMalformed(fmt::format("Unexpected attribute \"{}\" in client-first-message.",
                               message.substr(0, 1)));
  }
  message.remove_prefix(1);
  gs2_header_ = whole.substr(0, whole.size() - message.size());
}

std::string ScramExchange::TakeFirst(std::string_view mechanism, std::string_view message) {
  plus_ = mechanism == kScramPlusMechanism && !certificate_hash_.empty();
  if (!plus_ && mechanism != kScramMechanism) {
    throw SqlError(SqlState::kProtocolViolation,
                   "client selected an invalid SASL authentication mechanism")
        .Fatal();
  }
  if (message.empty()) ThrowMalformed("The message is empty.");
  if (message.find('\0') != std::string_view::npos) {
    ThrowMalformed("Message length does not match input length.");
  }
  TakeGs2Header(message);
  client_first_bare_ = message;
  if (message.starts_with('m')) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "client requires an unsupported SCRAM extension")
        .Fatal();
  }
  TakeAttribute(message, 'n');  // the startup packet's user counts
  const std::string_view client_nonce = TakeAttribute(message, 'r');
  if (!IsPrintable(client_nonce)) {
    throw SqlError(SqlState::kProtocolViolation, "non-printable characters in SCRAM nonce").Fatal();
  }
  nonce_ = fmt::format("{}{}", client_nonce, server_nonce_);
  server_first_ = fmt::format("r={},s={},i={}", nonce_, scram::EncodeBase64(verifier_.salt),
                              verifier_.iterations);
  return server_first_;
}

std::optional<std::string> ScramExchange::TakeFinal(std::string_view message) {
  const std::string_view whole = message;
  if (message.empty()) ThrowMalformed("The message is empty.");
  const std::string_view binding = TakeAttribute(message, 'c');
  std::string expected = gs2_header_;
  if (plus_) expected += certificate_hash_;
  if (binding != scram::EncodeBase64(expected)) {
    if (plus_) {
      throw SqlError(SqlState::kInvalidAuthorizationSpecification,
                     "SCRAM channel binding check failed")
          .Fatal();
    }
    throw SqlError(SqlState::kProtocolViolation,
                   "unexpected SCRAM channel-binding attribute in client-final-message")
        .Fatal();
  }
  if (TakeAttribute(message, 'r') != nonce_) {
    throw SqlError(SqlState::kProtocolViolation, "invalid SCRAM response")
        .Detail("Nonce does not match.")
        .Fatal();
  }
  const size_t proof_at = message.rfind("p=");
  if (proof_at == std::string_view::npos) TakeAttribute(message, 'p');
  message.remove_prefix(proof_at);
  const std::string_view without_proof =
      whole.substr(0, static_cast<size_t>(message.data() - whole.data()) - 1);
  const std::optional<std::string> proof = scram::DecodeBase64(message.substr(2));
  if (!proof || proof->size() != scram::kKeyBytes) {
    ThrowMalformed("Malformed proof in client-final-message.");
  }
  auth_message_ = fmt::format("{},{},{}", client_first_bare_, server_first_, without_proof);
  if (!ProofFits(*proof) || is_mock_) return std::nullopt;
  const scram::Key signature = scram::Hmac(scram::View(verifier_.server_key), auth_message_);
  return "v=" + scram::EncodeBase64(scram::View(signature));
}

bool ScramExchange::ProofFits(std::string_view proof) const {
  scram::Key client_key = scram::Hmac(scram::View(verifier_.stored_key), auth_message_);
  for (size_t i = 0; i < client_key.size(); ++i) client_key[i] ^= static_cast<uint8_t>(proof[i]);
  return scram::Equal(scram::Hash(scram::View(client_key)), verifier_.stored_key);
}

}  // namespace grizzly::server
