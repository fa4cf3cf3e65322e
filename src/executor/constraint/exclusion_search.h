// Exclusion constraints: the rows that may not be in the table together with a new one.
//
// A btree one is looked up by its key; any other needs a look at every row. The key (or the whole
// constraint) stays locked to the end of the transaction, so that of two rows that exclude each other
// the later one sees the first.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/columnar/row_access.h"
#include "executor/exec_context.h"
#include "expr/evaluator.h"
#include "plan/modify_node.h"

namespace grizzly::executor {

class ExclusionSearch {
 public:
  // `parts`: the constraint's index, as the rules of its table have it.
  ExclusionSearch(plan::IndexRulePtr rule, const plan::RowRules::Index& parts,
                  ExecContext& context);

  // The suffix of a row that excludes row `row` of `rows`, other than the one at `own_suffix`.
  std::optional<std::string> Find(const types::Batch& rows, uint32_t row,
                                  std::string_view own_suffix);
  // The same for a stored row; none when it is gone.
  std::optional<std::string> FindForStored(std::string_view suffix);
  // "(a, b)=(1, 2)": the index parts of a row.
  std::string Describe(const types::Batch& rows, uint32_t row);
  std::string DescribeStored(std::string_view suffix);

  const plan::IndexRule& rule() const { return *rule_; }

 private:
  // False: the row is not in the index, or has a NULL, which excludes nothing.
  bool ComputeParts(const types::Batch& rows, uint32_t row, std::vector<types::Datum>* values);
  bool ReadStored(std::string_view suffix, types::Batch* rows);
  std::optional<std::string> FindByKey(const std::vector<types::Datum>& values,
                                       std::string_view own_suffix);
  std::optional<std::string> FindByScan(const std::vector<types::Datum>& values,
                                        std::string_view own_suffix);
  // By the entries of an index of terms; nullopt in *found: none. False: the index cannot tell.
  bool FindByTerms(const std::vector<types::Datum>& values, std::string_view own_suffix,
                   std::optional<std::string>* found);
  // The place of the first row that does not go with the new row's parts.
  std::optional<size_t> FirstExcluded(types::Batch& rows, const std::vector<types::Datum>& values);

  const plan::IndexRulePtr rule_;
  const plan::RowRules::Index& parts_rules_;
  ExecContext& context_;
  const std::string head_, row_head_;
  std::vector<expr::Evaluator> parts_;
  std::unique_ptr<expr::Evaluator> predicate_;
  expr::Evaluator excludes_;
  std::vector<types::SqlType> row_types_;
  std::vector<uint32_t> targets_;
  RowAccess rows_;
  Arena values_arena_;
};

}  // namespace grizzly::executor
