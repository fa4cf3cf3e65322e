#include "commands/drop/drop_builtin.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/operator_family.h"
#include "catalog/record.h"
#include "catalog/schema_lookup.h"
#include "commands/drop/drop_closure.h"
#include "commands/evaluation.h"
#include "commands/object/named_object.h"
#include "commands/relation_lookup.h"
#include "facts/access_methods.h"
#include "facts/namespaces.h"
#include "facts/procs.h"
#include "planner/binder/binder.h"

namespace grizzly::commands {
namespace {

using Names = std::vector<std::string>;

struct BuiltinKind {
  PgQuery__ObjectType type;
  std::string_view tag;
  std::string_view word;
};
constexpr BuiltinKind kBuiltinKinds[] = {
    {PG_QUERY__OBJECT_TYPE__OBJECT_ACCESS_METHOD, "ACCESS METHOD", "access method"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE, "AGGREGATE", "aggregate"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_CAST, "CAST", "cast"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_EVENT_TRIGGER, "EVENT TRIGGER", "event trigger"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION, "EXTENSION", "extension"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_FDW, "FOREIGN DATA WRAPPER", "foreign-data wrapper"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_SERVER, "SERVER", "server"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE, "FOREIGN TABLE", "foreign table"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, "FUNCTION", "function"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_LANGUAGE, "LANGUAGE", "language"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS, "OPERATOR CLASS", "operator class"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR, "OPERATOR", "operator"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY, "OPERATOR FAMILY", "operator family"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_POLICY, "POLICY", "policy"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE, "PROCEDURE", "procedure"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION, "PUBLICATION", "publication"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE, "ROUTINE", "routine"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_RULE, "RULE", "rule"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TRANSFORM, "TRANSFORM", "transform"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, "TRIGGER", "trigger"},
};

const BuiltinKind* FindKind(PgQuery__ObjectType type) {
  const auto found = std::ranges::find(kBuiltinKinds, type, &BuiltinKind::type);
  return found == std::end(kBuiltinKinds) ? nullptr : found;
}

// The type's name as it was written, which is how PostgreSQL names what is not there.
std::string WrittenType(const ast::Node* node) {
  if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_TYPE_NAME) return "";
  const PgQuery__TypeName& type = *node->type_name;
  std::string text = fmt::format("{}", fmt::join(StringsOf(ListOf(type.names, type.n_names)), "."));
  for (size_t i = 0; i < type.n_array_bounds; ++i) text += "[]";
  return text;
}

class BuiltinDrop {
 public:
  BuiltinDrop(CommandInput& input, const BuiltinKind& kind, bool missing_ok)
      : input_(input), kind_(kind), missing_ok_(missing_ok) {}

  void Drop(const ast::Node& object) {
    switch (kind_.type) {
      case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER:
      case PG_QUERY__OBJECT_TYPE__OBJECT_RULE:
      case PG_QUERY__OBJECT_TYPE__OBJECT_POLICY: return DropOfRelation(NamesOf(object));
      case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE: return DropForeignTable(NamesOf(object));
      case PG_QUERY__OBJECT_TYPE__OBJECT_TRANSFORM: return DropTransform(*object.list);
      case PG_QUERY__OBJECT_TYPE__OBJECT_EVENT_TRIGGER:
      case PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION:
      case PG_QUERY__OBJECT_TYPE__OBJECT_FDW:
      case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_SERVER:
      case PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION:
        return Missing(SqlState::kUndefinedObject, fmt::format("{} \"{}\" does not exist", kind_.word,
                                                               NamesOf(object).back()));
      default: return DropNamed(object);
    }
  }

  // What users made of the kind after all.
  const std::vector<catalog::ObjectAddress>& made() const { return made_; }

 private:
  // Throws, or with IF EXISTS says so.
  void Missing(SqlState state, const std::string& message) { Missing(state, message, message); }
  void Missing(SqlState state, const std::string& error, const std::string& notice) {
    if (!missing_ok_) throw SqlError(state, error);
    SendNotice(input_, notice + ", skipping");
  }

  bool LacksSchema(const Names& names) {
    if (names.size() < 2) return false;
    const std::string& schema = names[names.size() - 2];
    if (catalog::FindSchema(*input_.editor.Current(), input_.search_path, schema) != nullptr) return false;
    Missing(SqlState::kInvalidSchemaName, fmt::format("schema \"{}\" does not exist", schema));
    return true;
  }

  // With IF EXISTS a type nobody knows is one more thing that is not there.
  bool LacksType(const ast::Node* node) {
    if (!missing_ok_ || node == nullptr || node->node_case != PG_QUERY__NODE__NODE_TYPE_NAME) return false;
    const PgQuery__TypeName& type = *node->type_name;
    if (LacksSchema(StringsOf(ListOf(type.names, type.n_names)))) return true;
    try {
      planner::ResolveTypeName(type, MakeBinderInput(input_));
      return false;
    } catch (const SqlError& error) {
      if (error.state() != SqlState::kUndefinedObject) throw;
    }
    SendNotice(input_, fmt::format("type \"{}\" does not exist, skipping", WrittenType(node)));
    return true;
  }

  void DropOfRelation(Names names) {
    const std::string own = names.back();
    names.pop_back();
    if (LacksSchema(names)) return;
    const catalog::RelationPtr relation =
        LockRelation(input_, QualifiedNameOf(names), txn::RelationLockMode::kAccessShare, true);
    if (relation == nullptr) {
      return Missing(SqlState::kUndefinedTable,
                     fmt::format("relation \"{}\" does not exist", fmt::join(names, ".")));
    }
    const bool is_rule = kind_.type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE;
    Missing(SqlState::kUndefinedObject,
            fmt::format("{} \"{}\" for {} \"{}\" does not exist", kind_.word, own,
                        is_rule ? "relation" : "table", relation->name),
            fmt::format("{} \"{}\" for relation \"{}\" does not exist", kind_.word, own,
                        fmt::join(names, ".")));
  }

  void DropForeignTable(const Names& names) {
    if (LacksSchema(names)) return;
    const catalog::RelationPtr relation =
        LockRelation(input_, QualifiedNameOf(names), txn::RelationLockMode::kAccessShare, true);
    if (relation != nullptr) {
      throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is not a foreign table", relation->name))
          .Hint("Use DROP TABLE to remove a table.");
    }
    Missing(SqlState::kUndefinedObject,
            fmt::format("foreign table \"{}\" does not exist", names.back()));
  }

  void DropTransform(const PgQuery__List& object) {
    const ast::Node* type = object.items[0];
    const std::string language(StringOf(object.items[1]));
    if (LacksType(type)) return;
    const bool is_language = std::ranges::any_of(
        facts::AllLanguages(), [&](const auto& fact) { return fact.lanname == language; });
    if (!is_language && !missing_ok_) {
      throw SqlError(SqlState::kUndefinedObject, fmt::format("language \"{}\" does not exist", language));
    }
    const types::SqlType resolved = planner::ResolveTypeName(*type->type_name, MakeBinderInput(input_));
    Missing(SqlState::kUndefinedObject,
            fmt::format("transform for type {} language \"{}\" does not exist",
                        input_.services->FormatType(resolved.oid, types::kNoTypmod), language),
            fmt::format("transform for type {} language \"{}\" does not exist", WrittenType(type), language));
  }

  // ---- what PostgreSQL itself has some of ----

  void DropNamed(const ast::Node& object) {
    if (object.node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS) {
      const PgQuery__ObjectWithArgs& signature = *object.object_with_args;
      if (LacksSchema(StringsOf(ListOf(signature.objname, signature.n_objname)))) return;
      for (const ast::Node* type : ListOf(signature.objargs, signature.n_objargs)) {
        if (LacksType(type)) return;
      }
    }
    if (kind_.type == PG_QUERY__OBJECT_TYPE__OBJECT_CAST) {
      if (LacksType(object.list->items[0]) || LacksType(object.list->items[1])) return;
    }
    if (kind_.type == PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS ||
        kind_.type == PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY) {
      Names names = NamesOf(object);
      if (facts::FindAccessMethodByName(names.front()) == nullptr) {
        throw SqlError(SqlState::kUndefinedObject,
                       fmt::format("access method \"{}\" does not exist", names.front()));
      }
      names.erase(names.begin());
      if (LacksSchema(names)) return;
    }
    RefuseBuiltin(object);
  }

  void RefuseBuiltin(const ast::Node& object) {
    catalog::ObjectAddress address;
    try {
      address = RequireNamedObject(input_, kind_.type, object);
    } catch (const SqlError& error) {
      const bool is_missing = error.state() == SqlState::kUndefinedObject ||
                              error.state() == SqlState::kUndefinedFunction;
      if (!is_missing || !missing_ok_) throw;
      SendNotice(input_, NoticeOfMissing(object, error) + ", skipping");
      return;
    }
    if (address.object_class == catalog::kOperatorFamilyClass && address.object >= kFirstUserOid) {
      made_.push_back(address);
      return;
    }
    RefuseAggregate(address);
    throw SqlError(SqlState::kDependentObjectsStillExist,
                   fmt::format("cannot drop {} because it is required by the database system",
                               catalog::DescribeObject(*input_.editor.Current(), input_.search_path, address)));
  }

  void RefuseAggregate(const catalog::ObjectAddress& address) const {
    const facts::ProcFact* proc =
        address.object_class == catalog::kProcClass ? facts::FindProc(address.object) : nullptr;
    if (kind_.type != PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION || proc == nullptr || proc->prokind != 'a') return;
    throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is an aggregate function", proc->proname))
        .Hint("Use DROP AGGREGATE to drop aggregate functions.");
  }

  std::string NoticeOfMissing(const ast::Node& object, const SqlError& error) const {
    if (kind_.type == PG_QUERY__OBJECT_TYPE__OBJECT_CAST) {
      return fmt::format("cast from type {} to type {} does not exist", WrittenType(object.list->items[0]),
                         WrittenType(object.list->items[1]));
    }
    if (object.node_case != PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS) return error.what();
    const PgQuery__ObjectWithArgs& signature = *object.object_with_args;
    const Names names = StringsOf(ListOf(signature.objname, signature.n_objname));
    if (kind_.type == PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR) {
      return fmt::format("operator {} does not exist", fmt::join(names, "."));
    }
    Names types;
    for (const ast::Node* type : ListOf(signature.objargs, signature.n_objargs)) {
      types.push_back(WrittenType(type));
    }
    return fmt::format("{} {}({}) does not exist", kind_.word, fmt::join(names, "."), fmt::join(types, ","));
  }

  CommandInput& input_;
  const BuiltinKind& kind_;
  const bool missing_ok_;
  std::vector<catalog::ObjectAddress> made_;
};

}  // namespace

bool IsBuiltinKind(PgQuery__ObjectType type) { return FindKind(type) != nullptr; }

std::string DropBuiltinObjects(const PgQuery__DropStmt& statement, CommandInput& input) {
  const BuiltinKind& kind = *FindKind(statement.remove_type);
  BuiltinDrop drop(input, kind, statement.missing_ok);
  for (const ast::Node* object : ListOf(statement.objects, statement.n_objects)) drop.Drop(*object);
  if (!drop.made().empty()) {
    DropObjects(input, drop.made(), statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
  }
  return fmt::format("DROP {}", kind.tag);
}

}  // namespace grizzly::commands
