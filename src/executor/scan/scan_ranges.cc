#include "executor/scan/scan_ranges.h"

#include <algorithm>

#include "executor/table_access.h"
#include "executor/array_values.h"
#include "executor/row_tid.h"

namespace grizzly::executor {

using types::Datum;

ScanRanges::ScanRanges(const plan::TableScanNode& node, expr::EvaluationState& state)
    : node_(node) {
  const catalog::Relation& table = *node.relation;
  if (node.index == nullptr) {
    head_ = RowKeyHead(table);
    layout_ = table.row_key.get();
  } else {
    head_ = IndexKeyHead(table, *node.index->index);
    layout_ = node.index->index_key.get();
  }
  equal_.reserve(node.bounds.equal.size());
  for (const auto& bound : node.bounds.equal) equal_.emplace_back(*bound, state);
  if (node.bounds.lower) lower_ = std::make_unique<expr::Evaluator>(*node.bounds.lower, state);
  if (node.bounds.upper) upper_ = std::make_unique<expr::Evaluator>(*node.bounds.upper, state);
  if (node.bounds.any_of) any_of_ = std::make_unique<expr::Evaluator>(*node.bounds.any_of, state);
}

bool ScanRanges::ComputePoint(std::string* key) {
  key->assign(head_);
  for (size_t i = 0; i < equal_.size(); ++i) {
    const Datum value = equal_[i].EvaluateScalar();
    if (value.is_null()) return false;
    layout_->AppendPart(i, value, key);
  }
  return true;
}

std::vector<Datum> ScanRanges::AnyOfElements() {
  const Datum array = any_of_->EvaluateScalar();
  if (array.is_null()) return {};
  return ArrayElements(array, layout_->part(0).type);
}

// Rows whose ctid is a hash, or between the bounds; the scan's filters look at them again.
std::vector<KeyRange> ScanRanges::ComputeByTid() {
  const std::string end = storage::PrefixSuccessor(head_);
  if (!equal_.empty()) {
    const Datum tid = equal_[0].EvaluateScalar();
    if (tid.is_null()) return {};
    const auto suffix = SuffixOfTid(*node_.relation, tid.AsString());
    KeyRange range{head_, end};
    if (suffix.has_value()) range = {head_ + *suffix, head_ + *suffix + std::string(1, '\0')};
    return {std::move(range)};
  }
  KeyRange range{head_, head_ + FirstUncountedSuffix()};
  if (lower_ != nullptr) {
    const Datum tid = lower_->EvaluateScalar();
    if (tid.is_null()) return {};
    range.from = head_ + FirstSuffixFrom(tid.AsString());
  }
  if (upper_ != nullptr) {
    const Datum tid = upper_->EvaluateScalar();
    if (tid.is_null()) return {};
    range.to = head_ + FirstSuffixFrom(tid.AsString()) + std::string(1, '\0');
  }
  std::vector<KeyRange> ranges;
  if (range.from < range.to) ranges.push_back(std::move(range));
  ranges.push_back({head_ + FirstUncountedSuffix(), end});
  return ranges;
}

std::vector<KeyRange> ScanRanges::Compute() {
  if (node_.by_tid) return ComputeByTid();
  std::vector<KeyRange> ranges;
  if (any_of_ != nullptr) {
    for (const Datum& element : AnyOfElements()) {
      if (element.is_null()) continue;
      std::string prefix = head_;
      layout_->AppendPart(0, element, &prefix);
      AddRange(prefix, 1, &ranges);
    }
    std::sort(ranges.begin(), ranges.end(),
              [](const KeyRange& a, const KeyRange& b) { return a.from < b.from; });
    ranges.erase(std::unique(ranges.begin(), ranges.end(),
                             [](const KeyRange& a, const KeyRange& b) { return a.from == b.from; }),
                 ranges.end());
    return ranges;
  }
  std::string prefix;
  if (!ComputePoint(&prefix)) return {};
  AddRange(prefix, equal_.size(), &ranges);
  return ranges;
}

void ScanRanges::AddRange(const std::string& prefix, size_t fixed_parts,
                          std::vector<KeyRange>* ranges) {
  KeyRange range{prefix, storage::PrefixSuccessor(prefix)};
  const bool descending =
      layout_ != nullptr && fixed_parts < layout_->part_count() && layout_->part(fixed_parts).descending;
  // In a descending part greater values have smaller keys: the bounds change places.
  expr::Evaluator* first = descending ? upper_.get() : lower_.get();
  expr::Evaluator* last = descending ? lower_.get() : upper_.get();
  const bool first_inclusive =
      descending ? node_.bounds.upper_inclusive : node_.bounds.lower_inclusive;
  const bool last_inclusive =
      descending ? node_.bounds.lower_inclusive : node_.bounds.upper_inclusive;
  if (first != nullptr) {
    const Datum value = first->EvaluateScalar();
    if (value.is_null()) return;
    range.from = prefix;
    layout_->AppendPart(fixed_parts, value, &range.from);
    if (!first_inclusive) range.from = storage::PrefixSuccessor(range.from);
  }
  if (last != nullptr) {
    const Datum value = last->EvaluateScalar();
    if (value.is_null()) return;
    range.to = prefix;
    layout_->AppendPart(fixed_parts, value, &range.to);
    if (last_inclusive) range.to = storage::PrefixSuccessor(range.to);
  }
  if (range.from < range.to) ranges->push_back(std::move(range));
}

}  // namespace grizzly::executor
