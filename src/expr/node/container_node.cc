// ARRAY[...], array casts, subscripts. Rows and fields: composite_node.cc.
#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "expr/node/array_elements.h"
#include "expr/node/composite_fields.h"
#include "expr/node/jsonb_subscript_node.h"
#include "expr/node/node.h"
#include "expr/node/subscripts.h"
#include "facts/types.h"
#include "types/array.h"
#include "types/type_directory.h"

namespace grizzly::expr {
namespace {

using types::ArrayDimension;
using types::ArrayRef;

class ArrayNode final : public EvaluatorNode {
 public:
  explicit ArrayNode(const ListExpr& expr)
      : EvaluatorNode(expr.type), nested_(expr.choice == 1), element_oid_(ElementOid(expr)) {
    for (const ExprPtr& child : expr.children) children_.push_back(CompileNode(*child));
    physical_ = expr.children.empty() || nested_ ? types::ResolveAnyType(element_oid_).physical
                                                 : expr.children[0]->type.physical;
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    values_.clear();
    for (const NodePtr& child : children_) values_.push_back(&child->Evaluate(state, input));
    Vector& result = Prepare(input.row_count());
    StringRef* out = result.Data<StringRef>();
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      out[row] = nested_ ? Merge(row) : Gather(row);
    }
    return result;
  }

 private:
  static Oid ElementOid(const ListExpr& expr) {
    const Oid element = types::AnyElementOf(types::AnyDomainBaseOf(expr.type.oid));
    if (element != kInvalidOid || expr.children.empty()) return element;
    return expr.children[0]->type.oid;
  }

  StringRef Gather(uint32_t row) {
    types::ArrayBuilder builder(element_oid_, physical_);
    for (const Vector* value : values_) builder.Add(value->GetDatum(row));
    return builder.Finish(result_.heap());
  }

  // ARRAY[[1, 2], [3, 4]]: one dimension more than the parts, which must agree.
  StringRef Merge(uint32_t row) {
    std::vector<ArrayDimension> inner;
    bool any_empty = false;
    bool first = true;
    std::unique_ptr<types::ArrayBuilder> builder;
    for (const Vector* value : values_) {
      const Datum part = value->GetDatum(row);
      if (part.is_null()) {
        any_empty = true;
        continue;
      }
      const ArrayRef array = ArrayRef::Of(part);
      if (array.dimension_count() == 0) {
        any_empty = true;
        continue;
      }
      if (first) {
        inner = array.dimensions();
        builder = std::make_unique<types::ArrayBuilder>(array.element_oid(), array.physical());
        first = false;
      } else if (array.dimensions() != inner) {
        ThrowDimensionsDiffer();
      }
      for (uint32_t i = 0; i < array.size(); ++i) builder->Add(array.Get(i));
    }
    if (first) return types::EmptyArray(element_oid_, physical_, result_.heap());
    if (any_empty) ThrowDimensionsDiffer();
    if (inner.size() + 1 > types::kArrayDimensionsMax) {
      throw SqlError(SqlState::kProgramLimitExceeded,
                     fmt::format("number of array dimensions ({}) exceeds the maximum allowed ({})",
                                 inner.size() + 1, types::kArrayDimensionsMax));
    }
    inner.insert(inner.begin(), {static_cast<int32_t>(values_.size()), 1});
    return builder->Finish(result_.heap(), inner);
  }

  [[noreturn]] static void ThrowDimensionsDiffer() {
    throw SqlError(SqlState::kArraySubscriptError,
                   "multidimensional arrays must have array expressions with matching dimensions");
  }

  const bool nested_;
  const Oid element_oid_;
  types::PhysicalType physical_;
  std::vector<NodePtr> children_;
  std::vector<const Vector*> values_;
};

class ArrayCastNode final : public EvaluatorNode {
 public:
  explicit ArrayCastNode(const WrapExpr& expr)
      : EvaluatorNode(expr.type),
        element_type_(expr.element->type),
        child_(CompileNode(*expr.child)),
        element_(CompileNode(*expr.element)) {}

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const Vector& child = child_->Evaluate(state, input);
    const uint32_t row_count = child.kind() == VectorKind::kConstant ? 1 : input.row_count();
    Vector& result = Prepare(input.row_count());
    for (uint32_t row = 0; row < row_count; ++row) {
      const Datum array = child.GetDatum(row);
      result.SetDatum(row, array.is_null() ? array : Datum::Of(Convert(state, array)));
    }
    if (child.kind() == VectorKind::kConstant) result.MakeConstant();
    return result;
  }

 private:
  StringRef Convert(EvaluationState& state, const Datum& value) {
    const ArrayRef array = ArrayRef::Of(value);
    if (elements_.column_count() == 0) {
      const SqlType type{array.element_oid(), types::kNoTypmod, kInvalidOid, array.physical()};
      elements_.AddColumn(Vector(type, 0));
    }
    types::ArrayBuilder builder(element_type_);
    for (uint32_t first = 0; first < array.size(); first += types::kBatchRowsMax) {
      const uint32_t count = std::min(array.size() - first, types::kBatchRowsMax);
      Vector& column = elements_.column(0);
      column.Reset();
      column.Reserve(count);
      for (uint32_t i = 0; i < count; ++i) column.SetDatum(i, array.Get(first + i));
      elements_.set_row_count(count);
      const Vector& converted = element_->Evaluate(state, elements_);
      for (uint32_t i = 0; i < count; ++i) builder.Add(converted.GetDatum(i));
    }
    return builder.Finish(result_.heap(), array.dimensions());
  }

  const SqlType element_type_;
  NodePtr child_;
  NodePtr element_;
  Batch elements_;
};

class SubscriptNode final : public EvaluatorNode {
 public:
  explicit SubscriptNode(const SubscriptExpr& expr)
      : EvaluatorNode(expr.type), container_(CompileNode(*expr.container)) {
    for (const SubscriptExpr::Index& index : expr.indexes) {
      is_slice_ = is_slice_ || index.is_slice;
      indexes_.push_back({index.is_slice, CompileOrNull(index.lower), CompileOrNull(index.upper)});
    }
    assigned_ = CompileOrNull(expr.assigned);
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const Vector& container = container_->Evaluate(state, input);
    for (Index& index : indexes_) {
      if (index.lower != nullptr) index.lower_values = &index.lower->Evaluate(state, input);
      if (index.upper != nullptr) index.upper_values = &index.upper->Evaluate(state, input);
    }
    const Vector* assigned =
        assigned_ == nullptr ? nullptr : &assigned_->Evaluate(state, input);
    Vector& result = Prepare(input.row_count());
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      const std::vector<Subscript> subscripts = SubscriptsAt(row);
      const Datum array = container.GetDatum(row);
      result.SetDatum(row, assigned == nullptr
                               ? Fetch(array, subscripts)
                               : Assign(array, subscripts, assigned->GetDatum(row)));
    }
    return result;
  }

 private:
  struct Index {
    bool is_slice;
    NodePtr lower;
    NodePtr upper;
    const Vector* lower_values = nullptr;
    const Vector* upper_values = nullptr;
  };

  static NodePtr CompileOrNull(const ExprPtr& expr) {
    return expr == nullptr ? nullptr : CompileNode(*expr);
  }

  // In a slice, a lone index n means 1:n.
  std::vector<Subscript> SubscriptsAt(uint32_t row) const {
    std::vector<Subscript> subscripts;
    for (const Index& index : indexes_) {
      Subscript subscript;
      if (index.lower_values != nullptr) subscript.lower = ValueAt(*index.lower_values, row, subscript);
      if (index.upper_values != nullptr) subscript.upper = ValueAt(*index.upper_values, row, subscript);
      if (is_slice_ && !index.is_slice) subscript.lower = 1;
      subscripts.push_back(subscript);
    }
    return subscripts;
  }
  static std::optional<int32_t> ValueAt(const Vector& values, uint32_t row, Subscript& subscript) {
    const Datum value = values.GetDatum(row);
    if (value.is_null()) {
      subscript.is_null = true;
      return std::nullopt;
    }
    return value.As<int32_t>();
  }

  Datum Fetch(const Datum& array, const std::vector<Subscript>& subscripts) {
    if (array.is_null()) return array;
    return is_slice_ ? FetchSlice(array, subscripts, result_.heap())
                     : FetchElement(array, subscripts);
  }
  Datum Assign(const Datum& array, const std::vector<Subscript>& subscripts, const Datum& value) {
    const Oid element = types::AnyElementOf(types::AnyDomainBaseOf(result_.type().oid));
    const SqlType element_type = element == kInvalidOid
                                     ? SqlType{value.is_null() ? kInvalidOid : element}
                                     : types::ResolveAnyType(element);
    return is_slice_ ? AssignSlice(array, subscripts, value, element_type, result_.heap())
                     : AssignElement(array, subscripts, value, element_type, result_.heap());
  }

  bool is_slice_ = false;
  NodePtr container_;
  NodePtr assigned_;
  std::vector<Index> indexes_;
};

}  // namespace

void AppendArrayElements(const Datum& array, const SqlType&, std::vector<Datum>& elements) {
  const ArrayRef ref = ArrayRef::Of(array);
  elements.reserve(elements.size() + ref.size());
  for (uint32_t i = 0; i < ref.size(); ++i) elements.push_back(ref.Get(i));
}

NodePtr MakeArrayCastNode(const WrapExpr& expr) { return std::make_unique<ArrayCastNode>(expr); }

NodePtr MakeContainerNode(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kArray:
      return std::make_unique<ArrayNode>(static_cast<const ListExpr&>(expr));
    case ExprKind::kSubscript: {
      const auto& subscript = static_cast<const SubscriptExpr&>(expr);
      if (subscript.container->type.oid == facts::kJsonbOid) return MakeJsonbSubscriptNode(subscript);
      return std::make_unique<SubscriptNode>(subscript);
    }
    default:
      return MakeCompositeNode(expr);
  }
}

}  // namespace grizzly::expr
