#include "facts/clauses.h"

#include <tuple>

#include "facts/table.h"

namespace grizzly::facts {

const ClauseFact* FindClauseOfValue(std::string_view message, std::string_view field,
                                    std::string_view value) {
  return table::Find(AllClauses(), std::tuple(message, field, value), [](const ClauseFact& row) {
    return std::tuple(row.message, row.field, row.value);
  });
}

const ClauseFact* FindClause(std::string_view message, std::string_view field,
                             std::string_view value) {
  const ClauseFact* of_value = FindClauseOfValue(message, field, value);
  return of_value != nullptr || value.empty() ? of_value : FindClauseOfValue(message, field, {});
}

std::span<const ClauseFact> ClausesOf(std::string_view message) {
  return table::FindRun(AllClauses(), message, [](const ClauseFact& row) { return row.message; });
}

}  // namespace grizzly::facts
