#include "server/pgwire/connection.h"

#include <poll.h>
#include <unistd.h>

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

using protocol::FrontendType;
using session::ProtocolKind;
using session::ValueFormat;

constexpr int kRoundsMax = 16;
constexpr int64_t kFarewellMs = 10'000;  // for a client to read why its connection ends

std::span<const ValueFormat> AsFormats(std::span<const int16_t> codes) {
  static_assert(sizeof(ValueFormat) == sizeof(int16_t));
  return {reinterpret_cast<const ValueFormat*>(codes.data()), codes.size()};
}

}  // namespace

void Connection::Start(FrontDoor& door, int socket, ClientAddress client) {
  const auto connection = std::make_shared<Connection>(door, socket, std::move(client));
  connection->entered_ = door.Enter(connection.get());
  if (!connection->entered_) {
    door.counters().refused_connections.Add();
    connection->wire_.TakeBuffers();
    connection->Fail(
        SqlError(SqlState::kTooManyConnections, "sorry, too many clients already").Fatal());
    connection->FlushThen(After::kGone);
    connection->Close();
    return;
  }
  const AdmissionSettings& settings = connection->login_->settings();
  if (settings.log_connections) {
    log::Write(Severity::kLog,
               fmt::format("connection received: host={}{}", connection->client_.host_name(),
                           connection->client_.is_local()
                               ? ""
                               : fmt::format(" port={}", connection->client_.port)),
               connection->LogOrigin());
  }
  connection->SetDeadline(settings.authentication_timeout_ms);
  try {
    door.reactor().Watch(connection, socket);
  } catch (const SqlError& error) {
    log::Write(error.diagnostic(), connection->LogOrigin());
    connection->Close();
  }
}

Connection::Connection(FrontDoor& door, int socket, ClientAddress client)
    : door_(door),
      socket_(socket),
      wire_(socket, door.wire_shared()),
      sink_(wire_),
      client_(std::move(client)),
      started_(Clock::now()) {
  login_ = std::make_unique<Login>(door_, wire_, client_);
}

Connection::~Connection() { Close(); }

ReadySource::After Connection::OnReady() noexcept {
  running_.store(true);
  wire_.transport().EndWriteWait();
  if (has_deadline_ && login_ == nullptr) ClearDeadline();
  if (session_ != nullptr && session_->client_check_interval_ms() > 0) [[unlikely]] WatchClient();
  After next = After::kGone;
  try {
    wire_.TakeBuffers();
    next = Drive();
  } catch (const SqlError& error) {
    Fail(error);
    next = FlushThen(After::kGone);
  } catch (const std::exception& error) {
    Fail(SqlError(SqlState::kInternalError, error.what()).Fatal());
    next = FlushThen(After::kGone);
  }
  running_.store(false, std::memory_order_relaxed);
  if (next == After::kGone) {
    Close();
    return next;
  }
  wire_.GiveBackBuffers();
  if (closing_) {
    SetDeadline(kFarewellMs);
  } else if (session_ != nullptr) {
    const int64_t timeout_ms = session_->idle_timeout_ms();
    if (timeout_ms > 0) [[unlikely]] SetDeadline(timeout_ms);
  }
  // Once nobody may be waited for, its turn comes again at once.
  if (next == After::kWrite && !wire_.transport().BeginWriteWait()) return After::kAgain;
  return next;
}

Connection::After Connection::FlushThen(After next) {
  switch (wire_.TryFlush()) {
    case IoState::kDone: return next;
    case IoState::kWantWrite: return After::kWrite;
    case IoState::kWantRead: return After::kRead;
    case IoState::kClosed: return After::kGone;
  }
  return next;
}

Connection::After Connection::Drive() {
  if (wire_.has_output() && (closing_ || sink_.flush_wanted())) {
    const After next = FlushThen(After::kAgain);
    // A client that reads no more is waited for, unless the server wants it gone.
    if (next != After::kAgain) return wire_.transport().is_interrupted() ? After::kGone : next;
    sink_.set_flush_wanted(false);
  }
  for (int round = 0; !closing_; ++round) {
    // Once interrupted the socket gives no more input.
    if (wire_.transport().is_interrupted()) [[unlikely]] {
      EndByInterrupt();
      break;
    }
    if (round == kRoundsMax) return After::kAgain;
    if (login_ != nullptr && login_->in_handshake()) {
      const IoState state = login_->Handshake();
      if (state == IoState::kClosed) return After::kGone;
      if (state != IoState::kDone) return state == IoState::kWantRead ? After::kRead : After::kWrite;
    }
    bool drained = false;
    try {
      const IoState state = wire_.Fill(bytes_missing_, &drained);
      if (state == IoState::kClosed) {
        LogLostClient();
        return After::kGone;
      }
      if (state != IoState::kDone) return state == IoState::kWantRead ? After::kRead : After::kWrite;
      ProcessInput();
    } catch (SqlError& error) {
      if (session_ == nullptr || error.state() != SqlState::kOutOfMemory || bytes_missing_ == 0) {
        throw;
      }
      Discard(std::move(error));
    }
    if (closing_) break;
    if (sink_.flush_wanted()) {
      const After next = FlushThen(After::kAgain);
      if (next != After::kAgain) return next;
      sink_.set_flush_wanted(false);
    }
    if (drained) return After::kRead;
  }
  return FlushThen(After::kGone);
}

void Connection::ProcessInput() {
  while (!closing_ && (session_ != nullptr ? TakeMessage() : TakeLoginMessage())) {
  }
}

bool Connection::TakeLoginMessage() {
  switch (login_->TakeInput()) {
    case Login::Outcome::kNeedsInput: return false;
    case Login::Outcome::kGoesOn: sink_.set_flush_wanted(true); return true;
    case Login::Outcome::kHandshake:
      wire_.FlushBlocking();  // one byte into an empty socket
      return false;
    case Login::Outcome::kDone: BeginSession(); return true;
    case Login::Outcome::kClose: closing_ = true; return false;
  }
  return false;
}

void Connection::BeginSession() {
  const bool log_it = login_->settings().log_connections;
  const session::ConnectRequest request = login_->TakeRequest();
  user_ = request.user;
  database_ = request.database;
  std::unique_ptr<session::Session> session = door_.instance().Connect(request, sink_);
  {
    std::lock_guard lock(session_mutex_);
    session_ = std::move(session);
  }
  ClearDeadline();
  protocol::BackendWriter writer = wire_.writer();
  for (const auto& [name, value] : door_.instance().ReportedParameters(*session_)) {
    if (name == "application_name") sink_.SetApplication(value);
    writer.ParameterStatus(name, value);
  }
  sink_.SetLogOrigin(LogOrigin());
  writer.BackendKeyData(session_->id().value, session_->cancel_key());
  writer.ReadyForQuery(static_cast<char>(session_->transaction_status()));
  sink_.set_flush_wanted(true);
  if (log_it) {
    log::Write(Severity::kLog,
               fmt::format("connection authorized: user={} database={}{}{}", user_, database_,
                           sink_.application().empty() ? "" : " application_name=" + sink_.application(),
                           request.tls ? " SSL enabled" : ""),
               LogOrigin());
  }
  login_->KeepPlace();
  login_.reset();
}

bool Connection::TakeMessage() {
  const std::string_view input = wire_.input();
  if (discard_bytes_ > 0) [[unlikely]] {
    const size_t dropped = std::min(discard_bytes_, input.size());
    wire_.Consume(dropped);
    discard_bytes_ -= dropped;
    return discard_bytes_ == 0 && dropped < input.size();
  }
  const std::optional<protocol::FrameHead> head = protocol::NextFrameHead(input);
  if (!head || input.size() < head->frame_bytes()) {
    bytes_missing_ = head ? head->frame_bytes() - input.size() : 0;
    return false;
  }
  bytes_missing_ = 0;
  wire_.Consume(head->frame_bytes());
  Dispatch({head->type, input.substr(protocol::kFrameHeadBytes, head->body_bytes)});
  return true;
}

// The rest of a message that memory has no room for is read and dropped; its sender is told.
void Connection::Discard(SqlError error) {
  const std::string_view input = wire_.input();
  const std::optional<protocol::FrameHead> head = protocol::NextFrameHead(input);
  discard_bytes_ = bytes_missing_;
  bytes_missing_ = 0;
  wire_.Consume(input.size());
  const bool extended = head && protocol::IsExtended(head->type);
  session_->ProtocolViolation(std::move(error),
                              extended ? ProtocolKind::kExtended : ProtocolKind::kSimple);
  AfterCall();
}

void Connection::Dispatch(const protocol::Frame& frame) {
  door_.counters().messages.Add();
  try {
    CallSession(frame);
  } catch (SqlError& error) {  // from decoding; the session itself throws none
    session_->ProtocolViolation(std::move(error), protocol::IsExtended(frame.type)
                                                      ? ProtocolKind::kExtended
                                                      : ProtocolKind::kSimple);
  }
  AfterCall();
}

void Connection::CallSession(const protocol::Frame& frame) {
  static thread_local protocol::FrontendDecoder decoder;
  switch (frame.type) {
    case FrontendType::kQuery: {
      const std::string_view sql = protocol::DecodeQuery(frame.body);
      sink_.SetStatement(sql);
      session_->Query(sql);
      break;
    }
    case FrontendType::kParse: {
      const protocol::ParseMessage parse = decoder.DecodeParse(frame.body);
      sink_.SetStatement(parse.sql);
      session_->Parse(parse.statement, parse.sql, parse.parameter_types);
      break;
    }
    case FrontendType::kBind: {
      const protocol::BindMessage bind = decoder.DecodeBind(frame.body);
      session_->Bind(bind.portal, bind.statement, AsFormats(bind.formats), bind.values,
                     AsFormats(bind.result_formats));
      break;
    }
    case FrontendType::kDescribe: {
      const protocol::TargetMessage describe = protocol::DecodeDescribe(frame.body);
      if (describe.kind == protocol::TargetKind::kStatement) {
        session_->DescribeStatement(describe.name);
      } else {
        session_->DescribePortal(describe.name);
      }
      break;
    }
    case FrontendType::kExecute: {
      const protocol::ExecuteMessage execute = protocol::DecodeExecute(frame.body);
      session_->Execute(execute.portal, execute.max_rows);
      break;
    }
    case FrontendType::kClose: {
      const protocol::TargetMessage close = protocol::DecodeClose(frame.body);
      if (close.kind == protocol::TargetKind::kStatement) {
        session_->CloseStatement(close.name);
      } else {
        session_->ClosePortal(close.name);
      }
      break;
    }
    case FrontendType::kSync:
      protocol::DecodeEmpty(frame.body);
      session_->Sync();
      break;
    case FrontendType::kFlush:
      protocol::DecodeEmpty(frame.body);
      sink_.set_flush_wanted(true);
      break;
    case FrontendType::kTerminate: closing_ = true; break;
    case FrontendType::kFunctionCall: ThrowNotSupported("the function call message");
    case FrontendType::kCopyData:  // the rest of a COPY that failed
    case FrontendType::kCopyDone:
    case FrontendType::kCopyFail: break;
    case FrontendType::kPassword: break;  // NextFrameHead refuses it
  }
}

void Connection::AfterCall() {
  sink_.SetStatement({});
  wire_.ReleaseHeldMessage();
  if (session_->is_terminated()) closing_ = true;
  if (sink_.lost_sync() && !closing_) {
    Fail(SqlError(SqlState::kProtocolViolation,
                  "terminating connection because protocol synchronization was lost")
             .Fatal());
  }
  wire_.FlushIfFull();
}

void Connection::EndByInterrupt() {
  bool deadline_passed = false;
  {
    std::lock_guard lock(deadline_mutex_);
    deadline_passed = deadline_passed_;
  }
  if (session_ != nullptr) {
    if (deadline_passed) {
      session_->IdleTimeout();
    } else {
      session_->Interrupt();
    }
    closing_ = true;
  } else if (deadline_passed) {
    if (login_->knows_client()) {
      Fail(SqlError(SqlState::kQueryCanceled, "canceling authentication due to timeout").Fatal());
    }
    closing_ = true;
  } else {
    Fail(SqlError(SqlState::kAdminShutdown,
                  "terminating connection due to administrator command")
             .Fatal());
  }
}

void Connection::Fail(const SqlError& error) noexcept {
  closing_ = true;
  try {
    Diagnostic diagnostic = error.diagnostic();
    diagnostic.severity = Severity::kFatal;  // without a session every error ends the connection
    if (session_ == nullptr) door_.counters().refused_connections.Add();
    log::Write(diagnostic, LogOrigin());
    wire_.writer().ErrorResponse(diagnostic);
  } catch (...) {  // no memory for the message: the client sees the connection end
  }
}

void Connection::Close() noexcept {
  if (socket_ < 0) return;
  ClearDeadline();
  if (session_ != nullptr) {
    if (door_.settings()->log_disconnections) LogDisconnection();
    std::unique_ptr<session::Session> session;
    {
      std::lock_guard lock(session_mutex_);
      session.swap(session_);
    }
    session.reset();
    door_.Dismiss();
  }
  login_.reset();
  wire_.transport().Close();
  ::close(socket_);
  socket_ = -1;
  if (entered_) {
    entered_ = false;
    door_.Leave(this);
  }
}

void Connection::WatchClient() {
  std::lock_guard lock(deadline_mutex_);
  if (client_check_ != nullptr) return;
  client_check_ = std::make_unique<Timer>(door_.io().get_executor());
  ArmClientCheck(session_->client_check_interval_ms());
}

void Connection::ArmClientCheck(int64_t interval_ms) {
  client_check_->expires_after(std::chrono::milliseconds(interval_ms));
  client_check_->async_wait(
      [weak = weak_from_this(), interval_ms](const boost::system::error_code& error) {
        if (error) return;
        const std::shared_ptr<Connection> connection = weak.lock();
        if (connection != nullptr) connection->OnClientCheck(interval_ms);
      });
}

// Goes on while statements run; the next one after that begins anew, maybe with another interval.
void Connection::OnClientCheck(int64_t interval_ms) {
  CancelIfAbandoned();
  std::lock_guard lock(deadline_mutex_);
  if (running_.load()) {
    ArmClientCheck(interval_ms);
  } else {
    client_check_.reset();
  }
}

void Connection::CancelIfAbandoned() {
  if (!running_.load(std::memory_order_relaxed)) return;
  std::lock_guard lock(session_mutex_);
  if (session_ == nullptr) return;
  pollfd hangup{wire_.transport().socket(), POLLRDHUP, 0};
  if (::poll(&hangup, 1, 0) > 0 && (hangup.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) {
    session_->Cancel(CancelReason::kClientGone);
  }
}

void Connection::SetDeadline(int64_t timeout_ms) {
  std::lock_guard lock(deadline_mutex_);
  has_deadline_ = true;
  deadline_ = Clock::now() + std::chrono::milliseconds(timeout_ms);
  if (timer_ == nullptr) timer_ = std::make_unique<Timer>(door_.io().get_executor());
  if (deadline_ < timer_expiry_) ArmTimer();  // else it looks again when it expires
}

void Connection::ClearDeadline() {
  std::lock_guard lock(deadline_mutex_);
  has_deadline_ = false;
  deadline_ = Clock::time_point::max();
}

void Connection::ArmTimer() {
  timer_expiry_ = deadline_;
  timer_->expires_at(deadline_);
  timer_->async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    if (error) return;
    if (const std::shared_ptr<Connection> connection = weak.lock()) connection->OnTimer();
  });
}

void Connection::OnTimer() {
  std::lock_guard lock(deadline_mutex_);
  timer_expiry_ = Clock::time_point::max();
  if (deadline_ == Clock::time_point::max()) return;
  if (Clock::now() < deadline_) {
    ArmTimer();
    return;
  }
  deadline_passed_ = true;
  wire_.transport().Interrupt();
}

log::Origin Connection::LogOrigin() const {
  return {.session_id = session_ != nullptr ? session_->id().value : 0,
          .user = user_,
          .database = database_,
          .application = sink_.application(),
          .client_address = client_.host_name(),
          .client_port = client_.port};
}

void Connection::LogLostClient() const {
  if (session_ == nullptr || session_->transaction_status() == session::TransactionStatus::kIdle ||
      wire_.transport().is_interrupted()) {
    return;
  }
  log::Write(Severity::kLog, "unexpected EOF on client connection with an open transaction",
             LogOrigin());
}

void Connection::LogDisconnection() const {
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_).count();
  std::string line = fmt::format(
      "disconnection: session time: {}:{:02}:{:02}.{:03} user={} database={} host={}",
      ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000, user_, database_,
      client_.host_name());
  if (client_.port != 0) line += fmt::format(" port={}", client_.port);
  log::Write(Severity::kLog, line, LogOrigin());
}

}  // namespace grizzly::server
