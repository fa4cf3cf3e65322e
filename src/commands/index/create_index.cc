#include "commands/index/create_index.h"

#include "catalog/name_choice.h"
#include "commands/evaluation.h"
#include "commands/index/define_index.h"
#include "commands/options/storage_parameters.h"
#include "commands/relation_lookup.h"
#include "facts/access_methods.h"
#include "facts/collations.h"

namespace grizzly::commands {
namespace {

using catalog::RelationPtr;
using planner::ExpressionPlace;

void CheckMethod(const PgQuery__IndexStmt& statement) {
  const std::string_view method = TextOf(statement.access_method);
  if (method.empty() || method == "btree") return;
  if (facts::FindAccessMethodByName(method) == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("access method \"{}\" does not exist", method));
  }
  ThrowNotSupported(fmt::format("index access method {}", method));
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
      facts::DefaultOpclass(facts::kBtreeMethodOid, part.type.oid);
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
    names->push_back(element.expr->node_case == PG_QUERY__NODE__NODE_FUNC_CALL
                         ? std::string(StringOf(element.expr->func_call->funcname
                                                    [element.expr->func_call->n_funcname - 1]))
                         : std::string());
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
  if (!table->HasRows()) {
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
  DefineIndex(input, latest, ReadIndex(input, *latest, statement), /*is_new_table=*/false);
  return "CREATE INDEX";
}

}  // namespace grizzly::commands
