// From the first byte to an authenticated user: startup packet, TLS, pg_hba.conf, password.
//
// ERRORS   SqlError; the connection ends after any.
// THREADS  one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "protocol/startup.h"
#include "server/auth/authenticator.h"
#include "server/pgwire/front_door.h"
#include "server/pgwire/wire.h"

namespace grizzly::server {

struct ClientAddress {
  std::string host;  // as text; empty for a Unix socket
  int port = 0;
  bool is_local() const { return host.empty(); }
  std::string_view host_name() const { return host.empty() ? "[local]" : std::string_view(host); }
};

class Login {
 public:
  Login(FrontDoor& door, Wire& wire, const ClientAddress& client);
  ~Login();

  enum class Outcome : uint8_t {
    kNeedsInput,  // the next packet is not there yet
    kGoesOn,      // one packet taken; replies may be in the buffer
    kHandshake,   // the answer to SSLRequest must be sent, then TLS begins
    kDone,        // authenticated; see request()
    kClose,       // nothing more to say (CancelRequest)
  };
  Outcome TakeInput();
  // After kHandshake and a flush. kDone, kWantRead, kWantWrite or kClosed.
  IoState Handshake();
  bool in_handshake() const { return in_handshake_; }
  // Whether the client has told who it is, so that an error message can be understood.
  bool knows_client() const { return packet_.has_value(); }

  session::ConnectRequest TakeRequest();
  const protocol::StartupPacket& packet() const { return *packet_; }
  // The place among max_connections belongs to the caller now.
  void KeepPlace() { admitted_ = false; }
  const AdmissionSettings& settings() const { return *settings_; }

 private:
  Outcome TakeFirstPacket(std::string_view body);
  Outcome TakeStartup(protocol::StartupPacket packet);
  Outcome AnswerSslRequest();
  Outcome TakePassword();
  Outcome Finish();

  FrontDoor& door_;
  Wire& wire_;
  const ClientAddress& client_;
  const std::shared_ptr<const AdmissionSettings> settings_;
  std::optional<protocol::StartupPacket> packet_;
  std::unique_ptr<Authenticator> authenticator_;
  bool ssl_answered_ = false;
  bool gss_answered_ = false;
  bool in_handshake_ = false;
  bool admitted_ = false;
};

}  // namespace grizzly::server
