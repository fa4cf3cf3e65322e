#include "commands/object/text_search.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/record.h"
#include "catalog/text_search_objects.h"
#include "commands/object/schema_objects.h"
#include "commands/relation_lookup.h"
#include "facts/text_search.h"
#include "functions/text_search/dictionary_options.h"

namespace grizzly::commands {
namespace {

using catalog::SchemaObject;
using types::TextSearchMapping;
using Names = std::vector<std::string>;

QualifiedName NameOf(const PgQuery__DefineStmt& statement) {
  return QualifiedNameOf(StringsOf(ListOf(statement.defnames, statement.n_defnames)));
}

}  // namespace

void RefuseSecondTextSearchObject(CommandInput& input, const SchemaObject& object) {
  const auto there = catalog::ObjectsOf(*input.editor.Current())
                         .FindObject(object.object_class, object.schema, object.name);
  if (there == nullptr) return;
  struct CatalogOf {
    Oid object_class;
    std::string_view table, prefix;
  };
  constexpr CatalogOf kCatalogs[] = {{catalog::kTextSearchDictionaryClass, "pg_ts_dict", "dict"},
                                     {catalog::kTextSearchConfigurationClass, "pg_ts_config", "cfg"},
                                     {catalog::kTextSearchParserClass, "pg_ts_parser", "prs"},
                                     {catalog::kTextSearchTemplateClass, "pg_ts_template", "tmpl"}};
  const CatalogOf& in = *std::ranges::find(kCatalogs, object.object_class, &CatalogOf::object_class);
  const std::string constraint = fmt::format("{}_{}name_index", in.table, in.prefix);
  throw SqlError(SqlState::kUniqueViolation,
                 fmt::format("duplicate key value violates unique constraint \"{}\"", constraint))
      .Detail(fmt::format("Key ({0}name, {0}namespace)=({1}, {2}) already exists.", in.prefix, object.name,
                          object.schema))
      .Schema("pg_catalog")
      .Table(std::string(in.table))
      .Constraint(constraint);
}

namespace {

// "a.b" as an option's value has it.
Names NamesOfOption(const Option& option) {
  if (option.value != nullptr && option.value->node_case == PG_QUERY__NODE__NODE_TYPE_NAME) {
    const PgQuery__TypeName& name = *option.value->type_name;
    return StringsOf(ListOf(name.names, name.n_names));
  }
  return {OptionText(option)};
}

Oid RequireMade(CommandInput& input, Oid object_class, const Names& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const Oid found =
      catalog::FindTextSearchObject(*input.editor.Current(), input.search_path, object_class, views);
  if (found != kInvalidOid) return found;
  throw SqlError(SqlState::kUndefinedObject, MissingObjectMessage(object_class, names));
}

// The user's own object that an ALTER changes; `kind` is what it is called.
catalog::SchemaObjectPtr RequireOwn(CommandInput& input, Oid object_class, const Names& names,
                                    std::string_view kind) {
  if (RequireMade(input, object_class, names) < kFirstUserOid) {
    ThrowNotSupported(fmt::format("ALTER of a built-in text search {}", kind));
  }
  catalog::SchemaObjectPtr object = RequireSchemaObject(input, object_class, names);
  RequireObjectOwner(input, *object);
  return object;
}

// ---- dictionaries ----

// What is given takes the place of what is there; without a value it goes.
void Merge(const std::vector<Option>& given, functions::DictionaryOptions* options) {
  for (const Option& option : given) {
    std::erase_if(*options, [&](const auto& known) { return known.first == option.name; });
    if (option.value != nullptr) options->emplace_back(option.name, OptionText(option));
  }
}

}  // namespace

std::string CreateTextSearchDictionary(const PgQuery__DefineStmt& statement, CommandInput& input) {
  SchemaObject object =
      NewSchemaObject(input, catalog::kTextSearchDictionaryClass, NameOf(statement));
  Oid template_oid = kInvalidOid;
  functions::DictionaryOptions options;
  for (const Option& option : OptionsOf(ListOf(statement.definition, statement.n_definition))) {
    if (option.name == "template") {
      template_oid = RequireMade(input, catalog::kTextSearchTemplateClass, NamesOfOption(option));
    } else {
      options.emplace_back(option.name, OptionText(option));
    }
  }
  if (template_oid == kInvalidOid) {
    throw SqlError(SqlState::kInvalidObjectDefinition, "text search template is required");
  }
  functions::MakeDictionary(catalog::BuiltinTemplateOf(*input.editor.Current(), template_oid), options);
  RefuseSecondTextSearchObject(input, object);
  object.SetProperty(catalog::kDictionaryTemplate, std::to_string(template_oid));
  if (template_oid >= kFirstUserOid) {
    object.references.push_back({catalog::kTextSearchTemplateClass, template_oid});
  }
  object.SetProperty(catalog::kDictionaryOptions, functions::DictionaryOptionsText(options));
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(object));
  return "CREATE TEXT SEARCH DICTIONARY";
}

std::string AlterTextSearchDictionary(const PgQuery__AlterTSDictionaryStmt& statement,
                                      CommandInput& input) {
  const Names names = StringsOf(ListOf(statement.dictname, statement.n_dictname));
  const auto object = RequireOwn(input, catalog::kTextSearchDictionaryClass, names, "dictionary");
  functions::DictionaryOptions options =
      functions::ParseDictionaryOptions(object->Property(catalog::kDictionaryOptions));
  Merge(OptionsOf(ListOf(statement.options, statement.n_options)), &options);
  functions::MakeDictionary(catalog::BuiltinTemplateOf(*input.editor.Current(),
                                                       object->OidProperty(catalog::kDictionaryTemplate)),
                            options);
  SchemaObject changed = *object;
  changed.SetProperty(catalog::kDictionaryOptions, functions::DictionaryOptionsText(options));
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(changed));
  return "ALTER TEXT SEARCH DICTIONARY";
}

// ---- configurations ----

namespace {

struct ConfigurationOptions {
  Oid parser = kInvalidOid;
  Oid copied = kInvalidOid;
};

ConfigurationOptions ReadConfigurationOptions(CommandInput& input, const std::vector<Option>& given) {
  ConfigurationOptions options;
  for (const Option& option : given) {
    if (option.name == "parser") {
      options.parser = RequireMade(input, catalog::kTextSearchParserClass, NamesOfOption(option));
    } else if (option.name == "copy") {
      options.copied =
          RequireMade(input, catalog::kTextSearchConfigurationClass, NamesOfOption(option));
    } else {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("text search configuration parameter \"{}\" not recognized", option.name));
    }
  }
  if (options.parser != kInvalidOid && options.copied != kInvalidOid) {
    throw SqlError(SqlState::kSyntaxError, "cannot specify both PARSER and COPY options");
  }
  return options;
}

Oid ParserOf(CommandInput& input, Oid configuration) {
  for (const auto& fact : facts::AllTextSearchConfigurations()) {
    if (fact.oid == configuration) return fact.cfgparser;
  }
  return catalog::ObjectsOf(*input.editor.Current())
      .FindObject(catalog::kTextSearchConfigurationClass, configuration)
      ->OidProperty(catalog::kConfigurationParser);
}

struct TokenTypeNamed {
  int32_t number;
  std::string name;
};

std::vector<TokenTypeNamed> TokenTypes(Oid parser, std::span<ast::Node* const> names) {
  std::vector<TokenTypeNamed> types;
  for (const std::string& name : StringsOf(names)) {
    const auto all = facts::AllTextSearchTokenTypes();
    const auto fact = std::find_if(all.begin(), all.end(), [&](const auto& candidate) {
      return candidate.prsoid == parser && candidate.alias == name;
    });
    if (fact == all.end()) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("token type \"{}\" does not exist", name));
    }
    const bool is_known = std::ranges::any_of(types, [&](const auto& type) { return type.number == fact->tokid; });
    if (!is_known) types.push_back({fact->tokid, name});
  }
  return types;
}

bool HasType(const std::vector<TokenTypeNamed>& types, int32_t number) {
  return std::ranges::any_of(types, [&](const auto& type) { return type.number == number; });
}

// One ALTER of the mappings of a configuration.
class MappingChange {
 public:
  MappingChange(const PgQuery__AlterTSConfigurationStmt& statement, CommandInput& input,
                const SchemaObject& configuration)
      : statement_(statement),
        input_(input),
        oid_(configuration.oid),
        types_(TokenTypes(catalog::BuiltinParserOf(*input.editor.Current(),
                                                   configuration.OidProperty(catalog::kConfigurationParser)),
                          ListOf(statement.tokentype, statement.n_tokentype))),
        mappings_(catalog::MappingsOf(configuration)) {}

  std::vector<TextSearchMapping> Run() {
    if (statement_.n_dicts == 0) {
      Drop();
    } else if (statement_.replace) {
      Replace();
    } else {
      Add();
    }
    return std::move(mappings_);
  }

 private:
  std::vector<Oid> Dictionaries() const {
    std::vector<Oid> oids;
    for (const ast::Node* node : ListOf(statement_.dicts, statement_.n_dicts)) {
      oids.push_back(RequireMade(input_, catalog::kTextSearchDictionaryClass, NamesOf(*node)));
    }
    return oids;
  }

  void Add() {
    const std::vector<Oid> dictionaries = Dictionaries();
    for (const TokenTypeNamed& type : types_) {
      const auto is_of_type = [&](const TextSearchMapping& mapping) { return mapping.token_type == type.number; };
      if (statement_.override) {
        std::erase_if(mappings_, is_of_type);
      } else if (std::ranges::any_of(mappings_, is_of_type)) {
        ThrowTaken(type.number);
      }
      for (const Oid dictionary : dictionaries) mappings_.push_back({type.number, dictionary});
    }
  }

  [[noreturn]] void ThrowTaken(int32_t type) const {
    constexpr const char* kIndex = "pg_ts_config_map_index";
    throw SqlError(SqlState::kUniqueViolation,
                   fmt::format("duplicate key value violates unique constraint \"{}\"", kIndex))
        .Detail(fmt::format("Key (mapcfg, maptokentype, mapseqno)=({}, {}, 1) already exists.", oid_, type))
        .Schema("pg_catalog")
        .Table("pg_ts_config_map")
        .Constraint(kIndex);
  }

  // Of all token types, or of those named.
  void Replace() {
    const std::vector<Oid> dictionaries = Dictionaries();
    for (TextSearchMapping& mapping : mappings_) {
      const bool is_meant = types_.empty() || HasType(types_, mapping.token_type);
      if (is_meant && mapping.dictionary == dictionaries[0]) mapping.dictionary = dictionaries[1];
    }
  }

  void Drop() {
    for (const TokenTypeNamed& type : types_) {
      const size_t dropped = std::erase_if(mappings_, [&](const TextSearchMapping& mapping) {
        return mapping.token_type == type.number;
      });
      if (dropped > 0) continue;
      const std::string message =
          fmt::format("mapping for token type \"{}\" does not exist", type.name);
      if (!statement_.missing_ok) throw SqlError(SqlState::kUndefinedObject, message);
      SendNotice(input_, message + ", skipping");
    }
  }

  const PgQuery__AlterTSConfigurationStmt& statement_;
  CommandInput& input_;
  const Oid oid_;
  const std::vector<TokenTypeNamed> types_;
  std::vector<TextSearchMapping> mappings_;
};

}  // namespace

std::string CreateTextSearchConfiguration(const PgQuery__DefineStmt& statement, CommandInput& input) {
  SchemaObject object =
      NewSchemaObject(input, catalog::kTextSearchConfigurationClass, NameOf(statement));
  ConfigurationOptions options = ReadConfigurationOptions(
      input, OptionsOf(ListOf(statement.definition, statement.n_definition)));
  if (options.copied != kInvalidOid) {
    options.parser = ParserOf(input, options.copied);
    catalog::SetMappings(catalog::MappingsOf(*input.editor.Current(), options.copied), &object);
  }
  if (options.parser == kInvalidOid) {
    throw SqlError(SqlState::kInvalidObjectDefinition, "text search parser is required");
  }
  RefuseSecondTextSearchObject(input, object);
  object.SetProperty(catalog::kConfigurationParser, std::to_string(options.parser));
  catalog::SetMappings(catalog::MappingsOf(object), &object);  // it needs its parser, too
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(object));
  return "CREATE TEXT SEARCH CONFIGURATION";
}

std::string AlterTextSearchConfiguration(const PgQuery__AlterTSConfigurationStmt& statement,
                                         CommandInput& input) {
  const auto names = StringsOf(ListOf(statement.cfgname, statement.n_cfgname));
  const auto object =
      RequireOwn(input, catalog::kTextSearchConfigurationClass, names, "configuration");
  SchemaObject changed = *object;
  catalog::SetMappings(MappingChange(statement, input, *object).Run(), &changed);
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(changed));
  return "ALTER TEXT SEARCH CONFIGURATION";
}

}  // namespace grizzly::commands
