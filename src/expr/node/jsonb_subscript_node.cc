#include "expr/node/jsonb_subscript_node.h"

#include "base/error/sql_error.h"
#include "functions/json/jsonb_assign.h"

namespace grizzly::expr {
namespace {

using functions::JsonbSubscript;
using types::Datum;
using types::JsonbRef;

class JsonbSubscriptNode final : public EvaluatorNode {
 public:
  explicit JsonbSubscriptNode(const SubscriptExpr& expr)
      : EvaluatorNode(expr.type), container_(CompileNode(*expr.container)) {
    for (const SubscriptExpr::Index& index : expr.indexes) {
      indexes_.push_back(CompileNode(*index.upper));
    }
    if (expr.assigned != nullptr) assigned_ = CompileNode(*expr.assigned);
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const Vector& container = container_->Evaluate(state, input);
    index_values_.clear();
    for (const NodePtr& index : indexes_) index_values_.push_back(&index->Evaluate(state, input));
    const Vector* assigned = assigned_ == nullptr ? nullptr : &assigned_->Evaluate(state, input);
    Vector& result = Prepare(input.row_count());
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      const Datum value = container.GetDatum(row);
      const bool has_path = PathAt(row);
      if (assigned == nullptr) {
        Fetch(value, has_path, row, result);
      } else {
        Assign(value, has_path, assigned->GetDatum(row), row, result);
      }
    }
    return result;
  }

 private:
  // False: one of the subscripts is NULL.
  bool PathAt(uint32_t row) {
    path_.clear();
    for (const Vector* values : index_values_) {
      const Datum index = values->GetDatum(row);
      if (index.is_null()) return false;
      if (values->physical() == types::PhysicalType::kInt32) {
        path_.push_back({std::to_string(index.As<int32_t>()), true});
      } else {
        path_.push_back({std::string(index.AsString()), false});
      }
    }
    return true;
  }

  void Fetch(const Datum& value, bool has_path, uint32_t row, Vector& result) const {
    std::optional<JsonbRef> found;
    if (!value.is_null() && has_path) {
      found = functions::FetchJsonbSubscript(JsonbRef::Of(value), path_);
    }
    if (found.has_value()) {
      result.SetString(row, found->bytes());
    } else {
      result.SetDatum(row, Datum::Null());
    }
  }

  // SQL's NULL is assigned as JSON's.
  void Assign(const Datum& value, bool has_path, const Datum& new_value, uint32_t row,
              Vector& result) const {
    if (!has_path) {
      throw SqlError(SqlState::kNullValueNotAllowed,
                     "jsonb subscript in assignment must not be null");
    }
    std::optional<JsonbRef> old;
    if (!value.is_null()) old = JsonbRef::Of(value);
    const std::string null = types::JsonbNull();
    result.SetString(row, functions::AssignJsonbSubscript(
                              old, path_, new_value.is_null() ? null : new_value.AsString()));
  }

  NodePtr container_;
  NodePtr assigned_;
  std::vector<NodePtr> indexes_;
  std::vector<const Vector*> index_values_;
  std::vector<JsonbSubscript> path_;
};

}  // namespace

NodePtr MakeJsonbSubscriptNode(const SubscriptExpr& expr) {
  return std::make_unique<JsonbSubscriptNode>(expr);
}

}  // namespace grizzly::expr
