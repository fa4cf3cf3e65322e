#include "storage/row/row_layout.h"

#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"

namespace grizzly::storage {
namespace {

using types::Datum;
using types::PhysicalType;
using types::PhysicalWidth;
using types::StringRef;

constexpr size_t kVersionOffset = 8;  // behind the commit timestamp
constexpr size_t kEndBytes = sizeof(uint32_t);

template <typename T>
T Read(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

[[noreturn]] void ThrowTooBig(size_t bytes) {
  throw SqlError(SqlState::kProgramLimitExceeded,
                 fmt::format("row is too big: size {}, maximum size {}", bytes, kRowBytesMax));
}

[[noreturn]] void ThrowDamaged(std::string_view what) {
  throw SqlError(SqlState::kDataCorrupted, fmt::format("stored row is damaged: {}", what));
}

// The value at `row` of a vector, strings not copied.
struct BatchRow {
  const types::Batch& batch;
  uint32_t row;
  Datum operator[](size_t column) const { return batch.column(column).GetDatum(row); }
};

}  // namespace

// Where things are in rows of one version.
struct RowLayoutSet::Version {
  Version(std::span<const RowColumn> columns, uint32_t count) : column_count(count) {
    null_bytes = (count + 7) / 8;
    uint32_t offset = static_cast<uint32_t>(kRowHeaderBytes) + null_bytes;
    for (uint32_t i = 0; i < count; ++i) {
      const PhysicalType physical = columns[i].type.physical;
      if (physical == PhysicalType::kString) {
        places.push_back(variable_count++);
      } else {
        places.push_back(offset);
        offset += PhysicalWidth(physical);
      }
    }
    ends_offset = offset;
    payload_offset = offset + static_cast<uint32_t>(variable_count * kEndBytes);
  }

  bool IsNull(const char* row, uint32_t column) const {
    return (static_cast<uint8_t>(row[kRowHeaderBytes + column / 8]) >> (column % 8)) & 1;
  }
  uint32_t End(const char* row, uint32_t ordinal) const {
    return Read<uint32_t>(row + ends_offset + ordinal * kEndBytes);
  }
  std::string_view Variable(const char* row, uint32_t ordinal) const {
    const uint32_t begin = ordinal == 0 ? 0 : End(row, ordinal - 1);
    return {row + payload_offset + begin, End(row, ordinal) - begin};
  }

  uint32_t column_count;
  uint32_t null_bytes;
  uint32_t variable_count = 0;
  uint32_t ends_offset;
  uint32_t payload_offset;
  std::vector<uint32_t> places;  // a fixed column: its offset; a variable one: its ordinal
};

RowLayoutSet::RowLayoutSet(std::vector<RowColumn> columns, std::vector<uint32_t> column_counts)
    : columns_(std::move(columns)) {
  GRIZZLY_CHECK(columns_.size() <= kColumnsMax && !column_counts.empty() &&
                column_counts.back() == columns_.size() && column_counts.size() <= UINT16_MAX);
  uint32_t previous = 0;
  for (uint32_t count : column_counts) {
    GRIZZLY_CHECK(count >= previous && count <= columns_.size());
    versions_.emplace_back(columns_, count);
    previous = count;
  }
  for (RowColumn& column : columns_) {
    if (column.missing_is_null) column.missing = Datum::Null();
    if (column.missing.is_null() || column.type.physical != PhysicalType::kString) continue;
    missing_storage_.push_back(std::make_unique<std::string>(column.missing.AsString()));
    column.missing = Datum::Of(StringRef(*missing_storage_.back()));
  }
}

RowLayoutSet::~RowLayoutSet() = default;

uint32_t RowLayoutSet::column_count() const { return static_cast<uint32_t>(columns_.size()); }
const RowColumn& RowLayoutSet::column(uint32_t i) const { return columns_[i]; }

template <typename Values>
void RowLayoutSet::EncodeValues(const Values& values, std::string* out) const {
  const Version& version = versions_.back();
  const size_t start = out->size();
  out->resize(start + version.payload_offset);  // zeros: timestamp, flags, no NULLs, NULL values
  const auto number = static_cast<uint16_t>(versions_.size() - 1);
  std::memcpy(out->data() + start + kVersionOffset, &number, sizeof(number));
  size_t payload_bytes = 0;
  for (uint32_t i = 0; i < version.column_count; ++i) {
    const Datum value = values[i];
    const PhysicalType physical = columns_[i].type.physical;
    if (value.is_null()) {
      char& bits = (*out)[start + kRowHeaderBytes + i / 8];
      bits = static_cast<char>(bits | (1 << (i % 8)));
    } else if (physical != PhysicalType::kString) {
      std::memcpy(out->data() + start + version.places[i], value.payload(),
                  PhysicalWidth(physical));
      continue;
    } else {
      payload_bytes += value.AsString().size();
      if (payload_bytes > kRowBytesMax) ThrowTooBig(payload_bytes + version.payload_offset);
      out->append(value.AsString());
    }
    if (physical == PhysicalType::kString) {
      const auto end = static_cast<uint32_t>(payload_bytes);
      std::memcpy(out->data() + start + version.ends_offset + version.places[i] * kEndBytes, &end,
                  sizeof(end));
    }
  }
}

void RowLayoutSet::Encode(std::span<const Datum> values, std::string* out) const {
  GRIZZLY_CHECK(values.size() == columns_.size());
  EncodeValues(values, out);
}

void RowLayoutSet::EncodeRow(const types::Batch& batch, uint32_t row, std::string* out) const {
  GRIZZLY_CHECK(batch.column_count() >= columns_.size());
  EncodeValues(BatchRow{batch, row}, out);
}

const RowLayoutSet::Version& RowLayoutSet::VersionOf(std::string_view row) const {
  if (row.size() < kRowHeaderBytes) [[unlikely]] ThrowDamaged("no header");
  const uint16_t number = Read<uint16_t>(row.data() + kVersionOffset);
  if (number >= versions_.size()) [[unlikely]] ThrowDamaged("unknown layout version");
  const Version& version = versions_[number];
  if (row.size() < version.payload_offset) [[unlikely]] ThrowDamaged("too short");
  return version;
}

Datum RowLayoutSet::Decode(std::string_view row, uint32_t column) const {
  const Version& version = VersionOf(row);
  if (column >= version.column_count) return columns_[column].missing;
  if (version.IsNull(row.data(), column)) return Datum::Null();
  const uint32_t place = version.places[column];
  const PhysicalType physical = columns_[column].type.physical;
  if (physical == PhysicalType::kString) {
    return Datum::Of(StringRef(version.Variable(row.data(), place)));
  }
  Datum value = Datum::Of(uint8_t{0});
  std::memcpy(value.payload(), row.data() + place, PhysicalWidth(physical));
  return value;
}

void RowLayoutSet::DecodeInto(std::string_view row, std::span<const uint32_t> columns,
                              types::Batch& out, uint32_t target_row) const {
  const Version& version = VersionOf(row);
  const char* bytes = row.data();
  for (size_t i = 0; i < columns.size(); ++i) {
    const uint32_t column = columns[i];
    if (column == kSkip) continue;
    types::Vector& target = out.column(i);
    if (column >= version.column_count) [[unlikely]] {
      target.SetDatum(target_row, columns_[column].missing);
      continue;
    }
    // NULLs are written, too (zeros, or the empty string): one store less to branch around.
    const uint32_t place = version.places[column];
    switch (columns_[column].type.physical) {
      case PhysicalType::kInt8:
        target.Data<uint8_t>()[target_row] = Read<uint8_t>(bytes + place);
        break;
      case PhysicalType::kInt16:
        target.Data<uint16_t>()[target_row] = Read<uint16_t>(bytes + place);
        break;
      case PhysicalType::kInt32:
      case PhysicalType::kFloat32:
        target.Data<uint32_t>()[target_row] = Read<uint32_t>(bytes + place);
        break;
      case PhysicalType::kInt64:
      case PhysicalType::kFloat64:
        target.Data<uint64_t>()[target_row] = Read<uint64_t>(bytes + place);
        break;
      case PhysicalType::kFixed16:
        target.Data<types::Fixed16>()[target_row] = Read<types::Fixed16>(bytes + place);
        break;
      case PhysicalType::kString:
        target.SetString(target_row, version.Variable(bytes, place));
        break;
    }
    if (version.IsNull(bytes, column)) target.SetNull(target_row);
  }
}

void RowLayoutSet::Validate(std::string_view row) const {
  const Version& version = VersionOf(row);
  uint32_t end = 0;
  for (uint32_t i = 0; i < version.variable_count; ++i) {
    const uint32_t next = version.End(row.data(), i);
    if (next < end) ThrowDamaged("a variable column ends before it begins");
    end = next;
  }
  if (version.payload_offset + size_t{end} != row.size()) {
    ThrowDamaged("its size is not what its columns say");
  }
}

bool RowLayoutSet::ReadInteger(std::string_view row, uint32_t column, int64_t* value) const {
  const Version& version = VersionOf(row);
  Datum missing;
  const char* bytes = nullptr;
  if (column >= version.column_count) [[unlikely]] {
    missing = columns_[column].missing;
    if (missing.is_null()) return false;
    bytes = static_cast<const char*>(missing.payload());
  } else {
    if (version.IsNull(row.data(), column)) return false;
    bytes = row.data() + version.places[column];
  }
  switch (columns_[column].type.physical) {
    case PhysicalType::kInt8: *value = Read<int8_t>(bytes); return true;
    case PhysicalType::kInt16: *value = Read<int16_t>(bytes); return true;
    case PhysicalType::kInt32: *value = Read<int32_t>(bytes); return true;
    default: *value = Read<int64_t>(bytes); return true;
  }
}

// ---- RowDecoder ----

struct RowDecoder::Step {
  uint32_t target = 0;   // column of the batch
  uint32_t column = 0;   // of the table
  uint32_t place = 0;    // offset of a fixed column, ordinal of a variable one
  uint8_t width = 0;     // 0: variable; kMissing: not in rows of this version
};

namespace {

constexpr uint8_t kVariable = 0;
constexpr uint8_t kMissing = 255;

}  // namespace

RowDecoder::RowDecoder(const RowLayoutSet& layouts, std::span<const uint32_t> columns)
    : layouts_(layouts),
      columns_(columns.begin(), columns.end()),
      steps_(layouts.versions_.size()),
      data_(columns.size(), nullptr) {}

RowDecoder::~RowDecoder() = default;

void RowDecoder::Attach(types::Batch& out) {
  out_ = &out;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i] != RowLayoutSet::kSkip) data_[i] = out.column(i).Data<char>();
  }
}

const std::vector<RowDecoder::Step>& RowDecoder::StepsOf(uint16_t number) {
  std::vector<Step>& steps = steps_[number];
  if (!steps.empty()) return steps;
  const RowLayoutSet::Version& version = layouts_.versions_[number];
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    const uint32_t column = columns_[i];
    if (column == RowLayoutSet::kSkip) continue;
    Step step{i, column, 0, kMissing};
    if (column < version.column_count) {
      const PhysicalType physical = layouts_.columns_[column].type.physical;
      step.place = version.places[column];
      step.width = physical == PhysicalType::kString
                       ? kVariable
                       : static_cast<uint8_t>(PhysicalWidth(physical));
    }
    steps.push_back(step);
  }
  return steps;
}

void RowDecoder::Decode(std::string_view row, uint32_t target_row) {
  const RowLayoutSet::Version& version = layouts_.VersionOf(row);
  const char* bytes = row.data();
  uint8_t nulls = 0;
  for (uint32_t i = 0; i < version.null_bytes; ++i) {
    nulls |= static_cast<uint8_t>(bytes[kRowHeaderBytes + i]);
  }
  const auto number = static_cast<uint16_t>(&version - layouts_.versions_.data());
  for (const Step& step : StepsOf(number)) {
    char* const data = data_[step.target];
    switch (step.width) {
      case 1: data[target_row] = bytes[step.place]; break;
      case 2: std::memcpy(data + size_t{target_row} * 2, bytes + step.place, 2); break;
      case 4: std::memcpy(data + size_t{target_row} * 4, bytes + step.place, 4); break;
      case 8: std::memcpy(data + size_t{target_row} * 8, bytes + step.place, 8); break;
      case 16: std::memcpy(data + size_t{target_row} * 16, bytes + step.place, 16); break;
      case kVariable: {
        const std::string_view text = version.Variable(bytes, step.place);
        StringRef& target = reinterpret_cast<StringRef*>(data)[target_row];
        target = text.size() <= StringRef::kInlineBytes
                     ? StringRef(text)
                     : StringRef::Copy(text, out_->column(step.target).heap());
        break;
      }
      default:
        out_->column(step.target).SetDatum(target_row, layouts_.columns_[step.column].missing);
        continue;
    }
    if (nulls != 0 && version.IsNull(bytes, step.column)) {
      out_->column(step.target).SetNull(target_row);
    }
  }
}

}  // namespace grizzly::storage
