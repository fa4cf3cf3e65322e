// Names as map keys: an object of a schema, and an object by class and oid.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/ids/ids.h"
#include "catalog/persistent_map.h"

namespace grizzly::catalog {

struct NameInSchemaView {
  Oid schema = kInvalidOid;
  std::string_view name;
};

struct NameInSchema {
  Oid schema = kInvalidOid;
  std::string name;
  operator NameInSchemaView() const { return {schema, name}; }
};

struct NameHash {
  uint64_t operator()(const NameInSchemaView& name) const {
    return SpreadHash(std::hash<std::string_view>()(name.name) + name.schema);
  }
};

struct NameEqual {
  bool operator()(const NameInSchemaView& a, const NameInSchemaView& b) const {
    return a.schema == b.schema && a.name == b.name;
  }
};

template <typename Value>
using NameMap = PersistentMap<NameInSchema, Value, NameHash, NameEqual>;

// Any object pg_depend can name.
struct ObjectId {
  Oid object_class = kInvalidOid;
  Oid object = kInvalidOid;
  auto operator<=>(const ObjectId&) const = default;
};

struct ObjectIdHash {
  uint64_t operator()(const ObjectId& id) const {
    return OidHash()(static_cast<uint64_t>(id.object_class) << 32 | id.object);
  }
};

template <typename Value>
using ObjectMap = PersistentMap<ObjectId, Value, ObjectIdHash, std::equal_to<>>;

}  // namespace grizzly::catalog
