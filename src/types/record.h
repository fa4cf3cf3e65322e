// Row values: ROW(...), rows of tables, values of composite types.
//
// FORMAT  bytes of a StringRef, little-endian, unaligned
//         type:u32 count:u16 flags:u16 (1: names follow)
//         count times: type:u32 physical:u8 length:u32 bytes
//             length 0xFFFFFFFF: NULL; bytes: the PhysicalWidth bytes, or the string's
//             type 0: the place of a dropped column
//         names: count times length:u16 bytes
//         A value of a named type has a field per column of its relation, dropped ones too; rows stored
//         before a column was added have fewer.
// OWNS    RecordRef and what it hands out are views.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::types {

inline constexpr size_t kRecordFieldsMax = 1664;  // PostgreSQL's MaxTupleAttributeNumber

struct RecordField {
  Oid type = kInvalidOid;  // kInvalidOid: dropped
  PhysicalType physical = PhysicalType::kInt32;
  Datum value;  // strings point into the record

  SqlType sql_type() const { return {type, kNoTypmod, kInvalidOid, physical}; }
};

class RecordRef {
 public:
  explicit RecordRef(std::string_view bytes) : bytes_(bytes) {}
  static RecordRef Of(const Datum& datum) { return RecordRef(datum.AsString()); }
  static RecordRef Of(Datum&&) = delete;

  Oid type() const;
  size_t size() const;
  // Throws XX001 when the bytes are damaged.
  std::vector<RecordField> Fields() const;
  // NULL behind the last one.
  RecordField Field(size_t i) const;
  // Empty when the value has none: f1, f2 ... or those of its type.
  std::vector<std::string_view> Names() const;

 private:
  std::string_view bytes_;
};

class RecordBuilder {
 public:
  explicit RecordBuilder(Oid type, size_t count);
  void Add(const SqlType& type, const Datum& value);
  void AddDropped();
  // After the last field.
  void AddNames(const std::vector<std::string>& names);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// A field that is there, with its name.
struct NamedField {
  std::string name;
  RecordField field;
};
// Names from the value, its type, or f1, f2 ...; columns added since are NULL, dropped ones are left out.
std::vector<NamedField> NamedFieldsOf(const Datum& record);

// As record_eq, btrecordcmp and hash_record see them. Throw 42804 for unlike rows, 42883 for fields without
// order or hash.
int CompareRecords(const Datum& a, const Datum& b, Oid collation);
uint64_t HashRecord(const Datum& value, Oid collation);
// By bytes (the *= family): the shorter first.
int CompareRecordImages(const Datum& a, const Datum& b);

}  // namespace grizzly::types
