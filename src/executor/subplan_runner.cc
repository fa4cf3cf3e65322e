#include "executor/subplan_runner.h"

#include <algorithm>
#include <optional>

#include "base/error/sql_error.h"
#include "executor/cte_store.h"
#include "executor/group_table.h"
#include "executor/operator.h"
#include "executor/paged_rows.h"
#include "executor/statement_resources.h"
#include "executor/subplan_memo.h"
#include "facts/operators.h"
#include "executor/array_values.h"
#include "types/array.h"

namespace grizzly::executor {
namespace {

using expr::ComparisonExpr;
using expr::SubplanExpr;
using expr::SubqueryKind;

enum class Truth : uint8_t { kFalse, kTrue, kUnknown };

// Fewer rows are compared one by one.
constexpr uint64_t kHashedRowsMin = 16;

// The rows of an uncorrelated subplan by value, for = ANY and <> ALL over all their columns.
struct ValueSet {
  ValueSet(std::vector<SqlType> types, MemoryTracker* memory)
      : table(types, memory), wanted(types, 1) {}

  GroupTable table;  // rows without a NULL
  bool has_null = false;
  Batch wanted;      // the row looked for
  std::vector<uint32_t> groups;
};

class Runner final : public expr::SubplanRunner {
 public:
  explicit Runner(ExecContext& context)
      : context_(context), states_(context.plan.subplans.size()) {}

  Datum Run(const SubplanExpr& expr, std::span<const Datum> arguments, std::span<const Datum> left,
            Arena& arena) override;

 private:
  struct State {
    OperatorPtr root;
    bool is_kept = false;             // rows holds the whole result
    std::unique_ptr<PagedRows> rows;  // of an uncorrelated subplan
    std::shared_ptr<const Batch> chunk;  // of rows, read last
    Batch view;
    bool may_hash = true;
    std::unique_ptr<ValueSet> values;
    bool may_remember = true;
    std::unique_ptr<SubplanMemo> memo;  // of a correlated subplan
    std::optional<bool> exists;         // of an uncorrelated EXISTS
    std::vector<std::shared_ptr<CteStore>> ctes;  // from outside, as they were then
  };

  void ForgetIfCtesChanged(const SubplanExpr& expr);
  SubplanMemo* MemoOf(const SubplanExpr& expr);
  Datum Compute(const SubplanExpr& expr, std::span<const Datum> arguments, std::span<const Datum> left,
                Arena& arena);
  State& Start(const SubplanExpr& expr, std::span<const Datum> arguments);
  Batch* NextBatch(State& state, size_t* position);
  Datum RunScalar(State& state, Arena& arena);
  Datum RunArray(const SubplanExpr& expr, State& state, Arena& arena);
  Datum RunQuantified(const SubplanExpr& expr, State& state, std::span<const Datum> left);
  // By hash; false: it has to be compared row by row.
  bool FindByHash(const SubplanExpr& expr, State& state, std::span<const Datum> left, Truth* found);
  void MakeValueSet(const SubplanExpr& expr, State& state);
  Truth CompareRow(const SubplanExpr& expr, std::span<const Datum> left, const Batch& batch,
                   uint32_t row);
  Truth CompareOne(const ComparisonExpr::Comparison& comparison, const Datum& a, const Datum& b);

  ExecContext& context_;
  std::vector<State> states_;
};

Runner::State& Runner::Start(const SubplanExpr& expr, std::span<const Datum> arguments) {
  State& state = states_[expr.subplan];
  const plan::Node& node = *context_.plan.subplans[expr.subplan];
  for (size_t i = 0; i < expr.cells.size(); ++i) {
    context_.outer_cells_storage[expr.cells[i]] = arguments[i];
  }
  if (state.root == nullptr) state.root = Build(node, context_);
  if (state.is_kept) return state;
  state.root->Open(context_);
  if (!expr.cells.empty() || expr.subquery_kind == SubqueryKind::kExists) return state;
  state.rows = std::make_unique<PagedRows>(node.output_types, context_.memory,
                                           StatementResources::StoreBudget(context_));
  while (Batch* batch = state.root->Next(context_)) state.rows->Append(*batch);
  state.is_kept = true;
  return state;
}

Batch* Runner::NextBatch(State& state, size_t* position) {
  if (!state.is_kept) return state.root->Next(context_);
  if (*position == state.rows->chunk_count()) return nullptr;
  state.chunk = state.rows->chunk((*position)++);
  state.view.Reference(*state.chunk);
  return &state.view;
}

Datum Runner::RunScalar(State& state, Arena& arena) {
  size_t position = 0;
  Batch* batch = NextBatch(state, &position);
  if (batch == nullptr) return Datum::Null();
  const Vector& column = batch->column(0);
  const Datum value = column.GetDatum(0).CopyTo(column.physical(), arena);
  if (batch->row_count() > 1 || NextBatch(state, &position) != nullptr) {
    throw SqlError(SqlState::kCardinalityViolation,
                   "more than one row returned by a subquery used as an expression");
  }
  return value;
}

namespace {

// Arrays of one shape as one array of a dimension more; no arrays: an empty one.
Datum JoinArrays(std::span<const Datum> arrays, const SqlType& type, Arena& arena) {
  if (arrays.empty()) {
    const Oid element = types::ArrayElementOid(type.oid);
    const types::PhysicalType physical = element == kInvalidOid
                                             ? types::PhysicalType::kString
                                             : types::BuiltinType(element).physical;
    return Datum::Of(types::EmptyArray(element, physical, arena));
  }
  for (const Datum& array : arrays) {
    if (array.is_null()) {
      throw SqlError(SqlState::kNullValueNotAllowed, "cannot accumulate null arrays");
    }
    if (types::ArrayRef::Of(array).size() == 0) {
      throw SqlError(SqlState::kArraySubscriptError, "cannot accumulate empty arrays");
    }
  }
  const types::ArrayRef first = types::ArrayRef::Of(arrays[0]);
  std::vector<types::ArrayDimension> dimensions = first.dimensions();
  types::ArrayBuilder builder(first.element_oid(), first.physical());
  for (const Datum& array : arrays) {
    const types::ArrayRef ref = types::ArrayRef::Of(array);
    if (ref.dimensions() != dimensions) {
      throw SqlError(SqlState::kArraySubscriptError,
                     "cannot accumulate arrays of different dimensionality");
    }
    for (uint32_t i = 0; i < ref.size(); ++i) builder.Add(ref.Get(i));
  }
  dimensions.insert(dimensions.begin(), {static_cast<int32_t>(arrays.size()), 1});
  return Datum::Of(builder.Finish(arena, dimensions));
}

}  // namespace

Datum Runner::RunArray(const SubplanExpr& expr, State& state, Arena& arena) {
  std::vector<Datum> elements;
  size_t position = 0;
  SqlType element_type = context_.plan.subplans[expr.subplan]->output_types[0];
  while (Batch* batch = NextBatch(state, &position)) {
    for (uint32_t row = 0; row < batch->row_count(); ++row) {
      elements.push_back(batch->column(0).GetDatum(row).CopyTo(element_type.physical, arena));
    }
  }
  return expr.type.oid == element_type.oid ? JoinArrays(elements, element_type, arena)
                                           : MakeArray(element_type, elements, arena);
}

Truth Runner::CompareOne(const ComparisonExpr::Comparison& comparison, const Datum& a,
                         const Datum& b) {
  if (a.is_null() || b.is_null()) return Truth::kUnknown;
  Vector left(comparison.call->argument_types[0], 1);
  Vector right(comparison.call->argument_types[1], 1);
  Vector result(comparison.call->result_type, 1);
  left.SetDatum(0, a);
  right.SetDatum(0, b);
  const Vector* const arguments[] = {&left, &right};
  context_.evaluation.functions.result_heap = &result.heap();
  comparison.implementation->scalar(context_.evaluation.functions, *comparison.call,
                                    std::span<const Vector* const>(arguments), 1,
                                    result);
  if (result.IsNull(0)) return Truth::kUnknown;
  return result.GetDatum(0).AsBool() ? Truth::kTrue : Truth::kFalse;
}

// SQL's row comparison by AND: for <> by OR, as PostgreSQL binds (a, b) <> ANY (...).
Truth Runner::CompareRow(const SubplanExpr& expr, std::span<const Datum> left, const Batch& batch,
                         uint32_t row) {
  Truth all = Truth::kTrue;
  for (size_t i = 0; i < expr.comparisons.size(); ++i) {
    const Truth one = CompareOne(expr.comparisons[i], left[i], batch.column(i).GetDatum(row));
    if (one == Truth::kFalse) return Truth::kFalse;
    if (one == Truth::kUnknown) all = Truth::kUnknown;
  }
  return all;
}

namespace {

// Whether all comparisons are the equality (for ALL: the inequality) of a type that has a hash.
bool ComparesByValue(const SubplanExpr& expr, std::vector<SqlType>* types) {
  const std::string_view wanted = expr.subquery_kind == SubqueryKind::kAll ? "<>" : "=";
  for (const ComparisonExpr::Comparison& comparison : expr.comparisons) {
    const facts::OperatorFact* fact = facts::FindOperator(comparison.operator_oid);
    const SqlType& type = comparison.call->argument_types[1];
    if (fact == nullptr || fact->oprname != wanted || types::FindHash(type) == nullptr ||
        comparison.call->argument_types[0].oid != type.oid) {
      return false;
    }
    types->push_back(type);
  }
  return !types->empty();
}

}  // namespace

void Runner::MakeValueSet(const SubplanExpr& expr, State& state) {
  state.may_hash = false;
  std::vector<SqlType> types;
  if (!ComparesByValue(expr, &types)) return;
  const int64_t budget = StatementResources::HashBudget(context_);
  auto values = std::make_unique<ValueSet>(types, context_.memory);
  size_t position = 0;
  while (Batch* batch = NextBatch(state, &position)) {
    context_.CheckCanceled();
    std::vector<uint32_t> whole;
    for (uint32_t row = 0; row < batch->row_count(); ++row) {
      bool is_null = false;
      for (size_t i = 0; i < types.size(); ++i) is_null |= batch->column(i).IsNull(row);
      values->has_null |= is_null;
      if (!is_null) whole.push_back(row);
    }
    if (whole.empty()) continue;
    if (whole.size() < batch->row_count()) batch->Select(whole);
    std::vector<const Vector*> keys;
    for (size_t i = 0; i < types.size(); ++i) keys.push_back(&batch->column(i));
    values->table.FindOrAdd(keys, batch->row_count(), values->groups);
    if (budget > 0 && values->table.byte_count() > budget) return;
  }
  state.values = std::move(values);
}

bool Runner::FindByHash(const SubplanExpr& expr, State& state, std::span<const Datum> left,
                        Truth* found) {
  if (!state.is_kept || state.rows->row_count() < kHashedRowsMin) return false;
  if (state.may_hash) MakeValueSet(expr, state);
  if (state.values == nullptr) return false;
  ValueSet& values = *state.values;
  values.wanted.Reset();
  std::vector<const Vector*> keys;
  for (size_t i = 0; i < values.wanted.column_count(); ++i) {
    if (left[i].is_null()) return false;
    values.wanted.column(i).SetDatum(0, left[i]);
    keys.push_back(&values.wanted.column(i));
  }
  values.table.Find(keys, 1, values.groups);
  const bool is_there = values.groups[0] != GroupTable::kNoGroup;
  if (!is_there && values.has_null && keys.size() > 1) return false;  // depends on the other columns
  *found = is_there ? Truth::kTrue : values.has_null ? Truth::kUnknown : Truth::kFalse;
  return true;
}

Datum Runner::RunQuantified(const SubplanExpr& expr, State& state, std::span<const Datum> left) {
  const bool is_all = expr.subquery_kind == SubqueryKind::kAll;
  Truth is_there;
  if (FindByHash(expr, state, left, &is_there)) {
    if (is_there == Truth::kUnknown) return Datum::Null();
    return Datum::Of((is_there == Truth::kTrue) != is_all);
  }
  const Truth decisive = is_all ? Truth::kFalse : Truth::kTrue;
  bool saw_unknown = false;
  size_t position = 0;
  while (Batch* batch = NextBatch(state, &position)) {
    for (uint32_t row = 0; row < batch->row_count(); ++row) {
      const Truth truth = CompareRow(expr, left, *batch, row);
      if (truth == decisive) return Datum::Of(!is_all);
      saw_unknown |= truth == Truth::kUnknown;
    }
  }
  return saw_unknown ? Datum::Null() : Datum::Of(is_all);
}

// A WITH around the subplan may have been opened again, for another outer row.
void Runner::ForgetIfCtesChanged(const SubplanExpr& expr) {
  State& state = states_[expr.subplan];
  const std::vector<uint32_t>& slots = context_.plan.subplan_traits[expr.subplan].ctes;
  const bool same = std::equal(slots.begin(), slots.end(), state.ctes.begin(), state.ctes.end(),
                               [&](uint32_t slot, const auto& cte) { return context_.ctes[slot] == cte; });
  if (same) return;
  OperatorPtr root = std::move(state.root);
  state = State();
  state.root = std::move(root);
  for (const uint32_t slot : slots) state.ctes.push_back(context_.ctes[slot]);
}

// Null: each row runs it.
SubplanMemo* Runner::MemoOf(const SubplanExpr& expr) {
  State& state = states_[expr.subplan];
  // While a row is checked again, a scan may hand out another version.
  if (expr.cells.empty() || !context_.pinned.empty()) return nullptr;
  if (state.may_remember && state.memo == nullptr) {
    state.memo = SubplanMemo::TryMake(expr, context_);
    state.may_remember = state.memo != nullptr;
  }
  return state.memo.get();
}

Datum Runner::Run(const SubplanExpr& expr, std::span<const Datum> arguments,
                  std::span<const Datum> left, Arena& arena) {
  ForgetIfCtesChanged(expr);
  SubplanMemo* const memo = MemoOf(expr);
  if (memo == nullptr) return Compute(expr, arguments, left, arena);
  if (const Datum* known = memo->Find(arguments, left)) return *known;
  const Datum result = Compute(expr, arguments, left, arena);
  memo->Add(result);
  return result;
}

Datum Runner::Compute(const SubplanExpr& expr, std::span<const Datum> arguments,
                      std::span<const Datum> left, Arena& arena) {
  if (const auto& exists = states_[expr.subplan].exists) return Datum::Of(*exists);
  State& state = Start(expr, arguments);
  switch (expr.subquery_kind) {
    case SubqueryKind::kScalar: return RunScalar(state, arena);
    case SubqueryKind::kExists: {
      size_t position = 0;
      const bool exists = NextBatch(state, &position) != nullptr;
      if (expr.cells.empty()) state.exists = exists;
      return Datum::Of(exists);
    }
    case SubqueryKind::kArray: return RunArray(expr, state, arena);
    case SubqueryKind::kAny:
    case SubqueryKind::kAll: return RunQuantified(expr, state, left);
  }
  return Datum::Null();
}

}  // namespace

std::unique_ptr<expr::SubplanRunner> MakeSubplanRunner(ExecContext& context) {
  return std::make_unique<Runner>(context);
}

}  // namespace grizzly::executor
