// The client's side of COPY FROM STDIN and TO STDOUT: implemented by the session over its ResultSink.
//
// ERRORS   08006 when the client is gone; 57014 "COPY from stdin failed: ..." after CopyFail.
// THREADS  the statement's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace grizzly::commands {

enum class CopyWireFormat : uint8_t { kText, kBinary };

class CopyChannel {
 public:
  virtual ~CopyChannel() = default;

  virtual void BeginIn(CopyWireFormat format, int16_t column_count) = 0;
  // The next chunk, cut anywhere; nullopt after CopyDone. Valid until the next call.
  virtual std::optional<std::string_view> Read() = 0;
  virtual void BeginOut(CopyWireFormat format, int16_t column_count) = 0;
  virtual void Write(std::string_view bytes) = 0;
  virtual void EndOut() = 0;
};

}  // namespace grizzly::commands
