// The types users made, seen from values: what comparing, hashing, printing and taking apart them needs.
//
// The catalog's snapshots are directories. A thread that runs a statement says which one holds with a
// TypeDirectoryScope; without one (unit tests) only built-in types are known.
//
// THREADS  a directory may be asked from any thread; the current one is the thread's own.
// OWNS     what it hands out lives as long as the directory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::types {

class TypeIo;
struct RangeKind;

// A label of an enum. The value in vectors is its code (kInt64): codes stand in the order of the labels.
struct EnumValue {
  int64_t code = 0;
  Oid oid = kInvalidOid;
  std::string_view label;
  bool is_new = false;  // not to be used before the transaction that added it has committed
};

struct RowColumn {
  std::string_view name;
  SqlType type;
  bool dropped = false;
};

class TypeDirectory {
 public:
  virtual ~TypeDirectory() = default;

  // Of any type, built-in ones included. Null when there is no such type or it has no text form.
  virtual const TypeIo* FindTypeIo(Oid type) const = 0;
  // Throws XX000 for an oid that is no type.
  virtual SqlType ResolveType(Oid type, int32_t typmod) const = 0;
  // As format_type writes it; "???" for an unknown oid.
  virtual std::string TypeNameOf(Oid type) const = 0;

  // Each answers for types users made; built-in ones come from the facts.
  // The built-in type that has the same bytes, order and hash: a domain's base, int8 for an enum, record,
  // anyarray, anyrange, anymultirange; the type itself when there is no other.
  virtual SqlType OrderedAs(const SqlType& type) const = 0;
  virtual Oid ElementOf(Oid array) const = 0;             // kInvalidOid: no array
  virtual Oid DomainBaseOf(Oid type) const = 0;           // through all domains; itself for others
  virtual char KindOf(Oid type) const = 0;                // pg_type.typtype; '\0' unknown
  // Of ranges and multiranges; null for others.
  virtual const RangeKind* RangeKindOf(Oid type) const = 0;
  // In order; empty for other types.
  virtual std::vector<EnumValue> EnumValuesOf(Oid type) const = 0;
  // Of a row type, dropped columns in their places; null for others.
  virtual const std::vector<RowColumn>* RowColumnsOf(Oid type) const = 0;
  // Throws 23502 or 23514 unless the domain's constraints hold. Only a session can evaluate them.
  virtual void CheckDomain(Oid domain, const Datum& value) const = 0;
};

// Null outside of any scope.
const TypeDirectory* CurrentTypeDirectory();

class TypeDirectoryScope {
 public:
  explicit TypeDirectoryScope(const TypeDirectory* directory);
  ~TypeDirectoryScope();
  TypeDirectoryScope(const TypeDirectoryScope&) = delete;
  TypeDirectoryScope& operator=(const TypeDirectoryScope&) = delete;

 private:
  const TypeDirectory* const outer_;
};

// Built-in types from the facts, others from the current directory.
const TypeIo* FindAnyTypeIo(Oid type);
SqlType ResolveAnyType(Oid type, int32_t typmod = kNoTypmod);
std::string AnyTypeName(Oid type);
Oid AnyElementOf(Oid array);
char AnyKindOf(Oid type);
Oid AnyDomainBaseOf(Oid type);
// Whether a NULL of the type is allowed where its input function would be called with one.
void CheckNullInput(Oid type);

}  // namespace grizzly::types
