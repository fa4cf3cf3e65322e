#include "executor/columnar/lazy_columns.h"

#include <algorithm>

#include "executor/table_access.h"
#include "storage/key/ordered_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {

using types::Batch;
using types::Selection;
using types::Vector;

namespace {

constexpr AttributeNumber kRowKey = 0, kCtid = -1, kXmin = -2, kTableOid = -6;

void AddInputs(const expr::Expr& expr, std::vector<uint32_t>* inputs) {
  if (expr.kind == expr::ExprKind::kInput) {
    const uint32_t index = static_cast<const expr::InputExpr&>(expr).index;
    if (std::find(inputs->begin(), inputs->end(), index) == inputs->end()) {
      inputs->push_back(index);
    }
  }
  expr::ForEachChild(expr, [&](const expr::Expr& child) { AddInputs(child, inputs); });
}

}  // namespace

LazyColumns::LazyColumns(const plan::TableScanNode& node, ExecContext& context)
    : scan_(node), table_(*node.relation), is_decoded_(node.attnums.size()) {
  for (const expr::ExprPtr& filter : node.filters) {
    std::vector<uint32_t> outputs;
    AddInputs(*filter, &outputs);
    filters_.push_back({std::move(outputs), expr::Evaluator(*filter, context.evaluation)});
  }
  for (const AttributeNumber attnum : node.attnums) {
    columns_.push_back(attnum > 0 ? static_cast<uint32_t>(attnum - 1)
                                  : storage::RowLayoutSet::kSkip);
    has_system_columns_ |= attnum <= 0;
  }
}

void LazyColumns::StartGroup(VisibleGroup& group) { group_ = &group; }

uint32_t LazyColumns::Fill(uint32_t block, const std::vector<uint32_t>* visible, Batch& out) {
  block_ = block;
  all_rows_ = visible == nullptr;
  if (!all_rows_) rows_ = *visible;
  decoded_.clear();
  std::fill(is_decoded_.begin(), is_decoded_.end(), false);
  uint32_t count = all_rows_ ? group_->group().block_rows(block)
                             : static_cast<uint32_t>(rows_.size());
  out.set_row_count(count);
  for (Filter& filter : filters_) {
    if (count == 0) break;
    for (const uint32_t output : filter.outputs) DecodeColumn(output, out);
    const Selection kept = filter.evaluator.Filter(out);
    if (kept.size() < count) KeepRows(kept, out);
    count = out.row_count();
  }
  if (count == 0) return 0;
  for (uint32_t output = 0; output < columns_.size(); ++output) DecodeColumn(output, out);
  return count;
}

void LazyColumns::KeepRows(Selection kept, Batch& out) {
  for (const uint32_t output : decoded_) out.column(output).SliceSelf(kept);
  if (all_rows_) {
    rows_.assign(kept.begin(), kept.end());
    all_rows_ = false;
  } else {
    for (size_t i = 0; i < kept.size(); ++i) rows_[i] = rows_[kept[i]];
    rows_.resize(kept.size());
  }
  out.set_row_count(static_cast<uint32_t>(kept.size()));
}

void LazyColumns::DecodeColumn(uint32_t output, Batch& out) {
  if (is_decoded_[output]) return;
  is_decoded_[output] = true;
  decoded_.push_back(output);
  Vector& column = out.column(output);
  column.Reset();
  if (columns_[output] == storage::RowLayoutSet::kSkip) return DecodeSystemColumn(output, column);
  storage::SegmentReader& segment = group_->group().Column(columns_[output]);
  if (all_rows_) {
    segment.DecodeBlock(block_, column);
  } else {
    segment.DecodeRows(block_, rows_, column);
  }
}

void LazyColumns::DecodeSystemColumn(uint32_t output, Vector& column) {
  GroupReader& group = group_->group();
  const uint32_t first = block_ * storage::kSegmentBlockRows;
  const auto count = all_rows_ ? group.block_rows(block_) : static_cast<uint32_t>(rows_.size());
  std::string suffix;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t position = first + (all_rows_ ? i : rows_[i]);
    suffix.clear();
    storage::AppendBigEndian(&suffix, group.RowIdAt(position));
    SetSystemColumn(output, suffix, group.TimestampAt(position), i, column);
  }
}

void LazyColumns::SetSystemColumn(uint32_t output, std::string_view suffix, uint64_t timestamp,
                                  uint32_t row, Vector& column) {
  switch (scan_.attnums[output]) {
    case kRowKey:
      mark_.clear();
      AppendTimestamp(timestamp, &mark_);
      mark_.append(suffix);
      column.SetString(row, mark_);
      break;
    case kTableOid: column.Data<Oid>()[row] = table_.oid; break;
    case kXmin: column.Data<uint32_t>()[row] = static_cast<uint32_t>(timestamp); break;
    case kCtid:
      if (column.physical() == types::PhysicalType::kString) {
        column.SetString(row, suffix);
      } else {
        column.SetNull(row);
      }
      break;
    default: break;
  }
}

void LazyColumns::FillFromRow(std::string_view suffix, std::string_view value, Batch& out,
                              uint32_t row) {
  table_.row_layouts->DecodeInto(value, columns_, out, row);
  if (!has_system_columns_) return;
  const uint64_t timestamp = TimestampOfMark(value);
  for (uint32_t output = 0; output < columns_.size(); ++output) {
    if (columns_[output] != storage::RowLayoutSet::kSkip) continue;
    SetSystemColumn(output, suffix, timestamp, row, out.column(output));
  }
}

}  // namespace grizzly::executor
