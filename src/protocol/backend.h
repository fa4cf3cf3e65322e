// Backend messages, written one after the other into a ByteBuffer; nothing is allocated per message.
//
// THREADS  one at a time; the writer only points at its buffer.
// ERRORS   53200 when the buffer may not grow.
// SOURCE   PostgreSQL 15 docs, "Message Formats", "Error and Notice Message Fields"
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error/sql_error.h"
#include "base/ids/ids.h"
#include "protocol/byte_buffer.h"

namespace grizzly::protocol {

struct FieldDescription {
  std::string_view name;
  Oid table_oid = 0;
  int16_t column_number = 0;
  Oid type_oid = 0;
  int16_t type_length = -1;
  int32_t type_modifier = -1;
  int16_t format = 0;
};

class BackendWriter {
 public:
  explicit BackendWriter(ByteBuffer& out) : out_(out) {}

  void AuthenticationOk() { Authentication(0, {}); }
  void AuthenticationCleartextPassword() { Authentication(3, {}); }
  void AuthenticationSasl(std::span<const std::string_view> mechanisms);
  void AuthenticationSaslContinue(std::string_view message) { Authentication(11, message); }
  void AuthenticationSaslFinal(std::string_view message) { Authentication(12, message); }
  void NegotiateProtocolVersion(uint32_t newest_minor, std::span<const std::string> unknown_options);
  void ParameterStatus(std::string_view name, std::string_view value);
  void BackendKeyData(int32_t process_id, int32_t cancel_key);
  void ReadyForQuery(char transaction_status) { OneByte('Z', transaction_status); }

  // Begin, then Field as often as announced, then End.
  size_t BeginRowDescription(uint16_t field_count);
  void Field(const FieldDescription& field);
  void EndMessage(size_t start);

  void ParameterDescription(std::span<const Oid> types);
  void NoData() { Empty('n'); }
  void ParseComplete() { Empty('1'); }
  void BindComplete() { Empty('2'); }
  void CloseComplete() { Empty('3'); }
  void PortalSuspended() { Empty('s'); }
  void EmptyQueryResponse() { Empty('I'); }
  void CommandComplete(std::string_view tag);
  void ErrorResponse(const Diagnostic& error) { Report('E', error); }
  void NoticeResponse(const Diagnostic& notice) { Report('N', notice); }
  void CopyInResponse(int16_t format, int16_t column_count) { CopyResponse('G', format, column_count); }
  void CopyOutResponse(int16_t format, int16_t column_count) {
    CopyResponse('H', format, column_count);
  }
  void CopyData(std::string_view bytes);
  void CopyDone() { Empty('c'); }

 private:
  void Head(char type, uint32_t body_bytes) {
    char* to = out_.Extend(5);
    to[0] = type;
    StoreNetwork(to + 1, body_bytes + 4);
    out_.Commit(5);
  }
  void Empty(char type) { Head(type, 0); }
  void OneByte(char type, char byte) {
    Head(type, 1);
    out_.AppendByte(byte);
  }
  // Type and room for the length; what EndMessage needs.
  size_t Begin(char type) {
    out_.AppendByte(type);
    out_.AppendInt32(0);
    return out_.size() - 4;
  }
  void Authentication(int32_t code, std::string_view rest);
  void CopyResponse(char type, int16_t format, int16_t column_count);
  void Report(char type, const Diagnostic& report);
  void ReportField(char field, std::string_view value) {
    if (value.empty()) return;
    out_.AppendByte(field);
    out_.AppendCString(value);
  }

  ByteBuffer& out_;
};

}  // namespace grizzly::protocol
