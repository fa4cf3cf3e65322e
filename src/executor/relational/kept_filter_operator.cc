// A filter that is opened again and again, with other values of its outer cells, over a child whose rows stay the
// same: the first time it filters them as they come, then it keeps them and finds them by key.
//
// Beyond the budget for hash tables nothing is kept: it filters as they come each time.
#include <algorithm>

#include "executor/column_gather.h"
#include "executor/filter_set.h"
#include "executor/group_table.h"
#include "executor/operators.h"
#include "executor/row_store.h"
#include "executor/statement_resources.h"

namespace grizzly::executor {
namespace {

std::vector<SqlType> TypesOfKeys(const plan::FilterNode& node) {
  std::vector<SqlType> types;
  for (const auto& key : node.kept_keys) types.push_back(key->type);
  return types;
}

// The child's rows in its order, and which of them have a key.
class KeptRows {
 public:
  KeptRows(const plan::FilterNode& node, ExecContext& context)
      : node_(node),
        rows_(node.output_types, context.memory),
        keys_(TypesOfKeys(node), context.memory),
        wanted_(TypesOfKeys(node), 1),
        memory_(context.memory) {
    for (const auto& value : node.kept_values) values_.emplace_back(*value, context.evaluation);
  }
  ~KeptRows() {
    if (memory_ != nullptr && charged_bytes_ > 0) memory_->Release(charged_bytes_);
  }
  KeptRows(const KeptRows&) = delete;
  KeptRows& operator=(const KeptRows&) = delete;

  // False: they outgrow the budget.
  bool Read(ExecContext& context, Operator& child) {
    const int64_t budget = StatementResources::HashBudget(context);
    std::vector<expr::Evaluator> keys;
    for (const auto& key : node_.kept_keys) keys.emplace_back(*key, context.evaluation);
    std::vector<uint32_t> groups;
    child.Open(context);
    while (const Batch* batch = child.Next(context)) {
      std::vector<const Vector*> columns;
      for (expr::Evaluator& key : keys) columns.push_back(&key.Evaluate(*batch));
      keys_.FindOrAdd(columns, batch->row_count(), groups);
      Charge(static_cast<int64_t>(groups.size() * 2 * sizeof(uint32_t)));
      group_of_row_.insert(group_of_row_.end(), groups.begin(), groups.end());
      rows_.Append(*batch);
      if (budget > 0 && byte_count() > budget) return false;
    }
    OrderByKey();
    return true;
  }

  // The numbers of the rows with the key the cells say now.
  std::span<const uint32_t> Find() {
    wanted_.Reset();
    std::vector<const Vector*> columns;
    for (size_t k = 0; k < values_.size(); ++k) {
      const Datum value = values_[k].EvaluateScalar();
      if (value.is_null() && !node_.kept_null_equal[k]) return {};
      wanted_.column(k).SetDatum(0, value);
      columns.push_back(&wanted_.column(k));
    }
    keys_.Find(columns, 1, found_);
    if (found_[0] == GroupTable::kNoGroup) return {};
    const uint32_t first = starts_[found_[0]];
    return std::span<const uint32_t>(by_key_).subspan(first, starts_[found_[0] + 1] - first);
  }

  const RowStore& rows() const { return rows_; }
  int64_t byte_count() const { return rows_.charged_bytes() + keys_.byte_count() + charged_bytes_; }

 private:
  void Charge(int64_t bytes) {
    if (memory_ != nullptr) memory_->Reserve(bytes);
    charged_bytes_ += bytes;
  }

  void OrderByKey() {
    starts_.assign(keys_.group_count() + 1, 0);
    for (const uint32_t group : group_of_row_) ++starts_[group + 1];
    for (size_t group = 1; group < starts_.size(); ++group) starts_[group] += starts_[group - 1];
    std::vector<uint32_t> next(starts_.begin(), starts_.end() - 1);
    by_key_.resize(group_of_row_.size());
    for (uint32_t row = 0; row < group_of_row_.size(); ++row) by_key_[next[group_of_row_[row]]++] = row;
    group_of_row_ = {};
  }

  const plan::FilterNode& node_;
  RowStore rows_;
  GroupTable keys_;
  std::vector<expr::Evaluator> values_;
  Batch wanted_;
  std::vector<uint32_t> found_;
  std::vector<uint32_t> group_of_row_;  // until all have come
  std::vector<uint32_t> starts_;        // of each key's rows in by_key_
  std::vector<uint32_t> by_key_;        // row numbers
  MemoryTracker* const memory_;
  int64_t charged_bytes_ = 0;
};

class KeptFilterOperator final : public Operator {
 public:
  KeptFilterOperator(const plan::FilterNode& node, ExecContext& context)
      : Operator(node),
        filter_(node),
        all_(node.conjuncts, context),
        others_(std::span(node.conjuncts).subspan(node.kept_keys.size()), context) {}

 protected:
  void DoOpen(ExecContext& context) override {
    // While a row is checked again, its scan hands out another version.
    const bool may_keep = context.pinned.empty() && !outgrew_;
    if (may_keep && kept_ == nullptr && was_opened_) Keep(context);
    was_opened_ = true;
    finds_ = may_keep && kept_ != nullptr;
    if (finds_) {
      found_ = kept_->Find();
    } else {
      child().Open(context);
    }
  }

  Batch* DoNext(ExecContext& context) override {
    while (Batch* batch = finds_ ? NextFound() : child().Next(context)) {
      const uint32_t before = batch->row_count();
      (finds_ ? others_ : all_).Apply(*batch);
      CountFiltered(context, before - batch->row_count());
      if (batch->row_count() > 0) return batch;
    }
    return nullptr;
  }

 private:
  void Keep(ExecContext& context) {
    kept_ = std::make_unique<KeptRows>(filter_, context);
    outgrew_ = !kept_->Read(context, child());
    NoteMemory(context, filter_, kept_->byte_count());
    if (outgrew_) kept_.reset();
  }

  Batch* NextFound() {
    if (found_.empty()) return nullptr;
    const auto rows = found_.first(std::min<size_t>(found_.size(), types::kBatchRowsMax));
    found_ = found_.subspan(rows.size());
    while (out_.column_count() < filter_.output_types.size()) {
      out_.AddColumn(Vector(filter_.output_types[out_.column_count()]));
    }
    out_.Reset();
    for (size_t c = 0; c < out_.column_count(); ++c) GatherColumn(kept_->rows(), c, rows, out_.column(c));
    out_.set_row_count(static_cast<uint32_t>(rows.size()));
    return &out_;
  }

  const plan::FilterNode& filter_;
  FilterSet all_;
  FilterSet others_;  // the conditions the keys do not decide
  std::unique_ptr<KeptRows> kept_;
  bool was_opened_ = false;
  bool outgrew_ = false;
  bool finds_ = false;  // since it was opened last
  std::span<const uint32_t> found_;
  Batch out_;
};

}  // namespace

OperatorPtr MakeKeptFilter(const plan::FilterNode& node, ExecContext& context) {
  return std::make_unique<KeptFilterOperator>(node, context);
}

}  // namespace grizzly::executor
