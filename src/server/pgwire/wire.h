// A connection's two buffers over its transport: bytes not yet consumed, replies not yet sent.
//
// OWNS     the buffers while it has bytes in them; empty ones go back to the thread's stock, so an
//          idle connection holds none.
// LIMITS   replies are sent when kFlushBytes have gathered, waiting for the client if need be, so a
//          client that never reads holds that much and its longest row. Input grows as bytes arrive.
// ERRORS   08006 FATAL when the client is gone, 57P01 FATAL when interrupted while waiting for it,
//          53200 when the tracker refuses a large buffer.
// THREADS  the one that runs the connection; Interrupt from any.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/metrics/metrics.h"
#include "protocol/backend.h"
#include "protocol/byte_buffer.h"
#include "server/pgwire/transport.h"

namespace grizzly::server {

inline constexpr size_t kFlushBytes = 48 * 1024;

struct WireShared {  // of all connections; outlives them
  MemoryTracker* tracker = nullptr;
  Counter* received_bytes = nullptr;
  Counter* sent_bytes = nullptr;
};

class Wire {
 public:
  Wire(int socket, const WireShared& shared) : transport_(socket), shared_(shared) {}

  Transport& transport() { return transport_; }
  const Transport& transport() const { return transport_; }

  // ---- input ----
  std::string_view input() const {
    return {in_.data() + in_begin_, in_.size() - in_begin_};
  }
  void Consume(size_t bytes) { in_begin_ += bytes; }
  // Reads once without blocking. `bytes_wanted`: what is missing to the end of a known message, 0 if
  // unknown. kDone also tells, by `drained`, whether more may be there.
  IoState Fill(size_t bytes_wanted, bool* drained);
  // Waits for at least one more byte. Throws 08006 at the end of the stream.
  void FillBlocking(size_t bytes_wanted);

  // While a statement reads its own input (COPY), the message it runs from, consumed already, must
  // stay where it is: the bytes after it move to a buffer of their own.
  void HoldMessage();
  void ReleaseHeldMessage();
  bool holds_message() const { return held_.data() != nullptr; }

  // ---- output ----
  protocol::ByteBuffer& out() { return out_; }
  protocol::BackendWriter writer() { return protocol::BackendWriter(out_); }
  bool has_output() const { return !out_.empty(); }
  // Sends what it can. kDone: all of it.
  IoState TryFlush();
  void FlushBlocking();
  void FlushIfFull() {
    if (out_.size() >= kFlushBytes) [[unlikely]] FlushBlocking();
  }

  // At the start of a handler, and at its end: takes buffers from the thread's stock, gives the empty
  // ones back.
  void TakeBuffers();
  void GiveBackBuffers();

 private:
  void MakeRoom(size_t bytes_wanted);

  Transport transport_;
  const WireShared& shared_;
  protocol::ByteBuffer in_;
  size_t in_begin_ = 0;
  protocol::ByteBuffer held_;
  protocol::ByteBuffer out_;
  size_t out_sent_ = 0;  // of out_, by a TryFlush that could not send all
};

}  // namespace grizzly::server
