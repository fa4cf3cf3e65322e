#include "functions/hash/value_hash.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/array.h"
#include "types/jsonb.h"
#include "types/postgres_hash.h"
#include "types/range.h"
#include "types/record.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

using types::Datum;
using types::SqlType;

[[noreturn]] void ThrowNoHash(Oid type, bool extended) {
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("could not identify {} function for type {}",
                             extended ? "an extended hash" : "a hash", types::AnyTypeName(type)));
}

// By one bit, each half for itself.
uint64_t Rotated(uint64_t hash) {
  return ((hash << 1) & 0xFFFFFFFEFFFFFFFE) | ((hash >> 31) & 0x100000001);
}

class Hasher {
 public:
  Hasher(uint64_t seed, bool extended) : seed_(seed), extended_(extended) {}

  // Types nest to a finite depth.
  uint64_t Value(const SqlType& type, const Datum& value) const {
    const Oid base = types::AnyDomainBaseOf(type.oid);
    const char kind = types::AnyKindOf(base);
    if (base < kFirstUserOid && kind != 'c' && kind != 'r' && kind != 'm') {
      return Builtin(base, value);
    }
    if (value.is_null()) return 0;
    switch (kind) {
      case 'e': return Enum(base, value);
      case 'c': return Row(value);
      case 'r': return Range(types::RangeRef::Of(value));
      case 'm': return Multirange(value);
      default: return Array(value);
    }
  }

 private:
  static uint64_t Joined(uint64_t hash, uint64_t next) { return (hash << 5) - hash + next; }

  uint64_t Builtin(Oid type, const Datum& value) const {
    if (const types::PostgresHashFunction hash = types::FindPostgresHash(type)) {
      return value.is_null() ? 0 : hash(value, seed_);
    }
    switch (type) {
      case facts::kInetOid:
      case facts::kCidrOid:
      case facts::kMacaddrOid:
      case facts::kMacaddr8Oid:
        return value.is_null() ? 0 : types::PostgresHashBytes(value.AsString(), seed_);
      case facts::kXid8Oid:
      case facts::kPgLsnOid: return value.is_null() ? 0 : Long(value);
      case facts::kTidOid: return value.is_null() ? 0 : Tid(value.AsString());
      case facts::kJsonbOid: return value.is_null() ? 0 : Json(types::JsonbRef::Of(value));
      case facts::kOidvectorOid: return value.is_null() ? 0 : OidVector(value);
      case facts::kRecordOid: return value.is_null() ? 0 : Row(value);
      default: break;
    }
    if (types::ArrayElementOid(type) != kInvalidOid) return value.is_null() ? 0 : Array(value);
    const bool is_word = types::BuiltinType(type).physical == types::PhysicalType::kInt32;
    if (!is_word) ThrowNoHash(type, extended_);
    return value.is_null() ? 0 : types::PostgresHashWord(value.As<uint32_t>(), seed_);
  }

  uint64_t Long(const Datum& value) const {
    return types::FindPostgresHash(facts::kInt8Oid)(value, seed_);
  }

  // As PostgreSQL has it: the block in two halves, then the offset, little-endian.
  uint64_t Tid(std::string_view bytes) const {
    const std::string swapped{bytes[1], bytes[0], bytes[3], bytes[2], bytes[5], bytes[4]};
    return types::PostgresHashBytes(swapped, seed_);
  }

  uint64_t OidVector(const Datum& value) const {
    const types::ArrayRef array = types::ArrayRef::Of(value);
    std::string oids;
    for (uint32_t i = 0; i < array.size(); ++i) {
      const Oid oid = array.Value<Oid>(i);
      oids.append(reinterpret_cast<const char*>(&oid), sizeof(oid));
    }
    return types::PostgresHashBytes(oids, seed_);
  }

  uint64_t Enum(Oid type, const Datum& value) const {
    for (const types::EnumValue& label : types::CurrentTypeDirectory()->EnumValuesOf(type)) {
      if (label.code == value.As<int64_t>()) return types::PostgresHashWord(label.oid, seed_);
    }
    return 0;
  }

  uint64_t Array(const Datum& value) const {
    const types::ArrayRef array = types::ArrayRef::Of(value);
    const SqlType element = types::ResolveAnyType(array.element_oid());
    if (array.size() == 0) Value(element, Datum::Null());  // for its error
    uint64_t hash = 1;
    for (uint32_t i = 0; i < array.size(); ++i) {
      hash = Joined(hash, Value(element, array.IsNull(i) ? Datum::Null() : array.Get(i)));
    }
    return hash;
  }

  uint64_t Row(const Datum& value) const {
    uint64_t hash = 0;
    for (const types::NamedField& named : types::NamedFieldsOf(value)) {
      hash = Joined(hash, Value(types::ResolveAnyType(named.field.type), named.field.value));
    }
    return hash;
  }

  uint64_t Range(types::RangeRef range) const {
    const SqlType subtype = types::ResolveAnyType(range.subtype_oid());
    uint64_t lower = 0;
    uint64_t upper = 0;
    if (!range.is_empty()) {
      const types::RangeBound from = range.lower();
      const types::RangeBound to = range.upper();
      if (!from.is_infinite) lower = Value(subtype, from.value);
      if (!to.is_infinite) upper = Value(subtype, to.value);
    }
    return Rotated(types::PostgresHashWord(range.flags(), seed_) ^ lower) ^ upper;
  }

  uint64_t Multirange(const Datum& value) const {
    const types::MultirangeRef multirange = types::MultirangeRef::Of(value);
    uint64_t hash = 1;
    for (uint32_t i = 0; i < multirange.size(); ++i) {
      hash = Joined(hash, Range(multirange.range(i)));
    }
    return hash;
  }

  // ---- jsonb ----

  // What stands in front of an array's elements and of an object's pairs, in both halves.
  static constexpr uint64_t kJsonArray = 0x4000000040000000;
  static constexpr uint64_t kJsonObject = 0x2000000020000000;

  // A scalar on its own counts as an array of one.
  uint64_t Json(types::JsonbRef value) const {
    if (!value.is_scalar() && value.size() == 0) return extended_ ? seed_ : 0;
    uint64_t hash = value.is_scalar() ? kJsonArray : 0;
    AddJson(value, &hash);
    return hash;
  }

  // Parsed values nest no deeper than the parser allows.
  void AddJson(types::JsonbRef value, uint64_t* hash) const {
    if (value.is_scalar()) {
      *hash = Rotated(*hash) ^ JsonScalar(value);
      return;
    }
    const bool is_array = value.kind() == types::JsonbKind::kArray;
    *hash ^= is_array ? kJsonArray : kJsonObject;
    for (uint32_t i = 0; i < value.size(); ++i) {
      if (!is_array) *hash = Rotated(*hash) ^ types::PostgresHashBytes(value.key(i), seed_);
      AddJson(value.value(i), hash);
    }
  }

  uint64_t JsonScalar(types::JsonbRef value) const {
    switch (value.kind()) {
      case types::JsonbKind::kNull: return seed_ + 1;
      case types::JsonbKind::kString: return types::PostgresHashBytes(value.string(), seed_);
      case types::JsonbKind::kNumber: {
        const Datum number = Datum::Of(types::StringRef(value.bytes().substr(1)));
        return types::FindPostgresHash(facts::kNumericOid)(number, seed_);
      }
      default: break;
    }
    const bool is_true = value.kind() == types::JsonbKind::kTrue;
    if (seed_ != 0) return types::PostgresHashWord(is_true ? 1 : 0, seed_);
    return is_true ? 2 : 4;
  }

  const uint64_t seed_;
  const bool extended_;
};

}  // namespace

uint64_t HashValue(const SqlType& type, const Datum& value, uint64_t seed, bool extended) {
  return Hasher(seed, extended).Value(type, value);
}

}  // namespace grizzly::functions
