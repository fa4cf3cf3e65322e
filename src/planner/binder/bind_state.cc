#include "planner/binder/bind_state.h"

#include <fmt/format.h>

#include "base/error/check.h"
#include "catalog/record.h"
#include "facts/types.h"
#include "planner/binder/bind_type_name.h"
#include "planner/binder/coerce.h"

namespace grizzly::planner {
namespace {

// A text with more constants is not worth a parameterised plan: it is data.
constexpr size_t kLiftedLiteralsMax = 4096;
constexpr int kParameterNumberMax = 65535;

}  // namespace

BindState::BindState(const BinderInput& input)
    : input_(input), types_(*input.catalog), search_path_(input.search_path), view_(input.view),
      owners_(1), mentioned_(1) {
  for (const Oid type : input.parameter_types) {
    parameters.push_back(types_.Make(type == kInvalidOid ? facts::kUnknownOid : type));
  }
  if (input.literals == nullptr || input.literals->size() > kLiftedLiteralsMax ||
      !input.parameter_types.empty()) {
    return;
  }
  for (uint32_t i = 0; i < input.literals->size(); ++i) {
    const parser::Literal& literal = (*input.literals)[i];
    literal_at_.emplace(literal.location, std::pair(i, false));
    if (literal.sign_location >= 0) literal_at_.emplace(literal.sign_location, std::pair(i, true));
  }
}

ColumnId BindState::AddColumn(StatementColumn column, QueryLevel* owner) {
  const ColumnId id = columns.Add(std::move(column));
  owners_.resize(id + 1);
  mentioned_.resize(id + 1);
  owners_[id] = owner;
  return id;
}

ExprPtr BindState::Mention(ColumnId id, int location) {
  mentioned_[id] = true;
  auto mention = std::make_unique<expr::ColumnExpr>(columns[id].type, id);
  mention->location = location;
  return mention;
}

ExprPtr BindState::BindParameter(int number, int location) {
  if (arguments_ != nullptr) {
    const auto& given = arguments_->arguments_;
    GRIZZLY_CHECK(number >= 1 && static_cast<size_t>(number) <= given.size());
    return given[number - 1]->Clone();
  }
  const bool known = number >= 1 && static_cast<size_t>(number) <= parameters.size();
  if (number < 1 || number > kParameterNumberMax || (!known && !input_.variable_parameters)) {
    throw SqlError(SqlState::kUndefinedParameter, fmt::format("there is no parameter ${}", number))
        .At(location);
  }
  if (!known) parameters.resize(number, types_.Make(facts::kUnknownOid));
  auto parameter = std::make_unique<expr::ParamExpr>(parameters[number - 1], number - 1);
  parameter->location = location;
  return parameter;
}

ExprPtr BindState::LiftConstant(int location, Oid type) {
  if (keep_constants > 0 || in_definition() || literal_at_.empty()) return nullptr;
  const auto at = literal_at_.find(location);
  if (at == literal_at_.end()) return nullptr;
  LiftedLiteral literal;
  literal.literal = at->second.first;
  literal.negated = at->second.second;
  literal.parameter = static_cast<int>(lifted.size());
  literal.type = types_.Make(type);
  lifted.push_back(literal);
  auto parameter = std::make_unique<expr::ParamExpr>(literal.type, literal.parameter);
  parameter->location = location;
  return parameter;
}

void BindState::TypeParameter(expr::ParamExpr& parameter, const SqlType& type) {
  auto index = static_cast<size_t>(parameter.index);
  parameter.type = type;
  if (index < lifted.size()) {
    // A copy of the constant that was typed another way already is another parameter.
    if (lifted[index].type.oid != facts::kUnknownOid && lifted[index].type != type) {
      lifted.push_back(lifted[index]);
      index = lifted.size() - 1;
      parameter.index = static_cast<int>(index);
      lifted[index].parameter = parameter.index;
    }
    lifted[index].type = type;
    return;
  }
  GRIZZLY_CHECK(index < parameters.size());
  SqlType& known = parameters[index];
  if (known.oid == facts::kUnknownOid) {
    known = types_.Make(type.oid);
  } else if (known.oid != type.oid) {
    throw SqlError(SqlState::kAmbiguousParameter,
                   fmt::format("inconsistent types deduced for parameter ${}", index + 1))
        .Detail(fmt::format("{} versus {}", types_.Name(known.oid), types_.Name(type.oid)))
        .At(parameter.location);
  }
}

ExprPtr BindState::TakeBackConstant(const expr::ParamExpr& parameter) {
  const auto index = static_cast<size_t>(parameter.index);
  if (index >= lifted.size()) return nullptr;
  const parser::Literal& literal = (*input_.literals)[lifted[index].literal];
  taken_back_.resize(lifted.size());
  taken_back_[index] = true;
  ExprPtr constant =
      MakeText(literal.plain ? literal.text : std::string_view(literal.unescaped), facts::kUnknownOid);
  constant->location = parameter.location;
  return constant;
}

void BindState::CompactLifted(std::vector<int>* renumbered) {
  std::vector<LiftedLiteral> kept;
  taken_back_.resize(lifted.size());
  for (size_t i = 0; i < lifted.size(); ++i) {
    renumbered->push_back(static_cast<int>(kept.size()));
    if (taken_back_[i]) continue;
    kept.push_back(lifted[i]);
    kept.back().parameter = renumbered->back();
  }
  // A literal one copy of which is part of the plan must keep its text: no copy is a parameter's.
  for (size_t i = 0; i < lifted.size(); ++i) {
    for (const LiftedLiteral& other : kept) {
      literal_conflict_ = literal_conflict_ || (taken_back_[i] && other.literal == lifted[i].literal);
    }
    if (std::none_of(taken_back_.begin(), taken_back_.end(), [](bool taken) { return taken; })) break;
  }
  lifted = std::move(kept);
}

void BindState::UseRelation(const catalog::RelationPtr& relation, txn::RelationLockMode mode) {
  const auto [at, is_new] = relation_positions_.emplace(relation->oid, relations.size());
  if (is_new) {
    relations.push_back({relation, mode});
  } else if (relations[at->second].mode < mode) {
    relations[at->second].mode = mode;
  }
  if (relation->persistence == 't') uses_temporary_relation = true;
}

BindState::DefinitionScope::DefinitionScope(BindState& state, const std::vector<Oid>& search_path,
                                            const catalog::ViewDefinition* view)
    : state_(state), path_(search_path), outer_(state.search_path_), outer_view_(state.view_) {
  if (state.definition_depth_ >= kDefinitionDepthMax) {
    throw SqlError(SqlState::kInvalidObjectDefinition, "infinite recursion detected in rules");
  }
  ++state.definition_depth_;
  state.search_path_ = &path_;
  state.view_ = view;
}

BindState::DefinitionScope::~DefinitionScope() {
  --state_.definition_depth_;
  state_.search_path_ = outer_;
  state_.view_ = outer_view_;
}

void BindState::UseObject(Oid object_class, Oid object, int32_t sub) {
  if (!NotesObjects() || object < kFirstUserOid) return;
  input_.used_objects->insert({object_class, object, sub});
}

void BindState::UseConstant(const SqlType& type, const types::Datum& value) {
  UseObject(catalog::kTypeClass, type.oid);
  if (value.is_null() || !NotesObjects()) return;
  switch (type.oid) {
    case facts::kRegclassOid: return UseObject(catalog::kRelationClass, value.As<Oid>());
    case facts::kRegtypeOid: return UseObject(catalog::kTypeClass, value.As<Oid>());
    case facts::kRegnamespaceOid: return UseObject(catalog::kSchemaClass, value.As<Oid>());
    case facts::kRegconfigOid: return UseObject(catalog::kTextSearchConfigurationClass, value.As<Oid>());
    case facts::kRegdictionaryOid: return UseObject(catalog::kTextSearchDictionaryClass, value.As<Oid>());
    case facts::kRegroleOid:
      throw SqlError(SqlState::kFeatureNotSupported, "constant of the type regrole cannot be used here");
    default: return;
  }
}

bool BindState::IsYounger(Oid relation, AttributeNumber attnum) const {
  if (view_ == nullptr) return false;
  return std::any_of(view_->named.begin(), view_->named.end(),
                     [&](const catalog::NamedRelation& named) {
                       return named.relation == relation && attnum > named.last_column;
                     });
}

BindState::ArgumentScope::ArgumentScope(BindState& state, const std::vector<ExprPtr>& arguments,
                                        std::span<const std::string_view> names)
    : state_(state), arguments_(arguments), names_(names), outer_(state.arguments_) {
  state.arguments_ = this;
}

BindState::ArgumentScope::~ArgumentScope() { state_.arguments_ = outer_; }

ExprPtr BindState::FindArgument(std::string_view name) const {
  if (arguments_ == nullptr) return nullptr;
  for (size_t i = 0; i < arguments_->names_.size() && i < arguments_->arguments_.size(); ++i) {
    if (arguments_->names_[i] == name) return arguments_->arguments_[i]->Clone();
  }
  return nullptr;
}

const ast::Node& BindState::ParseQuery(std::string_view sql) {
  parsed_.push_back(parser::ParsedText::Parse(sql));
  GRIZZLY_CHECK(parsed_.back()->statements().size() == 1);
  return *parsed_.back()->statements()[0].node;
}

const ast::Node& BindState::ParseExpression(std::string_view sql) {
  const ast::Node& statement = ParseQuery(fmt::format("SELECT {}", sql));
  GRIZZLY_CHECK(statement.node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
                statement.select_stmt->n_target_list == 1);
  return *statement.select_stmt->target_list[0]->res_target->val;
}

Oid BindState::ResolveTypeText(std::string_view text) {
  if (text == "-") return kInvalidOid;
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos) {
    return static_cast<Oid>(std::stoul(std::string(text)));
  }
  try {
    const ast::Node& cast = ParseExpression(fmt::format("NULL::{}", text));
    GRIZZLY_CHECK(cast.node_case == PG_QUERY__NODE__NODE_TYPE_CAST);
    return BindTypeName(*this, *cast.type_cast->type_name).oid;
  } catch (const SqlError& error) {
    // Locations in the text mean nothing in the statement.
    throw SqlError(error.state(), error.state() == SqlState::kSyntaxError
                                      ? fmt::format("invalid type name \"{}\"", text)
                                      : error.diagnostic().message);
  }
}

std::string_view StringOf(const ast::Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval
                                                                           : std::string_view();
}

std::vector<std::string_view> NamesOf(ast::Node* const* nodes, size_t count) {
  std::vector<std::string_view> names;
  names.reserve(count);
  for (size_t i = 0; i < count; ++i) names.push_back(StringOf(nodes[i]));
  return names;
}

std::string Dotted(const std::vector<std::string_view>& names) {
  return fmt::format("{}", fmt::join(names, "."));
}

bool IsStar(const ast::Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_A_STAR;
}

bool IsNullConstant(const ast::Node& node) {
  return node.node_case == PG_QUERY__NODE__NODE_A_CONST && node.a_const->isnull;
}

namespace {

int Leftmost(int a, int b) {
  if (a < 0) return b;
  if (b < 0) return a;
  return std::min(a, b);
}

}  // namespace

int LocationOf(const ast::Node* node) {
  if (node == nullptr) return -1;
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_A_CONST: return node->a_const->location;
    case PG_QUERY__NODE__NODE_COLUMN_REF: return node->column_ref->location;
    case PG_QUERY__NODE__NODE_PARAM_REF: return node->param_ref->location;
    case PG_QUERY__NODE__NODE_A_EXPR:
      return Leftmost(node->a_expr->location, LocationOf(node->a_expr->lexpr));
    case PG_QUERY__NODE__NODE_FUNC_CALL: return node->func_call->location;
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
      return Leftmost(node->bool_expr->location, LocationOf(node->bool_expr->args[0]));
    case PG_QUERY__NODE__NODE_TYPE_CAST: {
      const PgQuery__TypeCast& cast = *node->type_cast;
      int location = Leftmost(cast.location, LocationOf(cast.arg));
      if (cast.type_name != nullptr) location = Leftmost(location, cast.type_name->location);
      return location;
    }
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE: return LocationOf(node->collate_clause->arg);
    case PG_QUERY__NODE__NODE_SUB_LINK:
      return Leftmost(node->sub_link->location, LocationOf(node->sub_link->testexpr));
    case PG_QUERY__NODE__NODE_CASE_EXPR: return node->case_expr->location;
    case PG_QUERY__NODE__NODE_COALESCE_EXPR: return node->coalesce_expr->location;
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR: return node->min_max_expr->location;
    case PG_QUERY__NODE__NODE_NULL_TEST:
      return Leftmost(node->null_test->location, LocationOf(node->null_test->arg));
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
      return Leftmost(node->boolean_test->location, LocationOf(node->boolean_test->arg));
    case PG_QUERY__NODE__NODE_ROW_EXPR: return node->row_expr->location;
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR: return node->a_array_expr->location;
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION: return node->sqlvalue_function->location;
    case PG_QUERY__NODE__NODE_A_INDIRECTION: return LocationOf(node->a_indirection->arg);
    case PG_QUERY__NODE__NODE_SET_TO_DEFAULT: return node->set_to_default->location;
    case PG_QUERY__NODE__NODE_GROUPING_FUNC: return node->grouping_func->location;
    case PG_QUERY__NODE__NODE_NAMED_ARG_EXPR: return node->named_arg_expr->location;
    case PG_QUERY__NODE__NODE_RES_TARGET: return node->res_target->location;
    case PG_QUERY__NODE__NODE_SORT_BY: return LocationOf(node->sort_by->node);
    case PG_QUERY__NODE__NODE_RANGE_VAR: return node->range_var->location;
    case PG_QUERY__NODE__NODE_TYPE_NAME: return node->type_name->location;
    case PG_QUERY__NODE__NODE_LIST:
      return node->list->n_items == 0 ? -1 : LocationOf(node->list->items[0]);
    default: return -1;
  }
}

}  // namespace grizzly::planner
