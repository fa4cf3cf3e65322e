// Frontend messages: finding where one ends in a stream of bytes, and reading its fields in place.
//
// FORMAT   type:byte length:int32 (itself included) body; integers big-endian
// OWNS     nothing: a decoded message points into the bytes it was decoded from and, for lists, into
//          the FrontendDecoder that made it; it is valid until either changes.
// LIMITS   PostgreSQL's: kSmallMessageBytesMax for messages that carry only names and numbers,
//          kLargeMessageBytesMax for the others.
// ERRORS   NextFrame throws FATAL 08P01 for what cannot be skipped (unknown type, impossible length);
//          the Decode functions throw ERROR 08P01, 22021 or 22023, after which the next frame is fine.
// SOURCE   PostgreSQL 15 docs, "Message Formats"
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"

namespace grizzly::protocol {

inline constexpr uint32_t kSmallMessageBytesMax = 10'000;
inline constexpr uint32_t kLargeMessageBytesMax = 0x3FFFFFFE;  // 1 GB - 2, length word included
inline constexpr size_t kFrameHeadBytes = 5;

enum class FrontendType : char {
  kBind = 'B',
  kClose = 'C',
  kCopyData = 'd',
  kCopyDone = 'c',
  kCopyFail = 'f',
  kDescribe = 'D',
  kExecute = 'E',
  kFlush = 'H',
  kFunctionCall = 'F',
  kParse = 'P',
  kPassword = 'p',  // also SASLInitialResponse and SASLResponse
  kQuery = 'Q',
  kSync = 'S',
  kTerminate = 'X',
};

struct Frame {
  FrontendType type;
  std::string_view body;
  size_t frame_bytes() const { return kFrameHeadBytes + body.size(); }
};

// What the start of `bytes` holds.
struct FrameHead {
  FrontendType type;
  uint32_t body_bytes;
  size_t frame_bytes() const { return kFrameHeadBytes + body_bytes; }
};

// The head of the next message once its five bytes are there. During login only kPassword is taken,
// after it everything else. Throws FATAL 08P01.
std::optional<FrameHead> NextFrameHead(std::string_view bytes);
// The next message if it is there completely.
inline std::optional<Frame> NextFrame(std::string_view bytes) {
  const std::optional<FrameHead> head = NextFrameHead(bytes);
  if (!head || bytes.size() < head->frame_bytes()) return std::nullopt;
  return Frame{head->type, bytes.substr(kFrameHeadBytes, head->body_bytes)};
}
// As NextFrameHead, for the answers to an authentication request of at most `body_bytes_max`.
// `expected` completes "expected ... response, got message type N".
std::optional<FrameHead> NextPasswordHead(std::string_view bytes, std::string_view expected,
                                          uint32_t body_bytes_max);

// The messages of the extended protocol, an error in which skips to Sync.
bool IsExtended(FrontendType type);

enum class TargetKind : char { kStatement = 'S', kPortal = 'P' };

struct ParseMessage {
  std::string_view statement;
  std::string_view sql;
  std::span<const Oid> parameter_types;
};

struct BindMessage {
  std::string_view portal;
  std::string_view statement;
  std::span<const int16_t> formats;  // 0 text, 1 binary; 0, 1 or as many as values
  std::span<const std::optional<std::string_view>> values;
  std::span<const int16_t> result_formats;
};

struct TargetMessage {  // Describe, Close
  TargetKind kind;
  std::string_view name;
};

struct ExecuteMessage {
  std::string_view portal;
  uint32_t max_rows;  // 0: all
};

std::string_view DecodeQuery(std::string_view body);
TargetMessage DecodeDescribe(std::string_view body);
TargetMessage DecodeClose(std::string_view body);
ExecuteMessage DecodeExecute(std::string_view body);
std::string_view DecodeCopyFail(std::string_view body);
// Sync, Flush, CopyDone, Terminate: no fields.
void DecodeEmpty(std::string_view body);
// The clear-text password.
std::string_view DecodePassword(std::string_view body);

struct SaslInitialResponse {
  std::string_view mechanism;
  std::optional<std::string_view> response;
};
SaslInitialResponse DecodeSaslInitialResponse(std::string_view body);

// Decodes the messages with lists; keeps the lists' memory from one message to the next.
class FrontendDecoder {
 public:
  ParseMessage DecodeParse(std::string_view body);
  BindMessage DecodeBind(std::string_view body);

 private:
  std::vector<Oid> types_;
  std::vector<int16_t> formats_;
  std::vector<int16_t> result_formats_;
  std::vector<std::optional<std::string_view>> values_;
};

}  // namespace grizzly::protocol
