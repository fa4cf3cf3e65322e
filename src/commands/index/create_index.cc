#include "commands/index/create_index.h"

#include <fmt/ranges.h>

#include "catalog/name_choice.h"
#include "commands/evaluation.h"
#include "commands/index/concurrent_index.h"
#include "commands/index/define_index.h"
#include "commands/options/storage_parameters.h"
#include "commands/relation_lookup.h"
#include "commands/type/type_parts.h"
#include "facts/access_methods.h"
#include "facts/procs.h"
#include "planner/binder/query_binder.h"
#include "storage/term/index_terms.h"

namespace grizzly::commands {
namespace {

using catalog::RelationPtr;
using planner::ExpressionPlace;

// What an access method's indexes may be.
struct MethodAbilities {
  std::string_view method;
  bool unique, include, many_columns, order;
};
constexpr MethodAbilities kMethodAbilities[] = {
    {"btree", true, true, true, true},    {"hash", false, false, false, false},
    {"gist", false, true, true, false},   {"gin", false, false, true, false},
    {"spgist", false, true, false, false}, {"brin", false, false, true, false},
};

void RefuseUnless(bool able, bool given, std::string_view method, std::string_view what) {
  if (able || !given) return;
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("access method \"{}\" does not support {}", method, what));
}

void CheckAbilities(const MethodAbilities& able, const PgQuery__IndexStmt& statement) {
  RefuseUnless(able.unique, statement.unique, able.method, "unique indexes");
  RefuseUnless(able.include, statement.n_index_including_params > 0, able.method,
               "included columns");
  RefuseUnless(able.many_columns, statement.n_index_params > 1, able.method,
               "multicolumn indexes");
}

void CheckElement(const MethodAbilities& able, const PgQuery__IndexElem& element) {
  RefuseUnless(able.order,
               element.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_ASC ||
                   element.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC,
               able.method, "ASC/DESC options");
  RefuseUnless(able.order,
               element.nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST ||
                   element.nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST,
               able.method, "NULLS FIRST/LAST options");
}

const facts::AccessMethodFact& CheckMethod(const PgQuery__IndexStmt& statement) {
  const std::string_view given = TextOf(statement.access_method);
  const std::string_view method = given.empty() ? "btree" : given;
  const facts::AccessMethodFact* fact = facts::FindAccessMethodByName(method);
  if (fact == nullptr || fact->amtype != 'i') {
    throw SqlError(fact == nullptr ? SqlState::kUndefinedObject : SqlState::kWrongObjectType,
                   fact == nullptr
                       ? fmt::format("access method \"{}\" does not exist", method)
                       : fmt::format("access method \"{}\" is not of type INDEX", method));
  }
  for (const MethodAbilities& able : kMethodAbilities) {
    if (able.method != method) continue;
    CheckAbilities(able, statement);
    for (const ast::Node* node : ListOf(statement.index_params, statement.n_index_params)) {
      CheckElement(able, *node->index_elem);
    }
  }
  return *fact;
}

// The keys of a hash index are ordered, though it is only asked for equality.
void RequireOrder(CommandInput& input, const catalog::IndexDefinition::Part& part) {
  const Oid type = OpclassInputType(*input.editor.Current(), part.type.oid);
  if (facts::DefaultOpclass(facts::kBtreeMethodOid, type) == nullptr) {
    ThrowNotSupported("a hash index over a type without an order");
  }
}

// Whether values of the type may be taken for those the class is of.
bool AcceptsType(CommandInput& input, const facts::OpclassFact& opclass, Oid type) {
  const Oid meant = OpclassInputType(*input.editor.Current(), type);
  if (opclass.opcintype == meant || opclass.opcintype == type) return true;
  const facts::OpclassFact* usual = facts::DefaultOpclass(opclass.opcmethod, meant);
  return usual != nullptr && usual->opcintype == opclass.opcintype;
}

const facts::OpclassFact& NamedOpclass(CommandInput& input, const facts::AccessMethodFact& method,
                                       std::span<ast::Node* const> names, Oid type) {
  const std::vector<std::string> parts = StringsOf(names);
  const facts::OpclassFact* opclass =
      facts::FindOpclassByName(method.oid, QualifiedNameOf(parts).name);
  if (opclass == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("operator class \"{}\" does not exist for access method \"{}\"",
                               fmt::join(parts, "."), method.amname));
  }
  if (!AcceptsType(input, *opclass, type)) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("operator class \"{}\" does not accept data type {}",
                               fmt::join(parts, "."),
                               input.services->FormatType(type, types::kNoTypmod)));
  }
  return *opclass;
}

const facts::OpclassFact& UsualOpclass(CommandInput& input, const facts::AccessMethodFact& method,
                                       Oid type) {
  const facts::OpclassFact* opclass =
      facts::DefaultOpclass(method.oid, OpclassInputType(*input.editor.Current(), type));
  if (opclass != nullptr) return *opclass;
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("data type {} has no default operator class for access method \"{}\"",
                             input.services->FormatType(type, types::kNoTypmod), method.amname))
      .Hint("You must specify an operator class for the index or define a default operator "
            "class for the data type.");
}

void SetOpclass(CommandInput& input, const facts::AccessMethodFact& method,
                const PgQuery__IndexElem& element, catalog::IndexDefinition::Part* part) {
  const facts::OpclassFact& opclass =
      element.n_opclass > 0
          ? NamedOpclass(input, method, ListOf(element.opclass, element.n_opclass), part->type.oid)
          : UsualOpclass(input, method, part->type.oid);
  part->opclass = opclass.oid;
  if (method.oid == facts::kHashMethodOid) return RequireOrder(input, *part);
  if (storage::IsTermMethod(method.amname)) {
    const auto scheme = storage::SchemeOfOpclass(opclass.oid);
    if (!scheme.has_value()) {
      ThrowNotSupported(fmt::format("{} operator class {}", method.amname, opclass.opcname));
    }
    // Throws for a type that it cannot order.
    static_cast<void>(storage::IndexTerms(*scheme, part->type, part->collation));
    return;
  }
  if (opclass.opcname == "record_image_ops") ThrowNotSupported("operator class record_image_ops");
}

// The options of an operator class are those of its support function for them, whose number differs by method.
std::optional<ParameterOwner> OptionsOfOpclass(const facts::AccessMethodFact& method,
                                               const facts::OpclassFact& opclass) {
  constexpr std::pair<std::string_view, int16_t> kNumbers[] = {{"btree", 5}, {"hash", 3},   {"gist", 10},
                                                               {"gin", 7},   {"spgist", 6}, {"brin", 5}};
  constexpr std::pair<std::string_view, ParameterOwner> kFunctions[] = {
      {"brin_bloom_options", ParameterOwner::kBloom},
      {"brin_minmax_multi_options", ParameterOwner::kMinmaxMulti},
      {"gtsvector_options", ParameterOwner::kSignature},
  };
  for (const auto& [name, number] : kNumbers) {
    if (name != method.amname) continue;
    const facts::ProcFact* proc = facts::FindProc(
        facts::FamilyProc(opclass.opcfamily, opclass.opcintype, opclass.opcintype, number));
    for (const auto& [source, owner] : kFunctions) {
      if (proc != nullptr && proc->prosrc == source) return owner;
    }
  }
  return std::nullopt;
}

void SetOpclassOptions(const facts::AccessMethodFact& method, const PgQuery__IndexElem& element,
                       catalog::IndexDefinition::Part* part) {
  if (element.n_opclassopts == 0) return;
  const facts::OpclassFact& opclass = *facts::FindOpclass(part->opclass);
  const auto owner = OptionsOfOpclass(method, opclass);
  if (!owner.has_value()) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("operator class {} has no options", opclass.opcname));
  }
  part->options = ReadStorageParameters(*owner, ListOf(element.opclassopts, element.n_opclassopts));
}

bool IsCollateNode(const ast::Node& node) {
  return node.node_case == PG_QUERY__NODE__NODE_COLLATE_CLAUSE;
}

// (column COLLATE x) is a column, too: its name; null for anything else.
const ast::Node* CollatedColumn(const PgQuery__IndexElem& element) {
  if (element.expr == nullptr || !IsCollateNode(*element.expr)) return nullptr;
  const ast::Node& inner = *element.expr->collate_clause->arg;
  if (inner.node_case != PG_QUERY__NODE__NODE_COLUMN_REF) return nullptr;
  return inner.column_ref->n_fields == 1 ? inner.column_ref->fields[0] : nullptr;
}

void ReadPart(CommandInput& input, const facts::AccessMethodFact& method,
              const catalog::Relation& table, const PgQuery__IndexElem& element,
              IndexRequest* request, std::vector<std::string>* names) {
  catalog::IndexDefinition::Part part;
  if (element.expr == nullptr || CollatedColumn(element) != nullptr) {
    const std::string_view name = element.expr == nullptr
                                      ? TextOf(element.name)
                                      : StringOf(CollatedColumn(element));
    const catalog::Column* column = table.FindColumn(name);
    if (column == nullptr) {
      if (IsSystemColumnName(name)) {
        throw SqlError(SqlState::kFeatureNotSupported,
                       "index creation on system columns is not supported");
      }
      throw SqlError(SqlState::kUndefinedColumn,
                     fmt::format("column \"{}\" does not exist", name));
    }
    part = PartOfColumn(*column);
    names->emplace_back(name);
    if (element.expr != nullptr) part.collation = ReadCollation(input, *element.expr->collate_clause, part.type);
  } else {
    const std::vector<expr::ColumnId> ids = AttributeIds(table);
    const expr::ExprPtr bound = planner::BindTableExpression(
        *element.expr, &table, ids, ExpressionPlace::kIndexPart, MakeBinderInput(input));
    const std::vector<AttributeNumber> mentioned = MentionedColumns(*bound);
    if (bound->kind == expr::ExprKind::kColumn && mentioned.size() == 1 && mentioned[0] > 0) {
      part = PartOfColumn(table.columns[mentioned[0] - 1]);  // (a) is a
    } else {
      // The collation is the part's, not the expression's.
      part.expression = MakeDefinition(
          input, IsCollateNode(*element.expr) ? *element.expr->collate_clause->arg : *element.expr);
      part.type = bound->type;
      request->mentioned.insert(request->mentioned.end(), mentioned.begin(), mentioned.end());
    }
    part.collation = bound->type.collation;
    const std::string own_name = planner::ColumnNameOf(*element.expr);
    if (bound->type.oid == facts::kRecordOid) {
      throw SqlError(SqlState::kInvalidTableDefinition,
                     fmt::format("column \"{}\" has pseudo-type record", own_name));
    }
    names->push_back(own_name == "?column?" ? std::string() : own_name);
  }
  if (element.n_collation > 0) {
    if (part.type.collation == kInvalidOid) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("collations are not supported by type {}",
                                 input.services->FormatType(part.type.oid, types::kNoTypmod)));
    }
    part.collation = RequireCollation(input, ListOf(element.collation, element.n_collation), -1);
  }
  part.descending = element.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
  part.nulls_first =
      element.nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST ||
      (element.nulls_ordering != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST && part.descending);
  SetOpclass(input, method, element, &part);
  SetOpclassOptions(method, element, &part);
  request->parts.push_back(std::move(part));
}

void ReadPredicate(CommandInput& input, const catalog::Relation& table, const ast::Node& where,
                   IndexRequest* request) {
  const std::vector<expr::ColumnId> ids = AttributeIds(table);
  const expr::ExprPtr bound = planner::BindTableExpression(
      where, &table, ids, ExpressionPlace::kIndexPredicate, MakeBinderInput(input));
  request->predicate = MakeDefinition(input, where);
  for (const AttributeNumber attnum : MentionedColumns(*bound)) {
    request->mentioned.push_back(attnum);
  }
}

IndexRequest ReadIndex(CommandInput& input, const catalog::Relation& table,
                       const PgQuery__IndexStmt& statement) {
  IndexRequest request;
  const facts::AccessMethodFact& method = CheckMethod(statement);
  request.access_method = method.amname;
  request.unique = statement.unique;
  request.nulls_not_distinct = statement.nulls_not_distinct;
  request.options = ReadStorageParameters(
      ParameterOwner::kIndex, ListOf(statement.options, statement.n_options));
  std::vector<std::string> names;
  for (const ast::Node* node : ListOf(statement.index_params, statement.n_index_params)) {
    ReadPart(input, method, table, *node->index_elem, &request, &names);
  }
  for (const ast::Node* node :
       ListOf(statement.index_including_params, statement.n_index_including_params)) {
    const std::string_view name = TextOf(node->index_elem->name);
    if (name.empty()) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "expressions are not supported in included columns");
    }
    const catalog::Column* column = table.FindColumn(name);
    if (column == nullptr) {
      throw SqlError(SqlState::kUndefinedColumn,
                     fmt::format("column \"{}\" does not exist", name));
    }
    request.include.push_back(column->attnum);
    names.emplace_back(name);
  }
  if (statement.where_clause != nullptr) {
    ReadPredicate(input, table, *statement.where_clause, &request);
  }
  request.name = TextOf(statement.idxname);
  if (request.name.empty()) {
    catalog::NameChooser chooser(*input.editor.Current(), table.schema);
    request.name = chooser.Index(table.name, names);
  }
  request.part_names = catalog::ChooseIndexColumnNames(names);
  return request;
}

}  // namespace

namespace {

// None: there is one of this name, which has been said.
std::optional<IndexRequest> ReadNewIndex(CommandInput& input, const catalog::Relation& table,
                                         const PgQuery__IndexStmt& statement) {
  if (statement.if_not_exists && TextOf(statement.idxname) != "") {
    const std::string_view name = TextOf(statement.idxname);
    LockChosenName(input, table.schema, name);
    if (input.editor.Current()->FindRelation(table.schema, name) != nullptr) {
      SendNotice(input, fmt::format("relation \"{}\" already exists, skipping", name), "",
                 Severity::kNotice, SqlState::kDuplicateTable);
      return std::nullopt;
    }
  }
  if (table.IsPartitioned() && statement.concurrent) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot create index on partitioned table \"{}\" concurrently",
                               table.name));
  }
  IndexRequest request = ReadIndex(input, table, statement);
  request.only = !statement.relation->inh;
  return request;
}

}  // namespace

std::string CreateIndex(const PgQuery__IndexStmt& statement, CommandInput& input) {
  if (statement.concurrent) RefuseInTransactionBlock(input, "CREATE INDEX CONCURRENTLY");
  static_cast<void>(CheckMethod(statement));
  const RelationPtr table =
      LockRelation(input, *statement.relation,
                   statement.concurrent ? txn::RelationLockMode::kShareUpdateExclusive
                                        : txn::RelationLockMode::kShare);
  if (!table->HasRows() && !table->IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot create index on relation \"{}\"", table->name))
        .Detail(NotSupportedDetail(table->kind));
  }
  RequireOwner(input, *table);
  // Nobody else uses a temporary table.
  if (statement.concurrent && table->persistence != 't') {
    BuildIndexConcurrently(input, [&](CommandInput& inside) {
      const RelationPtr latest = Reread(inside, table->oid);
      const auto request = ReadNewIndex(inside, *latest, statement);
      return request.has_value() ? DefineUnfilledIndex(inside, latest, *request)->oid : kInvalidOid;
    });
    return "CREATE INDEX";
  }
  const RelationPtr latest = Reread(input, table->oid);
  auto request = ReadNewIndex(input, *latest, statement);
  if (request.has_value()) {
    DefineIndex(input, latest, std::move(*request), /*is_new_table=*/false);
  }
  return "CREATE INDEX";
}

}  // namespace grizzly::commands
