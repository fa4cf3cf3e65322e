#include "protocol/frontend.h"

#include "base/error/sql_error.h"
#include "protocol/message_reader.h"

namespace grizzly::protocol {
namespace {

constexpr uint32_t kLengthBytes = 4;

[[noreturn]] void ThrowBadLength() {
  throw SqlError(SqlState::kProtocolViolation, "invalid message length").Fatal();
}

// The longest length word PostgreSQL takes for a message type; 0 for a type it does not know.
uint32_t LengthMax(FrontendType type) {
  switch (type) {
    case FrontendType::kBind:
    case FrontendType::kCopyData:
    case FrontendType::kFunctionCall:
    case FrontendType::kParse:
    case FrontendType::kQuery: return kLargeMessageBytesMax;
    case FrontendType::kClose:
    case FrontendType::kCopyDone:
    case FrontendType::kCopyFail:
    case FrontendType::kDescribe:
    case FrontendType::kExecute:
    case FrontendType::kFlush:
    case FrontendType::kSync:
    case FrontendType::kTerminate: return kSmallMessageBytesMax;
    case FrontendType::kPassword: return 0;
  }
  return 0;
}

// An unpaired format code list, or codes other than text and binary, is the client's mistake.
void ReadFormats(MessageReader& reader, std::vector<int16_t>& formats) {
  const uint16_t count = reader.Int16();
  formats.clear();
  for (uint16_t i = 0; i < count; ++i) {
    const auto format = static_cast<int16_t>(reader.Int16());
    if (format != 0 && format != 1) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("unsupported format code: {}", format));
    }
    formats.push_back(format);
  }
}

TargetMessage DecodeTarget(std::string_view body, std::string_view message_name) {
  MessageReader reader(body);
  const char kind = reader.Byte();
  const std::string_view name = reader.String();
  reader.End();
  if (kind != 'S' && kind != 'P') {
    throw SqlError(SqlState::kProtocolViolation,
                   fmt::format("invalid {} message subtype {}", message_name, int{kind}));
  }
  return {static_cast<TargetKind>(kind), name};
}

}  // namespace

void MessageReader::ThrowNoData() {
  throw SqlError(SqlState::kProtocolViolation, "no data left in message");
}
void MessageReader::ThrowInsufficient() {
  throw SqlError(SqlState::kProtocolViolation, "insufficient data left in message");
}
void MessageReader::ThrowBadString() {
  throw SqlError(SqlState::kProtocolViolation, "invalid string in message");
}
void MessageReader::ThrowBadFormat() {
  throw SqlError(SqlState::kProtocolViolation, "invalid message format");
}

std::optional<FrameHead> NextFrameHead(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto type = static_cast<FrontendType>(bytes[0]);
  const uint32_t length_max = LengthMax(type);
  if (length_max == 0) [[unlikely]] {
    throw SqlError(SqlState::kProtocolViolation,
                   fmt::format("invalid frontend message type {}",
                               int{static_cast<unsigned char>(bytes[0])}))
        .Fatal();
  }
  if (bytes.size() < kFrameHeadBytes) return std::nullopt;
  const auto length = LoadNetwork<uint32_t>(bytes.data() + 1);
  if (length < kLengthBytes || length > length_max) [[unlikely]] ThrowBadLength();
  return FrameHead{type, length - kLengthBytes};
}

std::optional<FrameHead> NextPasswordHead(std::string_view bytes, std::string_view expected,
                                          uint32_t body_bytes_max) {
  if (bytes.empty()) return std::nullopt;
  if (bytes[0] != static_cast<char>(FrontendType::kPassword)) {
    throw SqlError(SqlState::kProtocolViolation,
                   fmt::format("expected {} response, got message type {}", expected,
                               int{static_cast<unsigned char>(bytes[0])}))
        .Fatal();
  }
  if (bytes.size() < kFrameHeadBytes) return std::nullopt;
  const auto length = LoadNetwork<uint32_t>(bytes.data() + 1);
  if (length < kLengthBytes || length > body_bytes_max) ThrowBadLength();
  return FrameHead{FrontendType::kPassword, length - kLengthBytes};
}

bool IsExtended(FrontendType type) {
  switch (type) {
    case FrontendType::kBind:
    case FrontendType::kClose:
    case FrontendType::kDescribe:
    case FrontendType::kExecute:
    case FrontendType::kFlush:
    case FrontendType::kParse: return true;
    default: return false;
  }
}

std::string_view DecodeQuery(std::string_view body) {
  MessageReader reader(body);
  const std::string_view sql = reader.String();
  reader.End();
  return sql;
}

TargetMessage DecodeDescribe(std::string_view body) { return DecodeTarget(body, "DESCRIBE"); }
TargetMessage DecodeClose(std::string_view body) { return DecodeTarget(body, "CLOSE"); }

ExecuteMessage DecodeExecute(std::string_view body) {
  MessageReader reader(body);
  ExecuteMessage message;
  message.portal = reader.String();
  const int32_t max_rows = reader.Int32();
  message.max_rows = max_rows > 0 ? static_cast<uint32_t>(max_rows) : 0;
  reader.End();
  return message;
}

std::string_view DecodeCopyFail(std::string_view body) { return MessageReader(body).String(); }

void DecodeEmpty(std::string_view body) { MessageReader(body).End(); }

std::string_view DecodePassword(std::string_view body) {
  if (body.empty() || body.find('\0') != body.size() - 1) {
    throw SqlError(SqlState::kProtocolViolation, "invalid password packet size").Fatal();
  }
  if (body.size() == 1) {
    throw SqlError(SqlState::kInvalidPassword, "empty password returned by client").Fatal();
  }
  return body.substr(0, body.size() - 1);
}

SaslInitialResponse DecodeSaslInitialResponse(std::string_view body) {
  MessageReader reader(body);
  SaslInitialResponse message;
  message.mechanism = reader.RawString();
  const int32_t length = reader.Int32();
  if (length != -1) message.response = reader.Bytes(length);
  reader.End();
  return message;
}

ParseMessage FrontendDecoder::DecodeParse(std::string_view body) {
  MessageReader reader(body);
  ParseMessage message;
  message.statement = reader.String();
  message.sql = reader.String();
  const uint16_t count = reader.Int16();
  types_.clear();
  for (uint16_t i = 0; i < count; ++i) types_.push_back(reader.Unsigned32());
  reader.End();
  message.parameter_types = types_;
  return message;
}

BindMessage FrontendDecoder::DecodeBind(std::string_view body) {
  MessageReader reader(body);
  BindMessage message;
  message.portal = reader.String();
  message.statement = reader.String();
  ReadFormats(reader, formats_);
  const uint16_t count = reader.Int16();
  if (formats_.size() > 1 && formats_.size() != count) {
    throw SqlError(SqlState::kProtocolViolation,
                   fmt::format("bind message has {} parameter formats but {} parameters",
                               formats_.size(), count));
  }
  values_.clear();
  for (uint16_t i = 0; i < count; ++i) {
    const int32_t length = reader.Int32();
    if (length == -1) {
      values_.emplace_back();
      continue;
    }
    const std::string_view value = reader.Bytes(length);
    const int16_t format = formats_.empty() ? 0 : formats_[formats_.size() == 1 ? 0 : i];
    if (format == 0) CheckUtf8(value);
    values_.emplace_back(value);
  }
  ReadFormats(reader, result_formats_);
  reader.End();
  message.formats = formats_;
  message.values = values_;
  message.result_formats = result_formats_;
  return message;
}

}  // namespace grizzly::protocol
