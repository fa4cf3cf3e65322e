#include "expr/node/node.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/error/check.h"
#include "base/error/sql_error.h"

namespace grizzly::expr {
namespace {

void CollectInputs(const Expr& expr, std::vector<uint32_t>& columns) {
  if (expr.kind == ExprKind::kInput) {
    columns.push_back(static_cast<const InputExpr&>(expr).index);
  }
  ForEachChild(expr, [&](const Expr& child) { CollectInputs(child, columns); });
}

template <typename T>
void ScatterTyped(const Vector& from, Selection rows, Vector& target) {
  const types::VectorReader<T> reader = from.Reader<T>();
  T* out = target.Data<T>();
  const uint32_t count = static_cast<uint32_t>(rows.size());
  if (reader.validity == nullptr) {
    for (uint32_t i = 0; i < count; ++i) out[rows[i]] = reader[i];
    return;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (reader.IsNull(i)) {
      target.SetNull(rows[i]);
    } else {
      out[rows[i]] = reader[i];
    }
  }
}

}  // namespace

BranchInput::BranchInput(const Expr& branch) {
  CollectInputs(branch, columns_);
  std::sort(columns_.begin(), columns_.end());
  columns_.erase(std::unique(columns_.begin(), columns_.end()), columns_.end());
}

const Batch& BranchInput::Select(const Batch& input, Selection rows) {
  if (rows.size() == input.row_count()) return input;
  const size_t width = columns_.empty() ? 0 : columns_.back() + 1;
  while (batch_.column_count() < width) {
    batch_.AddColumn(Vector(input.column(batch_.column_count()).type(), 0));
  }
  for (uint32_t column : columns_) batch_.column(column).Slice(input.column(column), rows);
  batch_.set_row_count(static_cast<uint32_t>(rows.size()));
  return batch_;
}

void ScatterRows(const Vector& from, Selection rows, Vector& target) {
  switch (types::PhysicalWidth(target.physical())) {
    case 1: return ScatterTyped<uint8_t>(from, rows, target);
    case 2: return ScatterTyped<uint16_t>(from, rows, target);
    case 4: return ScatterTyped<uint32_t>(from, rows, target);
    case 8: return ScatterTyped<uint64_t>(from, rows, target);
    default: return ScatterTyped<types::Fixed16>(from, rows, target);
  }
}

void FillRows(std::vector<uint32_t>& rows, uint32_t row_count) {
  rows.resize(row_count);
  std::iota(rows.begin(), rows.end(), 0);
}

void ReferToDatum(const Datum& value, Vector& vector) {
  vector.Reset();
  vector.Reserve(1);
  char* data = vector.Data<char>();
  if (value.is_null()) {
    vector.SetNull(0);
  } else {
    std::memcpy(data, value.payload(), types::PhysicalWidth(vector.physical()));
  }
  vector.MakeConstant();
}

ComparisonCall::ComparisonCall(const ComparisonExpr::Comparison& comparison)
    : call_(comparison.call),
      kernel_(comparison.implementation == nullptr ? nullptr : comparison.implementation->scalar),
      result_(types::SqlType{16, types::kNoTypmod, kInvalidOid, types::PhysicalType::kInt8}, 0) {
  GRIZZLY_CHECK(call_ != nullptr);
  if (kernel_ == nullptr) ThrowNotSupported("this comparison");
}

const Vector& ComparisonCall::Run(EvaluationState& state, const Vector& left, const Vector& right,
                                  uint32_t row_count) {
  result_.Reset();
  result_.Reserve(row_count);
  state.functions.result_heap = &result_.heap();
  const std::array<const Vector*, 2> arguments = {&left, &right};
  kernel_(state.functions, *call_, arguments, row_count, result_);
  return result_;
}

NodePtr CompileNode(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kConst:
    case ExprKind::kParam:
    case ExprKind::kInput:
    case ExprKind::kOuter:
      return MakeLeafNode(expr);
    case ExprKind::kFunction:
      return MakeCallNode(static_cast<const FunctionExpr&>(expr));
    case ExprKind::kBool:
    case ExprKind::kNullTest:
    case ExprKind::kBooleanTest:
      return MakeLogicNode(static_cast<const ListExpr&>(expr));
    case ExprKind::kCase:
    case ExprKind::kCoalesce:
    case ExprKind::kGreatestLeast:
    case ExprKind::kNullIf:
      return MakeChoiceNode(expr);
    case ExprKind::kDistinct:
    case ExprKind::kScalarArray:
    case ExprKind::kInList:
    case ExprKind::kRowCompare:
      return MakeComparisonNode(static_cast<const ComparisonExpr&>(expr));
    case ExprKind::kRelabel:
    case ExprKind::kIoCast:
    case ExprKind::kArrayCast:
    case ExprKind::kDomainCast:
      return MakeCastNode(expr);
    case ExprKind::kArray:
    case ExprKind::kRow:
    case ExprKind::kField:
    case ExprKind::kSubscript:
      return MakeContainerNode(expr);
    case ExprKind::kSubplan:
      return MakeSubplanNode(static_cast<const SubplanExpr&>(expr));
    default:
      GRIZZLY_UNREACHABLE("an expression of a kind that only plans hold");
  }
}

}  // namespace grizzly::expr
