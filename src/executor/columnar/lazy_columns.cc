#include "executor/columnar/lazy_columns.h"

#include <algorithm>
#include <array>

#include "executor/table_access.h"
#include "facts/procs.h"
#include "storage/key/ordered_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {

using types::Batch;
using types::Selection;
using types::Vector;

namespace {

// A filter is looked at on a dictionary only where that saves something.
constexpr uint32_t kRowsPerEntry = 8;

// Rows a filter of keys is asked before it is judged.
constexpr uint64_t kAskedMin = 4 * storage::kSegmentBlockRows;

// Functions over texts that have a result for all of them: a dictionary may hold values that no row in view
// has, and no error may come of them.
constexpr std::array<std::string_view, 21> kTotalFunctions = {
    "texteq",   "textne",   "text_lt",  "text_le",   "text_gt",    "text_ge",     "bpchareq",
    "bpcharne", "bpcharlt", "bpcharle", "bpchargt",  "bpcharge",   "textlike",    "textnlike",
    "rtrim1",   "byteaeq",  "byteane",  "nameeq",    "texticlike", "texticnlike", "text_starts_with"};

bool IsTotal(const functions::CallSite* call) {
  const facts::ProcFact* proc = call == nullptr ? nullptr : facts::FindProc(call->function);
  return proc != nullptr && proc->prolang == facts::kInternalLanguageOid &&
         std::find(kTotalFunctions.begin(), kTotalFunctions.end(), proc->prosrc) !=
             kTotalFunctions.end();
}

bool CannotFail(const expr::Expr& expr) {
  using expr::ExprKind;
  switch (expr.kind) {
    case ExprKind::kInput:
    case ExprKind::kConst:
    case ExprKind::kParam:
    case ExprKind::kBool:
    case ExprKind::kNullTest:
    case ExprKind::kRelabel:
    case ExprKind::kArray: break;
    case ExprKind::kFunction:
      if (!IsTotal(static_cast<const expr::FunctionExpr&>(expr).call.get())) return false;
      break;
    case ExprKind::kScalarArray:
    case ExprKind::kInList:
      for (const auto& comparison : static_cast<const expr::ComparisonExpr&>(expr).comparisons) {
        if (!IsTotal(comparison.call.get())) return false;
      }
      break;
    default: return false;
  }
  bool cannot_fail = true;
  expr::ForEachChild(expr, [&](const expr::Expr& child) { cannot_fail &= CannotFail(child); });
  return cannot_fail;
}

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
    : scan_(node), table_(*node.relation), columns_(StoredPlacesOf(node)), is_decoded_(node.attnums.size()), system_columns_(node, context) {
  for (const expr::ExprPtr& filter : node.filters) {
    std::vector<uint32_t> outputs;
    AddInputs(*filter, &outputs);
    const bool is_codable = outputs.size() == 1 && node.attnums[outputs[0]] > 0 && CannotFail(*filter);
    filters_.push_back(
        {std::move(outputs), expr::Evaluator(*filter, context.evaluation), is_codable, {}});
  }
  for (const types::SqlType& type : node.output_types) entries_.AddColumn(Vector(type, 0));
}

void LazyColumns::StartGroup(VisibleGroup& group) {
  group_ = &group;
  for (Filter& filter : filters_) filter.passing.clear();
}

uint32_t LazyColumns::Fill(uint32_t block, const std::vector<uint32_t>* visible, Batch& out) {
  block_ = block;
  all_rows_ = visible == nullptr;
  if (!all_rows_) rows_ = *visible;
  decoded_.clear();
  std::fill(is_decoded_.begin(), is_decoded_.end(), false);
  uint32_t count = all_rows_ ? group_->group().block_rows(block)
                             : static_cast<uint32_t>(rows_.size());
  out.set_row_count(count);
  // Keys that leave out most rows come before the filters.
  for (Keys& keys : keys_) {
    if (out.row_count() > 0 && keys.IsSelective()) FilterByKeys(keys, out);
  }
  count = out.row_count();
  for (Filter& filter : filters_) {
    if (count == 0) break;
    if (FilterByCodes(filter, out)) {
      count = out.row_count();
      continue;
    }
    for (const uint32_t output : filter.outputs) DecodeColumn(output, out);
    const Selection kept = filter.evaluator.Filter(out);
    if (kept.size() < count) KeepRows(kept, out);
    count = out.row_count();
  }
  for (Keys& keys : keys_) {
    if (out.row_count() > 0 && !keys.is_applied && keys.IsWorthIt()) FilterByKeys(keys, out);
    keys.is_applied = false;
  }
  count = out.row_count();
  if (count == 0) return 0;
  for (uint32_t output = 0; output < columns_.size(); ++output) DecodeColumn(output, out);
  return count;
}

void LazyColumns::AddKeys(uint32_t output, std::shared_ptr<const KeyFilter> keys) {
  if (scan_.attnums[output] > 0) keys_.push_back({output, std::move(keys)});
}

bool LazyColumns::Keys::IsWorthIt() const { return asked < kAskedMin || passed * 5 < asked * 4; }

bool LazyColumns::Keys::IsSelective() const { return asked >= kAskedMin && passed * 4 < asked; }

bool LazyColumns::MayMatchKeys(const storage::GroupDescriptor& group) const {
  for (const Keys& keys : keys_) {
    const uint32_t column = columns_[keys.output];
    if (column >= group.columns.size()) continue;
    const storage::ZoneMap& zone = group.columns[column].zone;
    if (zone.kind != storage::ZoneKind::kInteger) continue;
    if (!keys.filter->MayOverlap(zone.least, zone.greatest)) return false;
  }
  return true;
}

void LazyColumns::FilterByKeys(Keys& keys, Batch& out) {
  DecodeColumn(keys.output, out);
  const uint32_t count = out.row_count();
  kept_.resize(count);
  uint32_t kept = 0;
  const KeyFilter& filter = *keys.filter;
  const auto keep = [&]<typename T>(const types::VectorReader<T>& column) {
    uint32_t* const rows = kept_.data();
    if (column.is_flat() && column.validity == nullptr) {
      kept = filter.Keep(column.data, count, rows);
      return;
    }
    for (uint32_t row = 0; row < count; ++row) {
      rows[kept] = row;
      kept += !column.IsNull(row) && filter.MayContain(column[row]) ? 1 : 0;
    }
  };
  const Vector& column = out.column(keys.output);
  switch (column.physical()) {
    case types::PhysicalType::kInt16: keep(column.Reader<int16_t>()); break;
    case types::PhysicalType::kInt32: keep(column.Reader<int32_t>()); break;
    case types::PhysicalType::kInt64: keep(column.Reader<int64_t>()); break;
    default: return;
  }
  kept_.resize(kept);
  keys.asked += count;
  keys.passed += kept;
  keys.is_applied = true;
  if (kept < count) KeepRows(kept_, out);
}

// Each entry is looked at once in a group, where entries are far fewer than rows.
bool LazyColumns::FilterByCodes(Filter& filter, Batch& out) {
  if (!filter.is_codable || is_decoded_[filter.outputs[0]]) return false;
  storage::SegmentReader& segment = group_->group().Column(columns_[filter.outputs[0]]);
  if (segment.dictionary_size() == 0 ||
      segment.dictionary_size() > group_->group().row_count() / kRowsPerEntry) {
    return false;
  }
  if (filter.passing.empty()) EvaluateOnDictionary(filter, segment);
  codes_.resize(storage::kSegmentBlockRows);
  segment.DecodeCodes(block_, codes_.data());
  kept_.clear();
  for (uint32_t i = 0; i < out.row_count(); ++i) {
    if (filter.passing[codes_[all_rows_ ? i : rows_[i]]]) kept_.push_back(i);
  }
  if (kept_.size() < out.row_count()) KeepRows(kept_, out);
  return true;
}

void LazyColumns::EvaluateOnDictionary(Filter& filter, storage::SegmentReader& segment) {
  const uint32_t size = segment.dictionary_size();
  const Vector& dictionary = *segment.dictionary();
  filter.passing.assign(size, false);
  std::vector<uint32_t> numbers;
  for (uint32_t first = 0; first < size; first += types::kBatchRowsMax) {
    numbers.clear();
    for (uint32_t i = first; i < std::min(size, first + types::kBatchRowsMax); ++i) {
      numbers.push_back(i);
    }
    entries_.column(filter.outputs[0]).Slice(dictionary, numbers);
    entries_.set_row_count(static_cast<uint32_t>(numbers.size()));
    for (const uint32_t kept : filter.evaluator.Filter(entries_)) filter.passing[first + kept] = true;
  }
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
    system_columns_.FillOne(output, suffix, group.TimestampAt(position), i, column);
  }
}

void LazyColumns::FillFromRow(std::string_view suffix, std::string_view value, Batch& out,
                              uint32_t row) {
  table_.row_layouts->DecodeInto(value, columns_, out, row);
  if (system_columns_.any()) system_columns_.Fill(suffix, TimestampOfMark(value), row, out);
}

}  // namespace grizzly::executor
