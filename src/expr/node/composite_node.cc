// ROW(...), (row).field, IS NULL of rows.
#include "base/error/sql_error.h"
#include "expr/node/composite_fields.h"
#include "expr/node/node.h"
#include "facts/types.h"
#include "types/record.h"
#include "types/type_directory.h"

namespace grizzly::expr {
namespace {

class RowNode final : public EvaluatorNode {
 public:
  explicit RowNode(const ListExpr& expr) : EvaluatorNode(expr.type), names_(expr.names) {
    const types::TypeDirectory* directory = types::CurrentTypeDirectory();
    const std::vector<types::RowColumn>* columns =
        directory == nullptr ? nullptr : directory->RowColumnsOf(expr.type.oid);
    for (size_t i = 0; i < expr.children.size(); ++i) {
      fields_.push_back({CompileNode(*expr.children[i]), expr.children[i]->type, nullptr,
                         columns != nullptr && i < columns->size() && (*columns)[i].dropped});
    }
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    for (Field& field : fields_) field.values = &field.node->Evaluate(state, input);
    Vector& result = Prepare(input.row_count());
    StringRef* out = result.Data<StringRef>();
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      types::RecordBuilder builder(result.type().oid, fields_.size());
      for (const Field& field : fields_) {
        if (field.dropped) {
          builder.AddDropped();
        } else {
          builder.Add(field.type, field.values->GetDatum(row));
        }
      }
      if (!names_.empty()) builder.AddNames(names_);
      out[row] = StringRef::Copy(builder.bytes(), result.heap());
    }
    return result;
  }

 private:
  struct Field {
    NodePtr node;
    SqlType type;
    const Vector* values;
    bool dropped;
  };
  const std::vector<std::string> names_;
  std::vector<Field> fields_;
};

class FieldNode final : public EvaluatorNode {
 public:
  explicit FieldNode(const WrapExpr& expr)
      : EvaluatorNode(expr.type), field_(expr.field), child_(CompileNode(*expr.child)) {}

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const Vector& child = child_->Evaluate(state, input);
    const bool constant = child.kind() == VectorKind::kConstant;
    const uint32_t row_count = constant ? 1 : input.row_count();
    Vector& result = Prepare(input.row_count());
    for (uint32_t row = 0; row < row_count; ++row) {
      const Datum record = child.GetDatum(row);
      if (record.is_null()) {
        result.SetNull(row);
        continue;
      }
      // A long string stays where the record is; a short one is in the Datum.
      const Datum value = types::RecordRef::Of(record).Field(field_).value;
      result.SetDatum(row, value.CopyTo(result.type().physical, result.heap()));
    }
    if (constant) result.MakeConstant();
    return result;
  }

 private:
  const uint32_t field_;
  NodePtr child_;
};

}  // namespace

bool IsCompositeType(const SqlType& type) {
  if (type.oid == facts::kRecordOid) return true;
  const facts::TypeFact* fact = facts::FindType(type.oid);
  return fact != nullptr && fact->typtype == 'c';
}

bool AllFieldsAre(const Datum& row, bool want_null) {
  if (row.is_null()) return want_null;
  for (const types::NamedField& named : types::NamedFieldsOf(row)) {
    if (named.field.value.is_null() != want_null) return false;
  }
  return true;
}

NodePtr MakeCompositeNode(const Expr& expr) {
  if (expr.kind == ExprKind::kRow) return std::make_unique<RowNode>(static_cast<const ListExpr&>(expr));
  return std::make_unique<FieldNode>(static_cast<const WrapExpr&>(expr));
}

}  // namespace grizzly::expr
