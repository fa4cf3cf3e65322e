// Equi-joins of every type: a hash table of the right child, probed with batches of the left one.
//
// Output rows keep the left order. Right and full joins hand out unmatched right rows at the end.
#include <algorithm>

#include "executor/filter_set.h"
#include "executor/operators.h"
#include "executor/row_store.h"
#include "executor/value_hash.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

using plan::JoinType;

constexpr uint32_t kNoRow = UINT32_MAX;

class HashJoinOperator final : public Operator {
 public:
  HashJoinOperator(const plan::HashJoinNode& node, ExecContext& context)
      : Operator(node), join_(node), conditions_(node.conditions, context), keys_(KeyTypes(node)) {
    for (const auto& key : node.left_keys) left_keys_.emplace_back(*key, context.evaluation);
    for (const auto& key : node.right_keys) right_keys_.emplace_back(*key, context.evaluation);
    left_width_ = node.children[0]->output_types.size();
    right_width_ = node.children[1]->output_types.size();
    store_types_ = node.children[1]->output_types;
    for (const auto& key : node.right_keys) store_types_.push_back(key->type);
    for (size_t side = 0; side < 2; ++side) {
      for (const SqlType& type : node.children[side]->output_types) joined_.AddColumn(Vector(type));
    }
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type));
  }

 protected:
  void DoOpen(ExecContext& context) override {
    child(0).Open(context);
    child(1).Open(context);
    rows_ = std::make_unique<RowStore>(store_types_, context.memory);
    is_built_ = false;
    left_ = nullptr;
    next_unmatched_ = 0;
    right_has_null_ = false;
  }

  Batch* DoNext(ExecContext& context) override {
    if (!is_built_) BuildTable(context);
    if (join_.null_aware && right_has_null_) return nullptr;  // NOT IN (..., NULL) is never true
    while (true) {
      if (left_ == nullptr) {
        left_ = child(0).Next(context);
        if (left_ == nullptr) return EmitUnmatchedRight();
        StartProbe();
      }
      Batch* batch = ProbeMore();
      if (batch != nullptr) return batch;
      left_ = nullptr;
    }
  }

 private:
  static std::vector<SqlType> KeyTypes(const plan::HashJoinNode& node) {
    std::vector<SqlType> types;
    for (const auto& key : node.left_keys) types.push_back(key->type);
    return types;
  }

  bool NullMatches(size_t key) const { return key < join_.null_equal.size() && join_.null_equal[key]; }

  void BuildTable(ExecContext& context) {
    hashes_.clear();
    Batch widened;
    for (const SqlType& type : store_types_) widened.AddColumn(Vector(type, 0));
    std::vector<uint64_t> hashes;
    while (const Batch* input = child(1).Next(context)) {
      for (size_t i = 0; i < right_width_; ++i) widened.column(i).Reference(input->column(i));
      std::vector<const Vector*> keys;
      for (size_t k = 0; k < right_keys_.size(); ++k) {
        keys.push_back(&right_keys_[k].Evaluate(*input));
        widened.column(right_width_ + k).Reference(*keys.back());
        NoteNulls(*keys.back(), input->row_count());
      }
      widened.set_row_count(input->row_count());
      hashes.resize(input->row_count());
      keys_.Hash(keys, input->row_count(), hashes.data());
      hashes_.insert(hashes_.end(), hashes.begin(), hashes.end());
      rows_->Append(widened);
    }
    LinkRows(context);
    matched_right_.assign(NeedsRightMatches() ? hashes_.size() : 0, false);
    is_built_ = true;
  }

  void NoteNulls(const Vector& key, uint32_t row_count) {
    if (!join_.null_aware || !key.MayHaveNulls()) return;
    for (uint32_t row = 0; row < row_count; ++row) right_has_null_ |= key.IsNull(row);
  }

  // Chains rows of a bucket in input order.
  void LinkRows(ExecContext& context) {
    size_t buckets = 64;
    while (buckets < hashes_.size() * 2) buckets *= 2;
    const int64_t bytes = static_cast<int64_t>((buckets + hashes_.size()) * sizeof(uint32_t));
    if (context.memory != nullptr) context.memory->Reserve(bytes), context.memory->Release(bytes);
    heads_.assign(buckets, kNoRow);
    next_.assign(hashes_.size(), kNoRow);
    for (size_t row = hashes_.size(); row-- > 0;) {
      uint32_t& head = heads_[hashes_[row] & (buckets - 1)];
      next_[row] = head;
      head = static_cast<uint32_t>(row);
    }
  }

  bool NeedsRightMatches() const {
    return join_.type == JoinType::kRight || join_.type == JoinType::kFull;
  }

  void StartProbe() {
    probe_keys_.clear();
    for (expr::Evaluator& key : left_keys_) probe_keys_.push_back(&key.Evaluate(*left_));
    probe_hashes_.resize(left_->row_count());
    keys_.Hash(probe_keys_, left_->row_count(), probe_hashes_.data());
    left_row_ = 0;
    candidate_ = kNoRow;
    candidate_started_ = false;
    left_matched_.assign(left_->row_count(), false);
    unmatched_done_ = false;
  }

  bool KeysMatch(uint32_t left_row, uint32_t right_row) const {
    if (probe_hashes_[left_row] != hashes_[right_row]) return false;
    const Batch& chunk = rows_->chunk(right_row / types::kBatchRowsMax);
    const uint32_t chunk_row = right_row % types::kBatchRowsMax;
    for (size_t k = 0; k < probe_keys_.size(); ++k) {
      if (probe_keys_[k]->IsNull(left_row) && !NullMatches(k)) return false;
      if (!keys_.Equal(k, *probe_keys_[k], left_row, chunk.column(right_width_ + k), chunk_row)) {
        return false;
      }
    }
    return true;
  }

  // Semi and anti joins without further conditions need no more than the first match.
  bool StopsAtFirstMatch() const {
    return (join_.type == JoinType::kSemi || join_.type == JoinType::kAnti) && conditions_.empty();
  }

  // Pairs of the current left batch, up to a batch full; then its unmatched rows where wanted.
  Batch* ProbeMore() {
    while (left_row_ < left_->row_count()) {
      CollectPairs();
      if (pair_left_.empty()) break;
      if (Batch* batch = JoinPairs()) return batch;
    }
    if (unmatched_done_) return nullptr;
    unmatched_done_ = true;
    return EmitLeft();
  }

  void CollectPairs() {
    pair_left_.clear();
    pair_right_.clear();
    while (left_row_ < left_->row_count()) {
      if (!candidate_started_) {
        candidate_ = heads_[probe_hashes_[left_row_] & (heads_.size() - 1)];
        candidate_started_ = true;
      }
      while (candidate_ != kNoRow) {
        const uint32_t right_row = candidate_;
        candidate_ = next_[right_row];
        if (!KeysMatch(left_row_, right_row)) continue;
        pair_left_.push_back(left_row_);
        pair_right_.push_back(right_row);
        if (StopsAtFirstMatch()) candidate_ = kNoRow;
        if (pair_left_.size() == types::kBatchRowsMax) return;
      }
      ++left_row_;
      candidate_started_ = false;
    }
  }

  Batch* JoinPairs() {
    joined_.Reset();
    for (size_t i = 0; i < left_width_; ++i) joined_.column(i).Slice(left_->column(i), pair_left_);
    GatherRight(joined_, left_width_);
    joined_.set_row_count(static_cast<uint32_t>(pair_left_.size()));
    if (!conditions_.empty()) KeepPassing();
    for (size_t i = 0; i < pair_left_.size(); ++i) {
      left_matched_[pair_left_[i]] = true;
      if (!matched_right_.empty()) matched_right_[pair_right_[i]] = true;
    }
    if (join_.type == JoinType::kSemi || join_.type == JoinType::kAnti) return nullptr;
    return joined_.row_count() > 0 ? &joined_ : nullptr;
  }

  // Narrows the pairs to those that pass the conditions; pair numbers ride along in pair_index_.
  void KeepPassing() {
    Vector index(SqlType{.oid = 23, .physical = types::PhysicalType::kInt32},
                 joined_.row_count());
    int32_t* numbers = index.Data<int32_t>();
    for (uint32_t i = 0; i < joined_.row_count(); ++i) numbers[i] = static_cast<int32_t>(i);
    joined_.AddColumn(std::move(index));
    conditions_.Apply(joined_);
    const auto reader = joined_.columns().back().Reader<int32_t>();
    for (uint32_t i = 0; i < joined_.row_count(); ++i) {
      pair_left_[i] = pair_left_[reader[i]];
      pair_right_[i] = pair_right_[reader[i]];
    }
    pair_left_.resize(joined_.row_count());
    pair_right_.resize(joined_.row_count());
    joined_.columns().pop_back();
  }

  void GatherRight(Batch& out, size_t first_column) const {
    for (size_t c = 0; c < right_width_; ++c) {
      Vector& target = out.column(first_column + c);
      const uint32_t width = types::PhysicalWidth(target.physical());
      char* data = target.Data<char>();
      for (uint32_t i = 0; i < pair_right_.size(); ++i) {
        const Datum value = rows_->Get(pair_right_[i], c);
        if (value.is_null()) {
          target.SetNull(i);
        } else {
          std::memcpy(data + static_cast<size_t>(i) * width, value.payload(), width);
        }
      }
    }
  }

  // What a finished left batch still owes: unmatched rows (left, full, anti) or matched ones (semi).
  Batch* EmitLeft() {
    const bool wants_unmatched = join_.type == JoinType::kLeft || join_.type == JoinType::kFull ||
                                 join_.type == JoinType::kAnti;
    if (!wants_unmatched && join_.type != JoinType::kSemi) return nullptr;
    pair_left_.clear();
    for (uint32_t row = 0; row < left_->row_count(); ++row) {
      if (left_matched_[row] == wants_unmatched) continue;
      if (join_.null_aware && rows_->row_count() > 0 && probe_keys_[0]->IsNull(row)) continue;
      pair_left_.push_back(row);
    }
    if (pair_left_.empty()) return nullptr;
    for (size_t i = 0; i < left_width_; ++i) out_.column(i).Slice(left_->column(i), pair_left_);
    for (size_t i = left_width_; i < out_.column_count(); ++i) {
      out_.column(i).SetConstant(Datum::Null());
    }
    out_.set_row_count(static_cast<uint32_t>(pair_left_.size()));
    return &out_;
  }

  Batch* EmitUnmatchedRight() {
    if (matched_right_.empty()) return nullptr;
    pair_right_.clear();
    while (next_unmatched_ < matched_right_.size() && pair_right_.size() < types::kBatchRowsMax) {
      if (!matched_right_[next_unmatched_]) pair_right_.push_back(next_unmatched_);
      ++next_unmatched_;
    }
    if (pair_right_.empty()) return nullptr;
    out_.Reset();
    for (size_t i = 0; i < left_width_; ++i) out_.column(i).SetConstant(Datum::Null());
    GatherRight(out_, left_width_);
    out_.set_row_count(static_cast<uint32_t>(pair_right_.size()));
    return &out_;
  }

  const plan::HashJoinNode& join_;
  FilterSet conditions_;
  KeyColumns keys_;
  std::vector<expr::Evaluator> left_keys_;
  std::vector<expr::Evaluator> right_keys_;
  size_t left_width_ = 0;
  size_t right_width_ = 0;
  std::vector<SqlType> store_types_;  // right columns, then right keys

  std::unique_ptr<RowStore> rows_;
  std::vector<uint64_t> hashes_;
  std::vector<uint32_t> heads_;
  std::vector<uint32_t> next_;
  std::vector<bool> matched_right_;
  bool is_built_ = false;
  bool right_has_null_ = false;
  uint32_t next_unmatched_ = 0;

  const Batch* left_ = nullptr;
  std::vector<const Vector*> probe_keys_;
  std::vector<uint64_t> probe_hashes_;
  std::vector<bool> left_matched_;
  uint32_t left_row_ = 0;
  uint32_t candidate_ = kNoRow;
  bool candidate_started_ = false;
  bool unmatched_done_ = false;
  std::vector<uint32_t> pair_left_;
  std::vector<uint32_t> pair_right_;
  Batch joined_;
  Batch out_;
};

}  // namespace

OperatorPtr MakeHashJoin(const plan::HashJoinNode& node, ExecContext& context) {
  return std::make_unique<HashJoinOperator>(node, context);
}

}  // namespace grizzly::executor
