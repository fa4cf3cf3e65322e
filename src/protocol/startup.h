// The first packet of a connection: StartupMessage, SSLRequest, GSSENCRequest or CancelRequest.
//
// FORMAT   length:int32 (itself included) code:int32 fields
// ERRORS   FATAL 08P01 (length, layout), 0A000 (protocol version), 22023 (replication), 28000 (no
//          user), in PostgreSQL's words.
// SOURCE   PostgreSQL 15 docs, "Message Formats", "Start-up"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grizzly::protocol {

inline constexpr uint32_t kStartupBytesMax = 10'000;  // without the length word
inline constexpr uint32_t kProtocolVersion3 = 3u << 16;

enum class StartupKind : uint8_t { kStartup, kSslRequest, kGssRequest, kCancelRequest };

struct StartupPacket {
  StartupKind kind = StartupKind::kStartup;
  // kCancelRequest
  int32_t process_id = 0;
  int32_t cancel_key = 0;
  // kStartup
  uint32_t version = 0;  // major << 16 | minor
  std::string user;
  std::string database;  // the user's name when the client gave none
  std::string replication;  // as given; empty: not a replication connection
  std::vector<std::pair<std::string, std::string>> settings;  // all others; "options" included
  std::vector<std::string> unknown_options;                   // _pq_.* names

  uint32_t minor_version() const { return version & 0xFFFF; }
  bool needs_negotiation() const { return minor_version() > 0 || !unknown_options.empty(); }
};

// The bytes of the first packet after its length word, when all are there.
std::optional<std::string_view> NextStartupBody(std::string_view bytes);
StartupPacket DecodeStartup(std::string_view body);

// The "-c name=value", "-cname=value" and "--name=value" of the startup packet's options, split at
// spaces as PostgreSQL does (a backslash quotes the next character). Throws FATAL 42601 for others.
std::vector<std::pair<std::string, std::string>> SplitOptions(std::string_view options);

}  // namespace grizzly::protocol
