#include "commands/object/text_search_methods.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/record.h"
#include "catalog/text_search_objects.h"
#include "commands/object/schema_objects.h"
#include "commands/object/text_search.h"
#include "commands/relation_lookup.h"
#include "facts/procs.h"
#include "facts/types.h"

namespace grizzly::commands {
namespace {

using catalog::SchemaObject;

// A function that a parser or template consists of. Without a result it gives `internal`.
struct TextSearchMethod {
  std::string_view name;
  std::vector<Oid> arguments;
  bool required;
};

const std::vector<TextSearchMethod>& ParserMethods() {
  static const std::vector<TextSearchMethod> kMethods = {
      {catalog::kParserStart, {facts::kInternalOid, facts::kInt4Oid}, true},
      {catalog::kParserToken, {facts::kInternalOid, facts::kInternalOid, facts::kInternalOid}, true},
      {catalog::kParserEnd, {facts::kInternalOid}, true},
      {catalog::kParserHeadline, {facts::kInternalOid, facts::kInternalOid, facts::kTsqueryOid}, false},
      {catalog::kParserTypes, {facts::kInternalOid}, true},
  };
  return kMethods;
}

const std::vector<TextSearchMethod>& TemplateMethods() {
  static const std::vector<TextSearchMethod> kMethods = {
      {catalog::kTemplateInit, {facts::kInternalOid}, false},
      {catalog::kTemplateLexize,
       {facts::kInternalOid, facts::kInternalOid, facts::kInternalOid, facts::kInternalOid},
       true},
  };
  return kMethods;
}

std::vector<std::string> NamesOfMethod(const Option& option) {
  if (option.value != nullptr && option.value->node_case == PG_QUERY__NODE__NODE_TYPE_NAME) {
    const PgQuery__TypeName& name = *option.value->type_name;
    return StringsOf(ListOf(name.names, name.n_names));
  }
  return {OptionText(option)};
}

Oid RequireMethod(CommandInput& input, const TextSearchMethod& method, const Option& option) {
  const std::vector<std::string> names = NamesOfMethod(option);
  const bool visible = names.size() == 1 || names[names.size() - 2] == "pg_catalog";
  for (const facts::ProcFact& proc : facts::FindProcsByName(names.back())) {
    if (visible && std::ranges::equal(proc.proargtypes, method.arguments)) return proc.oid;
  }
  std::vector<std::string> types;
  for (const Oid type : method.arguments) types.push_back(input.services->FormatType(type, types::kNoTypmod));
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("function {}({}) does not exist", fmt::join(names, "."), fmt::join(types, ", ")));
}

std::string CreateOfMethods(const PgQuery__DefineStmt& statement, CommandInput& input, Oid object_class,
                            std::string_view kind, const std::vector<TextSearchMethod>& methods) {
  RequireSuperuser(input, fmt::format("must be superuser to create text search {}s", kind));
  SchemaObject object = NewSchemaObject(
      input, object_class, QualifiedNameOf(StringsOf(ListOf(statement.defnames, statement.n_defnames))));
  for (const Option& option : OptionsOf(ListOf(statement.definition, statement.n_definition))) {
    const auto method = std::ranges::find(methods, option.name, &TextSearchMethod::name);
    if (method == methods.end()) {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("text search {} parameter \"{}\" not recognized", kind, option.name));
    }
    object.SetProperty(method->name, std::to_string(RequireMethod(input, *method, option)));
  }
  for (const TextSearchMethod& method : methods) {
    if (!method.required || object.OidProperty(method.name) != kInvalidOid) continue;
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("text search {} {} method is required", kind, method.name));
  }
  RefuseSecondTextSearchObject(input, object);
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(object));
  return fmt::format("CREATE TEXT SEARCH {}", kind == "parser" ? "PARSER" : "TEMPLATE");
}

}  // namespace

std::string CreateTextSearchParser(const PgQuery__DefineStmt& statement, CommandInput& input) {
  return CreateOfMethods(statement, input, catalog::kTextSearchParserClass, "parser", ParserMethods());
}

std::string CreateTextSearchTemplate(const PgQuery__DefineStmt& statement, CommandInput& input) {
  return CreateOfMethods(statement, input, catalog::kTextSearchTemplateClass, "template", TemplateMethods());
}

}  // namespace grizzly::commands
