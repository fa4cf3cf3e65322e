// Deferrable unique keys and exclusion constraints, once all rows are as they shall be.
//
// ERRORS   23505 and 23P01 with PostgreSQL's details.
#pragma once

#include <memory>
#include <string_view>

#include "executor/constraint/exclusion_search.h"

namespace grizzly::executor {

class IndexCheck {
 public:
  IndexCheck(plan::IndexRulePtr rule, ExecContext& context);

  // A unique key: at most one row has it.
  void CheckKey(std::string_view key);
  // An exclusion constraint: no other row excludes the one stored there.
  void CheckRow(std::string_view suffix);

 private:
  [[noreturn]] void ThrowDuplicate(std::string_view suffix);

  const plan::IndexRulePtr rule_;
  ExecContext& context_;
  std::shared_ptr<const plan::RowRules> rules_;  // of exclusion constraints
  std::unique_ptr<ExclusionSearch> search_;
};

// conflicting key value violates exclusion constraint "c".
[[noreturn]] void ThrowExclusion(const ExecContext& context, const plan::IndexRule& rule,
                                 const std::string& key, const std::string& existing_key);

}  // namespace grizzly::executor
