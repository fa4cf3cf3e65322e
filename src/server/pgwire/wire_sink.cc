#include "server/pgwire/wire_sink.h"

#include "base/error/sql_error.h"
#include "protocol/frontend.h"

namespace grizzly::server {
namespace {

using protocol::FrontendType;

bool MayComeDuringCopy(FrontendType type) {
  return type == FrontendType::kCopyData || type == FrontendType::kCopyDone ||
         type == FrontendType::kCopyFail || type == FrontendType::kFlush ||
         type == FrontendType::kSync;
}

}  // namespace

void WireSink::DescribeRows(const session::RowDescription& columns) {
  protocol::BackendWriter writer = wire_.writer();
  const size_t start = writer.BeginRowDescription(static_cast<uint16_t>(columns.size()));
  for (const session::ResultColumn& column : columns) {
    writer.Field({.name = column.name,
                  .table_oid = column.table_oid,
                  .column_number = column.table_column,
                  .type_oid = column.type.oid,
                  .type_length = column.type_length,
                  .type_modifier = column.type.typmod,
                  .format = static_cast<int16_t>(column.format)});
  }
  writer.EndMessage(start);
}

void WireSink::DescribeParameters(std::span<const Oid> types) {
  wire_.writer().ParameterDescription(types);
}

void WireSink::Rows(const session::RowDescription& columns, const types::Batch& batch,
                    const types::IoSettings& settings) {
  encoder_.Begin(columns, batch, settings);
  for (uint32_t row = 0; row < batch.row_count();) {
    row = encoder_.Encode(wire_.out(), row, kFlushBytes);
    wire_.FlushIfFull();
  }
}

void WireSink::ReadyForQuery(session::TransactionStatus status) {
  wire_.writer().ReadyForQuery(static_cast<char>(status));
  flush_wanted_ = true;
}

void WireSink::Notice(const Diagnostic& notice) {
  wire_.writer().NoticeResponse(notice);
  wire_.FlushIfFull();
}

void WireSink::Error(const Diagnostic& error) {
  log::Write(error, log_origin_, statement_);
  wire_.writer().ErrorResponse(error);
}

void WireSink::ParameterStatus(std::string_view name, std::string_view value) {
  if (name == "application_name") SetApplication(value);
  wire_.writer().ParameterStatus(name, value);
}

void WireSink::BeginCopyIn(session::ValueFormat format, int16_t column_count) {
  wire_.writer().CopyInResponse(static_cast<int16_t>(format), column_count);
  wire_.FlushBlocking();
  wire_.HoldMessage();
  copy_frame_bytes_ = 0;
}

std::optional<std::string_view> WireSink::ReadCopyData() {
  wire_.Consume(copy_frame_bytes_);
  copy_frame_bytes_ = 0;
  while (true) {
    const std::string_view input = wire_.input();
    if (!input.empty() && !MayComeDuringCopy(static_cast<FrontendType>(input[0]))) {
      lost_sync_ = true;
      throw SqlError(SqlState::kProtocolViolation,
                     fmt::format("unexpected message type 0x{:02X} during COPY from stdin",
                                 static_cast<unsigned char>(input[0])));
    }
    const std::optional<protocol::FrameHead> head = protocol::NextFrameHead(input);
    if (!head || input.size() < head->frame_bytes()) {
      wire_.FillBlocking(head ? head->frame_bytes() - input.size() : 0);
      continue;
    }
    const std::string_view body = input.substr(protocol::kFrameHeadBytes, head->body_bytes);
    switch (head->type) {
      case FrontendType::kCopyData: copy_frame_bytes_ = head->frame_bytes(); return body;
      case FrontendType::kCopyDone: wire_.Consume(head->frame_bytes()); return std::nullopt;
      case FrontendType::kCopyFail:
        wire_.Consume(head->frame_bytes());
        throw SqlError(SqlState::kQueryCanceled, fmt::format("COPY from stdin failed: {}",
                                                             protocol::DecodeCopyFail(body)));
      default: wire_.Consume(head->frame_bytes()); break;  // Flush and Sync are ignored here
    }
  }
}

void WireSink::BeginCopyOut(session::ValueFormat format, int16_t column_count) {
  wire_.writer().CopyOutResponse(static_cast<int16_t>(format), column_count);
}

void WireSink::CopyData(std::string_view bytes) {
  wire_.writer().CopyData(bytes);
  wire_.FlushIfFull();
}

}  // namespace grizzly::server
