#include "commands/type/domains.h"

#include <algorithm>

#include "catalog/name_choice.h"
#include "catalog/object_text.h"
#include "catalog/record.h"
#include "commands/drop/drop_closure.h"
#include "commands/evaluation.h"
#include "commands/table/table_elements.h"
#include "commands/type/domain_rows.h"
#include "commands/type/type_parts.h"
#include "facts/types.h"

namespace grizzly::commands {
namespace {

using catalog::Type;

// What a domain takes over from the type below it.
void InheritFromBase(CommandInput& input, const types::SqlType& base, Type* domain) {
  const TypePtr below = input.editor.Current()->FindType(base.oid);
  if (below->typtype == 'p') {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("\"{}\" is not a valid base type for a domain", below->name));
  }
  LockType(input, base.oid, /*exclusive=*/false);
  domain->base = base.oid;
  domain->base_typmod = base.typmod;
  domain->category = below->category;
  domain->length = below->length;
  domain->delimiter = below->delimiter;
  domain->collation = base.collation;
  domain->physical = base.physical;
  domain->default_value = below->typtype == 'd' ? below->default_value : catalog::Definition();
}

catalog::Column AsColumn(const Type& domain, const CommandInput& input) {
  catalog::Column column;
  column.name = domain.name;
  column.type = input.editor.Current()->ResolveType(domain.base, domain.base_typmod);
  return column;
}

void SetDefault(CommandInput& input, const ast::Node& expression, Type* domain) {
  const catalog::Column column = AsColumn(*domain, input);
  const expr::ExprPtr bound = BindNewDefault(input, column, expression);
  const bool is_null = bound->kind == expr::ExprKind::kConst &&
                       static_cast<const expr::ConstExpr&>(*bound).value.is_null();
  domain->default_value =
      is_null ? catalog::Definition() : MakeDefaultDefinition(input, column, expression, *bound);
}

std::string ChooseCheckName(CommandInput& input, const Type& domain, std::string_view given) {
  const auto taken = [&](const std::string& name) {
    return std::any_of(domain.checks.begin(), domain.checks.end(),
                       [&](const catalog::Constraint& other) { return other.name == name; });
  };
  std::string name(given);
  if (!name.empty()) {
    if (taken(name)) {
      throw SqlError(SqlState::kDuplicateObject,
                     fmt::format("constraint \"{}\" for domain \"{}\" already exists", name,
                                 domain.name));
    }
    return name;
  }
  catalog::NameChooser chooser(*input.editor.Current(), domain.schema);
  for (const catalog::Constraint& other : domain.checks) chooser.Take(other.name);
  return chooser.Constraint(domain.name, "", "check");
}

void AddCheck(CommandInput& input, const PgQuery__Constraint& node, Type* domain) {
  catalog::Constraint check;
  check.name = ChooseCheckName(input, *domain, TextOf(node.conname));
  planner::UsedObjects used;
  planner::BinderInput binder = MakeBinderInput(input);
  binder.used_objects = &used;
  planner::BindDomainCondition(*node.raw_expr, domain->base, binder);
  check.oid = input.editor.NewOid();
  check.kind = catalog::ConstraintKind::kCheck;
  check.check = MakeDefinition(input, *node.raw_expr);
  check.validated = !node.skip_validation;
  AddDependencies(input, used, {catalog::kConstraintClass, check.oid});
  domain->checks.push_back(std::move(check));
}

void AddDefaultDependencies(CommandInput& input, const Type& domain) {
  if (domain.default_value.empty()) return;
  planner::UsedObjects used;
  BindStored(input, domain.default_value, nullptr, planner::ExpressionPlace::kDefault, &used);
  AddDependencies(input, used, {catalog::kTypeClass, domain.oid});
}

[[noreturn]] void ThrowNotForDomains(std::string_view what) {
  throw SqlError(SqlState::kSyntaxError, fmt::format("{} not possible for domains", what));
}

// What the constraints of CREATE DOMAIN say, each kind once.
class ConstraintReader {
 public:
  ConstraintReader(CommandInput& input, Type* domain) : input_(input), domain_(domain) {}

  void Read(const PgQuery__Constraint& node) {
    switch (node.contype) {
      case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        if (has_default_) {
          throw SqlError(SqlState::kSyntaxError, "multiple default expressions");
        }
        has_default_ = true;
        domain_->default_value = {};
        return SetDefault(input_, *node.raw_expr, domain_);
      case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL: return SetNullable(false);
      case PG_QUERY__CONSTR_TYPE__CONSTR_NULL: return SetNullable(true);
      case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        if (node.is_no_inherit) {
          throw SqlError(SqlState::kInvalidObjectDefinition,
                         "check constraints for domains cannot be marked NO INHERIT");
        }
        checks_.push_back(&node);
        return;
      case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE: ThrowNotForDomains("unique constraints");
      case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY: ThrowNotForDomains("primary key constraints");
      case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION: ThrowNotForDomains("exclusion constraints");
      case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN: ThrowNotForDomains("foreign key constraints");
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE:
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_NOT_DEFERRABLE:
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED:
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_IMMEDIATE:
        throw SqlError(SqlState::kFeatureNotSupported,
                       "specifying constraint deferrability not supported for domains");
      default:
        throw SqlError(SqlState::kInternalError,
                       fmt::format("unrecognized constraint subtype: {}",
                                   static_cast<int>(node.contype) - 1));
    }
  }
  const std::vector<const PgQuery__Constraint*>& checks() const { return checks_; }

 private:
  void SetNullable(bool nullable) {
    if (nullable_said_ && domain_->not_null == nullable) {
      throw SqlError(SqlState::kSyntaxError, "conflicting NULL/NOT NULL constraints");
    }
    nullable_said_ = true;
    domain_->not_null = !nullable;
  }

  CommandInput& input_;
  Type* domain_;
  bool has_default_ = false;
  bool nullable_said_ = false;
  std::vector<const PgQuery__Constraint*> checks_;
};

// ---- ALTER DOMAIN ----

catalog::Constraint* FindCheck(Type* domain, std::string_view name) {
  for (catalog::Constraint& check : domain->checks) {
    if (check.name == name) return &check;
  }
  return nullptr;
}

// `domain` as the statement names it.
[[noreturn]] void ThrowNoConstraint(const std::string& domain, std::string_view name) {
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("constraint \"{}\" of domain \"{}\" does not exist", name, domain));
}

std::string WrittenName(const PgQuery__AlterDomainStmt& statement) {
  std::string written;
  for (const std::string& part : StringsOf(ListOf(statement.type_name, statement.n_type_name))) {
    written += (written.empty() ? "" : ".") + part;
  }
  return written;
}

void AlterDefault(CommandInput& input, const ast::Node* expression, Type domain) {
  input.editor.DropDependenciesOf(catalog::kTypeClass, domain.oid);
  domain.default_value = {};
  if (expression != nullptr) SetDefault(input, *expression, &domain);
  AddDefaultDependencies(input, domain);
  input.editor.PutType(std::move(domain));
}

void AlterNotNull(CommandInput& input, bool not_null, Type domain) {
  if (domain.not_null == not_null) return;
  if (not_null) CheckStoredDomainValues(input, domain, nullptr);
  domain.not_null = not_null;
  input.editor.PutType(std::move(domain));
}

void AlterAddConstraint(CommandInput& input, const PgQuery__Constraint& node, Type domain) {
  switch (node.contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK: break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL: return AlterNotNull(input, true, std::move(domain));
    default: {
      ConstraintReader reader(input, &domain);
      reader.Read(node);
      ThrowNotSupported("this constraint of a domain");
    }
  }
  AddCheck(input, node, &domain);
  if (!node.skip_validation) CheckStoredDomainValues(input, domain, &domain.checks.back());
  input.editor.PutType(std::move(domain));
}

void AlterDropConstraint(CommandInput& input, const PgQuery__AlterDomainStmt& statement,
                         Type domain) {
  const std::string_view name = TextOf(statement.name);
  const catalog::Constraint* check = FindCheck(&domain, name);
  if (check != nullptr) {
    return DropObjects(input, {{catalog::kConstraintClass, check->oid, 0}},
                       statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
  }
  if (!statement.missing_ok) ThrowNoConstraint(WrittenName(statement), name);
  SendNotice(input, fmt::format("constraint \"{}\" of domain \"{}\" does not exist, skipping", name,
                                WrittenName(statement)));
}

void AlterValidate(CommandInput& input, const PgQuery__AlterDomainStmt& statement, Type domain) {
  const std::string_view name = TextOf(statement.name);
  catalog::Constraint* check = FindCheck(&domain, name);
  if (check == nullptr) ThrowNoConstraint(WrittenName(statement), name);
  if (check->validated) return;
  CheckStoredDomainValues(input, domain, check);
  check->validated = true;
  input.editor.PutType(std::move(domain));
}

}  // namespace

std::string CreateDomain(const PgQuery__CreateDomainStmt& statement, CommandInput& input) {
  const CreationTarget target =
      LockNewTypeName(input, StringsOf(ListOf(statement.domainname, statement.n_domainname)));
  types::SqlType base = planner::ResolveTypeName(*statement.type_name, MakeBinderInput(input));
  Type domain;
  domain.schema = target.schema;
  domain.name = target.name;
  domain.owner = input.current_role;
  domain.typtype = 'd';
  domain.dimensions = static_cast<int32_t>(statement.type_name->n_array_bounds);
  if (statement.coll_clause != nullptr) {
    base.collation = ReadCollation(input, *statement.coll_clause, base);
  }
  InheritFromBase(input, base, &domain);
  ConstraintReader reader(input, &domain);
  for (const ast::Node* node : ListOf(statement.constraints, statement.n_constraints)) {
    reader.Read(*node->constraint);
  }
  domain.oid = input.editor.NewOid();
  for (const PgQuery__Constraint* check : reader.checks()) AddCheck(input, *check, &domain);
  AddDefaultDependencies(input, domain);
  PutTypeWithArray(input, std::move(domain));
  return "CREATE DOMAIN";
}

std::string AlterDomain(const PgQuery__AlterDomainStmt& statement, CommandInput& input) {
  const TypePtr domain =
      RequireTypeToChange(input, StringsOf(ListOf(statement.type_name, statement.n_type_name)));
  if (domain->typtype != 'd') {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("{} is not a domain", TypeText(input, domain->oid)));
  }
  RequireTypeOwner(input, *domain);
  switch (TextOf(statement.subtype).front()) {
    case 'T': AlterDefault(input, statement.def, *domain); break;
    case 'N': AlterNotNull(input, false, *domain); break;
    case 'O': AlterNotNull(input, true, *domain); break;
    case 'C': AlterAddConstraint(input, *statement.def->constraint, *domain); break;
    case 'X': AlterDropConstraint(input, statement, *domain); break;
    case 'V': AlterValidate(input, statement, *domain); break;
    default: ThrowNotSupported("this ALTER DOMAIN action");
  }
  return "ALTER DOMAIN";
}

}  // namespace grizzly::commands
