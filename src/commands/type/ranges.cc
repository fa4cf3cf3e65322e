#include "commands/type/ranges.h"

#include <algorithm>

#include "catalog/name_choice.h"
#include "catalog/object_text.h"
#include "catalog/record.h"
#include "catalog/schema_object.h"
#include "commands/evaluation.h"
#include "commands/table/table_elements.h"
#include "commands/type/type_parts.h"
#include "facts/access_methods.h"
#include "facts/procs.h"
#include "facts/types.h"

namespace grizzly::commands {
namespace {

using catalog::Type;

struct RangeOptions {
  const Option* subtype = nullptr;
  const Option* opclass = nullptr;
  const Option* collation = nullptr;
  const Option* canonical = nullptr;
  const Option* diff = nullptr;
  const Option* multirange_name = nullptr;
};

struct OptionName {
  std::string_view name;
  const Option* RangeOptions::*member;
};
constexpr OptionName kOptionNames[] = {
    {"subtype", &RangeOptions::subtype},
    {"subtype_opclass", &RangeOptions::opclass},
    {"collation", &RangeOptions::collation},
    {"canonical", &RangeOptions::canonical},
    {"subtype_diff", &RangeOptions::diff},
    {"multirange_type_name", &RangeOptions::multirange_name},
};

RangeOptions SortOptions(const std::vector<Option>& options) {
  RangeOptions sorted;
  for (const Option& option : options) {
    const auto* known = std::find_if(std::begin(kOptionNames), std::end(kOptionNames),
                                     [&](const OptionName& n) { return n.name == option.name; });
    if (known == std::end(kOptionNames)) {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("type attribute \"{}\" not recognized", option.name));
    }
    if (sorted.*(known->member) != nullptr) {
      throw SqlError(SqlState::kSyntaxError, "conflicting or redundant options")
          .At(option.location);
    }
    sorted.*(known->member) = &option;
  }
  if (sorted.subtype == nullptr) {
    throw SqlError(SqlState::kSyntaxError, "type attribute \"subtype\" is required");
  }
  return sorted;
}

// A name given as an option's value: a type name of the grammar, or a string.
std::vector<std::string> NameOf(const Option& option) {
  if (option.value != nullptr && option.value->node_case == PG_QUERY__NODE__NODE_TYPE_NAME) {
    const PgQuery__TypeName& name = *option.value->type_name;
    return StringsOf(ListOf(name.names, name.n_names));
  }
  return {OptionText(option)};
}

types::SqlType ReadSubtype(CommandInput& input, const Option& option) {
  if (option.value == nullptr || option.value->node_case != PG_QUERY__NODE__NODE_TYPE_NAME) {
    throw SqlError(SqlState::kSyntaxError, "argument of subtype must be a type name")
        .At(option.location);
  }
  const types::SqlType subtype =
      planner::ResolveTypeName(*option.value->type_name, MakeBinderInput(input));
  if (input.editor.Current()->FindType(subtype.oid)->typtype == 'p') {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("range subtype cannot be {}", TypeText(input, subtype.oid)));
  }
  LockType(input, subtype.oid, /*exclusive=*/false);
  return subtype;
}

Oid FindOpclass(CommandInput& input, const types::SqlType& subtype, const Option* given) {
  const Oid type = OpclassInputType(*input.editor.Current(), subtype.oid);
  if (given == nullptr) {
    const facts::OpclassFact* found = facts::DefaultOpclass(facts::kBtreeMethodOid, type);
    if (found != nullptr) return found->oid;
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("data type {} has no default operator class for access method "
                               "\"btree\"",
                               TypeText(input, subtype.oid)))
        .Hint("You must specify an operator class for the range type or define a default operator "
              "class for the subtype.");
  }
  const std::string name = NameOf(*given).back();
  bool any = false;
  for (const facts::OpclassFact& fact : facts::AllOpclasses()) {
    if (fact.opcmethod != facts::kBtreeMethodOid || fact.opcname != name) continue;
    any = true;
    if (fact.opcintype == type) return fact.oid;
  }
  if (!any) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("operator class \"{}\" does not exist for access method \"btree\"",
                               name));
  }
  throw SqlError(SqlState::kDatatypeMismatch,
                 fmt::format("operator class \"{}\" does not accept data type {}", name,
                             TypeText(input, subtype.oid)));
}

Oid ReadRangeCollation(CommandInput& input, const types::SqlType& subtype, const Option* given) {
  if (given == nullptr) return subtype.collation;
  const std::vector<std::string> name = NameOf(*given);
  const std::vector<std::string_view> parts(name.begin(), name.end());
  const Oid collation =
      catalog::RequireCollation(*input.editor.Current(), input.search_path, parts, -1);
  if (subtype.collation == kInvalidOid) {
    throw SqlError(SqlState::kWrongObjectType,
                   "range collation specified but subtype does not support collation");
  }
  return collation;
}

Oid ReadDiff(CommandInput& input, const types::SqlType& subtype, const Option* given) {
  if (given == nullptr) return kInvalidOid;
  const std::string name = NameOf(*given).back();
  const Oid base = input.editor.Current()->DomainBaseOf(subtype.oid);
  for (const facts::ProcFact& proc : facts::FindProcsByName(name)) {
    if (proc.proargtypes.size() != 2 || proc.proargtypes[0] != base || proc.proargtypes[1] != base) {
      continue;
    }
    if (proc.prorettype != facts::kFloat8Oid) {
      throw SqlError(SqlState::kInvalidObjectDefinition,
                     fmt::format("range subtype diff function {}({}, {}) must return type double "
                                 "precision",
                                 name, TypeText(input, subtype.oid), TypeText(input, subtype.oid)));
    }
    return proc.oid;
  }
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("function {}({}, {}) does not exist", name,
                             TypeText(input, subtype.oid), TypeText(input, subtype.oid)));
}

void RefuseCanonical(const Option* given) {
  if (given == nullptr) return;
  throw SqlError(SqlState::kInvalidObjectDefinition,
                 "cannot specify a canonical function without a pre-created shell type")
      .Hint("Create the type as a shell type, then create its canonicalization function, then do a "
            "full CREATE TYPE.");
}

// "foorange" has "foomultirange", "foo" has "foo_multirange".
std::string DefaultMultirangeName(const std::string& range) {
  const size_t at = range.find("range");
  if (at != std::string::npos) {
    std::string name = range;
    return std::string(catalog::TruncateName(name.insert(at, "multi")));
  }
  return catalog::MakeObjectName(range, "", "multirange");
}

CreationTarget MultirangeTarget(CommandInput& input, const CreationTarget& range,
                                const Option* given) {
  if (given != nullptr) return LockNewTypeName(input, NameOf(*given));
  CreationTarget target{range.schema, DefaultMultirangeName(range.name)};
  LockChosenName(input, target.schema, target.name);
  try {
    RefuseTakenTypeName(input, target.schema, target.name);
  } catch (SqlError& error) {
    std::move(error)
        .Detail(fmt::format("Failed while creating a multirange type for type \"{}\".", range.name))
        .Hint("You can manually specify a multirange type name using the \"multirange_type_name\" "
              "attribute.");
    throw;
  }
  return target;
}

}  // namespace

std::string CreateRange(const PgQuery__CreateRangeStmt& statement, CommandInput& input) {
  const CreationTarget target =
      LockNewTypeName(input, StringsOf(ListOf(statement.type_name, statement.n_type_name)));
  const std::vector<Option> given = OptionsOf(ListOf(statement.params, statement.n_params));
  const RangeOptions options = SortOptions(given);
  RefuseCanonical(options.canonical);
  const types::SqlType subtype = ReadSubtype(input, *options.subtype);
  Type range;
  range.schema = target.schema;
  range.name = target.name;
  range.owner = input.current_role;
  range.typtype = 'r';
  range.category = 'R';
  range.range_subtype = subtype.oid;
  range.range_opclass = FindOpclass(input, subtype, options.opclass);
  range.range_collation = ReadRangeCollation(input, subtype, options.collation);
  range.range_diff = ReadDiff(input, subtype, options.diff);
  const CreationTarget multi = MultirangeTarget(input, target, options.multirange_name);
  range.oid = input.editor.NewOid();
  range.multirange = input.editor.NewOid();
  Type multirange;
  multirange.oid = range.multirange;
  multirange.schema = multi.schema;
  multirange.name = multi.name;
  multirange.owner = range.owner;
  multirange.typtype = 'm';
  multirange.category = 'R';
  multirange.range = range.oid;
  PutTypeWithArray(input, std::move(range));
  PutTypeWithArray(input, std::move(multirange));
  return "CREATE TYPE";
}

}  // namespace grizzly::commands
