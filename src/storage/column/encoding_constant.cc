// All rows are one value.
//
// FORMAT  body := value:i64
#include <algorithm>

#include "storage/column/integer_codec.h"

namespace grizzly::storage {
namespace {

class ConstantReader final : public IntegerReader {
 public:
  explicit ConstantReader(int64_t value) : value_(value) {}
  void DecodeBlock(uint32_t, int64_t* out) const override {
    std::fill_n(out, kSegmentBlockRows, value_);
  }
  int64_t At(uint32_t) const override { return value_; }
  const int64_t* constant() const override { return &value_; }

 private:
  const int64_t value_;
};

size_t Estimate(std::span<const int64_t> values) {
  const bool constant = std::all_of(values.begin(), values.end(),
                                    [&](int64_t value) { return value == values[0]; });
  return constant ? sizeof(int64_t) : SIZE_MAX;
}

void Encode(std::span<const int64_t> values, std::string* out) { AppendValue(out, values[0]); }

std::unique_ptr<IntegerReader> Open(ByteCursor& in, uint32_t) {
  return std::make_unique<ConstantReader>(in.Read<int64_t>());
}

}  // namespace

const IntegerEncoder kConstantEncoder{IntegerEncoding::kConstant, Estimate, Encode, Open};

}  // namespace grizzly::storage
