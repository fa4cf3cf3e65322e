#include "executor/constraint/key_text.h"

#include "catalog/object_text.h"
#include "functions/session_services.h"

namespace grizzly::executor {

std::string KeyPartText(const ExecContext& context, const catalog::Relation& table,
                        const catalog::Relation& index, size_t part) {
  constexpr Oid kGetIndexDefinition = 2507;  // pg_get_indexdef(index, column, pretty)
  const AttributeNumber column = index.index->parts[part].column;
  if (column != 0) return catalog::QuoteIdentifier(table.columns[column - 1].name);
  functions::SessionServices* session = context.evaluation.functions.session;
  if (session == nullptr) return index.columns[part].name;
  return session
      ->Definition(kGetIndexDefinition, index.oid, static_cast<int32_t>(part) + 1, /*pretty=*/true)
      .value_or(index.columns[part].name);
}

}  // namespace grizzly::executor
