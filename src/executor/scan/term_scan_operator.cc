// Scans a table by an index of terms: finds the rows that may satisfy its conditions, reads them in the order of
// their keys, and leaves the rest to the filters.
#include "executor/columnar/row_access.h"
#include "executor/filter_set.h"
#include "executor/operators.h"
#include "executor/scan/system_columns.h"
#include "executor/table_access.h"
#include "executor/term_entries.h"
#include "executor/term_lookup.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {
namespace {

using plan::TableScanNode;

constexpr uint32_t kTermScanRows = 256;

class TermScanOperator final : public Operator {
 public:
  TermScanOperator(const TableScanNode& node, ExecContext& context)
      : Operator(node),
        scan_(node),
        table_(*node.relation),
        rows_(context, *node.relation),
        filters_(node.filters, context),
        head_(RowKeyHead(*node.relation)),
        terms_(TermsOfIndex(*node.index)),
        batch_(node.output_types, kTermScanRows),
        columns_(StoredPlacesOf(node)),
        system_columns_(node, context) {
    for (const plan::TermCondition& term : node.terms) {
      values_.emplace_back(*term.value, context.evaluation);
    }
  }

 protected:
  void DoOpen(ExecContext& context) override {
    next_ = 0;
    every_row_.reset();
    found_.reset();
    pinned_ = context.FindPinned(scan_.scan_id);
    if (pinned_ != nullptr) return;
    const auto scan_index = [&context](std::string_view from, std::string_view to) {
      return context.transaction.Scan(context.view, from, to);
    };
    lookup_ = std::make_unique<TermLookup>(
        IndexKeyHead(table_, *scan_.index->index), scan_index, context.memory,
        context.evaluation.functions.cancel);
    std::vector<TermLookup::Condition> conditions;
    if (!ReadConditions(&conditions)) {
      found_.emplace();
      return;
    }
    found_ = lookup_->Find(conditions);
    if (!found_.has_value()) {
      every_row_ = ScanRows(context.transaction, *context.transactions, context.view, table_);
    }
  }

  Batch* DoNext(ExecContext& context) override {
    while (true) {
      batch_.Reset();
      const uint32_t rows = pinned_ != nullptr ? FillPinnedRow()
                            : found_           ? FillFound(context)
                                               : FillEvery();
      if (rows == 0) return nullptr;
      batch_.set_row_count(rows);
      filters_.Apply(batch_);
      CountFiltered(context, rows - batch_.row_count());
      if (batch_.row_count() > 0) return &batch_;
      context.CheckCanceled();
    }
  }

 private:
  // False: a value is NULL, no row matches.
  bool ReadConditions(std::vector<TermLookup::Condition>* conditions) {
    Batch none;
    none.set_row_count(1);
    for (size_t i = 0; i < values_.size(); ++i) {
      const plan::TermCondition& term = scan_.terms[i];
      const types::Vector& value = values_[i].Evaluate(none);
      const types::Datum datum = value.GetDatum(0);
      if (datum.is_null()) return false;
      conditions->push_back({term.part, terms_[term.part].Need(term.op, datum, term.value->type)});
    }
    return true;
  }

  uint32_t FillPinnedRow() {
    if (next_ > 0 || !pinned_->key.starts_with(head_)) return 0;
    ++next_;
    Take(SuffixOfRowKey(pinned_->key), pinned_->value, 0);
    return 1;
  }

  uint32_t FillFound(ExecContext& context) {
    uint32_t row = 0;
    while (row < kTermScanRows && next_ < found_->size()) {
      const std::string_view suffix = (*found_)[next_++];
      key_.assign(head_);
      key_.append(suffix);
      rows_.Get(context.view, key_, &read_);
      if (!read_.found()) continue;
      if (system_columns_.any()) {
        Take(suffix, read_.value(), row++);
      } else {
        read_.DecodeInto(table_, columns_, batch_, row++);
      }
    }
    return row;
  }

  uint32_t FillEvery() {
    uint32_t row = 0;
    for (; row < kTermScanRows && every_row_->Valid(); every_row_->Next()) {
      Take(SuffixOfRowKey(every_row_->key()), every_row_->value(), row++);
    }
    return row;
  }

  void Take(std::string_view suffix, std::string_view value, uint32_t row) {
    table_.row_layouts->DecodeInto(value, columns_, batch_, row);
    if (system_columns_.any()) system_columns_.Fill(suffix, TimestampOfMark(value), row, batch_);
  }

  const TableScanNode& scan_;
  const catalog::Relation& table_;
  RowAccess rows_;
  FilterSet filters_;
  const std::string head_;
  std::vector<storage::IndexTerms> terms_;
  std::vector<expr::Evaluator> values_;
  Batch batch_;
  const std::vector<uint32_t> columns_;
  SystemColumns system_columns_;

  const PinnedRow* pinned_ = nullptr;
  std::unique_ptr<TermLookup> lookup_;
  std::optional<std::vector<std::string_view>> found_;  // null: every row
  std::unique_ptr<txn::RangeScan> every_row_;
  size_t next_ = 0;
  std::string key_;
  FoundRow read_;
};

}  // namespace

OperatorPtr MakeTermScan(const plan::TableScanNode& node, ExecContext& context) {
  return std::make_unique<TermScanOperator>(node, context);
}

}  // namespace grizzly::executor
