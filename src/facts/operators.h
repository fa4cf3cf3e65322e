// PostgreSQL 15's built-in operators, from facts/pg_operator.csv. Members carry pg_operator's own
// column names; an Oid of 0 means none. Constant; any thread; nothing throws.
#pragma once

#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

struct OperatorFact {
  Oid oid;
  std::string_view oprname;
  Oid oprnamespace;
  char oprkind;  // b infix, l prefix
  bool oprcanmerge;
  bool oprcanhash;
  Oid oprleft;  // 0 for a prefix operator
  Oid oprright;
  Oid oprresult;
  Oid oprcom;
  Oid oprnegate;
  Oid oprcode;
  Oid oprrest;
  Oid oprjoin;
};

const OperatorFact* FindOperator(Oid oid);
std::span<const OperatorFact> FindOperatorsByName(std::string_view oprname);
// The operator of exactly these operand types, or null; `left` is 0 for a prefix operator.
const OperatorFact* FindOperator(std::string_view oprname, Oid left, Oid right);
// Sorted by oprname, then oid.
std::span<const OperatorFact> AllOperators();

}  // namespace grizzly::facts
