#include "commands/object/schema_objects.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/object_text.h"
#include "catalog/record.h"
#include "catalog/schema_lookup.h"
#include "catalog/text_search_objects.h"
#include "commands/alter/renamed_definitions.h"
#include "commands/drop/drop_closure.h"
#include "commands/relation_lookup.h"
#include "facts/collations.h"
#include "facts/conversions.h"

namespace grizzly::commands {
namespace {

using catalog::SchemaObject;
using catalog::SchemaObjectPtr;

struct ObjectClassKind {
  PgQuery__ObjectType type;
  Oid object_class;
};
constexpr ObjectClassKind kObjectClassKinds[] = {
    {PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION, catalog::kCollationClass},
    {PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT, catalog::kExtendedStatisticsClass},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TSDICTIONARY, catalog::kTextSearchDictionaryClass},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TSCONFIGURATION, catalog::kTextSearchConfigurationClass},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TSPARSER, catalog::kTextSearchParserClass},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TSTEMPLATE, catalog::kTextSearchTemplateClass},
    {PG_QUERY__OBJECT_TYPE__OBJECT_CONVERSION, catalog::kConversionClass},
};

// "DROP TEXT SEARCH DICTIONARY"; statistics objects are STATISTICS to statements.
std::string TagOf(std::string_view verb, Oid object_class) {
  std::string kind(object_class == catalog::kExtendedStatisticsClass
                       ? "STATISTICS"
                       : catalog::SchemaObjectKind(object_class));
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return fmt::format("{} {}", verb, kind);
}

SchemaObjectPtr FindNamedObject(CommandInput& input, Oid object_class,
                                const std::vector<std::string>& name) {
  const std::vector<std::string_view> views(name.begin(), name.end());
  return catalog::FindObjectByName(*input.editor.Current(), input.search_path, object_class, views);
}

// Whether the name is of an object PostgreSQL itself comes with.
bool IsBuiltinObject(Oid object_class, const std::vector<std::string>& name) {
  if (name.size() > 1 && name[name.size() - 2] != "pg_catalog") return false;
  const std::string& own = name.back();
  switch (object_class) {
    case catalog::kCollationClass: return facts::FindCollationByName(own) != nullptr;
    case catalog::kConversionClass:
      return std::ranges::any_of(facts::AllConversions(),
                                 [&](const auto& fact) { return fact.conname == own; });
    default: return catalog::FindBuiltinTextSearchObject(object_class, own) != kInvalidOid;
  }
}

}  // namespace

void LockSchemaObject(CommandInput& input, Oid object_class, Oid oid) {
  input.transaction.LockTag(
      txn::LockTag::Name(input.tenant, fmt::format("o:{}.{}", object_class, oid)), true);
}

SchemaObject NewSchemaObject(CommandInput& input, Oid object_class, const QualifiedName& name) {
  PgQuery__RangeVar target = PG_QUERY__RANGE_VAR__INIT;
  std::string schema_name = name.schema, own_name = name.name, persistence = "p";
  target.schemaname = schema_name.data();
  target.relname = own_name.data();
  target.relpersistence = persistence.data();
  target.location = -1;
  const CreationTarget place = LockNewName(input, target);
  LockChosenName(input, place.schema, fmt::format("{} of {}", name.name, object_class));
  SchemaObject object;
  object.object_class = object_class;
  object.schema = place.schema;
  object.name = place.name;
  object.owner = input.current_role;
  object.oid = input.editor.NewOid();
  return object;
}

bool ExistsAlready(CommandInput& input, const SchemaObject& object, bool if_not_exists) {
  if (catalog::ObjectsOf(*input.editor.Current()).FindObject(object.object_class, object.schema, object.name) ==
      nullptr) {
    return false;
  }
  const std::string message =
      fmt::format("{} \"{}\" already exists", catalog::SchemaObjectKind(object.object_class),
                  object.name);
  if (!if_not_exists) throw SqlError(SqlState::kDuplicateObject, message);
  SendNotice(input, message + ", skipping", "", Severity::kNotice, SqlState::kDuplicateObject);
  return true;
}

Oid ClassOfObjectType(PgQuery__ObjectType type) {
  for (const ObjectClassKind& kind : kObjectClassKinds) {
    if (kind.type == type) return kind.object_class;
  }
  return kInvalidOid;
}

std::string MissingObjectMessage(Oid object_class, const std::vector<std::string>& name) {
  return fmt::format("{} \"{}\"{} does not exist", catalog::SchemaObjectKind(object_class),
                     fmt::join(name, "."),
                     object_class == catalog::kCollationClass ? " for encoding \"UTF8\"" : "");
}

SchemaObjectPtr RequireSchemaObject(CommandInput& input, Oid object_class,
                                    const std::vector<std::string>& name, bool missing_ok) {
  while (SchemaObjectPtr found = FindNamedObject(input, object_class, name)) {
    LockSchemaObject(input, object_class, found->oid);
    SchemaObjectPtr again = FindNamedObject(input, object_class, name);
    if (again != nullptr && again->oid == found->oid) return again;
  }
  const QualifiedName parts = QualifiedNameOf(name);
  if (!parts.schema.empty() &&
      catalog::FindSchema(*input.editor.Current(), input.search_path, parts.schema) == nullptr) {
    const std::string message = fmt::format("schema \"{}\" does not exist", parts.schema);
    if (!missing_ok) throw SqlError(SqlState::kInvalidSchemaName, message);
    SendNotice(input, message + ", skipping");
    return nullptr;
  }
  if (!missing_ok) {
    throw SqlError(SqlState::kUndefinedObject, MissingObjectMessage(object_class, name));
  }
  SendNotice(input,
             fmt::format("{} \"{}\" does not exist, skipping",
                         catalog::SchemaObjectKind(object_class), fmt::join(name, ".")));
  return nullptr;
}

void RequireObjectOwner(CommandInput& input, const SchemaObject& object) {
  if (input.is_superuser || object.owner == input.current_role) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("must be owner of {} {}",
                             catalog::SchemaObjectKind(object.object_class), object.name));
}

void RequireMemberOf(CommandInput& input, Oid role) {
  if (input.is_superuser || role == input.current_role) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("must be member of role \"{}\"", input.services->RoleName(role)));
}

std::string DropSchemaObjects(const PgQuery__DropStmt& statement, CommandInput& input) {
  const Oid object_class = ClassOfObjectType(statement.remove_type);
  std::vector<catalog::ObjectAddress> targets;
  for (const ast::Node* node : ListOf(statement.objects, statement.n_objects)) {
    const std::vector<std::string> name = NamesOf(*node);
    if (FindNamedObject(input, object_class, name) == nullptr &&
        IsBuiltinObject(object_class, name)) {
      throw SqlError(SqlState::kDependentObjectsStillExist,
                     fmt::format("cannot drop {} {} because it is required by the database system",
                                 catalog::SchemaObjectKind(object_class),
                                 catalog::QuoteIdentifier(name.back())));
    }
    const SchemaObjectPtr object =
        RequireSchemaObject(input, object_class, name, statement.missing_ok);
    if (object == nullptr) continue;
    RequireObjectOwner(input, *object);
    targets.push_back({object_class, object->oid, 0});
  }
  if (!targets.empty()) {
    DropObjects(input, targets, statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
  }
  return TagOf("DROP", object_class);
}

namespace {

// Another name or schema: nobody may have it there.
void PutUnderNewName(CommandInput& input, SchemaObject object) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  LockChosenName(input, object.schema, fmt::format("{} of {}", object.name, object.object_class));
  const SchemaObjectPtr there =
      catalog::ObjectsOf(*snapshot).FindObject(object.object_class, object.schema, object.name);
  if (there != nullptr) {
    throw SqlError(SqlState::kDuplicateObject,
                   fmt::format("{} \"{}\" already exists in schema \"{}\"",
                               catalog::SchemaObjectKind(object.object_class), object.name,
                               snapshot->FindSchema(object.schema)->name));
  }
  const catalog::ObjectAddress moved[] = {{object.object_class, object.oid}};
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(object));
  RewriteDefinitions(input, snapshot, moved);
}

}  // namespace

std::string RenameSchemaObject(const PgQuery__RenameStmt& statement, CommandInput& input) {
  const Oid object_class = ClassOfObjectType(statement.rename_type);
  const SchemaObjectPtr object =
      RequireSchemaObject(input, object_class, NamesOf(*statement.object));
  RequireObjectOwner(input, *object);
  SchemaObject changed = *object;
  changed.name = TextOf(statement.newname);
  PutUnderNewName(input, std::move(changed));
  return TagOf("ALTER", object_class);
}

std::string MoveSchemaObject(const PgQuery__AlterObjectSchemaStmt& statement,
                             CommandInput& input) {
  const Oid object_class = ClassOfObjectType(statement.object_type);
  const SchemaObjectPtr object =
      RequireSchemaObject(input, object_class, NamesOf(*statement.object));
  RequireObjectOwner(input, *object);
  const Oid schema =
      catalog::RequireSchema(*input.editor.Current(), TextOf(statement.newschema)).oid;
  LockSchema(input, schema, /*exclusive=*/false);
  if (schema == object->schema) return TagOf("ALTER", object_class);
  SchemaObject changed = *object;
  changed.schema = schema;
  PutUnderNewName(input, std::move(changed));
  return TagOf("ALTER", object_class);
}

std::string ChangeObjectOwner(const PgQuery__AlterOwnerStmt& statement, CommandInput& input,
                              Oid owner) {
  const Oid object_class = ClassOfObjectType(statement.object_type);
  const SchemaObjectPtr object =
      RequireSchemaObject(input, object_class, NamesOf(*statement.object));
  RequireObjectOwner(input, *object);
  RequireMemberOf(input, owner);
  SchemaObject changed = *object;
  changed.owner = owner;
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(changed));
  return TagOf("ALTER", object_class);
}

}  // namespace grizzly::commands
