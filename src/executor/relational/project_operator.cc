// Computes the output expressions; plain columns pass by reference.
#include "executor/operators.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

class ProjectOperator final : public Operator {
 public:
  ProjectOperator(const plan::ProjectNode& node, ExecContext& context) : Operator(node) {
    evaluators_.reserve(node.expressions.size());
    for (size_t i = 0; i < node.expressions.size(); ++i) {
      evaluators_.emplace_back(*node.expressions[i], context.evaluation);
      batch_.AddColumn(Vector(node.output_types[i], 0));
    }
  }

 protected:
  void DoOpen(ExecContext& context) override { child().Open(context); }

  Batch* DoNext(ExecContext& context) override {
    const Batch* input = child().Next(context);
    if (input == nullptr) return nullptr;
    for (size_t i = 0; i < evaluators_.size(); ++i) {
      batch_.column(i).Reference(evaluators_[i].Evaluate(*input));
    }
    batch_.set_row_count(input->row_count());
    return &batch_;
  }

 private:
  std::vector<expr::Evaluator> evaluators_;
  Batch batch_;
};

}  // namespace

OperatorPtr MakeProject(const plan::ProjectNode& node, ExecContext& context) {
  return std::make_unique<ProjectOperator>(node, context);
}

}  // namespace grizzly::executor
