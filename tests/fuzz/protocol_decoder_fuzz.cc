// Shows: no bytes a client can send make the message decoder read outside them or hang.
//
// Built with clang and -fsanitize=fuzzer it searches; otherwise tests/fuzz/replay_main.cc feeds it
// its corpus and mutations of it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error/sql_error.h"
#include "protocol/frontend.h"
#include "protocol/startup.h"

namespace {

using namespace grizzly::protocol;

void DecodeBody(FrontendDecoder& decoder, const Frame& frame) {
  switch (frame.type) {
    case FrontendType::kQuery: DecodeQuery(frame.body); break;
    case FrontendType::kParse: decoder.DecodeParse(frame.body); break;
    case FrontendType::kBind: decoder.DecodeBind(frame.body); break;
    case FrontendType::kDescribe: DecodeDescribe(frame.body); break;
    case FrontendType::kClose: DecodeClose(frame.body); break;
    case FrontendType::kExecute: DecodeExecute(frame.body); break;
    case FrontendType::kCopyFail: DecodeCopyFail(frame.body); break;
    case FrontendType::kFunctionCall:
      DecodePassword(frame.body);
      DecodeSaslInitialResponse(frame.body);
      break;
    default: DecodeEmpty(frame.body); break;
  }
}

void DecodeStream(std::string_view bytes) {
  FrontendDecoder decoder;
  while (const std::optional<Frame> frame = NextFrame(bytes)) {
    try {
      DecodeBody(decoder, *frame);
    } catch (const grizzly::SqlError&) {
    }
    bytes.remove_prefix(frame->frame_bytes());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  try {
    if (const auto body = NextStartupBody(input)) {
      const StartupPacket packet = DecodeStartup(*body);
      for (const auto& [name, value] : packet.settings) SplitOptions(value);
    }
  } catch (const grizzly::SqlError&) {
  }
  try {
    DecodeStream(input);
  } catch (const grizzly::SqlError&) {
  }
  return 0;
}
