#include "commands/schema/schemas.h"

#include <algorithm>

#include "commands/relation_lookup.h"
#include "commands/role/roles.h"

namespace grizzly::commands {
namespace {

// What an element makes, and the place of it in PostgreSQL's order.
struct Element {
  int rank = 0;
  ast::Node* node = nullptr;
  PgQuery__RangeVar* name = nullptr;  // null: its schema is that of something else
};

Element ReadElement(ast::Node* node) {
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT: return {0, node, node->create_seq_stmt->sequence};
    case PG_QUERY__NODE__NODE_CREATE_STMT: return {1, node, node->create_stmt->relation};
    case PG_QUERY__NODE__NODE_VIEW_STMT: return {2, node, node->view_stmt->view};
    case PG_QUERY__NODE__NODE_INDEX_STMT: return {3, node, node->index_stmt->relation};
    default: return {4, node, nullptr};
  }
}

void RequireSameSchema(const Element& element, const std::string& schema) {
  if (element.name == nullptr) return;
  if (TextOf(element.name->relpersistence) == "t") {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   "cannot create temporary relation in non-temporary schema");
  }
  const std::string_view written = TextOf(element.name->schemaname);
  if (written.empty() || written == schema) return;
  throw SqlError(SqlState::kInvalidSchemaDefinition,
                 fmt::format("CREATE specifies a schema ({}) different from the one being created ({})",
                             written, schema));
}

// The elements are made as if the new schema came first in the search path, by its owner.
void RunElements(const PgQuery__CreateSchemaStmt& statement, Oid oid, const std::string& name,
                 Oid owner, CommandInput& input) {
  if (statement.n_schema_elts == 0) return;
  std::vector<Element> elements;
  for (ast::Node* node : ListOf(statement.schema_elts, statement.n_schema_elts)) {
    elements.push_back(ReadElement(node));
    RequireSameSchema(elements.back(), name);
  }
  std::stable_sort(elements.begin(), elements.end(),
                   [](const Element& a, const Element& b) { return a.rank < b.rank; });
  std::vector<Oid> listed = {oid};
  const std::vector<Oid>& before = input.search_path.listed();
  listed.insert(listed.end(), before.begin(), before.end());
  const catalog::SearchPath path =
      catalog::SearchPath::OfSchemas(std::move(listed), input.search_path.temporary_schema());
  CommandInput inner = UnderSearchPath(input, path);
  inner.creation_schema = oid;
  inner.current_role = owner;
  for (const Element& element : elements) {
    parser::RawStatement raw;
    raw.node = element.node;
    input.transaction.NextCommand();
    RunCommand(raw, inner);
  }
}

}  // namespace

std::string CreateSchema(const PgQuery__CreateSchemaStmt& statement, CommandInput& input) {
  Oid owner = input.current_role;
  std::string name(TextOf(statement.schemaname));
  if (statement.authrole != nullptr) {
    const auto role = ResolveRole(input, *statement.authrole);
    owner = role->oid;
    if (name.empty()) name = role->name;
  }
  const auto database = input.shared.FindDatabase(input.services->CurrentDatabase());
  if (!input.is_superuser && database->owner != input.current_role) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("permission denied for database {}", database->name));
  }
  if (name.starts_with("pg_")) {
    throw SqlError(SqlState::kReservedName, fmt::format("unacceptable schema name \"{}\"", name))
        .Detail("The prefix \"pg_\" is reserved for system schemas.");
  }
  LockSchemaName(input, name);
  if (input.editor.Current()->FindSchema(name) != nullptr) {
    if (!statement.if_not_exists) {
      throw SqlError(SqlState::kDuplicateSchema,
                     fmt::format("schema \"{}\" already exists", name));
    }
    SendNotice(input, fmt::format("schema \"{}\" already exists, skipping", name), "",
               Severity::kNotice, SqlState::kDuplicateSchema);
    return "CREATE SCHEMA";
  }
  catalog::Schema schema;
  schema.oid = input.editor.NewOid();
  schema.name = name;
  schema.owner = owner;
  const Oid oid = schema.oid;
  input.editor.PutSchema(std::move(schema));
  RunElements(statement, oid, name, owner, input);
  return "CREATE SCHEMA";
}

}  // namespace grizzly::commands
