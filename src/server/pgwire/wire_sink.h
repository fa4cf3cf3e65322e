// The session's answers as messages on the wire; see session::ResultSink.
//
// THREADS  the one that runs the connection; Wake from any.
#pragma once

#include "base/log/log.h"
#include "server/pgwire/row_encoder.h"
#include "server/pgwire/wire.h"
#include "session/session.h"

namespace grizzly::server {

class WireSink final : public session::ResultSink {
 public:
  explicit WireSink(Wire& wire) : wire_(wire) {}

  void DescribeRows(const session::RowDescription& columns) override;
  void DescribeParameters(std::span<const Oid> types) override;
  void NoData() override { wire_.writer().NoData(); }
  void Rows(const session::RowDescription& columns, const types::Batch& batch,
            const types::IoSettings& settings) override;
  void CommandComplete(std::string_view tag) override { wire_.writer().CommandComplete(tag); }
  void EmptyQuery() override { wire_.writer().EmptyQueryResponse(); }
  void PortalSuspended() override { wire_.writer().PortalSuspended(); }
  void ParseComplete() override { wire_.writer().ParseComplete(); }
  void BindComplete() override { wire_.writer().BindComplete(); }
  void CloseComplete() override { wire_.writer().CloseComplete(); }
  void ReadyForQuery(session::TransactionStatus status) override;
  void Notice(const Diagnostic& notice) override;
  void Error(const Diagnostic& error) override;
  void ParameterStatus(std::string_view name, std::string_view value) override;
  void Flush() override { wire_.FlushBlocking(); }
  void Wake() override { wire_.transport().Interrupt(); }

  void BeginCopyIn(session::ValueFormat format, int16_t column_count) override;
  std::optional<std::string_view> ReadCopyData() override;
  void BeginCopyOut(session::ValueFormat format, int16_t column_count) override;
  void CopyData(std::string_view bytes) override;
  void EndCopyOut() override { wire_.writer().CopyDone(); }

  // What the log says about errors. The views must live until they are replaced.
  void SetLogOrigin(const log::Origin& origin) { log_origin_ = origin; }
  // What the client calls itself; it may change with SET.
  void SetApplication(std::string_view name) {
    application_ = name;
    log_origin_.application = application_;
  }
  const std::string& application() const { return application_; }
  void SetStatement(std::string_view sql) { statement_ = sql; }

  // Replies the client is waiting for are in the buffer.
  bool flush_wanted() const { return flush_wanted_; }
  void set_flush_wanted(bool wanted) { flush_wanted_ = wanted; }
  // A message that may not come during COPY came: the stream cannot be trusted any more.
  bool lost_sync() const { return lost_sync_; }

 private:
  Wire& wire_;
  RowEncoder encoder_;
  log::Origin log_origin_;
  std::string application_;
  std::string_view statement_;
  bool flush_wanted_ = false;
  bool lost_sync_ = false;
  size_t copy_frame_bytes_ = 0;  // of the CopyData message handed out last, not consumed yet
};

}  // namespace grizzly::server
