// UNION ALL, the tables of a tree, the partitions of a table: one child after the other. Partitions that
// the values of this run rule out are not opened.
#include "executor/array_values.h"
#include "executor/operators.h"
#include "plan/pruning.h"

namespace grizzly::executor {
namespace {

using plan::PartitionPruning;

// The bounds of one partitioned table, and what they mark.
class LevelPruner {
 public:
  LevelPruner(const PartitionPruning::Level& level, ExecContext& context) : level_(level) {
    for (const auto& bound : level.bounds.equal) equal_.emplace_back(*bound, context.evaluation);
    const auto make = [&](const expr::ExprPtr& bound) {
      return bound == nullptr ? nullptr
                              : std::make_unique<expr::Evaluator>(*bound, context.evaluation);
    };
    lower_ = make(level.bounds.lower);
    upper_ = make(level.bounds.upper);
    any_of_ = make(level.bounds.any_of);
  }

  const PartitionPruning::Level& level() const { return level_; }

  std::vector<bool> Mark() {
    const bool says_nothing = level_.bounds.empty() && !level_.first_is_null;
    std::vector<bool> marked(level_.map->size(), says_nothing);
    if (says_nothing) return marked;
    if (any_of_ != nullptr) {
      const Datum array = any_of_->EvaluateScalar();
      if (!array.is_null()) level_.map->MarkAny(ArrayElements(array, ElementType()), &marked);
      return marked;
    }
    catalog::PartitionMap::Condition condition;
    condition.first_is_null = level_.first_is_null;
    for (expr::Evaluator& value : equal_) condition.equal.push_back(value.EvaluateScalar());
    if (lower_ != nullptr) condition.lower = lower_->EvaluateScalar();
    if (upper_ != nullptr) condition.upper = upper_->EvaluateScalar();
    condition.lower_inclusive = level_.bounds.lower_inclusive;
    condition.upper_inclusive = level_.bounds.upper_inclusive;
    level_.map->Mark(condition, &marked);
    return marked;
  }

 private:
  SqlType ElementType() const { return level_.map->part_type(0); }

  const PartitionPruning::Level& level_;
  std::vector<expr::Evaluator> equal_;
  std::unique_ptr<expr::Evaluator> lower_, upper_, any_of_;
};

class AppendOperator final : public Operator {
 public:
  AppendOperator(const plan::AppendNode& node, ExecContext& context) : Operator(node) {
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type, 0));
    if (node.pruning == nullptr) return;
    for (const PartitionPruning::Level& level : node.pruning->levels) {
      pruners_.push_back(std::make_unique<LevelPruner>(level, context));
    }
  }

 protected:
  void DoOpen(ExecContext& context) override {
    active_.assign(children_.size(), pruners_.empty());
    if (!pruners_.empty()) Activate(*pruners_[0]);
    current_ = 0;
    OpenCurrent(context);
  }

  Batch* DoNext(ExecContext& context) override {
    while (current_ < children_.size()) {
      if (Batch* batch = child(current_).Next(context)) {
        out_.Reference(*batch);
        return &out_;
      }
      ++current_;
      OpenCurrent(context);
    }
    return nullptr;
  }

 private:
  void Activate(LevelPruner& pruner) {
    const std::vector<bool> marked = pruner.Mark();
    for (size_t i = 0; i < marked.size(); ++i) {
      const int32_t target = pruner.level().targets[i];
      if (!marked[i] || target == PartitionPruning::kNowhere) continue;
      if (target >= 0) {
        active_[target] = true;
      } else {
        Activate(*pruners_[~target]);
      }
    }
  }

  void OpenCurrent(ExecContext& context) {
    while (current_ < children_.size() && !active_[current_]) ++current_;
    if (current_ < children_.size()) child(current_).Open(context);
  }

  std::vector<std::unique_ptr<LevelPruner>> pruners_;
  std::vector<bool> active_;
  size_t current_ = 0;
  Batch out_;
};

}  // namespace

OperatorPtr MakeAppend(const plan::AppendNode& node, ExecContext& context) {
  return std::make_unique<AppendOperator>(node, context);
}

}  // namespace grizzly::executor
