#include "server/pgwire/login.h"

#include "base/error/sql_error.h"
#include "base/log/log.h"
#include "protocol/frontend.h"

namespace grizzly::server {

using protocol::StartupKind;

Login::Login(FrontDoor& door, Wire& wire, const ClientAddress& client)
    : door_(door), wire_(wire), client_(client), settings_(door.settings()) {}

Login::~Login() {
  if (admitted_) door_.Dismiss();
}

Login::Outcome Login::TakeInput() {
  if (packet_) return TakePassword();
  const std::optional<std::string_view> body = protocol::NextStartupBody(wire_.input());
  if (!body) return Outcome::kNeedsInput;
  wire_.Consume(body->size() + 4);
  return TakeFirstPacket(*body);
}

Login::Outcome Login::TakeFirstPacket(std::string_view body) {
  protocol::StartupPacket packet = protocol::DecodeStartup(body);
  switch (packet.kind) {
    case StartupKind::kCancelRequest:
      door_.instance().CancelSession(SessionId(packet.process_id), packet.cancel_key);
      return Outcome::kClose;
    case StartupKind::kSslRequest:
      if (ssl_answered_) break;
      ssl_answered_ = true;
      return AnswerSslRequest();
    case StartupKind::kGssRequest:
      if (gss_answered_) break;
      gss_answered_ = true;
      wire_.out().AppendByte('N');
      return Outcome::kGoesOn;
    case StartupKind::kStartup: return TakeStartup(std::move(packet));
  }
  // Asked twice: the code is no protocol version we know.
  const uint32_t code = protocol::LoadNetwork<uint32_t>(body.data());
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("unsupported frontend protocol {}.{}: server supports 3.0 to 3.0",
                             code >> 16, code & 0xFFFF))
      .Fatal();
}

Login::Outcome Login::AnswerSslRequest() {
  if (settings_->tls == nullptr || client_.is_local()) {
    wire_.out().AppendByte('N');
    return Outcome::kGoesOn;
  }
  if (!wire_.input().empty()) {
    throw SqlError(SqlState::kProtocolViolation, "received unencrypted data after SSL request")
        .Detail("This could be either a client-software bug or evidence of an attempted "
                "man-in-the-middle attack.")
        .Fatal();
  }
  wire_.out().AppendByte('S');
  in_handshake_ = true;
  return Outcome::kHandshake;
}

IoState Login::Handshake() {
  if (!wire_.transport().is_tls()) wire_.transport().StartTls(settings_->tls);
  const IoState state = wire_.transport().Handshake();
  if (state == IoState::kDone) in_handshake_ = false;
  return state;
}

Login::Outcome Login::TakeStartup(protocol::StartupPacket packet) {
  packet_ = std::move(packet);
  if (packet_->needs_negotiation()) {
    wire_.writer().NegotiateProtocolVersion(0, packet_->unknown_options);
  }
  if (!packet_->replication.empty()) ThrowNotSupported("a replication connection");
  door_.Admit();
  admitted_ = true;
  HbaRequest request{.user = packet_->user,
                     .database = packet_->database,
                     .address = IpAddress::Parse(client_.host),
                     .tls = wire_.transport().is_tls()};
  const TlsAcceptor* tls = wire_.transport().tls_acceptor();
  authenticator_ = std::make_unique<Authenticator>(
      *settings_->hba, door_.instance(), request, std::string(client_.host_name()),
      tls != nullptr ? tls->certificate_hash() : std::string_view());
  if (authenticator_->Begin(wire_.writer()) == Authenticator::Outcome::kAsked) {
    return Outcome::kGoesOn;
  }
  return Finish();
}

Login::Outcome Login::TakePassword() {
  const std::string_view input = wire_.input();
  const auto head = protocol::NextPasswordHead(input, authenticator_->answer_name(),
                                               authenticator_->answer_bytes_max());
  if (!head || input.size() < head->frame_bytes()) return Outcome::kNeedsInput;
  wire_.Consume(head->frame_bytes());
  const std::string_view body = input.substr(protocol::kFrameHeadBytes, head->body_bytes);
  if (authenticator_->Answer(body, wire_.writer()) == Authenticator::Outcome::kAsked) {
    return Outcome::kGoesOn;
  }
  return Finish();
}

Login::Outcome Login::Finish() {
  const std::optional<session::RoleLogin> role = door_.instance().FindRoleLogin(packet_->user);
  door_.CheckReserved(role && role->is_superuser);
  wire_.writer().AuthenticationOk();
  return Outcome::kDone;
}

session::ConnectRequest Login::TakeRequest() {
  session::ConnectRequest request;
  request.user = packet_->user;
  request.database = packet_->database;
  request.client_address = client_.host;
  request.client_port = client_.port;
  request.tls = wire_.transport().tls_parameters();
  // What options say comes first: a setting of its own in the packet wins over it.
  for (auto& [name, value] : packet_->settings) {
    if (name != "options") continue;
    for (auto& setting : protocol::SplitOptions(value)) request.settings.push_back(setting);
  }
  for (auto& setting : packet_->settings) {
    if (setting.first != "options") request.settings.push_back(std::move(setting));
  }
  return request;
}

}  // namespace grizzly::server
