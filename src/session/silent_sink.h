// Where the answers of a session without a client go: errors to the log, the rest nowhere.
#pragma once

#include <string>

#include "base/log/log.h"
#include "session/session.h"

namespace grizzly::session {

class SilentSink final : public ResultSink {
 public:
  // `who` opens each line of the log.
  explicit SilentSink(std::string who) : who_(std::move(who)) {}

  void DescribeRows(const RowDescription&) override {}
  void DescribeParameters(std::span<const Oid>) override {}
  void NoData() override {}
  void Rows(const RowDescription&, const types::Batch&, const types::IoSettings&) override {}
  void CommandComplete(std::string_view) override {}
  void EmptyQuery() override {}
  void PortalSuspended() override {}
  void ParseComplete() override {}
  void BindComplete() override {}
  void CloseComplete() override {}
  void ReadyForQuery(TransactionStatus) override {}
  void Notice(const Diagnostic&) override {}
  void Error(const Diagnostic& error) override {
    log::Write(Severity::kLog, fmt::format("{}: {}", who_, error.message));
  }
  void ParameterStatus(std::string_view, std::string_view) override {}
  void Flush() override {}
  void Wake() override {}
  void BeginCopyIn(ValueFormat, int16_t) override {}
  std::optional<std::string_view> ReadCopyData() override { return std::nullopt; }
  void BeginCopyOut(ValueFormat, int16_t) override {}
  void CopyData(std::string_view) override {}
  void EndCopyOut() override {}

 private:
  const std::string who_;
};

}  // namespace grizzly::session
