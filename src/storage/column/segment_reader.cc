#include <algorithm>
#include <cstring>

#include <xxhash.h>

#include "base/error/check.h"
#include "storage/column/block_compression.h"
#include "storage/column/float_codec.h"
#include "storage/column/segment.h"
#include "types/numeric.h"

namespace grizzly::storage {

using types::Datum;
using types::PhysicalType;
using types::Selection;
using types::StringRef;
using types::Vector;

namespace {

constexpr uint32_t kWordsPerBlock = kSegmentBlockRows / 64;
// Fewer rows of a block than one in so many are read one by one: each is a miss of the cache, while a block is
// decoded about as fast as it can be read.
constexpr uint32_t kScatteredShare = 256;

// Which rows are NULL.
class Validity {
 public:
  // `nulls` as in the head.
  void Read(ByteCursor& in, uint32_t row_count) {
    const uint32_t stored_count = in.Read<uint32_t>();
    const auto codec = in.Read<BlockCodec>();
    words_.resize((row_count + 63) / 64);
    DecompressBlock(codec, in.Take(stored_count), words_.size() * sizeof(uint64_t),
                    reinterpret_cast<char*>(words_.data()));
  }
  bool empty() const { return words_.empty(); }
  bool IsNull(uint32_t row) const {
    return !words_.empty() && ((words_[row >> 6] >> (row & 63)) & 1) == 0;
  }
  // Of the rows of a block, into a vector's; leaves the vector alone when all are there.
  void CopyTo(uint32_t block, uint32_t rows, Vector& out) const {
    if (words_.empty()) return;
    const uint32_t count = (rows + 63) / 64;
    const uint64_t* const from = words_.data() + size_t{block} * kWordsPerBlock;
    uint64_t all = ~uint64_t{0};
    for (uint32_t i = 0; i + 1 < count; ++i) all &= from[i];
    const uint64_t last_mask = rows % 64 == 0 ? ~uint64_t{0} : (uint64_t{1} << (rows % 64)) - 1;
    if (all == ~uint64_t{0} && (from[count - 1] & last_mask) == last_mask) return;
    std::memcpy(out.MutableValidity(), from, count * sizeof(uint64_t));
  }

 private:
  std::vector<uint64_t> words_;
};

// Two stores of eight bytes: what MakeSmallNumeric makes.
inline void PutNumeric(int64_t value, uint64_t head, StringRef* out) {
  const auto bits = static_cast<uint64_t>(value);
  const uint64_t words[2] = {head | (bits << 48), bits >> 16};
  std::memcpy(static_cast<void*>(out), words, sizeof(words));
}
constexpr uint64_t NumericHead(int scale) {
  constexpr uint64_t kBytes = 10;
  return kBytes | (static_cast<uint64_t>(scale) << 40);
}

class ConstantSegment final : public SegmentReader {
 public:
  ConstantSegment(const Datum& value, types::SqlType type) : value_(type, 1) {
    value_.SetConstant(value);
  }
  void DecodeBlock(uint32_t, Vector& out) override { out.Reference(value_); }
  void DecodeRows(uint32_t, Selection, Vector& out) override { out.Reference(value_); }
  Datum At(uint32_t) override { return value_.GetDatum(0); }

 private:
  Vector value_;
};

// What all but constants share: rows and NULLs.
class PlainSegment : public SegmentReader {
 public:
  PlainSegment(uint32_t row_count, Validity validity)
      : row_count_(row_count), validity_(std::move(validity)) {}

  Datum At(uint32_t row) final {
    return validity_.IsNull(row) ? Datum::Null() : ValueAt(row);
  }
  void DecodeRows(uint32_t block, Selection rows, Vector& out) override {
    const uint32_t first = block * kSegmentBlockRows;
    if (rows.size() * kScatteredShare < BlockRows(row_count_, block)) {
      ScatterRows(first, rows, out);
    } else {
      GatherRows(block, rows, out);
    }
    if (validity_.empty()) return;
    for (uint32_t i = 0; i < rows.size(); ++i) {
      if (validity_.IsNull(first + rows[i])) out.SetNull(i);
    }
  }

 protected:
  virtual Datum ValueAt(uint32_t row) = 0;
  virtual void ScatterRows(uint32_t first, Selection rows, Vector& out) = 0;
  virtual void GatherRows(uint32_t block, Selection rows, Vector& out) = 0;

  const uint32_t row_count_;
  const Validity validity_;
};

// `Convert` writes an int64 as the vector's value.
template <typename T, typename Convert>
class IntegerSegment final : public PlainSegment {
 public:
  IntegerSegment(std::unique_ptr<IntegerReader> integers, Convert convert, uint32_t row_count,
                 Validity validity)
      : PlainSegment(row_count, std::move(validity)),
        integers_(std::move(integers)),
        convert_(convert) {}

  void DecodeBlock(uint32_t block, Vector& out) override {
    const uint32_t rows = BlockRows(row_count_, block);
    T* const data = out.Data<T>();
    if (const int64_t* value = integers_->constant()) {
      convert_(*value, data);
      if (validity_.empty()) return out.MakeConstant();
      for (uint32_t i = 1; i < rows; ++i) data[i] = data[0];
    } else if constexpr (std::is_same_v<T, int64_t>) {
      if (rows == kSegmentBlockRows) {
        integers_->DecodeBlock(block, data);
      } else {
        integers_->DecodeBlock(block, scratch_);
        std::copy_n(scratch_, rows, data);
      }
    } else {
      integers_->DecodeBlock(block, scratch_);
      for (uint32_t i = 0; i < rows; ++i) convert_(scratch_[i], data + i);
    }
    validity_.CopyTo(block, rows, out);
  }

 protected:
  Datum ValueAt(uint32_t row) override {
    T value;
    convert_(integers_->At(row), &value);
    return Datum::Of(value);
  }
  void ScatterRows(uint32_t first, Selection rows, Vector& out) override {
    if (!integers_->HasCheapAccess()) return GatherRows(first / kSegmentBlockRows, rows, out);
    T* const data = out.Data<T>();
    for (uint32_t i = 0; i < rows.size(); ++i) convert_(integers_->At(first + rows[i]), data + i);
  }
  void GatherRows(uint32_t block, Selection rows, Vector& out) override {
    T* const data = out.Data<T>();
    integers_->DecodeBlock(block, scratch_);
    for (uint32_t i = 0; i < rows.size(); ++i) convert_(scratch_[rows[i]], data + i);
  }

 private:
  const std::unique_ptr<IntegerReader> integers_;
  const Convert convert_;
  int64_t scratch_[kSegmentBlockRows];
};

template <typename T>
class FloatSegment final : public PlainSegment {
 public:
  FloatSegment(ByteCursor& in, uint32_t row_count, Validity validity)
      : PlainSegment(row_count, std::move(validity)), floats_(in, row_count) {}

  void DecodeBlock(uint32_t block, Vector& out) override {
    const uint32_t rows = BlockRows(row_count_, block);
    T* const data = out.Data<T>();
    floats_.DecodeBlock(block, scratch_);
    for (uint32_t i = 0; i < rows; ++i) data[i] = static_cast<T>(scratch_[i]);
    validity_.CopyTo(block, rows, out);
  }

 protected:
  Datum ValueAt(uint32_t row) override { return Datum::Of(static_cast<T>(floats_.At(row))); }
  void ScatterRows(uint32_t first, Selection rows, Vector& out) override {
    T* const data = out.Data<T>();
    for (uint32_t i = 0; i < rows.size(); ++i) {
      data[i] = static_cast<T>(floats_.At(first + rows[i]));
    }
  }
  void GatherRows(uint32_t block, Selection rows, Vector& out) override {
    T* const data = out.Data<T>();
    floats_.DecodeBlock(block, scratch_);
    for (uint32_t i = 0; i < rows.size(); ++i) data[i] = static_cast<T>(scratch_[rows[i]]);
  }

 private:
  const FloatReader floats_;
  double scratch_[kSegmentBlockRows];
};

types::Fixed16 FixedOf(std::string_view bytes) {
  types::Fixed16 value;
  if (bytes.size() != sizeof(value)) ThrowDamagedSegment("a value of another width");
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

// T: StringRef or Fixed16.
template <typename T>
class BytesSegment final : public PlainSegment {
 public:
  BytesSegment(std::unique_ptr<BytesReader> bytes, types::SqlType type, uint32_t row_count,
               Validity validity)
      : PlainSegment(row_count, std::move(validity)), type_(type), bytes_(std::move(bytes)) {
    if (bytes_->dictionary() == nullptr) return;
    dictionary_size_ =
        static_cast<uint32_t>(bytes_->dictionary()->size()) + (validity_.empty() ? 0 : 1);
  }

  void DecodeBlock(uint32_t block, Vector& out) override {
    const uint32_t rows = BlockRows(row_count_, block);
    if (const Vector* entries = dictionary()) {
      DecodeCodes(block, codes_);
      out.Slice(*entries, Selection(codes_, rows));
      return;
    }
    T* const data = out.Data<T>();
    bytes_->DecodeBlock(block, scratch_);
    for (uint32_t i = 0; i < rows; ++i) data[i] = ValueOf(scratch_[i]);
    validity_.CopyTo(block, rows, out);
  }

  void DecodeRows(uint32_t block, Selection rows, Vector& out) override {
    if (dictionary_size_ == 0) return PlainSegment::DecodeRows(block, rows, out);
    const Vector* const entries = dictionary();
    DecodeCodes(block, codes_);
    for (uint32_t i = 0; i < rows.size(); ++i) codes_[i] = codes_[rows[i]];  // ascending: never ahead
    out.Slice(*entries, Selection(codes_, rows.size()));
  }

  const Vector* dictionary() override {
    if (dictionary_ == nullptr && dictionary_size_ > 0) MakeDictionary();
    return dictionary_.get();
  }
  uint32_t dictionary_size() const override { return dictionary_size_; }
  void DecodeCodes(uint32_t block, uint32_t* codes) override {
    int64_t numbers[kSegmentBlockRows];
    bytes_->codes()->DecodeBlock(block, numbers);
    const uint32_t rows = BlockRows(row_count_, block);
    const uint32_t first = block * kSegmentBlockRows;
    bool damaged = false;
    for (uint32_t i = 0; i < rows; ++i) {
      codes[i] = static_cast<uint32_t>(numbers[i]);
      damaged |= static_cast<uint64_t>(numbers[i]) >= dictionary_size_;
    }
    if (damaged) ThrowDamagedSegment("a code without an entry");
    if (validity_.empty()) return;
    for (uint32_t i = 0; i < rows; ++i) {
      if (validity_.IsNull(first + i)) codes[i] = dictionary_size_ - 1;
    }
  }

 protected:
  Datum ValueAt(uint32_t row) override { return Datum::Of(ValueOf(bytes_->At(row))); }
  void ScatterRows(uint32_t first, Selection rows, Vector& out) override {
    T* const data = out.Data<T>();
    for (uint32_t i = 0; i < rows.size(); ++i) data[i] = ValueOf(bytes_->At(first + rows[i]));
  }
  void GatherRows(uint32_t block, Selection rows, Vector& out) override {
    T* const data = out.Data<T>();
    bytes_->DecodeBlock(block, scratch_);
    for (uint32_t i = 0; i < rows.size(); ++i) data[i] = ValueOf(scratch_[rows[i]]);
  }

 private:
  static T ValueOf(std::string_view bytes) {
    if constexpr (std::is_same_v<T, StringRef>) {
      return StringRef(bytes);
    } else {
      return FixedOf(bytes);
    }
  }

  void MakeDictionary() {
    const std::vector<std::string_view>& entries = *bytes_->dictionary();
    const auto count = static_cast<uint32_t>(entries.size());
    dictionary_ = std::make_unique<Vector>(type_, dictionary_size_);
    T* const data = dictionary_->Data<T>();
    for (uint32_t i = 0; i < count; ++i) data[i] = ValueOf(entries[i]);
    if (validity_.empty()) return;
    data[count] = T();
    dictionary_->SetNull(count);
  }

  const types::SqlType type_;
  const std::unique_ptr<BytesReader> bytes_;
  std::unique_ptr<Vector> dictionary_;  // made when first asked for
  uint32_t dictionary_size_ = 0;
  std::string_view scratch_[kSegmentBlockRows];
  uint32_t codes_[kSegmentBlockRows];
};

template <typename T>
std::unique_ptr<SegmentReader> OpenIntegersAs(ByteCursor& in, uint32_t rows, Validity validity) {
  const auto convert = [](int64_t value, T* out) { *out = static_cast<T>(value); };
  return std::make_unique<IntegerSegment<T, decltype(convert)>>(OpenIntegers(in, rows), convert,
                                                                rows, std::move(validity));
}

std::unique_ptr<SegmentReader> OpenNumeric(ByteCursor& in, int scale, uint32_t rows,
                                           Validity validity) {
  const auto convert = [head = NumericHead(scale)](int64_t value, StringRef* out) {
    PutNumeric(value, head, out);
  };
  return std::make_unique<IntegerSegment<StringRef, decltype(convert)>>(
      OpenIntegers(in, rows), convert, rows, std::move(validity));
}

std::string_view Checked(std::string_view bytes, SegmentCheck check) {
  if (bytes.size() < 16) ThrowDamagedSegment("too short");
  const std::string_view body = bytes.substr(0, bytes.size() - sizeof(uint64_t));
  if (check == SegmentCheck::kChecksum &&
      ReadValueAt<uint64_t>(bytes.data() + body.size()) != XXH3_64bits(body.data(), body.size())) {
    ThrowDamagedSegment("its checksum is wrong");
  }
  return body;
}

std::unique_ptr<SegmentReader> OpenOfType(ByteCursor& in, types::SqlType type, uint32_t rows,
                                          Validity validity) {
  switch (type.physical) {
    case PhysicalType::kInt8: return OpenIntegersAs<int8_t>(in, rows, std::move(validity));
    case PhysicalType::kInt16: return OpenIntegersAs<int16_t>(in, rows, std::move(validity));
    case PhysicalType::kInt32: return OpenIntegersAs<int32_t>(in, rows, std::move(validity));
    case PhysicalType::kInt64: return OpenIntegersAs<int64_t>(in, rows, std::move(validity));
    case PhysicalType::kFloat32:
      return std::make_unique<FloatSegment<float>>(in, rows, std::move(validity));
    case PhysicalType::kFloat64:
      return std::make_unique<FloatSegment<double>>(in, rows, std::move(validity));
    case PhysicalType::kFixed16:
      return std::make_unique<BytesSegment<types::Fixed16>>(OpenBytes(in, rows), type, rows,
                                                            std::move(validity));
    case PhysicalType::kString:
      return std::make_unique<BytesSegment<StringRef>>(OpenBytes(in, rows), type, rows,
                                                       std::move(validity));
  }
  ThrowDamagedSegment("a type that has no segments");
}

}  // namespace

void SegmentReader::DecodeCodes(uint32_t, uint32_t*) {
  GRIZZLY_UNREACHABLE("a segment without a dictionary");
}

std::unique_ptr<SegmentReader> SegmentReader::OfConstant(const Datum& value, types::SqlType type,
                                                         uint32_t) {
  return std::make_unique<ConstantSegment>(value, type);
}

std::unique_ptr<SegmentReader> SegmentReader::Open(std::string_view bytes, types::SqlType type,
                                                   SegmentCheck check) {
  ByteCursor in(Checked(bytes, check));
  if (in.Read<uint8_t>() != kSegmentFormatVersion) ThrowDamagedSegment("unknown version");
  const auto kind = in.Read<SegmentKind>();
  const auto nulls = in.Read<uint8_t>();
  const int scale = in.Read<uint8_t>();
  const auto rows = in.Read<uint32_t>();
  if (nulls == 2) return OfConstant(Datum::Null(), type, rows);
  Validity validity;
  if (nulls == 1) validity.Read(in, rows);
  if (kind == SegmentKind::kNumeric) return OpenNumeric(in, scale, rows, std::move(validity));
  return OpenOfType(in, type, rows, std::move(validity));
}

}  // namespace grizzly::storage
