#include "commands/table/table_elements.h"

#include <algorithm>

#include "commands/evaluation.h"
#include "commands/type/type_parts.h"
#include "commands/options/storage_parameters.h"
#include "catalog/schema_object.h"
#include "facts/types.h"
#include "parser/deparse.h"
#include "planner/deparse/deparse_expression.h"

namespace grizzly::commands {
namespace {

struct SerialName {
  std::string_view name;
  Oid type;
};
constexpr SerialName kSerialNames[] = {
    {"smallserial", facts::kInt2Oid}, {"serial2", facts::kInt2Oid},
    {"serial", facts::kInt4Oid},      {"serial4", facts::kInt4Oid},
    {"bigserial", facts::kInt8Oid},   {"serial8", facts::kInt8Oid},
};

constexpr std::string_view kSystemColumns[] = {"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};

const SerialName* FindSerial(const PgQuery__TypeName& type) {
  if (type.n_names != 1) return nullptr;
  const std::string_view name = StringOf(type.names[0]);
  for (const SerialName& serial : kSerialNames) {
    if (serial.name != name) continue;
    if (type.n_array_bounds > 0) {
      throw SqlError(SqlState::kFeatureNotSupported, "array of serial is not implemented")
          .At(type.location);
    }
    return &serial;
  }
  return nullptr;
}

void SetType(CommandInput& input, const PgQuery__ColumnDef& definition, ColumnElement* element) {
  catalog::Column& column = element->column;
  if (const SerialName* serial = FindSerial(*definition.type_name)) {
    column.type = types::BuiltinType(serial->type);
    element->is_serial = true;
    element->sequence = ReadSequenceOptions(input, {}, nullptr, serial->type, false);
    element->sequence->definition.dependency = 'a';
    column.not_null = true;
    element->is_explicitly_not_null = true;
    column.storage = facts::FindType(column.type.oid)->typstorage;
    column.dimensions = static_cast<int32_t>(definition.type_name->n_array_bounds);
    return;
  }
  ReadColumnType(input, definition, &column);
}

}  // namespace

void ReadColumnType(CommandInput& input, const PgQuery__ColumnDef& definition,
                    catalog::Column* column) {
  const catalog::Column read = ReadAttributeType(input, definition);
  column->type = read.type;
  column->dimensions = read.dimensions;
  column->storage = read.storage;
}

char StorageOfType(CommandInput& input, Oid type) {
  if (const facts::TypeFact* fact = facts::FindType(type)) return fact->typstorage;
  const auto made = input.editor.Current()->FindType(type);
  if (made == nullptr) return 'x';
  if (made->base != kInvalidOid) return StorageOfType(input, made->base);
  return made->typtype == 'e' ? 'p' : 'x';
}

char ReadCompression(CommandInput& input, const catalog::Column& column, std::string_view method) {
  if (method.empty() || method == "default") return '\0';
  if (StorageOfType(input, column.type.oid) == 'p') {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("column data type {} does not support compression",
                               input.services->FormatType(column.type.oid, types::kNoTypmod)));
  }
  if (method == "pglz") return 'p';
  if (method == "lz4") return 'l';
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("invalid compression method \"{}\"", method));
}

bool IsSystemColumnName(std::string_view name) {
  return std::find(std::begin(kSystemColumns), std::end(kSystemColumns), name) !=
         std::end(kSystemColumns);
}

namespace {

[[noreturn]] void ThrowAboutColumn(std::string_view what, const ColumnElement& element,
                                   const TableElements& elements, int location) {
  throw SqlError(SqlState::kSyntaxError, fmt::format("{} for column \"{}\" of table \"{}\"", what,
                                                     element.column.name, elements.table_name))
      .At(location);
}

void SetNullable(bool nullable, const TableElements& elements, ColumnElement* element,
                 int location) {
  const bool conflict =
      nullable ? element->is_explicitly_not_null : element->is_explicitly_null;
  if (conflict) {
    ThrowAboutColumn("conflicting NULL/NOT NULL declarations", *element, elements,
                     element->is_serial ? -1 : location);
  }
  if (nullable) {
    element->is_explicitly_null = true;
  } else {
    element->is_explicitly_not_null = true;
    element->column.not_null = true;
  }
}

// A column has one source of values: a default, an identity, or a generation expression.
void RefuseSecondSource(const TableElements& elements, const ColumnElement& element) {
  const int location = element.location;
  const bool has_default = element.default_expression != nullptr || element.is_serial;
  const bool identity = element.column.identity != '\0';
  const bool generated = element.generated_expression != nullptr;
  if (has_default && identity) {
    ThrowAboutColumn("both default and identity specified", element, elements, location);
  }
  if (has_default && generated) {
    ThrowAboutColumn("both default and generation expression specified", element, elements,
                     location);
  }
  if (identity && generated) {
    ThrowAboutColumn("both identity and generation expression specified", element, elements,
                     location);
  }
}

void SetIdentity(CommandInput& input, const PgQuery__Constraint& constraint,
                 const TableElements& elements, ColumnElement* element) {
  if (element->column.identity != '\0') {
    ThrowAboutColumn("multiple identity specifications", *element, elements, constraint.location);
  }
  element->column.identity = TextOf(constraint.generated_when) == "a" ? 'a' : 'd';
  element->sequence =
      ReadSequenceOptions(input, ListOf(constraint.options, constraint.n_options), nullptr,
                          element->column.type.oid, true);
  element->sequence->definition.dependency = 'i';
  SetNullable(false, elements, element, constraint.location);
}

void SetDefault(const PgQuery__Constraint& constraint, const TableElements& elements,
                ColumnElement* element) {
  if (element->default_expression != nullptr || element->is_serial) {
    ThrowAboutColumn("multiple default values specified", *element, elements,
                     element->is_serial ? -1 : constraint.location);
  }
  element->default_expression = constraint.raw_expr;
}

void SetGenerated(const PgQuery__Constraint& constraint, const TableElements& elements,
                  ColumnElement* element) {
  if (element->generated_expression != nullptr) {
    ThrowAboutColumn("multiple generation clauses specified", *element, elements,
                     constraint.location);
  }
  element->column.generated = 's';
  element->generated_expression = constraint.raw_expr;
}

// [NOT] DEFERRABLE, INITIALLY DEFERRED | IMMEDIATE behind a column's constraint.
class TimingReader {
 public:
  // A constraint begins; null: one that is always checked at once.
  void Begin(ConstraintTiming* timing) {
    timing_ = timing;
    says_deferrable_ = says_initially_ = false;
  }
  // False: it is no such attribute.
  bool Read(const PgQuery__Constraint& attribute) {
    switch (attribute.contype) {
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE:
        Say("DEFERRABLE", &says_deferrable_, attribute.location);
        timing_->deferrable = true;
        return true;
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_NOT_DEFERRABLE:
        Say("NOT DEFERRABLE", &says_deferrable_, attribute.location);
        timing_->deferrable = false;
        RequireDeferrable(attribute.location);
        return true;
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED:
        Say("INITIALLY DEFERRED", &says_initially_, attribute.location);
        timing_->initially_deferred = true;
        if (!says_deferrable_) timing_->deferrable = true;
        RequireDeferrable(attribute.location);
        return true;
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_IMMEDIATE:
        Say("INITIALLY IMMEDIATE", &says_initially_, attribute.location);
        timing_->initially_deferred = false;
        return true;
      default: return false;
    }
  }

 private:
  void Say(std::string_view clause, bool* said, int location) {
    if (timing_ == nullptr) {
      throw SqlError(SqlState::kSyntaxError, fmt::format("misplaced {} clause", clause))
          .At(location);
    }
    if (*said) {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("multiple {} clauses not allowed",
                                 said == &says_deferrable_ ? "DEFERRABLE/NOT DEFERRABLE"
                                                           : "INITIALLY IMMEDIATE/DEFERRED"))
          .At(location);
    }
    *said = true;
  }
  void RequireDeferrable(int location) {
    if (!says_initially_ || !timing_->initially_deferred || timing_->deferrable) return;
    throw SqlError(SqlState::kSyntaxError,
                   "constraint declared INITIALLY DEFERRED must be DEFERRABLE")
        .At(location);
  }

  ConstraintTiming* timing_ = nullptr;
  bool says_deferrable_ = false;
  bool says_initially_ = false;
};

void ReadColumnConstraint(CommandInput& input, const PgQuery__Constraint& constraint,
                          TableElements* elements, TimingReader* timing) {
  if (timing->Read(constraint)) return;
  timing->Begin(nullptr);
  ColumnElement& element = elements->columns.back();
  switch (constraint.contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NULL:
      return SetNullable(true, *elements, &element, constraint.location);
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
      return SetNullable(false, *elements, &element, constraint.location);
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT: SetDefault(constraint, *elements, &element); break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
      SetIdentity(input, constraint, *elements, &element);
      break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
      SetGenerated(constraint, *elements, &element);
      break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
      ReadTableConstraint(constraint, elements);
      elements->keys.back().columns = {elements->columns.back().column.name};
      timing->Begin(&elements->keys.back().timing);
      return;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
      ReadTableConstraint(constraint, elements);
      elements->foreign_keys.back().columns = {elements->columns.back().column.name};
      timing->Begin(&elements->foreign_keys.back().timing);
      return;
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK: return ReadTableConstraint(constraint, elements);
    default: ThrowNotSupported("this column constraint", constraint.location);
  }
  element.location = constraint.location;
  RefuseSecondSource(*elements, element);
}

}  // namespace

Oid RequireCollation(CommandInput& input, std::span<ast::Node* const> names, int location) {
  const std::vector<std::string> parts = StringsOf(names);
  const std::vector<std::string_view> views(parts.begin(), parts.end());
  return catalog::RequireCollation(*input.editor.Current(), input.search_path, views, location);
}

Oid ReadCollation(CommandInput& input, const PgQuery__CollateClause& clause,
                  const types::SqlType& type) {
  if (type.collation == kInvalidOid) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("collations are not supported by type {}",
                               input.services->FormatType(type.oid, types::kNoTypmod)))
        .At(clause.location);
  }
  return RequireCollation(input, ListOf(clause.collname, clause.n_collname), clause.location);
}

catalog::Column ReadAttributeType(CommandInput& input, const PgQuery__ColumnDef& definition) {
  catalog::Column column;
  column.type = planner::ResolveTypeName(*definition.type_name, MakeBinderInput(input));
  const auto type = input.editor.Current()->FindType(column.type.oid);
  if (type->typtype == 'p') {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("column \"{}\" has pseudo-type {}", TextOf(definition.colname),
                               types::AnyTypeName(type->oid)));
  }
  if (type->oid >= kFirstUserOid) LockType(input, type->oid, /*exclusive=*/false);
  column.dimensions = static_cast<int32_t>(definition.type_name->n_array_bounds);
  column.storage = StorageOfType(input, column.type.oid);
  if (definition.coll_clause != nullptr) {
    column.type.collation = ReadCollation(input, *definition.coll_clause, column.type);
  }
  return column;
}

void ReadColumn(CommandInput& input, const PgQuery__ColumnDef& definition,
                TableElements* elements) {
  ColumnElement element;
  element.column.name = TextOf(definition.colname);
  const std::string& name = element.column.name;
  if (IsSystemColumnName(name)) {
    throw SqlError(SqlState::kDuplicateColumn,
                   fmt::format("column name \"{}\" conflicts with a system column name", name));
  }
  element.location = definition.location;
  SetType(input, definition, &element);
  element.column.compression =
      ReadCompression(input, element.column, TextOf(definition.compression));
  elements->columns.push_back(std::move(element));
  ReadColumnConstraints(input, definition, elements);
}

void RefuseGenerated(const PgQuery__ColumnDef& definition, std::string_view of_what) {
  for (const ast::Node* node : ListOf(definition.constraints, definition.n_constraints)) {
    const bool is_identity = node->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY;
    if (!is_identity && node->constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED) continue;
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("{} columns are not supported on {}",
                               is_identity ? "identity" : "generated", of_what));
  }
}

void ReadColumnOptions(CommandInput& input, const PgQuery__ColumnDef& definition,
                       const types::SqlType& type, TableElements* elements) {
  ColumnElement element;
  element.column.name = TextOf(definition.colname);
  element.column.type = type;
  element.location = definition.location;
  elements->columns.push_back(std::move(element));
  ReadColumnConstraints(input, definition, elements);
}

void ReadColumnConstraints(CommandInput& input, const PgQuery__ColumnDef& definition,
                           TableElements* elements) {
  TimingReader timing;
  for (const ast::Node* node : ListOf(definition.constraints, definition.n_constraints)) {
    ReadColumnConstraint(input, *node->constraint, elements, &timing);
  }
}

namespace {

char LetterOf(const char* text, char otherwise) {
  return text == nullptr || *text == '\0' ? otherwise : *text;
}

void ReadKey(const PgQuery__Constraint& constraint, TableElements* elements) {
  KeyElement key;
  key.name = TextOf(constraint.conname);
  key.primary = constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
  key.nulls_not_distinct = constraint.nulls_not_distinct;
  key.columns = StringsOf(ListOf(constraint.keys, constraint.n_keys));
  key.include = StringsOf(ListOf(constraint.including, constraint.n_including));
  key.options = ReadStorageParameters(ParameterOwner::kIndex, ListOf(constraint.options, constraint.n_options));
  key.timing = {static_cast<bool>(constraint.deferrable),
                static_cast<bool>(constraint.initdeferred)};
  key.index_name = TextOf(constraint.indexname);
  key.location = constraint.location;
  const bool second = key.primary && std::any_of(elements->keys.begin(), elements->keys.end(),
                                                 [](const KeyElement& k) { return k.primary; });
  if (second) {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("multiple primary keys for table \"{}\" are not allowed",
                               elements->table_name))
        .At(constraint.location);
  }
  elements->keys.push_back(std::move(key));
}

void ReadForeignKey(const PgQuery__Constraint& constraint, TableElements* elements) {
  ForeignKeyElement element;
  element.name = TextOf(constraint.conname);
  element.referenced = constraint.pktable;
  element.columns = StringsOf(ListOf(constraint.fk_attrs, constraint.n_fk_attrs));
  element.referenced_columns = StringsOf(ListOf(constraint.pk_attrs, constraint.n_pk_attrs));
  element.delete_set_columns =
      StringsOf(ListOf(constraint.fk_del_set_cols, constraint.n_fk_del_set_cols));
  element.match_type = LetterOf(constraint.fk_matchtype, 's');
  element.on_update = LetterOf(constraint.fk_upd_action, 'a');
  element.on_delete = LetterOf(constraint.fk_del_action, 'a');
  element.timing = {static_cast<bool>(constraint.deferrable),
                    static_cast<bool>(constraint.initdeferred)};
  element.not_valid = constraint.skip_validation;
  elements->foreign_keys.push_back(std::move(element));
}

void ReadExclusion(const PgQuery__Constraint& constraint, TableElements* elements) {
  ExclusionElement element;
  element.name = TextOf(constraint.conname);
  element.access_method = TextOf(constraint.access_method);
  for (const ast::Node* node : ListOf(constraint.exclusions, constraint.n_exclusions)) {
    const PgQuery__List& pair = *node->list;
    element.parts.push_back({pair.items[0]->index_elem, NamesOf(*pair.items[1])});
  }
  element.include = StringsOf(ListOf(constraint.including, constraint.n_including));
  element.predicate = constraint.where_clause;
  element.options = ReadStorageParameters(ParameterOwner::kIndex, ListOf(constraint.options, constraint.n_options));
  element.timing = {static_cast<bool>(constraint.deferrable),
                    static_cast<bool>(constraint.initdeferred)};
  elements->exclusions.push_back(std::move(element));
}

}  // namespace

void ReadTableConstraint(const PgQuery__Constraint& constraint, TableElements* elements) {
  switch (constraint.contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE: return ReadKey(constraint, elements);
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
      elements->checks.push_back({std::string(TextOf(constraint.conname)), constraint.raw_expr,
                                  static_cast<bool>(constraint.is_no_inherit),
                                  static_cast<bool>(constraint.skip_validation),
                                  constraint.location});
      return;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN: return ReadForeignKey(constraint, elements);
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION: return ReadExclusion(constraint, elements);
    default: ThrowNotSupported("this table constraint", constraint.location);
  }
}

catalog::Definition MakeDefinition(const CommandInput& input, const ast::Node& expression) {
  return {parser::DeparseExpression(expression), input.search_path.schemas()};
}

catalog::Definition MakeDefaultDefinition(CommandInput& input, const catalog::Column& column,
                                          const ast::Node& expression, const expr::Expr& bound) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const catalog::SearchPath only_built_in;  // names of ours are qualified
  planner::DeparseInput deparse;
  deparse.catalog = snapshot.get();
  deparse.search_path = &only_built_in;
  deparse.stored = true;
  catalog::Column kept = column;
  kept.default_value = {planner::DeparseExpression(bound, deparse), input.search_path.schemas()};
  try {
    BindDefault(input, kept);
    return kept.default_value;
  } catch (const SqlError&) {
    return MakeDefinition(input, expression);
  }
}

namespace {

// A default's wrong type has a sentence of its own, without a place.
expr::ExprPtr CoerceDefault(expr::ExprPtr bound, const catalog::Column& column,
                            const planner::BinderInput& binder) {
  try {
    return planner::CoerceForAssignment(std::move(bound), column.type, column.name, binder);
  } catch (SqlError& error) {
    constexpr std::string_view kSaid = " but expression is of type ";
    const size_t at = error.diagnostic().message.find(kSaid);
    if (error.state() != SqlState::kDatatypeMismatch || at == std::string::npos) throw;
    std::string message = error.diagnostic().message;
    message.insert(at + std::string_view(" but ").size(), "default ");
    throw SqlError(SqlState::kDatatypeMismatch, std::move(message))
        .Hint("You will need to rewrite or cast the expression.");
  }
}

}  // namespace

expr::ExprPtr BindNewDefault(CommandInput& input, const catalog::Column& column,
                             const ast::Node& expression) {
  const planner::BinderInput binder = MakeBinderInput(input);
  return CoerceDefault(
      planner::BindTableExpression(expression, nullptr, {}, planner::ExpressionPlace::kDefault,
                                   binder),
      column, binder);
}

expr::ExprPtr BindNewGenerated(CommandInput& input, const catalog::Relation& table,
                               const catalog::Column& column, const ast::Node& expression) {
  const planner::BinderInput binder = MakeBinderInput(input);
  const std::vector<expr::ColumnId> ids = AttributeIds(table);
  expr::ExprPtr bound = planner::BindTableExpression(
      expression, &table, ids, planner::ExpressionPlace::kGenerated, binder);
  for (const AttributeNumber attnum : MentionedColumns(*bound)) {
    const catalog::Column& mentioned = table.columns[attnum - 1];
    if (mentioned.generated == '\0') continue;
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("cannot use generated column \"{}\" in column generation expression",
                               mentioned.name))
        .Detail("A generated column cannot reference another generated column.");
  }
  return CoerceDefault(std::move(bound), column, binder);
}

}  // namespace grizzly::commands
