#include "commands/object/operator_families.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/operator_family.h"
#include "catalog/record.h"
#include "catalog/schema_lookup.h"
#include "commands/evaluation.h"
#include "commands/object/named_object.h"
#include "commands/object/schema_objects.h"
#include "commands/relation_lookup.h"
#include "facts/access_methods.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "planner/binder/binder.h"

namespace grizzly::commands {
namespace {

using catalog::FamilyMember;
using catalog::SchemaObject;
using catalog::SchemaObjectPtr;
using Names = std::vector<std::string>;

constexpr std::string_view kAlterTag = "ALTER OPERATOR FAMILY";

// What an access method asks of its families.
struct FamilyRules {
  std::string_view method;
  int32_t strategies_max;
  int32_t functions_max;
  int32_t options_function;
  bool can_order_by_operator;
};
constexpr int32_t kAnyStrategy = std::numeric_limits<int16_t>::max();
constexpr FamilyRules kFamilyRules[] = {
    {"btree", 5, 5, 5, false},             {"hash", 1, 3, 3, false},
    {"gist", kAnyStrategy, 11, 10, true},  {"spgist", kAnyStrategy, 7, 7, true},
    {"gin", kAnyStrategy, 7, 7, false},    {"brin", kAnyStrategy, 15, 5, false},
};

[[noreturn]] void ThrowDefinition(std::string message) {
  throw SqlError(SqlState::kInvalidObjectDefinition, std::move(message));
}

const facts::AccessMethodFact& RequireMethod(std::string_view name) {
  const facts::AccessMethodFact* method = facts::FindAccessMethodByName(name);
  if (method == nullptr) {
    throw SqlError(SqlState::kUndefinedObject, fmt::format("access method \"{}\" does not exist", name));
  }
  if (method->amtype != 'i') {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   fmt::format("access method \"{}\" is not of type INDEX", name));
  }
  return *method;
}

SchemaObjectPtr RequireFamily(CommandInput& input, const facts::AccessMethodFact& method, const Names& name) {
  if (const auto found =
          catalog::FindOperatorFamily(*input.editor.Current(), input.search_path, method.oid, name)) {
    LockSchemaObject(input, catalog::kOperatorFamilyClass, found->oid);
    return catalog::ObjectsOf(*input.editor.Current()).FindObject(catalog::kOperatorFamilyClass, found->oid);
  }
  for (const facts::OpfamilyFact& fact : facts::AllOpfamilies()) {
    if (fact.opfmethod == method.oid && fact.opfname == name.back()) {
      ThrowNotSupported("ALTER of a built-in operator family");
    }
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("operator family \"{}\" does not exist for access method \"{}\"",
                             fmt::join(name, "."), method.amname));
}

void RefuseTakenFamily(CommandInput& input, const facts::AccessMethodFact& method, const SchemaObject& family,
                       bool names_schema) {
  bool taken = false;
  catalog::ObjectsOf(*input.editor.Current())
      .ForEachObject(catalog::kOperatorFamilyClass, [&](const SchemaObject& other) {
        taken |= other.schema == family.schema && other.name == family.name &&
                 other.OidProperty(catalog::kFamilyMethod) == method.oid;
      });
  if (!taken) return;
  const std::string where =
      names_schema
          ? fmt::format(" in schema \"{}\"", input.editor.Current()->FindSchema(family.schema)->name)
          : std::string();
  throw SqlError(SqlState::kDuplicateObject,
                 fmt::format("operator family \"{}\" for access method \"{}\" already exists{}", family.name,
                             method.amname, where));
}

// ---- members ----

class FamilyChange {
 public:
  FamilyChange(CommandInput& input, const facts::AccessMethodFact& method, const SchemaObject& family)
      : input_(input),
        method_(method),
        rules_(*std::ranges::find(kFamilyRules, method.amname, &FamilyRules::method)),
        family_(family),
        members_(catalog::MembersOf(family)) {}

  void Add(const PgQuery__CreateOpClassItem& item) {
    if (item.itemtype == kOperatorItem) return Note(OperatorOf(item));
    if (item.itemtype == kFunctionItem) return Note(FunctionOf(item));
    throw SqlError(SqlState::kSyntaxError, "STORAGE cannot be specified in ALTER OPERATOR FAMILY");
  }

  void Drop(const PgQuery__CreateOpClassItem& item) {
    FamilyMember member;
    member.kind = item.itemtype == kOperatorItem ? 'o' : 'f';
    member.number = CheckedNumber(item);
    ReadTypes(item, &member);
    Note(member);
  }

  std::vector<FamilyMember> AfterAdding() {
    for (FamilyMember& member : noted_) {
      if (FindPlace(members_, member) != members_.end()) {
        throw SqlError(SqlState::kDuplicateObject,
                       fmt::format("{} already exists in operator family \"{}\"", PlaceText(member),
                                   family_.name));
      }
      member.oid = input_.editor.NewOid();
      members_.push_back(member);
    }
    return std::move(members_);
  }

  std::vector<FamilyMember> AfterDropping() {
    for (const FamilyMember& member : noted_) {
      const auto found = FindPlace(members_, member);
      if (found == members_.end()) {
        throw SqlError(SqlState::kUndefinedObject,
                       fmt::format("{} does not exist in operator family \"{}\"", PlaceText(member),
                                   family_.name));
      }
      members_.erase(found);
    }
    return std::move(members_);
  }

 private:
  static constexpr int32_t kOperatorItem = 1;
  static constexpr int32_t kFunctionItem = 2;

  static std::vector<FamilyMember>::iterator FindPlace(std::vector<FamilyMember>& members,
                                                       const FamilyMember& wanted) {
    return std::ranges::find_if(members, [&](const FamilyMember& each) { return each.IsSamePlace(wanted); });
  }

  std::string TypesText(const FamilyMember& member) const {
    return fmt::format("({},{})", input_.services->FormatType(member.left, types::kNoTypmod),
                       input_.services->FormatType(member.right, types::kNoTypmod));
  }
  std::string PlaceText(const FamilyMember& member) const {
    return fmt::format("{} {}{}", member.kind == 'o' ? "operator" : "function", member.number,
                       TypesText(member));
  }

  void Note(FamilyMember member) {
    if (FindPlace(noted_, member) != noted_.end()) {
      ThrowDefinition(fmt::format("{} number {} for {} appears more than once",
                                  member.kind == 'o' ? "operator" : "function", member.number,
                                  TypesText(member)));
    }
    noted_.push_back(member);
  }

  int32_t CheckedNumber(const PgQuery__CreateOpClassItem& item) const {
    const bool is_operator = item.itemtype == kOperatorItem;
    const int32_t maximum = is_operator ? rules_.strategies_max : rules_.functions_max;
    if (item.number >= 1 && item.number <= maximum) return item.number;
    ThrowDefinition(fmt::format("invalid {} number {}, must be between 1 and {}",
                                is_operator ? "operator" : "function", item.number, maximum));
  }

  // One type stands for both sides.
  void ReadTypes(const PgQuery__CreateOpClassItem& item, FamilyMember* member) const {
    if (item.n_class_args < 1 || item.n_class_args > 2) {
      throw SqlError(SqlState::kSyntaxError, "one or two argument types must be specified");
    }
    const auto type = [&](size_t i) {
      return planner::ResolveTypeName(*item.class_args[i]->type_name, MakeBinderInput(input_)).oid;
    };
    member->left = type(0);
    member->right = item.n_class_args == 1 ? member->left : type(1);
  }

  FamilyMember OperatorOf(const PgQuery__CreateOpClassItem& item) const {
    FamilyMember member;
    member.number = CheckedNumber(item);
    if (item.name->n_objargs == 0) {
      throw SqlError(SqlState::kSyntaxError,
                     "operator argument types must be specified in ALTER OPERATOR FAMILY");
    }
    ast::Node named = PG_QUERY__NODE__INIT;
    named.node_case = PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS;
    named.object_with_args = item.name;
    member.member =
        RequireNamedObject(input_, PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR, named).object;
    if (item.n_order_family > 0) {
      member.sort_family = RequireSortFamily(StringsOf(ListOf(item.order_family, item.n_order_family)));
    }
    const facts::OperatorFact& fact = *facts::FindOperator(member.member);
    if (fact.oprkind != 'b') ThrowDefinition("index operators must be binary");
    if (member.sort_family != kInvalidOid && !rules_.can_order_by_operator) {
      ThrowDefinition(
          fmt::format("access method \"{}\" does not support ordering operators", method_.amname));
    }
    if (member.sort_family == kInvalidOid && fact.oprresult != facts::kBoolOid) {
      ThrowDefinition("index search operators must return boolean");
    }
    member.left = fact.oprleft;
    member.right = fact.oprright;
    return member;
  }

  Oid RequireSortFamily(const Names& name) const {
    for (const facts::OpfamilyFact& fact : facts::AllOpfamilies()) {
      if (fact.opfmethod == facts::kBtreeMethodOid && fact.opfname == name.back()) return fact.oid;
    }
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("operator family \"{}\" does not exist for access method \"btree\"",
                               fmt::join(name, ".")));
  }

  FamilyMember FunctionOf(const PgQuery__CreateOpClassItem& item) const {
    FamilyMember member;
    member.kind = 'f';
    member.number = CheckedNumber(item);
    ast::Node named = PG_QUERY__NODE__INIT;
    named.node_case = PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS;
    named.object_with_args = item.name;
    member.member =
        RequireNamedObject(input_, PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, named).object;
    if (item.n_class_args > 0) ReadTypes(item, &member);
    CheckFunction(*facts::FindProc(member.member), &member);
    if (member.left == kInvalidOid || member.right == kInvalidOid) {
      ThrowDefinition("associated data types must be specified for index support function");
    }
    return member;
  }

  void CheckFunction(const facts::ProcFact& proc, FamilyMember* member) const {
    if (member->number == rules_.options_function) return CheckOptionsFunction(proc, *member);
    if (method_.amname == "btree") return CheckBtreeFunction(proc, member);
    if (method_.amname == "hash") return CheckHashFunction(proc, member);
  }

  static void CheckOptionsFunction(const facts::ProcFact& proc, const FamilyMember& member) {
    if (member.left != member.right) {
      ThrowDefinition("left and right associated data types for operator class options parsing functions "
                      "must match");
    }
    const bool fits = proc.prorettype == facts::kVoidOid && proc.proargtypes.size() == 1 &&
                      proc.proargtypes[0] == facts::kInternalOid;
    if (fits) return;
    throw SqlError(SqlState::kInvalidObjectDefinition, "invalid operator class options parsing function")
        .Hint("Valid signature of operator class options parsing function is (internal) RETURNS void.");
  }

  // Types that were not said are those of arguments `left` and `right`.
  static void TakeTypes(const facts::ProcFact& proc, size_t left, size_t right, FamilyMember* member) {
    if (member->left == kInvalidOid) member->left = proc.proargtypes[left];
    if (member->right == kInvalidOid) member->right = proc.proargtypes[right];
  }

  static void RequireSignature(const facts::ProcFact& proc, size_t count, std::string_view count_word,
                               Oid result, std::string_view result_word, std::string_view what) {
    if (proc.proargtypes.size() != count) {
      ThrowDefinition(fmt::format("{} must have {} argument{}", what, count_word, count == 1 ? "" : "s"));
    }
    if (proc.prorettype != result) ThrowDefinition(fmt::format("{} must return {}", what, result_word));
  }

  static void CheckBtreeFunction(const facts::ProcFact& proc, FamilyMember* member) {
    switch (member->number) {
      case 1:
        RequireSignature(proc, 2, "two", facts::kInt4Oid, "integer", "btree comparison functions");
        return TakeTypes(proc, 0, 1, member);
      case 2:
        if (proc.proargtypes.size() != 1 || proc.proargtypes[0] != facts::kInternalOid) {
          ThrowDefinition("btree sort support functions must accept type \"internal\"");
        }
        if (proc.prorettype != facts::kVoidOid) {
          ThrowDefinition("btree sort support functions must return void");
        }
        return;
      case 3:
        RequireSignature(proc, 5, "five", facts::kBoolOid, "boolean", "btree in_range functions");
        return TakeTypes(proc, 0, 2, member);
      default:
        RequireSignature(proc, 1, "one", facts::kBoolOid, "boolean", "btree equal image functions");
        if (member->left != member->right) {
          ThrowDefinition("btree equal image functions must not be cross-type");
        }
    }
  }

  static void CheckHashFunction(const facts::ProcFact& proc, FamilyMember* member) {
    if (member->number == 1) {
      RequireSignature(proc, 1, "one", facts::kInt4Oid, "integer", "hash function 1");
    } else {
      RequireSignature(proc, 2, "two", facts::kInt8Oid, "bigint", "hash function 2");
    }
    TakeTypes(proc, 0, 0, member);
  }

  CommandInput& input_;
  const facts::AccessMethodFact& method_;
  const FamilyRules& rules_;
  const SchemaObject& family_;
  std::vector<FamilyMember> members_;
  std::vector<FamilyMember> noted_;
};

// [access method, name ...] as statements name it.
Names TakeMethod(Names* name) {
  Names method{name->front()};
  name->erase(name->begin());
  return method;
}

void RequireFamilyOwner(CommandInput& input, const SchemaObject& family) {
  if (input.is_superuser || family.owner == input.current_role) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("must be owner of operator family {}", family.name));
}

// The family a statement changes, with its access method.
SchemaObjectPtr RequireOwnFamily(CommandInput& input, const ast::Node& object,
                                 const facts::AccessMethodFact** method) {
  Names name = NamesOf(object);
  *method = &RequireMethod(TakeMethod(&name).front());
  SchemaObjectPtr family = RequireFamily(input, **method, name);
  RequireFamilyOwner(input, *family);
  return family;
}

}  // namespace

std::string CreateOperatorFamily(const PgQuery__CreateOpFamilyStmt& statement, CommandInput& input) {
  const facts::AccessMethodFact& method = RequireMethod(TextOf(statement.amname));
  RequireSuperuser(input, "must be superuser to create an operator family");
  SchemaObject family =
      NewSchemaObject(input, catalog::kOperatorFamilyClass,
                      QualifiedNameOf(StringsOf(ListOf(statement.opfamilyname, statement.n_opfamilyname))));
  RefuseTakenFamily(input, method, family, /*names_schema=*/false);
  family.SetProperty(catalog::kFamilyMethod, std::to_string(method.oid));
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(family));
  return "CREATE OPERATOR FAMILY";
}

std::string AlterOperatorFamily(const PgQuery__AlterOpFamilyStmt& statement, CommandInput& input) {
  const facts::AccessMethodFact& method = RequireMethod(TextOf(statement.amname));
  const SchemaObjectPtr family = RequireFamily(
      input, method, StringsOf(ListOf(statement.opfamilyname, statement.n_opfamilyname)));
  RequireSuperuser(input, "must be superuser to alter an operator family");
  FamilyChange change(input, method, *family);
  for (const ast::Node* node : ListOf(statement.items, statement.n_items)) {
    const PgQuery__CreateOpClassItem& item = *node->create_op_class_item;
    statement.is_drop ? change.Drop(item) : change.Add(item);
  }
  SchemaObject changed = *family;
  catalog::SetMembers(statement.is_drop ? change.AfterDropping() : change.AfterAdding(), &changed);
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(changed));
  return std::string(kAlterTag);
}

Oid FindMadeFamily(CommandInput& input, const std::vector<std::string>& name) {
  Names own = name;
  const facts::AccessMethodFact* method = facts::FindAccessMethodByName(TakeMethod(&own).front());
  if (method == nullptr || own.empty()) return kInvalidOid;
  const SchemaObjectPtr found =
      catalog::FindOperatorFamily(*input.editor.Current(), input.search_path, method->oid, own);
  return found == nullptr ? kInvalidOid : found->oid;
}

std::string RenameOperatorFamily(const PgQuery__RenameStmt& statement, CommandInput& input) {
  const facts::AccessMethodFact* method = nullptr;
  SchemaObject changed = *RequireOwnFamily(input, *statement.object, &method);
  changed.name = TextOf(statement.newname);
  RefuseTakenFamily(input, *method, changed, /*names_schema=*/true);
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(changed));
  return std::string(kAlterTag);
}

std::string MoveOperatorFamily(const PgQuery__AlterObjectSchemaStmt& statement, CommandInput& input) {
  const facts::AccessMethodFact* method = nullptr;
  SchemaObject changed = *RequireOwnFamily(input, *statement.object, &method);
  const Oid schema = catalog::RequireSchema(*input.editor.Current(), TextOf(statement.newschema)).oid;
  LockSchema(input, schema, /*exclusive=*/false);
  if (schema == changed.schema) return std::string(kAlterTag);
  changed.schema = schema;
  RefuseTakenFamily(input, *method, changed, /*names_schema=*/true);
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(changed));
  return std::string(kAlterTag);
}

std::string ChangeFamilyOwner(const PgQuery__AlterOwnerStmt& statement, CommandInput& input, Oid owner) {
  const facts::AccessMethodFact* method = nullptr;
  SchemaObject changed = *RequireOwnFamily(input, *statement.object, &method);
  RequireMemberOf(input, owner);
  changed.owner = owner;
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(changed));
  return std::string(kAlterTag);
}

}  // namespace grizzly::commands
