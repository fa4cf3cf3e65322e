#include "commands/type/type_parts.h"

#include "base/error/check.h"
#include "catalog/name_choice.h"
#include "catalog/object_text.h"
#include "catalog/record.h"
#include "facts/type_oids.h"

namespace grizzly::commands {
namespace {

bool IsArrayOfOurs(const catalog::SnapshotPtr& snapshot, const catalog::Type& type) {
  if (type.category != 'A' || type.element == kInvalidOid) return false;
  const TypePtr element = snapshot->FindType(type.element);
  return element != nullptr && element->array == type.oid;
}

// The lookup of a possibly qualified name.
TypePtr FindNamed(CommandInput& input, const QualifiedName& name) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  if (name.schema.empty()) return input.search_path.FindType(*snapshot, name.name);
  const catalog::Schema* schema = snapshot->FindSchema(name.schema);
  return schema == nullptr ? nullptr : snapshot->FindType(schema->oid, name.name);
}

void RefuseColumnsOf(CommandInput& input, const catalog::Relation& relation, int32_t attnum,
                     const std::string& shown) {
  if (relation.HasRows() || relation.kind == catalog::RelationKind::kPartitionedTable) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot alter type \"{}\" because column \"{}.{}\" uses it", shown,
                               relation.name, relation.columns[attnum - 1].name));
  }
  if (relation.row_type != kInvalidOid) RefuseStoredUses(input, relation.row_type, shown);
}

}  // namespace

void RefuseTakenTypeName(CommandInput& input, Oid schema, const std::string& name) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const TypePtr taken = snapshot->FindType(schema, name);
  if (taken == nullptr) return;
  if (!IsArrayOfOurs(snapshot, *taken)) {
    throw SqlError(SqlState::kDuplicateObject, fmt::format("type \"{}\" already exists", name));
  }
  catalog::Type moved = *taken;
  moved.name = ChooseArrayTypeName(input, schema, name);
  input.editor.PutType(std::move(moved));
}

CreationTarget LockNewTypeName(CommandInput& input, const std::vector<std::string>& names) {
  const QualifiedName name = QualifiedNameOf(names);
  std::string schema = name.schema, type = name.name;
  PgQuery__RangeVar target_name = PG_QUERY__RANGE_VAR__INIT;
  target_name.schemaname = schema.data();
  target_name.relname = type.data();
  target_name.location = -1;
  CreationTarget target = LockNewName(input, target_name, 'p');
  RefuseTakenTypeName(input, target.schema, target.name);
  return target;
}

void LockType(CommandInput& input, Oid type, bool exclusive) {
  input.transaction.LockTag(txn::LockTag::Name(input.tenant, fmt::format("t:{}", type)), exclusive);
}

TypePtr FindTypeToChange(CommandInput& input, const std::vector<std::string>& names) {
  const QualifiedName name = QualifiedNameOf(names);
  while (true) {
    const TypePtr found = FindNamed(input, name);
    if (found == nullptr) return nullptr;
    LockType(input, found->oid, /*exclusive=*/true);
    const TypePtr again = FindNamed(input, name);
    if (again != nullptr && again->oid == found->oid) return again;
  }
}

TypePtr RequireTypeToChange(CommandInput& input, const std::vector<std::string>& names) {
  TypePtr found = FindTypeToChange(input, names);
  if (found != nullptr) return found;
  const QualifiedName name = QualifiedNameOf(names);
  if (!name.schema.empty()) catalog::RequireSchema(*input.editor.Current(), name.schema);
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("type \"{}\" does not exist",
                             name.schema.empty() ? name.name : name.schema + "." + name.name));
}

void RequireTypeOwner(CommandInput& input, const catalog::Type& type) {
  if (input.is_superuser || type.owner == input.current_role) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("must be owner of type {}", TypeText(input, type.oid)));
}

std::string TypeText(CommandInput& input, Oid type) {
  return catalog::FormatType(*input.editor.Current(), input.search_path, type);
}

Oid OpclassInputType(const catalog::CatalogSnapshot& snapshot, Oid type) {
  const Oid base = snapshot.DomainBaseOf(type);
  if (base < kFirstUserOid) return base;
  if (snapshot.KindOf(base) == 'e') return facts::kAnyenumOid;
  return snapshot.OrderedAs({base}).oid;
}

std::string ChooseArrayTypeName(CommandInput& input, Oid schema, const std::string& element_name) {
  std::string name = element_name;
  do {
    name = std::string(catalog::TruncateName("_" + name));
  } while (input.editor.Current()->FindType(schema, name) != nullptr);
  return name;
}

void SetTypeOwner(CommandInput& input, Oid type, Oid owner) {
  const TypePtr found = input.editor.Current()->FindType(type);
  if (found == nullptr) return;
  for (const Oid oid : {type, found->array}) {
    if (oid == kInvalidOid) continue;
    catalog::Type changed = *input.editor.Current()->FindType(oid);
    changed.owner = owner;
    input.editor.PutType(std::move(changed));
  }
}

void PutTypeWithArray(CommandInput& input, catalog::Type element) {
  catalog::Type array;
  array.oid = input.editor.NewOid();
  array.schema = element.schema;
  array.name = ChooseArrayTypeName(input, element.schema, element.name);
  array.owner = element.owner;
  array.category = 'A';
  array.element = element.oid;
  array.delimiter = element.delimiter;
  array.collation = element.collation;
  element.array = array.oid;
  input.editor.PutType(std::move(element));
  input.editor.PutType(std::move(array));
}

void RefuseStoredUses(CommandInput& input, Oid type, const std::string& shown) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  std::vector<catalog::Dependency> edges = snapshot->DependentsOn(catalog::kTypeClass, type);
  std::ranges::stable_sort(edges, {}, [](const catalog::Dependency& edge) {
    return std::pair(edge.dependent, edge.dependent_sub);
  });
  for (const catalog::Dependency& edge : edges) {
    if (edge.dependent_class == catalog::kTypeClass) {
      RefuseStoredUses(input, edge.dependent, shown);
    } else if (edge.dependent_class == catalog::kRelationClass && edge.dependent_sub > 0) {
      const catalog::RelationPtr relation = snapshot->FindRelation(edge.dependent);
      if (relation != nullptr) RefuseColumnsOf(input, *relation, edge.dependent_sub, shown);
    }
  }
}

}  // namespace grizzly::commands
