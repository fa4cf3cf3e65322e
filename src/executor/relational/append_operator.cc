// UNION ALL: one child after the other.
#include "executor/operators.h"

namespace grizzly::executor {
namespace {

class AppendOperator final : public Operator {
 public:
  explicit AppendOperator(const plan::AppendNode& node) : Operator(node) {
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type, 0));
  }

 protected:
  void DoOpen(ExecContext& context) override {
    current_ = 0;
    if (!children_.empty()) child(0).Open(context);
  }

  Batch* DoNext(ExecContext& context) override {
    while (current_ < children_.size()) {
      if (Batch* batch = child(current_).Next(context)) {
        out_.Reference(*batch);
        return &out_;
      }
      if (++current_ < children_.size()) child(current_).Open(context);
    }
    return nullptr;
  }

 private:
  size_t current_ = 0;
  Batch out_;
};

}  // namespace

OperatorPtr MakeAppend(const plan::AppendNode& node, ExecContext&) {
  return std::make_unique<AppendOperator>(node);
}

}  // namespace grizzly::executor
