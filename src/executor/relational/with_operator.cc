// WITH: gives each CTE its store, runs the data-modifying ones, passes the body's rows.
#include "executor/cte_store.h"
#include "executor/operators.h"
#include "executor/statement_resources.h"

namespace grizzly::executor {
namespace {

class WithOperator final : public Operator {
 public:
  explicit WithOperator(const plan::WithNode& node) : Operator(node), with_(node) {}

 protected:
  void DoOpen(ExecContext& context) override {
    for (size_t i = 0; i < with_.ctes.size(); ++i) {
      const plan::Node& source = *with_.children[i];
      context.ctes[with_.ctes[i].cte] = std::make_shared<CteStore>(
          source.output_types, Build(source, context), context);
    }
    body_done_ = false;
    child().Open(context);
  }

  Batch* DoNext(ExecContext& context) override {
    if (body_done_) return nullptr;
    if (Batch* batch = child().Next(context)) return batch;
    body_done_ = true;
    // What the body did not read of a data-modifying CTE still happens.
    for (const plan::WithNode::Cte& cte : with_.ctes) {
      if (cte.modifies) context.ctes[cte.cte]->RunToCompletion(context);
    }
    return nullptr;
  }

 private:
  const plan::WithNode& with_;
  bool body_done_ = false;
};

class CteScanOperator final : public Operator {
 public:
  explicit CteScanOperator(const plan::CteScanNode& node) : Operator(node), scan_(node) {
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type, 0));
  }

 protected:
  void DoOpen(ExecContext& context) override {
    store_ = context.ctes[scan_.cte];
    next_chunk_ = 0;
  }

  Batch* DoNext(ExecContext& context) override {
    if (!store_->EnsureChunk(next_chunk_, context)) return nullptr;
    rows_ = store_->rows().chunk(next_chunk_++);
    out_.Reference(*rows_);
    NoteMemory(context, scan_, store_->rows().peak_bytes());
    return &out_;
  }

 private:
  const plan::CteScanNode& scan_;
  std::shared_ptr<CteStore> store_;
  size_t next_chunk_ = 0;
  std::shared_ptr<const Batch> rows_;  // those in out_
  Batch out_;
};

}  // namespace

OperatorPtr MakeWith(const plan::WithNode& node, ExecContext&) {
  return std::make_unique<WithOperator>(node);
}

OperatorPtr MakeCteScan(const plan::CteScanNode& node, ExecContext&) {
  return std::make_unique<CteScanOperator>(node);
}

}  // namespace grizzly::executor
