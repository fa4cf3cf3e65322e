#include "executor/term_entries.h"

#include <algorithm>

#include "base/error/check.h"
#include "executor/table_access.h"

namespace grizzly::executor {

std::vector<storage::IndexTerms> TermsOfIndex(const catalog::Relation& index) {
  std::vector<storage::IndexTerms> terms;
  for (const catalog::IndexDefinition::Part& part : index.index->parts) {
    const auto scheme = storage::SchemeOfOpclass(part.opclass);
    GRIZZLY_CHECK(scheme.has_value());
    terms.emplace_back(*scheme, part.type, part.collation);
  }
  return terms;
}

TermEntries::TermEntries(const catalog::Relation& table, const plan::RowRules::Index& rules,
                         expr::EvaluationState& state)
    : rules_(rules),
      head_(IndexKeyHead(table, *rules.index->index)),
      terms_(TermsOfIndex(*rules.index)) {
  for (const auto& part : rules.key_parts) parts_.emplace_back(*part, state);
  if (rules.predicate != nullptr) {
    predicate_ = std::make_unique<expr::Evaluator>(*rules.predicate, state);
  }
}

const std::vector<std::string>& TermEntries::KeysOf(const types::Batch& rows, uint32_t row) {
  keys_.clear();
  types::Batch one_row;
  one_row.Reference(rows);
  one_row.Select(types::Selection(&row, 1));
  if (predicate_ != nullptr && predicate_->Filter(one_row).empty()) return keys_;
  for (size_t part = 0; part < parts_.size(); ++part) {
    const types::Vector& value = parts_[part].Evaluate(one_row);
    terms_[part].TermsOf(value.GetDatum(0), &found_);
    for (const std::string& term : found_) {
      keys_.push_back(head_ + static_cast<char>(part) + term);
    }
  }
  return keys_;
}

}  // namespace grizzly::executor
