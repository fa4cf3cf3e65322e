// One foreign key's checks and actions at the end of a statement or transaction.
//
// ERRORS   23503 with PostgreSQL's details.
// SOURCE   PostgreSQL 15 docs, "Foreign Keys", CREATE TABLE
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "executor/constraint/check_queue.h"
#include "executor/constraint/foreign_key_action.h"
#include "executor/constraint/referenced_rows.h"
#include "executor/constraint/referencing_rows.h"

namespace grizzly::executor {

class ForeignKeyCheck {
 public:
  ForeignKeyCheck(plan::ForeignKeyRulePtr rule, ExecContext& context);

  // Values of the referencing columns of some row.
  void CheckReference(std::string_view values);
  // A row as it is now; a row that is gone refers to nothing.
  void CheckReferrer(std::string_view suffix);
  // Values that were referenced, or could be, and are gone.
  void ResolveGone(const std::vector<Check>& checks);
  // Every row of the table, which is not partitioned, while writers of both are kept out. For ADD and
  // VALIDATE CONSTRAINT.
  void CheckAllRows();
  // The reverse, of a partition that is about to go: throws 23503 when some row refers to one of its rows.
  void CheckNoneRefers();

 private:
  // The table that refers, or one leaf of it.
  struct Referrers {
    Referrers(const plan::ForeignKeyRule& of, ExecContext& context)
        : rule(of), values(of, context), rows(of, context, values) {}
    const plan::ForeignKeyRule& rule;
    ForeignKeyValues values;
    ReferencingRows rows;
  };
  struct Gone {
    std::vector<ReferencingRows::Wanted> wanted;
    std::vector<std::vector<types::Datum>> new_values;
  };
  void CheckValues(const std::vector<types::Datum>& values, bool locks);
  bool SomeRowRefersTo(const std::vector<types::Datum>& key);
  void Restrict(const Gone& gone);
  void RestrictIn(Referrers& referrers, const Gone& gone, size_t* first);
  void Act(const Gone& gone, char action, bool is_delete);
  [[noreturn]] void Throw(std::string message, std::string detail);
  [[noreturn]] void ThrowMissing(const std::vector<types::Datum>& values);
  [[noreturn]] void ThrowMixedNulls();
  [[noreturn]] void ThrowReferenced(const std::vector<types::Datum>& values);
  [[noreturn]] void ThrowRemoved(const plan::ForeignKeyRule& rule,
                                 const std::vector<types::Datum>& values);

  const plan::ForeignKeyRulePtr rule_;
  ExecContext& context_;
  ForeignKeyValues values_;
  ReferencedRows referenced_;
  std::vector<std::unique_ptr<Referrers>> referrers_;
  std::vector<types::Datum> key_;
};

}  // namespace grizzly::executor
