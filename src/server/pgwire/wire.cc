#include "server/pgwire/wire.h"

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

constexpr size_t kReceiveBytesMin = 8 * 1024;
constexpr size_t kReceiveBytesMax = 256 * 1024;  // of a large message, per read
constexpr size_t kStockBuffers = 4;

// Buffers of the thread that nobody uses: warm in its cache, allocated once.
struct BufferStock {
  std::array<protocol::ByteBuffer, kStockBuffers> buffers;
  size_t count = 0;
};
thread_local BufferStock this_thread_stock;

protocol::ByteBuffer TakeFromStock(MemoryTracker* tracker) {
  BufferStock& stock = this_thread_stock;
  protocol::ByteBuffer taken;
  if (stock.count > 0) taken.Swap(stock.buffers[--stock.count]);
  taken.SetTracker(tracker);
  return taken;
}

void GiveToStock(protocol::ByteBuffer& buffer) {
  BufferStock& stock = this_thread_stock;
  if (buffer.capacity() > protocol::ByteBuffer::kUntrackedBytes || stock.count == kStockBuffers) {
    buffer.Free();
    return;
  }
  buffer.Clear();
  buffer.SetTracker(nullptr);
  buffer.Swap(stock.buffers[stock.count++]);
  buffer.Free();
}

[[noreturn]] void ThrowConnectionLost() {
  throw SqlError(SqlState::kConnectionFailure, "connection to client lost").Fatal();
}

[[noreturn]] void ThrowUnexpectedEnd() {
  throw SqlError(SqlState::kConnectionFailure,
                 "unexpected EOF on client connection with an open transaction")
      .Fatal();
}

[[noreturn]] void ThrowInterrupted() {
  throw SqlError(SqlState::kAdminShutdown, "terminating connection due to administrator command")
      .Fatal();
}

}  // namespace

void Wire::TakeBuffers() {
  if (in_.data() == nullptr) in_ = TakeFromStock(shared_.tracker);
  if (out_.data() == nullptr) out_ = TakeFromStock(shared_.tracker);
}

void Wire::GiveBackBuffers() {
  if (in_begin_ == in_.size()) {
    in_begin_ = 0;
    if (in_.data() != nullptr) GiveToStock(in_);
  }
  if (out_.empty() && out_.data() != nullptr) GiveToStock(out_);
}

void Wire::MakeRoom(size_t bytes_wanted) {
  if (in_begin_ == in_.size()) {
    in_.Clear();
    in_begin_ = 0;
  }
  const size_t room = std::clamp(bytes_wanted, kReceiveBytesMin, kReceiveBytesMax);
  if (in_.capacity() - in_.size() >= std::min(room, kReceiveBytesMin / 4)) return;
  if (in_begin_ > 0) {
    in_.EraseFront(in_begin_);
    in_begin_ = 0;
  }
  if (in_.capacity() - in_.size() < room) in_.Extend(room);
}

IoState Wire::Fill(size_t bytes_wanted, bool* drained) {
  MakeRoom(bytes_wanted);
  const size_t room = in_.capacity() - in_.size();
  const IoResult result = transport_.Receive(in_.data() + in_.size(), room);
  if (result.state != IoState::kDone) return result.state;
  in_.Commit(result.bytes);
  *drained = result.bytes < room && !transport_.is_tls();
  shared_.received_bytes->Add(result.bytes);
  return IoState::kDone;
}

void Wire::FillBlocking(size_t bytes_wanted) {
  bool drained = false;
  while (true) {
    const IoState state = Fill(bytes_wanted, &drained);
    if (state == IoState::kDone) return;
    if (transport_.is_interrupted()) ThrowInterrupted();
    if (state == IoState::kClosed) ThrowUnexpectedEnd();
    if (!transport_.Wait(state)) ThrowInterrupted();
  }
}

void Wire::HoldMessage() {
  if (holds_message()) return;
  protocol::ByteBuffer rest = TakeFromStock(shared_.tracker);
  rest.Append(input());
  held_.Swap(in_);
  in_.Swap(rest);
  in_begin_ = 0;
}

void Wire::ReleaseHeldMessage() {
  if (holds_message()) GiveToStock(held_);
}

IoState Wire::TryFlush() {
  while (out_sent_ < out_.size()) {
    const IoResult result = transport_.Send(out_.data() + out_sent_, out_.size() - out_sent_);
    if (result.state == IoState::kClosed) {
      out_.Clear();
      out_sent_ = 0;
    }
    if (result.state != IoState::kDone) return result.state;
    out_sent_ += result.bytes;
    shared_.sent_bytes->Add(result.bytes);
  }
  out_.Clear();
  out_sent_ = 0;
  return IoState::kDone;
}

void Wire::FlushBlocking() {
  while (true) {
    const IoState state = TryFlush();
    if (state == IoState::kDone) return;
    if (state == IoState::kClosed) ThrowConnectionLost();
    if (transport_.is_interrupted() || !transport_.Wait(state)) ThrowInterrupted();
  }
}

}  // namespace grizzly::server
