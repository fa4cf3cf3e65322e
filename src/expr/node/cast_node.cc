// Casts: relabelling, through text, element by element, into a domain.
#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "expr/node/array_elements.h"
#include "expr/node/node.h"
#include "facts/type_oids.h"
#include "types/type_directory.h"
#include "types/type_names_source.h"

namespace grizzly::expr {
namespace {

class RelabelNode final : public EvaluatorNode {
 public:
  explicit RelabelNode(const ListExpr& expr)
      : EvaluatorNode(expr.type), child_(CompileNode(*expr.children[0])) {}

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    result_.Reference(child_->Evaluate(state, input));
    return result_;
  }

 private:
  NodePtr child_;
};

bool IsText(Oid type) {
  return type == facts::kTextOid || type == facts::kVarcharOid || type == facts::kUnknownOid;
}

class IoCastNode final : public EvaluatorNode {
 public:
  explicit IoCastNode(const ListExpr& expr)
      : EvaluatorNode(expr.type),
        from_(expr.from_io),
        to_(expr.to_io),
        from_text_(IsText(expr.children[0]->type.oid)),
        to_text_(IsText(expr.type.oid)),
        // What a number without a unit means is the typmod's to say.
        input_typmod_(expr.type.oid == facts::kIntervalOid ? expr.type.typmod : types::kNoTypmod),
        child_(CompileNode(*expr.children[0])) {
    GRIZZLY_CHECK(from_ != nullptr && to_ != nullptr);
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const Vector& child = child_->Evaluate(state, input);
    const bool constant = child.kind() == VectorKind::kConstant;
    const uint32_t row_count = constant ? 1 : input.row_count();
    Vector& result = Prepare(input.row_count());
    for (uint32_t row = 0; row < row_count; ++row) {
      const Datum value = child.GetDatum(row);
      result.SetDatum(row, value.is_null() ? value : Convert(state, value));
    }
    if (constant) result.MakeConstant();
    return result;
  }

 private:
  Datum Convert(EvaluationState& state, const Datum& value) {
    const types::IoSettings& settings = *state.functions.io;
    std::string_view text;
    if (from_text_) {
      text = value.AsString();
    } else {
      text_.clear();
      from_->Output(value, settings, text_);
      text = text_;
    }
    if (to_text_) return Datum::OfString(text, result_.heap());
    return to_->Input(text, input_typmod_, settings, result_.heap());
  }

  const types::TypeIo* const from_;
  const types::TypeIo* const to_;
  const bool from_text_;
  const bool to_text_;
  const int32_t input_typmod_;
  NodePtr child_;
  std::string text_;
};

class DomainNode final : public EvaluatorNode {
 public:
  explicit DomainNode(const WrapExpr& expr)
      : EvaluatorNode(expr.type), expr_(expr), child_(CompileNode(*expr.child)) {
    for (const WrapExpr::Check& check : expr.checks) {
      conditions_.push_back(check.condition == nullptr ? nullptr : CompileNode(*check.condition));
    }
    values_.AddColumn(Vector(expr.type, 0));
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const Vector& child = child_->Evaluate(state, input);
    values_.column(0).Reference(child);
    values_.set_row_count(input.row_count());
    for (size_t i = 0; i < conditions_.size(); ++i) {
      if (conditions_[i] == nullptr) {
        CheckNotNull(child, input.row_count());
      } else {
        CheckCondition(conditions_[i]->Evaluate(state, values_), expr_.checks[i],
                       input.row_count());
      }
    }
    return values_.column(0);
  }

 private:
  void CheckNotNull(const Vector& value, uint32_t row_count) const {
    if (!value.MayHaveNulls()) return;
    for (uint32_t row = 0; row < row_count; ++row) {
      if (!value.IsNull(row)) continue;
      const types::TypeNames names = NamesOfDomain();
      throw SqlError(SqlState::kNotNullViolation,
                     fmt::format("domain {} does not allow null values", ShownName()))
          .Schema(names.schema)
          .DataType(names.name);
    }
  }

  void CheckCondition(const Vector& holds, const WrapExpr::Check& check,
                      uint32_t row_count) const {
    const auto reader = holds.Reader<bool>();
    for (uint32_t row = 0; row < row_count; ++row) {
      if (reader.IsNull(row) || reader[row]) continue;
      const types::TypeNames names = NamesOfDomain();
      throw SqlError(SqlState::kCheckViolation,
                     fmt::format("value for domain {} violates check constraint \"{}\"",
                                 ShownName(), check.constraint_name))
          .Schema(names.schema)
          .DataType(names.name)
          .Constraint(check.constraint_name);
    }
  }

  // As the session's search path has it now.
  std::string ShownName() const {
    return types::CurrentTypeDirectory() == nullptr ? expr_.domain_name
                                                    : types::AnyTypeName(expr_.type.oid);
  }
  types::TypeNames NamesOfDomain() const {
    const auto* source = dynamic_cast<const types::TypeNamesSource*>(types::CurrentTypeDirectory());
    return source == nullptr ? types::TypeNames() : source->NamesOfType(expr_.type.oid);
  }

  const WrapExpr& expr_;
  NodePtr child_;
  std::vector<NodePtr> conditions_;
  Batch values_;
};

}  // namespace

NodePtr MakeCastNode(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kRelabel:
      return std::make_unique<RelabelNode>(static_cast<const ListExpr&>(expr));
    case ExprKind::kIoCast:
      return std::make_unique<IoCastNode>(static_cast<const ListExpr&>(expr));
    case ExprKind::kDomainCast:
      return std::make_unique<DomainNode>(static_cast<const WrapExpr&>(expr));
    default:
      return MakeArrayCastNode(static_cast<const WrapExpr&>(expr));
  }
}

}  // namespace grizzly::expr
