#include "storage/column/integer_codec.h"

#include <array>

namespace grizzly::storage {
namespace {

// In order of how fast they are read: the first of the smallest is taken.
constexpr std::array<const IntegerEncoder*, 5> kEncoders = {
    &kFrameEncoder, &kConstantEncoder, &kDictionaryEncoder, &kRunsEncoder, &kDeltaEncoder,
};

}  // namespace

void EncodeIntegers(std::span<const int64_t> values, std::string* out) {
  const IntegerEncoder* best = &kFrameEncoder;
  const size_t frame_bytes = kFrameEncoder.estimate(values);
  size_t best_bytes = frame_bytes;
  for (const IntegerEncoder* encoder : kEncoders) {
    if (encoder == &kFrameEncoder) continue;
    // Codes below a byte each are not worth looking for.
    if (encoder == &kDictionaryEncoder && frame_bytes < values.size()) continue;
    const size_t bytes = encoder->estimate(values);
    // A slower one has to be worth it.
    if (bytes != SIZE_MAX && bytes + bytes / 8 < best_bytes) {
      best = encoder;
      best_bytes = bytes;
    }
  }
  out->push_back(static_cast<char>(best->encoding));
  best->encode(values, out);
}

std::unique_ptr<IntegerReader> OpenIntegers(ByteCursor& in, uint32_t row_count) {
  const auto encoding = static_cast<IntegerEncoding>(in.Read<uint8_t>());
  for (const IntegerEncoder* encoder : kEncoders) {
    if (encoder->encoding == encoding) return encoder->open(in, row_count);
  }
  ThrowDamagedSegment("unknown encoding of integers");
}

}  // namespace grizzly::storage
