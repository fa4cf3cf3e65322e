#include "expr/node/array_comparison_node.h"

#include <cstring>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "expr/node/array_elements.h"
#include "facts/operators.h"
#include "types/compare.h"

namespace grizzly::expr {
namespace {

// Shorter lists are compared one by one, all rows at once.
constexpr size_t kHashedElementsMin = 9;

// The result for one row from what its comparisons gave.
struct Verdict {
  bool found = false;      // a comparison that decides
  bool unknown = false;    // a comparison that was NULL
};

// Constant elements, few: the comparison runs over whole columns, once per element.
class ShortListNode final : public EvaluatorNode {
 public:
  ShortListNode(const ComparisonExpr& expr, const std::vector<Datum>& elements)
      : EvaluatorNode(expr.type),
        deciding_(!expr.all),
        left_(CompileNode(*expr.left)),
        comparison_(expr.comparisons.at(0)) {
    const SqlType type = ComparedElementType(expr);
    for (const Datum& element : elements) {
      elements_.emplace_back(type, 1);
      elements_.back().SetConstant(element);
    }
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const uint32_t row_count = input.row_count();
    const Vector& left = left_->Evaluate(state, input);
    Vector& result = Prepare(row_count);
    bool* out = result.Data<bool>();
    std::fill_n(out, row_count, !deciding_);
    for (const Vector& element : elements_) {
      const auto holds = comparison_.Run(state, left, element, row_count).Reader<bool>();
      for (uint32_t row = 0; row < row_count; ++row) {
        if (holds.IsNull(row)) {
          if (out[row] != deciding_) result.SetNull(row);
        } else if (holds[row] == deciding_) {
          out[row] = deciding_;
          result.SetValid(row);
        }
      }
    }
    return result;
  }

 private:
  const bool deciding_;  // true for ANY, false for ALL
  NodePtr left_;
  ComparisonCall comparison_;
  std::vector<Vector> elements_;
};

// Constant elements, many, compared with = (ANY) or <> (ALL): one lookup a row.
class HashedListNode final : public EvaluatorNode {
 public:
  HashedListNode(const ComparisonExpr& expr, const std::vector<Datum>& elements)
      : EvaluatorNode(expr.type),
        when_found_(!expr.all),
        type_(ComparedElementType(expr)),
        collation_(expr.comparisons.at(0).call->collation),
        compare_(types::FindCompare(type_)),
        hash_(types::FindHash(type_)),
        left_(CompileNode(*expr.left)) {
    size_t size = 16;
    while (size < elements.size() * 2) size *= 2;
    slots_.resize(size);
    for (const Datum& element : elements) {
      if (element.is_null()) {
        has_null_ = true;
      } else if (!Contains(element)) {
        Insert(element.CopyTo(type_.physical, arena_));
      }
    }
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const uint32_t row_count = input.row_count();
    const Vector& left = left_->Evaluate(state, input);
    Vector& result = Prepare(row_count);
    bool* out = result.Data<bool>();
    for (uint32_t row = 0; row < row_count; ++row) {
      const Datum value = left.GetDatum(row);
      if (value.is_null()) {
        result.SetNull(row);
      } else if (Contains(value)) {
        out[row] = when_found_;
      } else {
        out[row] = !when_found_;
        if (has_null_) result.SetNull(row);
      }
    }
    return result;
  }

 private:
  bool Contains(const Datum& value) const {
    const size_t mask = slots_.size() - 1;
    for (size_t i = hash_(value, collation_) & mask; !slots_[i].is_null(); i = (i + 1) & mask) {
      if (compare_(slots_[i], value, collation_) == 0) return true;
    }
    return false;
  }
  void Insert(const Datum& value) {
    const size_t mask = slots_.size() - 1;
    size_t i = hash_(value, collation_) & mask;
    while (!slots_[i].is_null()) i = (i + 1) & mask;
    slots_[i] = value;
  }

  const bool when_found_;
  const SqlType type_;
  const Oid collation_;
  const types::CompareFunction compare_;
  const types::HashFunction hash_;
  NodePtr left_;
  bool has_null_ = false;
  std::vector<Datum> slots_;  // open addressing; NULL is an empty slot
  Arena arena_;
};

// An array per row.
class ArrayPerRowNode final : public EvaluatorNode {
 public:
  explicit ArrayPerRowNode(const ComparisonExpr& expr)
      : EvaluatorNode(expr.type),
        deciding_(!expr.all),
        element_type_(ComparedElementType(expr)),
        left_type_(expr.left->type),
        left_(CompileNode(*expr.left)),
        right_(CompileNode(*expr.right)),
        comparison_(expr.comparisons.at(0)),
        one_(expr.left->type, 1),
        many_(element_type_, 0) {}

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const uint32_t row_count = input.row_count();
    const Vector& left = left_->Evaluate(state, input);
    const Vector& right = right_->Evaluate(state, input);
    Vector& result = Prepare(row_count);
    bool* out = result.Data<bool>();
    for (uint32_t row = 0; row < row_count; ++row) {
      const Datum array = right.GetDatum(row);
      if (array.is_null()) {
        result.SetNull(row);
        continue;
      }
      const Verdict verdict = CompareAll(state, left.GetDatum(row), array);
      out[row] = verdict.found ? deciding_ : !deciding_;
      if (!verdict.found && verdict.unknown) result.SetNull(row);
    }
    return result;
  }

 private:
  Verdict CompareAll(EvaluationState& state, const Datum& value, const Datum& array) {
    elements_.clear();
    AppendArrayElements(array, element_type_, elements_);
    ReferToDatum(value, one_);
    Verdict verdict;
    for (size_t first = 0; first < elements_.size() && !verdict.found;
         first += types::kBatchRowsMax) {
      const size_t count = std::min<size_t>(types::kBatchRowsMax, elements_.size() - first);
      CompareSome(state, std::span<const Datum>(elements_).subspan(first, count), verdict);
    }
    return verdict;
  }

  void CompareSome(EvaluationState& state, std::span<const Datum> elements, Verdict& verdict) {
    const uint32_t count = static_cast<uint32_t>(elements.size());
    FillByReference(elements);
    const auto holds = comparison_.Run(state, one_, many_, count).Reader<bool>();
    for (uint32_t i = 0; i < count; ++i) {
      if (holds.IsNull(i)) {
        verdict.unknown = true;
      } else if (holds[i] == deciding_) {
        verdict.found = true;
        return;
      }
    }
  }

  void FillByReference(std::span<const Datum> elements) {
    many_.Reset();
    many_.Reserve(static_cast<uint32_t>(elements.size()));
    const uint32_t width = types::PhysicalWidth(element_type_.physical);
    char* out = many_.Data<char>();
    for (size_t i = 0; i < elements.size(); ++i) {
      if (elements[i].is_null()) {
        many_.SetNull(static_cast<uint32_t>(i));
      } else {
        std::memcpy(out + i * width, elements[i].payload(), width);
      }
    }
  }

  const bool deciding_;
  const SqlType element_type_;
  const SqlType left_type_;
  NodePtr left_;
  NodePtr right_;
  ComparisonCall comparison_;
  Vector one_;
  Vector many_;
  std::vector<Datum> elements_;
};

// Whether the comparison is the plain = (for ANY) or <> (for ALL) of one type that hashes.
bool IsHashable(const ComparisonExpr& expr) {
  const facts::OperatorFact* op = facts::FindOperator(expr.comparisons.at(0).operator_oid);
  if (op == nullptr || op->oprleft != op->oprright) return false;
  if (op->oprname != (expr.all ? "<>" : "=")) return false;
  const SqlType type = ComparedElementType(expr);
  return expr.left->type.physical == type.physical && types::FindHash(type) != nullptr &&
         types::FindCompare(type) != nullptr;
}

}  // namespace

NodePtr MakeArrayComparisonNode(const ComparisonExpr& expr) {
  std::vector<Datum> elements;
  bool is_null = false;
  if (!ConstantElements(expr, elements, &is_null) || is_null) {
    return std::make_unique<ArrayPerRowNode>(expr);
  }
  if (elements.size() >= kHashedElementsMin && IsHashable(expr)) {
    return std::make_unique<HashedListNode>(expr, elements);
  }
  return std::make_unique<ShortListNode>(expr, elements);
}

}  // namespace grizzly::expr
