// Shows: a connection's bytes, startup packet and messages, mean the same however they arrive: in one piece, or cut
// anywhere; and the decoder neither reads outside of what is there nor waits for more than a message has.
//
// FORMAT  the first byte of the input says how the others are cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/error/sql_error.h"
#include "protocol/frontend.h"
#include "protocol/startup.h"

namespace {

using namespace grizzly::protocol;

// What a server makes of the bytes: "startup" or its error, then each message's type and body.
class Receiver {
 public:
  void Add(std::string_view bytes) {
    waiting_ += bytes;
    while (!ended_ && TakeOne()) {
    }
  }
  const std::vector<std::string>& seen() const { return seen_; }

 private:
  bool TakeOne() {
    try {
      return started_ ? TakeMessage() : TakeStartup();
    } catch (const grizzly::SqlError& error) {  // the connection ends
      seen_.push_back(error.what());
      ended_ = true;
      return false;
    }
  }
  bool TakeStartup() {
    const auto body = NextStartupBody(waiting_);
    if (!body.has_value()) return false;
    const size_t bytes = body->size() + sizeof(uint32_t);
    const StartupPacket packet = DecodeStartup(*body);
    started_ = true;
    seen_.push_back("startup " + std::to_string(packet.settings.size()));
    waiting_.erase(0, bytes);
    return true;
  }
  bool TakeMessage() {
    const auto frame = NextFrame(waiting_);
    if (!frame.has_value()) return false;
    if (frame->frame_bytes() > waiting_.size()) std::abort();
    seen_.push_back(std::string(1, static_cast<char>(frame->type)) + std::string(frame->body));
    waiting_.erase(0, frame->frame_bytes());
    return true;
  }

  std::string waiting_;
  bool started_ = false;
  bool ended_ = false;
  std::vector<std::string> seen_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes + 1), size - 1);
  Receiver whole, pieces;
  whole.Add(input);
  const size_t step = 1 + bytes[0] % 64;
  for (size_t at = 0; at < input.size(); at += step) pieces.Add(input.substr(at, step));
  if (whole.seen() != pieces.seen()) std::abort();
  return 0;
}
