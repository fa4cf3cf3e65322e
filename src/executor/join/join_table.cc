#include "executor/join/join_table.h"

#include <algorithm>
#include <mutex>

#include "executor/column_gather.h"
#include "executor/parallel/parallel_step.h"
#include "expr/evaluator.h"
#include "facts/types.h"

namespace grizzly::executor {
namespace {

constexpr size_t kBucketsMin = 64;
// Buckets are asked for so many rows before they are looked at.
constexpr uint32_t kAhead = 16;

bool WantsMarks(plan::JoinType type) {
  using plan::JoinType;
  return type == JoinType::kRight || type == JoinType::kFull || type == JoinType::kRightSemi ||
         type == JoinType::kRightAnti;
}

std::vector<SqlType> KeyTypes(const plan::HashJoinNode& node) {
  std::vector<SqlType> types;
  for (const auto& key : node.left_keys) types.push_back(key->type);
  return types;
}

// Where the keys are among the columns kept: those of the right child, and what else is computed of them.
std::vector<size_t> KeyPlaces(const plan::HashJoinNode& node) {
  std::vector<size_t> places;
  size_t next = node.children[1]->output_types.size();
  for (const auto& key : node.right_keys) {
    const bool is_column = key->kind == expr::ExprKind::kInput;
    places.push_back(is_column ? static_cast<const expr::InputExpr&>(*key).index : next++);
  }
  return places;
}

std::vector<SqlType> StoreTypes(const plan::HashJoinNode& node) {
  std::vector<SqlType> types = node.children[1]->output_types;
  for (const auto& key : node.right_keys) {
    if (key->kind != expr::ExprKind::kInput) types.push_back(key->type);
  }
  return types;
}

}  // namespace

// Keys are computed and rows kept per worker; then the table takes them over.
class JoinTable::Side {
 public:
  Side(const JoinTable& table, ExecContext& context)
      : table_(table), rows(table.store_types_, context.memory) {
    for (const auto& key : table.node_.right_keys) {
      keys_.emplace_back(*key, context.evaluation);
    }
    for (const SqlType& type : table.store_types_) widened_.AddColumn(Vector(type, 0));
  }

  void Add(const Batch& input) {
    std::vector<uint64_t> own;
    const Batch& widened = Widen(input, &own);
    hashes.insert(hashes.end(), own.begin(), own.end());
    rows.Append(widened);
  }

  // The input's columns with the keys behind them, and the keys' hashes.
  const Batch& Widen(const Batch& input, std::vector<uint64_t>* own) {
    for (size_t i = 0; i < table_.width_; ++i) widened_.column(i).Reference(input.column(i));
    std::vector<const Vector*> keys;
    for (size_t k = 0; k < keys_.size(); ++k) {
      keys.push_back(&keys_[k].Evaluate(input));
      widened_.column(table_.key_columns_[k]).Reference(*keys.back());
      if (table_.node_.null_aware) NoteNulls(*keys.back(), input.row_count());
    }
    widened_.set_row_count(input.row_count());
    own->resize(input.row_count());
    table_.keys_.Hash(keys, input.row_count(), own->data());
    return widened_;
  }

  void AddWidened(const Batch& widened) {
    std::vector<const Vector*> keys;
    for (size_t k = 0; k < keys_.size(); ++k) keys.push_back(&widened.column(table_.key_columns_[k]));
    const size_t before = hashes.size();
    hashes.resize(before + widened.row_count());
    table_.keys_.Hash(keys, widened.row_count(), hashes.data() + before);
    rows.Append(widened);
  }

  int64_t byte_count() const {
    return rows.charged_bytes() + static_cast<int64_t>(hashes.size() * 2 * sizeof(uint64_t));
  }

  // Lets go of what refers to the worker's context, which dies before this.
  void Finish() { keys_.clear(); }

 private:
  void NoteNulls(const Vector& key, uint32_t row_count) {
    if (!key.MayHaveNulls()) return;
    for (uint32_t row = 0; row < row_count; ++row) has_null_key |= key.IsNull(row);
  }

  const JoinTable& table_;
  std::vector<expr::Evaluator> keys_;
  Batch widened_;

 public:
  RowStore rows;
  std::vector<uint64_t> hashes;  // in the order of the rows
  bool has_null_key = false;
};

JoinTable::JoinTable(const plan::HashJoinNode& node, ExecContext& context)
    : node_(node),
      keys_(KeyTypes(node)),
      width_(node.children[1]->output_types.size()),
      store_types_(StoreTypes(node)),
      key_columns_(KeyPlaces(node)),
      rows_(store_types_, context.memory),
      memory_(context.memory) {}

JoinTable::~JoinTable() {
  if (memory_ != nullptr && charged_bytes_ > 0) memory_->Release(charged_bytes_);
}

bool JoinTable::Build(ExecContext& context, Operator* right, int64_t budget_bytes) {
  const bool may_share = budget_bytes < 0 || EstimatedBytes(node_) <= static_cast<double>(budget_bytes);
  if (!may_share || !TryBuildParallel(context)) {
    OperatorPtr own;
    if (right == nullptr) {
      own = executor::Build(*node_.children[1], context);
      right = own.get();
    }
    Side side(*this, context);
    right->Open(context);
    while (const Batch* input = right->Next(context)) {
      side.Add(*input);
      if (budget_bytes < 0 || side.byte_count() <= budget_bytes) continue;
      Take(side);
      return false;
    }
    Take(side);
  }
  LinkRows(context);
  return true;
}

double JoinTable::EstimatedBytes(const plan::HashJoinNode& node) {
  double width = sizeof(uint64_t) * 2;
  for (const SqlType& type : StoreTypes(node)) width += types::PhysicalWidth(type.physical);
  return width * node.children[1]->estimated_rows;
}

void JoinTable::SpillInto(SpillPartitions& partitions, ExecContext& context, Operator& right) {
  for (size_t c = 0; c < rows_.chunk_count(); ++c) {
    partitions.Write(rows_.chunk(c), hashes_.data() + c * types::kBatchRowsMax, nullptr);
  }
  Side side(*this, context);
  while (const Batch* input = right.Next(context)) {
    std::vector<uint64_t> hashes;
    const Batch& widened = side.Widen(*input, &hashes);
    partitions.Write(widened, hashes.data(), nullptr);
  }
  partitions.FinishWriting();
}

void JoinTable::BuildFrom(SpillFile& file, ExecContext& context) {
  Batch batch(store_types_);
  Side side(*this, context);
  while (file.Read(batch)) side.AddWidened(batch);
  Take(side);
  LinkRows(context);
}

bool JoinTable::TryBuildParallel(ExecContext& context) {
  const auto step = ParallelStep::TryMake(*node_.children[1], context);
  if (step == nullptr) return false;
  std::vector<std::unique_ptr<Side>> sides(static_cast<size_t>(step->worker_count()));
  step->Run(context, [&](int worker, ExecContext& own, Operator& root) {
    auto side = std::make_unique<Side>(*this, own);
    root.Open(own);
    while (const Batch* input = root.Next(own)) side->Add(*input);
    side->Finish();
    sides[static_cast<size_t>(worker)] = std::move(side);
  });
  for (const auto& side : sides) {
    if (side != nullptr) Take(*side);
  }
  return true;
}

void JoinTable::Take(Side& side) {
  has_null_key_ |= side.has_null_key;
  size_t taken = 0;
  for (size_t c = 0; c < side.rows.chunk_count(); ++c) {
    const uint32_t count = side.rows.chunk(c).row_count();
    hashes_.insert(hashes_.end(), side.hashes.begin() + static_cast<ptrdiff_t>(taken),
                   side.hashes.begin() + static_cast<ptrdiff_t>(taken + count));
    hashes_.resize((rows_.chunk_count() + c + 1) * types::kBatchRowsMax, 0);
    taken += count;
  }
  rows_.TakeChunks(side.rows);
}

void JoinTable::LinkRows(ExecContext& context) {
  if (hashes_.size() >= kNoRow) {
    throw SqlError(SqlState::kProgramLimitExceeded, "too many rows on one side of a hash join");
  }
  size_t buckets = kBucketsMin;
  while (buckets < rows_.row_count() * 2) buckets *= 2;
  const auto bytes = static_cast<int64_t>(buckets * sizeof(uint32_t) + hashes_.size() * sizeof(Link));
  if (memory_ != nullptr) memory_->Reserve(bytes);
  charged_bytes_ = bytes;
  rows_.Seal();
  if (WantsMarks(node_.type)) marks_.Reset(hashes_.size());
  mask_ = buckets - 1;
  heads_.assign(buckets, kNoRow);
  links_.resize(hashes_.size());
  for (size_t c = rows_.chunk_count(); c-- > 0;) {
    context.CheckCanceled();
    const auto base = static_cast<uint32_t>(c * types::kBatchRowsMax);
    for (uint32_t row = base + rows_.chunk(c).row_count(); row-- > base;) {
      if (row >= base + kAhead) __builtin_prefetch(&heads_[hashes_[row - kAhead] & mask_], 1);
      uint32_t& head = heads_[hashes_[row] & mask_];
      links_[row] = {head, LinkHash(hashes_[row])};
      head = row;
    }
  }
  hashes_ = {};
}

void JoinTable::FindFirst(std::span<const uint64_t> hashes, uint32_t* rows) const {
  for (size_t i = 0; i < hashes.size(); ++i) {
    if (i + kAhead < hashes.size()) __builtin_prefetch(&heads_[hashes[i + kAhead] & mask_]);
    rows[i] = heads_[hashes[i] & mask_];
  }
}

bool JoinTable::HasIntegerKey(size_t key) const {
  switch (keys_.type(key).oid) {
    case facts::kInt2Oid:
    case facts::kInt4Oid:
    case facts::kInt8Oid:
    case facts::kDateOid: return !NullMatches(key);
    default: return false;
  }
}

std::shared_ptr<const KeyFilter> JoinTable::MakeKeyFilter(size_t key) const {
  int64_t low = INT64_MAX, high = INT64_MIN;
  ForEachKey(key, [&](int64_t value) {
    low = std::min(low, value);
    high = std::max(high, value);
  });
  auto filter = std::make_shared<KeyFilter>(low, high, rows_.row_count());
  ForEachKey(key, [&](int64_t value) { filter->Add(value); });
  return filter;
}

template <typename Visit>
void JoinTable::ForEachKey(size_t key, const Visit& visit) const {
  const auto each = [&]<typename T>(const Vector& column, uint32_t count, T) {
    const auto reader = column.Reader<T>();
    for (uint32_t row = 0; row < count; ++row) {
      if (!reader.IsNull(row)) visit(int64_t{reader[row]});
    }
  };
  for (size_t c = 0; c < rows_.chunk_count(); ++c) {
    const Batch& chunk = rows_.chunk(c);
    const Vector& column = chunk.column(key_columns_[key]);
    switch (column.physical()) {
      case types::PhysicalType::kInt16: each(column, chunk.row_count(), int16_t{}); break;
      case types::PhysicalType::kInt32: each(column, chunk.row_count(), int32_t{}); break;
      default: each(column, chunk.row_count(), int64_t{});
    }
  }
}

void JoinTable::KeepEqual(std::span<const Vector* const> probe_keys,
                          std::vector<uint32_t>* probe_rows, std::vector<uint32_t>* rows) const {
  for (size_t k = 0; k < probe_keys.size() && !rows->empty(); ++k) {
    const size_t kept = KeepEqualPairs(keys_, k, *probe_keys[k], rows_, key_columns_[k],
                                       NullMatches(k), probe_rows->data(), rows->data(),
                                       rows->size());
    probe_rows->resize(kept);
    rows->resize(kept);
  }
}

void JoinTable::Gather(size_t column, std::span<const uint32_t> rows, Vector& out) const {
  // Of few rows a view is enough, and who groups by it sees that its values are few.
  if (rows_.chunk_count() == 1) return out.Slice(rows_.chunk(0).column(column), rows);
  GatherColumn(rows_, column, rows, out);
}

}  // namespace grizzly::executor
