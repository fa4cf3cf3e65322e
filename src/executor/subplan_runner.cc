#include "executor/subplan_runner.h"

#include <unordered_set>

#include "base/error/sql_error.h"
#include "executor/operator.h"
#include "executor/row_store.h"
#include "executor/value_hash.h"
#include "executor/array_values.h"
#include "types/array.h"

namespace grizzly::executor {
namespace {

using expr::ComparisonExpr;
using expr::SubplanExpr;
using expr::SubqueryKind;

enum class Truth : uint8_t { kFalse, kTrue, kUnknown };

class Runner final : public expr::SubplanRunner {
 public:
  explicit Runner(ExecContext& context)
      : context_(context), states_(context.plan.subplans.size()) {}

  Datum Run(const SubplanExpr& expr, std::span<const Datum> arguments, std::span<const Datum> left,
            Arena& arena) override;

 private:
  struct State {
    OperatorPtr root;
    bool is_kept = false;            // rows holds the whole result
    std::unique_ptr<RowStore> rows;  // of an uncorrelated subplan
  };

  State& Start(const SubplanExpr& expr, std::span<const Datum> arguments);
  Batch* NextBatch(State& state, size_t* position);
  Datum RunScalar(State& state, Arena& arena);
  Datum RunArray(const SubplanExpr& expr, State& state, Arena& arena);
  Datum RunQuantified(const SubplanExpr& expr, State& state, std::span<const Datum> left);
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
  state.rows = std::make_unique<RowStore>(node.output_types, context_.memory);
  while (Batch* batch = state.root->Next(context_)) state.rows->Append(*batch);
  state.is_kept = true;
  return state;
}

Batch* Runner::NextBatch(State& state, size_t* position) {
  if (!state.is_kept) return state.root->Next(context_);
  return *position < state.rows->chunk_count() ? &state.rows->chunk((*position)++) : nullptr;
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

Datum Runner::RunQuantified(const SubplanExpr& expr, State& state, std::span<const Datum> left) {
  const bool is_all = expr.subquery_kind == SubqueryKind::kAll;
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

Datum Runner::Run(const SubplanExpr& expr, std::span<const Datum> arguments,
                  std::span<const Datum> left, Arena& arena) {
  State& state = Start(expr, arguments);
  switch (expr.subquery_kind) {
    case SubqueryKind::kScalar: return RunScalar(state, arena);
    case SubqueryKind::kExists: {
      size_t position = 0;
      return Datum::Of(NextBatch(state, &position) != nullptr);
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
