#include "commands/table/access_method.h"

#include "catalog/access_method.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_rewrite.h"

namespace grizzly::commands {
namespace {

// The primary key's index has entries of its own only where rows do not lie in its order.
void MovePrimaryKey(CommandInput& input, const catalog::Relation& table, bool clusters) {
  for (const Oid oid : table.indexes) {
    const catalog::RelationPtr index = Reread(input, oid);
    if (!index->index->primary) continue;
    catalog::Relation changed = *index;
    changed.index->clustered_by = clusters;
    changed.index->index_id = IndexId{clusters ? 0 : changed.storage.value};
    input.editor.PutRelation(std::move(changed));
  }
}

}  // namespace

std::string ChooseAccessMethod(const CommandInput& input, std::string_view name) {
  const std::string chosen =
      !name.empty() ? std::string(name)
                    : *input.services->ShowSetting("default_table_access_method", false);
  const facts::AccessMethodFact* method = catalog::FindAccessMethod(chosen);
  if (method == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("access method \"{}\" does not exist", chosen));
  }
  if (method->amtype != 't') {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   fmt::format("access method \"{}\" is not of type TABLE", chosen));
  }
  return std::string(method->amname);
}

void SetAccessMethod(CommandInput& input, const catalog::Relation& table, std::string_view name) {
  const std::string method = ChooseAccessMethod(input, name);
  if (method == table.access_method) return;
  catalog::Relation changed = table;
  changed.access_method = method;
  changed.storage = NewStorage(input);
  // The index first: the table's row layout asks for its clustering index.
  MovePrimaryKey(input, table, /*clusters=*/!catalog::IsColumnar(changed));
  input.editor.PutRelation(std::move(changed));
  RewriteTable(input, table, Reread(input, table.oid), {});
  DropStorageAtCommit(input, table);
}

}  // namespace grizzly::commands
