#include "types/type_directory.h"

#include "facts/types.h"
#include "types/array.h"
#include "types/type_io.h"
#include "types/type_name.h"

namespace grizzly::types {
namespace {

thread_local const TypeDirectory* current = nullptr;

bool IsBuiltin(Oid type) { return type < kFirstUserOid || current == nullptr; }

}  // namespace

const TypeDirectory* CurrentTypeDirectory() { return current; }

TypeDirectoryScope::TypeDirectoryScope(const TypeDirectory* directory) : outer_(current) {
  current = directory;
}
TypeDirectoryScope::~TypeDirectoryScope() { current = outer_; }

const TypeIo* FindAnyTypeIo(Oid type) {
  const TypeIo* builtin = BuiltinTypeIo(type);
  if (builtin != nullptr || current == nullptr) return builtin;
  return current->FindTypeIo(type);
}

SqlType ResolveAnyType(Oid type, int32_t typmod) {
  return IsBuiltin(type) ? BuiltinType(type, typmod) : current->ResolveType(type, typmod);
}

std::string AnyTypeName(Oid type) {
  return IsBuiltin(type) ? TypeName(type) : current->TypeNameOf(type);
}

Oid AnyElementOf(Oid array) {
  return IsBuiltin(array) ? ArrayElementOid(array) : current->ElementOf(array);
}

char AnyKindOf(Oid type) {
  if (!IsBuiltin(type)) return current->KindOf(type);
  const facts::TypeFact* fact = facts::FindType(type);
  return fact == nullptr ? '\0' : fact->typtype;
}

Oid AnyDomainBaseOf(Oid type) {
  if (!IsBuiltin(type)) return current->DomainBaseOf(type);
  const facts::TypeFact* fact = facts::FindType(type);
  return fact != nullptr && fact->typtype == 'd' ? AnyDomainBaseOf(fact->typbasetype) : type;
}

void CheckNullInput(Oid type) {
  if (AnyKindOf(type) == 'd' && current != nullptr) current->CheckDomain(type, Datum::Null());
}

}  // namespace grizzly::types
