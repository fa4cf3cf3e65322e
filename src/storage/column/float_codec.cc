#include "storage/column/float_codec.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace grizzly::storage {
namespace {

constexpr uint8_t kAsBits = 0xFF;
constexpr int kExponentMax = 18;
constexpr double kPowers[kExponentMax + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,
                                              1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
                                              1e14, 1e15, 1e16, 1e17, 1e18};
constexpr double kIntegerLimit = 9007199254740992.0;  // 2^53
constexpr size_t kSampleRows = 512;

bool SameBits(double a, double b, bool single) {
  if (single) {
    return std::bit_cast<uint32_t>(static_cast<float>(a)) ==
           std::bit_cast<uint32_t>(static_cast<float>(b));
  }
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

// Whether the value is an integer over 10^exponent, to the last bit.
bool AsDecimal(double value, int exponent, bool single, int64_t* integer) {
  const double scaled = std::nearbyint(value * kPowers[exponent]);
  if (!(std::fabs(scaled) < kIntegerLimit)) return false;
  *integer = static_cast<int64_t>(scaled);
  return SameBits(static_cast<double>(*integer) / kPowers[exponent], value, single);
}

// The exponent under which most of a sample are decimals; -1: not nearly all are under any.
int ChooseExponent(std::span<const double> values, bool single) {
  const size_t step = values.size() / kSampleRows + 1;
  int best = -1;
  size_t best_found = 0, sampled = 0;
  for (int exponent = 0; exponent <= kExponentMax; ++exponent) {
    size_t found = 0;
    sampled = 0;
    for (size_t i = 0; i < values.size(); i += step, ++sampled) {
      int64_t integer;
      found += AsDecimal(values[i], exponent, single, &integer) ? 1 : 0;
    }
    if (found <= best_found) continue;
    best = exponent;
    best_found = found;
  }
  return best_found * 20 >= sampled * 19 ? best : -1;
}

void EncodeBits(std::span<const double> values, std::string* out) {
  std::vector<int64_t> bits;
  bits.reserve(values.size());
  for (const double value : values) bits.push_back(std::bit_cast<int64_t>(value));
  out->push_back(static_cast<char>(kAsBits));
  EncodeIntegers(bits, out);
  AppendValue(out, uint32_t{0});
}

}  // namespace

void EncodeFloats(std::span<const double> values, bool single, std::string* out) {
  const int exponent = ChooseExponent(values, single);
  if (exponent < 0) return EncodeBits(values, out);
  std::vector<int64_t> integers;
  std::vector<uint32_t> rows;
  int64_t last = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t integer;
    if (AsDecimal(values[i], exponent, single, &integer)) {
      last = integer;
    } else {
      rows.push_back(static_cast<uint32_t>(i));
    }
    integers.push_back(last);
  }
  out->push_back(static_cast<char>(exponent));
  EncodeIntegers(integers, out);
  AppendValue(out, static_cast<uint32_t>(rows.size()));
  for (const uint32_t row : rows) AppendValue(out, row);
  for (const uint32_t row : rows) AppendValue(out, values[row]);
}

FloatReader::FloatReader(ByteCursor& in, uint32_t row_count)
    : row_count_(row_count), exponent_(in.Read<uint8_t>()), integers_(OpenIntegers(in, row_count)) {
  if (exponent_ > kExponentMax && exponent_ != kAsBits) ThrowDamagedSegment("impossible exponent");
  const uint32_t count = in.Read<uint32_t>();
  const std::string_view rows = in.Take(size_t{count} * 4);
  exception_rows_.resize(count);
  std::copy_n(rows.data(), rows.size(), reinterpret_cast<char*>(exception_rows_.data()));
  const std::string_view values = in.Take(size_t{count} * 8);
  exceptions_.resize(count);
  std::copy_n(values.data(), values.size(), reinterpret_cast<char*>(exceptions_.data()));
  if (!std::is_sorted(exception_rows_.begin(), exception_rows_.end()) ||
      (count > 0 && exception_rows_.back() >= row_count)) {
    ThrowDamagedSegment("an exception has no row");
  }
}

double FloatReader::ValueOf(int64_t integer) const {
  return exponent_ == kAsBits ? std::bit_cast<double>(integer)
                              : static_cast<double>(integer) / kPowers[exponent_];
}

void FloatReader::DecodeBlock(uint32_t block, double* out) const {
  int64_t integers[kSegmentBlockRows];
  integers_->DecodeBlock(block, integers);
  const uint32_t rows = BlockRows(row_count_, block);
  if (exponent_ == kAsBits) {
    std::copy_n(reinterpret_cast<const char*>(integers), rows * sizeof(double),
                reinterpret_cast<char*>(out));
    return;
  }
  const double divisor = kPowers[exponent_];
  for (uint32_t i = 0; i < rows; ++i) out[i] = static_cast<double>(integers[i]) / divisor;
  const uint32_t first = block * kSegmentBlockRows;
  const auto begin = std::lower_bound(exception_rows_.begin(), exception_rows_.end(), first);
  for (auto at = begin; at != exception_rows_.end() && *at < first + rows; ++at) {
    out[*at - first] = exceptions_[static_cast<size_t>(at - exception_rows_.begin())];
  }
}

double FloatReader::At(uint32_t row) const {
  const auto at = std::lower_bound(exception_rows_.begin(), exception_rows_.end(), row);
  if (at != exception_rows_.end() && *at == row) {
    return exceptions_[static_cast<size_t>(at - exception_rows_.begin())];
  }
  return ValueOf(integers_->At(row));
}

}  // namespace grizzly::storage
