#include "types/record.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/compare.h"
#include "types/hash_bytes.h"
#include "types/type_directory.h"

namespace grizzly::types {
namespace {

constexpr uint16_t kHasNames = 1;
constexpr uint32_t kNullLength = UINT32_MAX;
constexpr size_t kHeadBytes = 8;

template <typename T>
void Append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}
  template <typename T>
  T Take() {
    T value;
    std::memcpy(&value, TakeBytes(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string_view TakeBytes(size_t count) {
    if (count > rest_.size()) throw SqlError(SqlState::kDataCorrupted, "a row value is damaged");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  RecordField TakeField() {
    RecordField field;
    field.type = Take<Oid>();
    field.physical = static_cast<PhysicalType>(Take<uint8_t>());
    const auto length = Take<uint32_t>();
    if (length == kNullLength) return field;
    const std::string_view bytes = TakeBytes(length);
    if (field.physical == PhysicalType::kString) {
      field.value = Datum::Of(StringRef(bytes));
      return field;
    }
    field.value = Datum::Of(uint64_t{0});
    std::memcpy(field.value.payload(), bytes.data(), std::min<size_t>(bytes.size(), 16));
    return field;
  }

 private:
  std::string_view rest_;
};

// The fields that count when rows are compared.
std::vector<RecordField> LiveFields(const Datum& record) {
  const RecordRef ref = RecordRef::Of(record);
  std::vector<RecordField> fields = ref.Fields();
  const TypeDirectory* directory = CurrentTypeDirectory();
  const std::vector<RowColumn>* columns =
      directory == nullptr ? nullptr : directory->RowColumnsOf(ref.type());
  if (columns != nullptr) {
    while (fields.size() < columns->size()) {
      const SqlType& type = (*columns)[fields.size()].type;
      fields.push_back({type.oid, type.physical, Datum::Null()});
    }
    for (size_t i = 0; i < columns->size(); ++i) {
      if ((*columns)[i].dropped) fields[i].type = kInvalidOid;
    }
  }
  std::erase_if(fields, [](const RecordField& field) { return field.type == kInvalidOid; });
  return fields;
}

[[noreturn]] void ThrowUnlike(const RecordField& a, const RecordField& b, size_t column) {
  throw SqlError(SqlState::kDatatypeMismatch,
                 fmt::format("cannot compare dissimilar column types {} and {} at record column {}",
                             AnyTypeName(a.type), AnyTypeName(b.type), column));
}

[[noreturn]] void ThrowOtherCount() {
  throw SqlError(SqlState::kDatatypeMismatch,
                 "cannot compare record types with different numbers of columns");
}

std::string_view BytesOf(const RecordField& field) {
  if (field.physical == PhysicalType::kString) return field.value.AsString();
  return {static_cast<const char*>(field.value.payload()), PhysicalWidth(field.physical)};
}

template <typename CompareField>
int CompareFields(const Datum& a, const Datum& b, const CompareField& compare) {
  const std::vector<RecordField> left = LiveFields(a);
  const std::vector<RecordField> right = LiveFields(b);
  for (size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    if (left[i].type != right[i].type) ThrowUnlike(left[i], right[i], i + 1);
    const bool left_null = left[i].value.is_null();
    const bool right_null = right[i].value.is_null();
    if (left_null || right_null) {
      if (left_null != right_null) return left_null ? 1 : -1;
      continue;
    }
    const int order = compare(left[i], right[i]);
    if (order != 0) return order;
  }
  if (left.size() != right.size()) ThrowOtherCount();
  return 0;
}

}  // namespace

Oid RecordRef::type() const { return Reader(bytes_).Take<Oid>(); }
size_t RecordRef::size() const { return Reader(bytes_.substr(4)).Take<uint16_t>(); }

std::vector<RecordField> RecordRef::Fields() const {
  const size_t count = size();
  Reader reader(bytes_.substr(kHeadBytes));
  std::vector<RecordField> fields;
  fields.reserve(count);
  for (size_t i = 0; i < count; ++i) fields.push_back(reader.TakeField());
  return fields;
}

RecordField RecordRef::Field(size_t i) const {
  if (i >= size()) return {};
  Reader reader(bytes_.substr(kHeadBytes));
  for (size_t skipped = 0; skipped < i; ++skipped) reader.TakeField();
  return reader.TakeField();
}

std::vector<std::string_view> RecordRef::Names() const {
  if ((Reader(bytes_.substr(6)).Take<uint16_t>() & kHasNames) == 0) return {};
  const size_t count = size();
  Reader reader(bytes_.substr(kHeadBytes));
  for (size_t i = 0; i < count; ++i) reader.TakeField();
  std::vector<std::string_view> names;
  for (size_t i = 0; i < count; ++i) {
    const auto length = reader.Take<uint16_t>();
    names.push_back(reader.TakeBytes(length));
  }
  return names;
}

RecordBuilder::RecordBuilder(Oid type, size_t count) {
  Append(bytes_, type);
  Append(bytes_, static_cast<uint16_t>(count));
  Append(bytes_, uint16_t{0});
}

void RecordBuilder::Add(const SqlType& type, const Datum& value) {
  Append(bytes_, type.oid);
  Append(bytes_, static_cast<uint8_t>(type.physical));
  if (value.is_null()) return Append(bytes_, kNullLength);
  if (type.physical == PhysicalType::kString) {
    const std::string_view text = value.AsString();
    Append(bytes_, static_cast<uint32_t>(text.size()));
    bytes_.append(text);
    return;
  }
  const uint32_t width = PhysicalWidth(type.physical);
  Append(bytes_, width);
  bytes_.append(static_cast<const char*>(value.payload()), width);
}

void RecordBuilder::AddDropped() { Add(SqlType{kInvalidOid}, Datum::Null()); }

void RecordBuilder::AddNames(const std::vector<std::string>& names) {
  bytes_[6] = static_cast<char>(kHasNames);
  for (const std::string& name : names) {
    Append(bytes_, static_cast<uint16_t>(name.size()));
    bytes_.append(name);
  }
}

std::vector<NamedField> NamedFieldsOf(const Datum& record) {
  const RecordRef ref = RecordRef::Of(record);
  std::vector<RecordField> fields = ref.Fields();
  const std::vector<std::string_view> own_names = ref.Names();
  const TypeDirectory* directory = CurrentTypeDirectory();
  const std::vector<RowColumn>* columns =
      directory == nullptr ? nullptr : directory->RowColumnsOf(ref.type());
  std::vector<NamedField> named;
  const size_t count = columns == nullptr ? fields.size() : columns->size();
  for (size_t i = 0; i < count; ++i) {
    NamedField& field = named.emplace_back();
    if (columns != nullptr) {
      field.name = (*columns)[i].name;
      field.field.type = (*columns)[i].type.oid;
      field.field.physical = (*columns)[i].type.physical;
    } else {
      field.name = own_names.empty() ? fmt::format("f{}", i + 1) : std::string(own_names[i]);
    }
    if (i < fields.size()) field.field = fields[i];
    const bool dropped = columns != nullptr && (*columns)[i].dropped;
    if (dropped || field.field.type == kInvalidOid) named.pop_back();
  }
  return named;
}

int CompareRecords(const Datum& a, const Datum& b, Oid) {
  return CompareFields(a, b, [](const RecordField& left, const RecordField& right) {
    const SqlType type = ResolveAnyType(left.type);
    const CompareFunction compare = FindCompare(type);
    if (compare == nullptr) {
      throw SqlError(SqlState::kUndefinedFunction,
                     fmt::format("could not identify a comparison function for type {}",
                                 AnyTypeName(left.type)));
    }
    return compare(left.value, right.value, type.collation);
  });
}

int CompareRecordImages(const Datum& a, const Datum& b) {
  return CompareFields(a, b, [](const RecordField& left, const RecordField& right) {
    if (left.physical != PhysicalType::kString) {
      // By value: unsigned.
      uint64_t x = 0;
      uint64_t y = 0;
      const std::string_view left_bytes = BytesOf(left);
      const std::string_view right_bytes = BytesOf(right);
      if (left_bytes.size() > sizeof(x)) return left_bytes.compare(right_bytes);
      std::memcpy(&x, left_bytes.data(), left_bytes.size());
      std::memcpy(&y, right_bytes.data(), right_bytes.size());
      return x < y ? -1 : (x > y ? 1 : 0);
    }
    return left.value.AsString().compare(right.value.AsString());
  });
}

uint64_t HashRecord(const Datum& value, Oid) {
  uint64_t combined = kHashSeed;
  for (const RecordField& field : LiveFields(value)) {
    const SqlType type = ResolveAnyType(field.type);
    const HashFunction hash = FindHash(type);
    if (hash == nullptr) {
      throw SqlError(SqlState::kUndefinedFunction,
                     fmt::format("could not identify a hash function for type {}",
                                 AnyTypeName(field.type)));
    }
    combined =
        CombineHash(combined, field.value.is_null() ? 0 : hash(field.value, type.collation));
  }
  return combined;
}

}  // namespace grizzly::types
