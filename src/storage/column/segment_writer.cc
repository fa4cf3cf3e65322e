#include <algorithm>
#include <bit>
#include <cmath>

#include <xxhash.h>

#include "base/error/check.h"
#include "storage/column/block_compression.h"
#include "storage/column/float_codec.h"
#include "storage/column/segment.h"
#include "types/numeric.h"

namespace grizzly::storage {

using types::Datum;
using types::PhysicalType;
using types::StringRef;
using types::Vector;

namespace {

// facts/types.h is above this module; the oid is PostgreSQL's for ever.
constexpr Oid kNumericTypeOid = 1700;

SegmentKind KindOf(const types::SqlType& type) {
  switch (type.physical) {
    case PhysicalType::kFloat32:
    case PhysicalType::kFloat64: return SegmentKind::kFloats;
    case PhysicalType::kFixed16: return SegmentKind::kFixed16;
    case PhysicalType::kString:
      return type.oid == kNumericTypeOid ? SegmentKind::kNumeric : SegmentKind::kStrings;
    default: return SegmentKind::kIntegers;
  }
}

// Appends rows [first, first + count) of a vector, NULLs as some value.
template <typename T, typename Put>
void ForEachValue(const Vector& values, uint32_t first, uint32_t count, const Put& put) {
  const auto reader = values.Reader<T>();
  for (uint32_t i = 0; i < count; ++i) put(i, reader[first + i]);
}

void CutTo(std::string_view bytes, std::string* bound) {
  *bound = bytes.substr(0, kZoneBytesMax);
}

}  // namespace

SegmentWriter::SegmentWriter(types::SqlType type) : type_(type), kind_(KindOf(type)) {}

void SegmentWriter::Clear() {
  kind_ = KindOf(type_);
  row_count_ = null_count_ = 0;
  scale_ = -1;
  integers_.clear();
  floats_.clear();
  strings_.Clear();
  validity_.clear();
}

size_t SegmentWriter::byte_count() const {
  return integers_.size() * sizeof(int64_t) + floats_.size() * sizeof(double) +
         strings_.byte_count() + validity_.size() * sizeof(uint64_t);
}

void SegmentWriter::AppendNull() {
  switch (kind_) {
    case SegmentKind::kIntegers:
    case SegmentKind::kNumeric: integers_.push_back(integers_.empty() ? 0 : integers_.back()); break;
    case SegmentKind::kFloats: floats_.push_back(floats_.empty() ? 0 : floats_.back()); break;
    case SegmentKind::kStrings: strings_.Append({}); break;
    case SegmentKind::kFixed16: strings_.Append(std::string(16, '\0')); break;
  }
}

void SegmentWriter::NumericsToStrings() {
  kind_ = SegmentKind::kStrings;
  for (const int64_t value : integers_) {
    const StringRef text = types::MakeSmallNumeric(value, std::max(scale_, 0));
    strings_.Append(text.view());
  }
  integers_.clear();
}

void SegmentWriter::AppendNumeric(const StringRef& value) {
  if (kind_ == SegmentKind::kNumeric) {
    const types::NumericRef numeric(value);
    if (numeric.is_small() && (scale_ < 0 || scale_ == numeric.scale())) {
      scale_ = numeric.scale();
      integers_.push_back(numeric.small_value());
      return;
    }
    NumericsToStrings();
  }
  strings_.Append(value.view());
}

void SegmentWriter::Append(const Vector& values, uint32_t first, uint32_t count) {
  const uint32_t start = row_count_;
  row_count_ += count;
  validity_.resize((row_count_ + 63) / 64, 0);
  const bool may_have_nulls = values.MayHaveNulls();
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t row = start + i;
    if (may_have_nulls && values.IsNull(first + i)) {
      ++null_count_;
    } else {
      validity_[row >> 6] |= uint64_t{1} << (row & 63);
    }
  }
  // A NULL's place may hold anything, a string pointer too: it is not read.
  const auto put = [&]<typename T>(const auto& append) {
    ForEachValue<T>(values, first, count, [&](uint32_t i, const T& value) {
      if (may_have_nulls && values.IsNull(first + i)) {
        AppendNull();
      } else {
        append(value);
      }
    });
  };
  const auto integer = [&](auto value) { integers_.push_back(static_cast<int64_t>(value)); };
  const auto floating = [&](auto value) { floats_.push_back(static_cast<double>(value)); };
  switch (type_.physical) {
    case PhysicalType::kInt8: put.operator()<int8_t>(integer); break;
    case PhysicalType::kInt16: put.operator()<int16_t>(integer); break;
    case PhysicalType::kInt32: put.operator()<int32_t>(integer); break;
    case PhysicalType::kInt64: put.operator()<int64_t>(integer); break;
    case PhysicalType::kFloat32: put.operator()<float>(floating); break;
    case PhysicalType::kFloat64: put.operator()<double>(floating); break;
    case PhysicalType::kFixed16:
      put.operator()<types::Fixed16>([&](const types::Fixed16& value) {
        strings_.Append({reinterpret_cast<const char*>(&value), sizeof(value)});
      });
      break;
    case PhysicalType::kString:
      if (type_.oid == kNumericTypeOid) {
        put.operator()<StringRef>([&](const StringRef& value) { AppendNumeric(value); });
      } else {
        put.operator()<StringRef>([&](const StringRef& value) { strings_.Append(value.view()); });
      }
      break;
  }
}

void SegmentWriter::AppendDatum(const Datum& value) {
  Vector one(type_, 1);
  one.SetDatum(0, value);
  Append(one, 0, 1);
}

void SegmentWriter::AppendValidity(std::string* out) const {
  const std::string_view bits(reinterpret_cast<const char*>(validity_.data()),
                              validity_.size() * sizeof(uint64_t));
  std::string stored;
  const BlockCodec codec = CompressBlock(BlockCodec::kLz4, bits, &stored);
  AppendValue(out, static_cast<uint32_t>(stored.size()));
  AppendValue(out, codec);
  out->append(stored);
}

void SegmentWriter::AppendValues(std::string* out) const {
  switch (kind_) {
    case SegmentKind::kIntegers:
    case SegmentKind::kNumeric: EncodeIntegers(integers_, out); break;
    case SegmentKind::kFloats:
      EncodeFloats(floats_, type_.physical == PhysicalType::kFloat32, out);
      break;
    case SegmentKind::kStrings:
    case SegmentKind::kFixed16: EncodeBytes(strings_, out); break;
  }
}

ZoneMap SegmentWriter::MakeZoneMap() const {
  ZoneMap zone;
  zone.null_count = null_count_;
  if (null_count_ == row_count_) return zone;
  bool first = true;
  const auto widen = [&](const auto& value, auto* least, auto* greatest) {
    if (first || value < *least) *least = value;
    if (first || value > *greatest) *greatest = value;
    first = false;
  };
  switch (kind_) {
    case SegmentKind::kIntegers:
    case SegmentKind::kNumeric:
      zone.kind = kind_ == SegmentKind::kNumeric ? ZoneKind::kNumeric : ZoneKind::kInteger;
      zone.scale = static_cast<uint8_t>(std::max(scale_, 0));
      for (uint32_t row = 0; row < row_count_; ++row) {
        if (IsValid(row)) widen(integers_[row], &zone.least, &zone.greatest);
      }
      break;
    case SegmentKind::kFloats:
      zone.kind = ZoneKind::kFloat;
      for (uint32_t row = 0; row < row_count_; ++row) {
        if (!IsValid(row)) continue;
        if (std::isnan(floats_[row])) return {.null_count = null_count_};
        widen(floats_[row], &zone.least_float, &zone.greatest_float);
      }
      break;
    case SegmentKind::kStrings: {
      if (type_.oid == kNumericTypeOid) return zone;
      std::string_view least, greatest;
      for (uint32_t row = 0; row < row_count_; ++row) {
        if (IsValid(row)) widen(strings_[row], &least, &greatest);
      }
      zone.kind = ZoneKind::kBytes;
      CutTo(least, &zone.least_bytes);
      CutTo(greatest, &zone.greatest_bytes);
      zone.greatest_is_cut = greatest.size() > kZoneBytesMax;
      break;
    }
    case SegmentKind::kFixed16: break;
  }
  return zone;
}

void SegmentWriter::Finish(std::string* out, ZoneMap* zone) {
  GRIZZLY_CHECK(row_count_ > 0);
  const size_t start = out->size();
  const bool all_null = null_count_ == row_count_;
  AppendValue(out, kSegmentFormatVersion);
  AppendValue(out, kind_);
  AppendValue(out, static_cast<uint8_t>(null_count_ == 0 ? 0 : (all_null ? 2 : 1)));
  AppendValue(out, static_cast<uint8_t>(std::max(scale_, 0)));
  AppendValue(out, row_count_);
  if (!all_null) {
    if (null_count_ > 0) AppendValidity(out);
    AppendValues(out);
  }
  AppendValue(out, static_cast<uint64_t>(XXH3_64bits(out->data() + start, out->size() - start)));
  *zone = MakeZoneMap();
}

}  // namespace grizzly::storage
