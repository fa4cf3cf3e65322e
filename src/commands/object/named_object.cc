#include "commands/object/named_object.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/record.h"
#include "commands/evaluation.h"
#include "commands/object/operator_families.h"
#include "commands/object/schema_objects.h"
#include "facts/access_methods.h"
#include "facts/casts.h"
#include "facts/conversions.h"
#include "facts/namespaces.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/roles.h"
#include "facts/text_search.h"
#include "planner/binder/binder.h"

namespace grizzly::commands {
namespace {

using catalog::ObjectAddress;

constexpr Oid kAccessMethodClass = 2601;
constexpr Oid kLanguageClass = 2612;
constexpr Oid kOperatorFamilyClass = 2753;
constexpr Oid kTablespaceClass = 1213;

[[noreturn]] void ThrowNoObject(std::string message) {
  throw SqlError(SqlState::kUndefinedObject, std::move(message));
}

// Types of a list; nothing (none) is 0.
std::vector<Oid> TypesOf(CommandInput& input, ast::Node* const* nodes, size_t count) {
  std::vector<Oid> types;
  for (size_t i = 0; i < count; ++i) {
    const bool is_type = nodes[i] != nullptr && nodes[i]->node_case == PG_QUERY__NODE__NODE_TYPE_NAME;
    types.push_back(
        is_type ? planner::ResolveTypeName(*nodes[i]->type_name, MakeBinderInput(input)).oid
                : kInvalidOid);
  }
  return types;
}

std::string TypeListText(CommandInput& input, const std::vector<Oid>& types) {
  std::vector<std::string> texts;
  for (const Oid type : types) {
    texts.push_back(type == kInvalidOid ? "NONE"
                                        : input.services->FormatType(type, types::kNoTypmod));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

// ---- functions ----

bool IsOfKind(const facts::ProcFact& proc, PgQuery__ObjectType type) {
  switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE: return proc.prokind == 'a';
    case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE: return proc.prokind == 'p';
    default: return true;
  }
}

std::string_view KindWord(PgQuery__ObjectType type) {
  switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE: return "aggregate";
    case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE: return "procedure";
    case PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE: return "routine";
    default: return "function";
  }
}

Oid RequireFunction(CommandInput& input, PgQuery__ObjectType type,
                    const PgQuery__ObjectWithArgs& node) {
  const std::vector<std::string> name = StringsOf(ListOf(node.objname, node.n_objname));
  const std::vector<Oid> types = TypesOf(input, node.objargs, node.n_objargs);
  const bool visible = name.size() == 1 || name[name.size() - 2] == "pg_catalog";
  const facts::ProcFact* found = nullptr;
  int count = 0;
  for (const facts::ProcFact& proc : facts::FindProcsByName(name.back())) {
    if (!visible) continue;
    if (!node.args_unspecified && !std::ranges::equal(types, proc.proargtypes)) continue;
    found = &proc;
    ++count;
  }
  if (count > 1) {
    throw SqlError(SqlState::kAmbiguousFunction,
                   fmt::format("{} name \"{}\" is not unique", KindWord(type), name.back()))
        .Hint(fmt::format("Specify the argument list to select the {} unambiguously.",
                          KindWord(type)));
  }
  const std::string dotted = fmt::format("{}", fmt::join(name, "."));
  const bool is_aggregate = type == PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE;
  if (found == nullptr) {
    const std::string_view missing_word =
        type == PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE ? "function" : KindWord(type);
    const std::string list = is_aggregate && types.empty() ? "*" : TypeListText(input, types);
    throw SqlError(SqlState::kUndefinedFunction,
                   node.args_unspecified
                       ? fmt::format("could not find a {} named \"{}\"", missing_word, dotted)
                       : fmt::format("{} {}({}) does not exist", missing_word, dotted, list));
  }
  if (!IsOfKind(*found, type)) {
    const std::string signature = fmt::format("{}({})", dotted, TypeListText(input, types));
    throw SqlError(SqlState::kWrongObjectType,
                   is_aggregate ? fmt::format("function {} is not an aggregate", signature)
                                : fmt::format("{} is not a procedure", signature));
  }
  return found->oid;
}

Oid RequireOperator(CommandInput& input, const PgQuery__ObjectWithArgs& node) {
  const std::vector<std::string> name = StringsOf(ListOf(node.objname, node.n_objname));
  const std::vector<Oid> types = TypesOf(input, node.objargs, node.n_objargs);
  if (types.size() != 2) ThrowNotSupported("an operator with this number of operands");
  const facts::OperatorFact* found = facts::FindOperator(name.back(), types[0], types[1]);
  if (found != nullptr) return found->oid;
  const auto text = [&](Oid type) { return input.services->FormatType(type, types::kNoTypmod); };
  const std::string dotted = fmt::format("{}", fmt::join(name, "."));
  throw SqlError(SqlState::kUndefinedFunction,
                 types[0] == kInvalidOid
                     ? fmt::format("operator does not exist: {} {}", dotted, text(types[1]))
                     : fmt::format("operator does not exist: {} {} {}", text(types[0]), dotted,
                                   text(types[1])));
}

Oid RequireCast(CommandInput& input, const PgQuery__List& node) {
  const std::vector<Oid> types = TypesOf(input, node.items, node.n_items);
  const facts::CastFact* found = facts::FindCast(types[0], types[1]);
  if (found != nullptr) return found->oid;
  ThrowNoObject(fmt::format("cast from type {} to type {} does not exist",
                            input.services->FormatType(types[0], types::kNoTypmod),
                            input.services->FormatType(types[1], types::kNoTypmod)));
}

// ---- by name alone ----

// The oid of the row of `facts` whose name it is; throws KIND "NAME" does not exist.
template <typename Facts, typename Name>
Oid RequireFact(const Facts& all, Name name_of, std::string_view name, std::string_view kind) {
  for (const auto& fact : all) {
    if (name_of(fact) == name) return fact.oid;
  }
  ThrowNoObject(fmt::format("{} \"{}\" does not exist", kind, name));
}

const facts::AccessMethodFact& RequireAccessMethod(std::string_view name) {
  if (const auto* method = facts::FindAccessMethodByName(name)) return *method;
  ThrowNoObject(fmt::format("access method \"{}\" does not exist", name));
}

// [access method, name ...]
Oid RequireOpclass(std::vector<std::string> names) {
  const facts::AccessMethodFact& method = RequireAccessMethod(names.front());
  if (const auto* opclass = facts::FindOpclassByName(method.oid, names.back())) return opclass->oid;
  names.erase(names.begin());
  ThrowNoObject(fmt::format("operator class \"{}\" does not exist for access method \"{}\"",
                            fmt::join(names, "."), method.amname));
}

Oid RequireOpfamily(std::vector<std::string> names) {
  const facts::AccessMethodFact& method = RequireAccessMethod(names.front());
  for (const facts::OpfamilyFact& family : facts::AllOpfamilies()) {
    if (family.opfmethod == method.oid && family.opfname == names.back()) return family.oid;
  }
  names.erase(names.begin());
  ThrowNoObject(fmt::format("operator family \"{}\" does not exist for access method \"{}\"",
                            fmt::join(names, "."), method.amname));
}

// User-made ones first, then those of the facts.
Oid RequireMadeOrBuiltin(CommandInput& input, PgQuery__ObjectType type,
                         const std::vector<std::string>& names) {
  const Oid object_class = ClassOfObjectType(type);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto made = catalog::FindObjectByName(*input.editor.Current(), input.search_path,
                                              object_class, views);
  if (made != nullptr) return made->oid;
  const std::string_view kind = catalog::SchemaObjectKind(object_class);
  switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION:
      return catalog::RequireCollation(*input.editor.Current(), input.search_path, views, -1);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSCONFIGURATION:
      return RequireFact(facts::AllTextSearchConfigurations(),
                         [](const auto& fact) { return fact.cfgname; }, names.back(), kind);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSDICTIONARY:
      return RequireFact(facts::AllTextSearchDictionaries(),
                         [](const auto& fact) { return fact.dictname; }, names.back(), kind);
    default: ThrowNoObject(MissingObjectMessage(object_class, names));
  }
}

}  // namespace

namespace {

// One that users made; 0: none.
Oid FindMade(CommandInput& input, Oid object_class, const std::vector<std::string>& names) {
  if (object_class == kInvalidOid) return kInvalidOid;
  const std::vector<std::string_view> views(names.begin(), names.end());
  const catalog::SchemaObjectPtr found =
      catalog::FindObjectByName(*input.editor.Current(), input.search_path, object_class, views);
  return found == nullptr ? kInvalidOid : found->oid;
}

}  // namespace

ObjectAddress RequireNamedObject(CommandInput& input, PgQuery__ObjectType type,
                                 const ast::Node& object) {
  switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION:
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE:
      return {catalog::kProcClass, RequireFunction(input, type, *object.object_with_args)};
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR:
      return {catalog::kOperatorClass, RequireOperator(input, *object.object_with_args)};
    case PG_QUERY__OBJECT_TYPE__OBJECT_CAST:
      return {catalog::kCastClass, RequireCast(input, *object.list)};
    default: break;
  }
  const std::vector<std::string> names = NamesOf(object);
  const std::string& name = names.back();
  if (const Oid made = FindMade(input, ClassOfObjectType(type), names); made != kInvalidOid) {
    return {ClassOfObjectType(type), made};
  }
  switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_LANGUAGE:
      return {kLanguageClass, RequireFact(facts::AllLanguages(),
                                          [](const auto& f) { return f.lanname; }, name, "language")};
    case PG_QUERY__OBJECT_TYPE__OBJECT_ACCESS_METHOD:
      return {kAccessMethodClass, RequireAccessMethod(name).oid};
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLESPACE:
      return {kTablespaceClass,
              RequireFact(facts::AllTablespaces(), [](const auto& f) { return f.spcname; }, name,
                          "tablespace")};
    case PG_QUERY__OBJECT_TYPE__OBJECT_CONVERSION:
      return {catalog::kConversionClass,
              RequireFact(facts::AllConversions(), [](const auto& f) { return f.conname; }, name,
                          "conversion")};
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS:
      return {catalog::kOperatorClassClass, RequireOpclass(names)};
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY:
      if (const Oid made = FindMadeFamily(input, names); made != kInvalidOid) return {kOperatorFamilyClass, made};
      return {kOperatorFamilyClass, RequireOpfamily(names)};
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSPARSER:
      return {catalog::kTextSearchParserClass,
              RequireFact(facts::AllTextSearchParsers(), [](const auto& f) { return f.prsname; },
                          name, "text search parser")};
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSTEMPLATE:
      return {catalog::kTextSearchTemplateClass,
              RequireFact(facts::AllTextSearchTemplates(), [](const auto& f) { return f.tmplname; },
                          name, "text search template")};
    default: return {ClassOfObjectType(type), RequireMadeOrBuiltin(input, type, names)};
  }
}

}  // namespace grizzly::commands
