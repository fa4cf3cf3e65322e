#include "commands/index/create_index.h"

#include "catalog/name_choice.h"
#include "commands/evaluation.h"
#include "commands/index/define_index.h"
#include "commands/options/storage_parameters.h"
#include "commands/relation_lookup.h"
#include "commands/type/type_parts.h"
#include "facts/access_methods.h"
#include "facts/collations.h"
#include "planner/binder/query_binder.h"

namespace grizzly::commands {
namespace {

using catalog::RelationPtr;
using planner::ExpressionPlace;

constexpr std::string_view kHash = "hash";

void RefuseOfHash(bool given, std::string_view what) {
  if (!given) return;
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("access method \"hash\" does not support {}", what));
}

// A hash index is an ordered one that is only asked for equality; what PostgreSQL's cannot do, it refuses.
void CheckHash(const PgQuery__IndexStmt& statement) {
  RefuseOfHash(statement.n_index_including_params > 0, "included columns");
  RefuseOfHash(statement.unique, "unique indexes");
  RefuseOfHash(statement.n_index_params > 1, "multicolumn indexes");
  const PgQuery__IndexElem& element = *statement.index_params[0]->index_elem;
  RefuseOfHash(element.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_ASC ||
                   element.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC,
               "ASC/DESC options");
  RefuseOfHash(element.nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST ||
                   element.nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST,
               "NULLS FIRST/LAST options");
}

void CheckMethod(const PgQuery__IndexStmt& statement) {
  const std::string_view method = TextOf(statement.access_method);
  if (method.empty() || method == "btree") return;
  const facts::AccessMethodFact* fact = facts::FindAccessMethodByName(method);
  if (fact == nullptr || fact->amtype != 'i') {
    throw SqlError(fact == nullptr ? SqlState::kUndefinedObject : SqlState::kWrongObjectType,
                   fact == nullptr
                       ? fmt::format("access method \"{}\" does not exist", method)
                       : fmt::format("access method \"{}\" is not of type INDEX", method));
  }
  if (method == kHash) return CheckHash(statement);
  ThrowNotSupported(fmt::format("index access method {}", method));
}

// The hash family's class for the type; the keys are ordered by the btree one all the same.
void SetHashOpclass(CommandInput& input, catalog::IndexDefinition::Part* part) {
  const facts::OpclassFact* opclass = facts::DefaultOpclass(facts::kHashMethodOid, part->type.oid);
  if (opclass == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("data type {} has no default operator class for access method "
                               "\"hash\"",
                               input.services->FormatType(part->type.oid, types::kNoTypmod)))
        .Hint("You must specify an operator class for the index or define a default operator "
              "class for the data type.");
  }
  if (facts::DefaultOpclass(facts::kBtreeMethodOid, part->type.oid) == nullptr) {
    ThrowNotSupported("a hash index over a type without an order");
  }
  part->opclass = opclass->oid;
}

Oid ResolveOpclass(CommandInput& input, std::span<ast::Node* const> names,
                   const catalog::IndexDefinition::Part& part) {
  const QualifiedName name = QualifiedNameOf(StringsOf(names));
  const facts::OpclassFact* opclass =
      facts::FindOpclassByName(facts::kBtreeMethodOid, name.name);
  if (opclass == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("operator class \"{}\" does not exist for access method \"btree\"",
                               name.name));
  }
  const facts::OpclassFact* fitting =
      facts::DefaultOpclass(
          facts::kBtreeMethodOid, OpclassInputType(*input.editor.Current(), part.type.oid));
  if (fitting != opclass) {
    static_cast<void>(input);
    ThrowNotSupported(fmt::format("operator class {}", name.name));
  }
  return opclass->oid;
}

void ReadPart(CommandInput& input, const catalog::Relation& table, const PgQuery__IndexElem& element,
              IndexRequest* request, std::vector<std::string>* names) {
  catalog::IndexDefinition::Part part;
  if (element.expr == nullptr) {
    const std::string_view name = TextOf(element.name);
    const catalog::Column* column = table.FindColumn(name);
    if (column == nullptr) {
      throw SqlError(SqlState::kUndefinedColumn,
                     fmt::format("column \"{}\" does not exist", name));
    }
    part = PartOfColumn(*column);
    names->emplace_back(name);
  } else {
    const std::vector<expr::ColumnId> ids = AttributeIds(table);
    const expr::ExprPtr bound = planner::BindTableExpression(
        *element.expr, &table, ids, ExpressionPlace::kIndexPart, MakeBinderInput(input));
    part.expression = MakeDefinition(input, *element.expr);
    part.type = bound->type;
    part.collation = bound->type.collation;
    for (const AttributeNumber attnum : MentionedColumns(*bound)) {
      request->mentioned.push_back(attnum);
    }
    const std::string own_name = planner::ColumnNameOf(*element.expr);
    names->push_back(own_name == "?column?" ? std::string() : own_name);
  }
  if (element.n_collation > 0) {
    const QualifiedName name =
        QualifiedNameOf(StringsOf(ListOf(element.collation, element.n_collation)));
    const facts::CollationFact* collation = facts::FindCollationByName(name.name);
    if (collation == nullptr) {
      throw SqlError(SqlState::kUndefinedObject,
                     fmt::format("collation \"{}\" for encoding \"UTF8\" does not exist",
                                 name.name));
    }
    part.collation = collation->oid;
  }
  part.descending = element.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
  part.nulls_first =
      element.nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST ||
      (element.nulls_ordering != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST && part.descending);
  if (element.n_opclass > 0) {
    part.opclass = ResolveOpclass(input, ListOf(element.opclass, element.n_opclass), part);
  } else if (request->access_method == kHash) {
    SetHashOpclass(input, &part);
  } else {
    SetDefaultOpclass(input, &part);
  }
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
  if (TextOf(statement.access_method) == kHash) request.access_method = kHash;
  request.unique = statement.unique;
  request.nulls_not_distinct = statement.nulls_not_distinct;
  request.options = ReadStorageParameters(
      ParameterOwner::kIndex, ListOf(statement.options, statement.n_options));
  std::vector<std::string> names;
  for (const ast::Node* node : ListOf(statement.index_params, statement.n_index_params)) {
    ReadPart(input, table, *node->index_elem, &request, &names);
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

std::string CreateIndex(const PgQuery__IndexStmt& statement, CommandInput& input) {
  if (statement.concurrent) RefuseInTransactionBlock(input, "CREATE INDEX CONCURRENTLY");
  CheckMethod(statement);
  const RelationPtr table =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kShare);
  if (!table->HasRows() && !table->IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot create index on relation \"{}\"", table->name))
        .Detail(NotSupportedDetail(table->kind));
  }
  RequireOwner(input, *table);
  if (statement.if_not_exists && TextOf(statement.idxname) != "") {
    const std::string_view name = TextOf(statement.idxname);
    LockChosenName(input, table->schema, name);
    if (input.editor.Current()->FindRelation(table->schema, name) != nullptr) {
      SendNotice(input, fmt::format("relation \"{}\" already exists, skipping", name), "",
                 Severity::kNotice, SqlState::kDuplicateTable);
      return "CREATE INDEX";
    }
  }
  const RelationPtr latest = Reread(input, table->oid);
  if (latest->IsPartitioned() && statement.concurrent) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot create index on partitioned table \"{}\" concurrently",
                               latest->name));
  }
  IndexRequest request = ReadIndex(input, *latest, statement);
  request.only = !statement.relation->inh;
  DefineIndex(input, latest, std::move(request), /*is_new_table=*/false);
  return "CREATE INDEX";
}

}  // namespace grizzly::commands
