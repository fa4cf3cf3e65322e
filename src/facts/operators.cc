#include "facts/operators.h"

#include "facts/table.h"

namespace grizzly::facts {

namespace table {
extern const std::span<const OperatorFact> kOperators;
extern const std::span<const uint16_t> kOperatorsByOid;
}  // namespace table

const OperatorFact* FindOperator(Oid oid) {
  return table::Find(table::kOperators, table::kOperatorsByOid, oid,
                     [](const OperatorFact& row) { return row.oid; });
}

std::span<const OperatorFact> FindOperatorsByName(std::string_view oprname) {
  return table::FindRun(table::kOperators, oprname,
                        [](const OperatorFact& row) { return row.oprname; });
}

const OperatorFact* FindOperator(std::string_view oprname, Oid left, Oid right) {
  for (const OperatorFact& row : FindOperatorsByName(oprname)) {
    if (row.oprleft == left && row.oprright == right) return &row;
  }
  return nullptr;
}

}  // namespace grizzly::facts
