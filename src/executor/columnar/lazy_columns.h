// A scan's output columns for one block of a row group: filters first, each on as few columns and rows as
// it needs, or once per dictionary entry; then the other columns of the rows that are left.
//
// THREADS  one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "executor/columnar/columnar_source.h"
#include "executor/exec_context.h"
#include "executor/join/key_filter.h"
#include "executor/scan/system_columns.h"
#include "expr/evaluator.h"
#include "plan/scan_node.h"
#include "types/batch.h"

namespace grizzly::executor {

class LazyColumns {
 public:
  // Both outlive it.
  LazyColumns(const plan::TableScanNode& node, ExecContext& context);

  // From now on leaves out rows of groups whose output is not among the keys, too, while that leaves out many.
  void AddKeys(uint32_t output, std::shared_ptr<const KeyFilter> keys);
  void ForgetKeys() { keys_.clear(); }
  // False: no row of the group has the keys.
  bool MayMatchKeys(const storage::GroupDescriptor& group) const;
  // The next blocks are this group's.
  void StartGroup(VisibleGroup& group);
  // Fills `out` with the rows of a block that pass the filters; `visible`: only these (null: all). Returns
  // how many they are.
  uint32_t Fill(uint32_t block, const std::vector<uint32_t>* visible, types::Batch& out);
  // A row of the delta at `row` of `out`, without filtering.
  void FillFromRow(std::string_view suffix, std::string_view value, types::Batch& out, uint32_t row);

 private:
  struct Filter {
    std::vector<uint32_t> outputs;  // output columns it reads
    expr::Evaluator evaluator;
    bool is_codable;                // of one column, and cannot fail
    std::vector<bool> passing;      // of the group's dictionary; empty: not evaluated
  };
  struct Keys {
    uint32_t output;
    std::shared_ptr<const KeyFilter> filter;
    uint64_t asked = 0;
    uint64_t passed = 0;
    bool is_applied = false;  // to the block at hand
    bool IsWorthIt() const;
    bool IsSelective() const;
  };
  void FilterByKeys(Keys& keys, types::Batch& out);
  bool FilterByCodes(Filter& filter, types::Batch& out);
  void EvaluateOnDictionary(Filter& filter, storage::SegmentReader& segment);
  void DecodeColumn(uint32_t output, types::Batch& out);
  void DecodeSystemColumn(uint32_t output, types::Vector& column);
  void KeepRows(types::Selection kept, types::Batch& out);

  const plan::TableScanNode& scan_;
  const catalog::Relation& table_;
  std::vector<Filter> filters_;
  std::vector<Keys> keys_;
  const std::vector<uint32_t> columns_;  // of the table; RowLayoutSet::kSkip: a system column
  VisibleGroup* group_ = nullptr;
  uint32_t block_ = 0;
  bool all_rows_ = true;            // of the block; else those in rows_
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> decoded_;   // output columns
  types::Batch entries_;            // of a dictionary, as the column of a filter
  std::vector<uint32_t> codes_;
  std::vector<uint32_t> kept_;
  std::vector<bool> is_decoded_;
  SystemColumns system_columns_;
};

}  // namespace grizzly::executor
