#include "commands/object/collations.h"

#include "catalog/collation_object.h"
#include "catalog/record.h"
#include "commands/object/schema_objects.h"
#include "commands/relation_lookup.h"
#include "facts/collations.h"

namespace grizzly::commands {
namespace {

using catalog::SchemaObject;

struct CollationOptions {
  const Option* from = nullptr;
  const Option* locale = nullptr;
  const Option* collate = nullptr;
  const Option* ctype = nullptr;
  const Option* provider = nullptr;
  const Option* deterministic = nullptr;
  const Option* version = nullptr;
};

struct CollationAttribute {
  std::string_view name;
  const Option* CollationOptions::*place;
};
constexpr CollationAttribute kCollationAttributes[] = {
    {"from", &CollationOptions::from},         {"locale", &CollationOptions::locale},
    {"lc_collate", &CollationOptions::collate}, {"lc_ctype", &CollationOptions::ctype},
    {"provider", &CollationOptions::provider}, {"deterministic", &CollationOptions::deterministic},
    {"version", &CollationOptions::version}};

[[noreturn]] void ThrowRedundant(int location) {
  throw SqlError(SqlState::kSyntaxError, "conflicting or redundant options").At(location);
}
[[noreturn]] void ThrowTogether(const char* detail) {
  throw SqlError(SqlState::kSyntaxError, "conflicting or redundant options").Detail(detail);
}

CollationOptions ReadCollationOptions(const std::vector<Option>& options) {
  CollationOptions read;
  for (const Option& option : options) {
    const Option** place = nullptr;
    for (const CollationAttribute& attribute : kCollationAttributes) {
      if (attribute.name == option.name) place = &(read.*attribute.place);
    }
    if (place == nullptr) {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("collation attribute \"{}\" not recognized", option.name))
          .At(option.location);
    }
    if (*place != nullptr) ThrowRedundant(option.location);
    *place = &option;
  }
  if (read.locale != nullptr && (read.collate != nullptr || read.ctype != nullptr)) {
    ThrowTogether("LOCALE cannot be specified together with LC_COLLATE or LC_CTYPE.");
  }
  if (read.from != nullptr && options.size() != 1) {
    ThrowTogether("FROM cannot be specified together with any other options.");
  }
  return read;
}

void CopyCollation(CommandInput& input, const Option& from, SchemaObject* object) {
  std::vector<std::string> name = from.value != nullptr &&
                                          from.value->node_case == PG_QUERY__NODE__NODE_LIST
                                      ? NamesOf(*from.value)
                                      : std::vector<std::string>{OptionText(from)};
  const std::vector<std::string_view> views(name.begin(), name.end());
  const Oid source =
      catalog::RequireCollation(*input.editor.Current(), input.search_path, views, -1);
  if (source == facts::kDefaultCollationOid) {
    throw SqlError(SqlState::kInvalidObjectDefinition, "collation \"default\" cannot be copied");
  }
  const facts::CollationFact* fact = facts::FindCollation(source);
  if (fact == nullptr) {
    object->properties =
        catalog::ObjectsOf(*input.editor.Current()).FindObject(catalog::kCollationClass, source)->properties;
    return;
  }
  object->SetProperty(catalog::kCollationProvider, std::string(1, fact->collprovider));
  object->SetProperty(catalog::kCollationCollate, std::string(fact->collcollate));
  object->SetProperty(catalog::kCollationCtype, std::string(fact->collctype));
  object->SetProperty(catalog::kCollationIcuLocale, std::string(fact->colliculocale));
  object->SetProperty("encoding", std::to_string(fact->collencoding));
}

bool ComparesBytes(std::string_view locale) {
  return locale == "C" || locale == "POSIX" || locale == "C.UTF-8" || locale == "C.utf8";
}

void RequireLocale(std::string_view locale) {
  if (ComparesBytes(locale)) return;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("could not create locale \"{}\": No such file or directory", locale))
      .Detail(fmt::format("The operating system could not find any locale data for the locale name "
                          "\"{}\".",
                          locale));
}

[[noreturn]] void ThrowMissingParameter(const char* name) {
  throw SqlError(SqlState::kInvalidObjectDefinition,
                 fmt::format("parameter \"{}\" must be specified", name));
}

void SetLibcCollation(const CollationOptions& options, SchemaObject* object) {
  const Option* const collate = options.locale != nullptr ? options.locale : options.collate;
  const Option* const ctype = options.locale != nullptr ? options.locale : options.ctype;
  if (collate == nullptr) ThrowMissingParameter("lc_collate");
  if (ctype == nullptr) ThrowMissingParameter("lc_ctype");
  object->SetProperty(catalog::kCollationCollate, OptionText(*collate));
  object->SetProperty(catalog::kCollationCtype, OptionText(*ctype));
  RequireLocale(object->Property(catalog::kCollationCollate));
  RequireLocale(object->Property(catalog::kCollationCtype));
  object->SetProperty("encoding", "6");
}

void SetCollation(const CollationOptions& options, SchemaObject* object) {
  const std::string provider = options.provider == nullptr ? "libc" : OptionText(*options.provider);
  if (provider != "libc" && provider != "icu") {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("unrecognized collation provider: {}", provider));
  }
  object->SetProperty(catalog::kCollationProvider, provider == "icu" ? "i" : "c");
  const bool deterministic = options.deterministic == nullptr || OptionBool(*options.deterministic);
  if (provider == "icu") {
    if (options.locale == nullptr) ThrowMissingParameter("locale");
    object->SetProperty(catalog::kCollationIcuLocale, OptionText(*options.locale));
    object->SetProperty("encoding", "-1");
    if (!deterministic) object->SetProperty(catalog::kCollationDeterministic, "f");
  } else {
    SetLibcCollation(options, object);
    if (!deterministic) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "nondeterministic collations not supported with this provider");
    }
  }
  if (options.version != nullptr) object->SetProperty("version", OptionText(*options.version));
}

}  // namespace

std::string CreateCollation(const PgQuery__DefineStmt& statement, CommandInput& input) {
  SchemaObject object = NewSchemaObject(
      input, catalog::kCollationClass,
      QualifiedNameOf(StringsOf(ListOf(statement.defnames, statement.n_defnames))));
  const std::vector<Option> given = OptionsOf(ListOf(statement.definition, statement.n_definition));
  const CollationOptions options = ReadCollationOptions(given);
  if (options.from != nullptr) {
    CopyCollation(input, *options.from, &object);
  } else {
    SetCollation(options, &object);
  }
  if (ExistsAlready(input, object, statement.if_not_exists)) return "CREATE COLLATION";
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(object));
  return "CREATE COLLATION";
}

std::string RefreshCollation(const PgQuery__AlterCollationStmt& statement, CommandInput& input) {
  const catalog::SchemaObjectPtr object =
      RequireSchemaObject(input, catalog::kCollationClass,
                          StringsOf(ListOf(statement.collname, statement.n_collname)));
  RequireObjectOwner(input, *object);
  SendNotice(input, "version has not changed");
  return "ALTER COLLATION";
}

}  // namespace grizzly::commands
