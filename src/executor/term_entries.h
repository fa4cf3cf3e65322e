// The entries of a row in an index of terms (gin, gist, spgist, brin).
//
// FORMAT   entry key   := head(table storage, index id) part:u8 term suffix     storage/term/index_terms.h
//          entry value := commit_timestamp:u64 suffix, as of other indexes
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "expr/evaluator.h"
#include "plan/modify_node.h"
#include "storage/term/index_terms.h"

namespace grizzly::executor {

// One per part. Throws 0A000 for a type its class cannot take apart.
std::vector<storage::IndexTerms> TermsOfIndex(const catalog::Relation& index);

class TermEntries {
 public:
  TermEntries(const catalog::Relation& table, const plan::RowRules::Index& rules,
              expr::EvaluationState& state);

  // The keys of a row's entries without its suffix, sorted; none when the index leaves the row out. Valid until
  // the next call.
  const std::vector<std::string>& KeysOf(const types::Batch& rows, uint32_t row);
  const catalog::IndexDefinition& definition() const { return *rules_.index->index; }

 private:
  const plan::RowRules::Index& rules_;
  const std::string head_;
  std::vector<storage::IndexTerms> terms_;
  std::vector<expr::Evaluator> parts_;
  std::unique_ptr<expr::Evaluator> predicate_;
  std::vector<std::string> found_, keys_;
};

}  // namespace grizzly::executor
