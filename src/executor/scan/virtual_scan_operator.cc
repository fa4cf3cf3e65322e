// Scans a catalog relation whose rows a provider makes.
#include "base/error/check.h"
#include "executor/filter_set.h"
#include "executor/operators.h"
#include "executor/row_store.h"
#include "executor/scan/table_sampler.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

class VirtualScanOperator final : public Operator {
 public:
  VirtualScanOperator(const plan::VirtualScanNode& node, ExecContext& context)
      : VirtualScanOperator(node, {*node.relation, node.attnums, nullptr}, node.filters, context) {
    filter_column_ = node.filter_column;
    if (node.filter_value != nullptr) {
      filter_value_ = std::make_unique<expr::Evaluator>(*node.filter_value, context.evaluation);
    }
  }
  VirtualScanOperator(const plan::TableScanNode& node, ExecContext& context)
      : VirtualScanOperator(node, {*node.relation, node.attnums, &*node.sample}, node.filters,
                            context) {}

 protected:
  void DoOpen(ExecContext& context) override {
    next_chunk_ = 0;
    catalog::VirtualTableFilter filter;
    if (filter_value_ != nullptr) {
      filter.column = filter_column_;
      filter.value = filter_value_->EvaluateScalar();
      if (filter.value.is_null()) {
        rows_ = std::make_unique<RowStore>(node().output_types, context.memory);
        return;
      }
    }
    // A rescan without a changing filter or sample keeps what the provider made.
    if (rows_ != nullptr && filter_value_ == nullptr && scan_.sample == nullptr) return;
    Produce(context, filter);
  }

  Batch* DoNext(ExecContext& context) override {
    while (next_chunk_ < rows_->chunk_count()) {
      out_.Reference(rows_->chunk(next_chunk_++));
      const uint32_t before = out_.row_count();
      filters_.Apply(out_);
      CountFiltered(context, before - out_.row_count());
      if (out_.row_count() > 0) return &out_;
    }
    return nullptr;
  }

 private:
  struct Source {
    const catalog::Relation& relation;
    const std::vector<AttributeNumber>& attnums;
    const plan::TableSample* sample;  // null: all rows
  };

  VirtualScanOperator(const plan::Node& node, const Source& scan,
                      const std::vector<expr::ExprPtr>& filters, ExecContext& context)
      : Operator(node), scan_(scan), filters_(filters, context) {
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type, 0));
  }

  void Produce(ExecContext& context, const catalog::VirtualTableFilter& filter) {
    rows_ = std::make_unique<RowStore>(node().output_types, context.memory);
    const catalog::VirtualTable* table = (*context.virtual_tables)(scan_.relation.oid);
    if (table == nullptr) {
      ThrowNotSupported("reading the system catalog \"" + scan_.relation.name + "\"");
    }
    std::optional<TableSampler> sampler;
    if (scan_.sample != nullptr) sampler.emplace(*scan_.sample, context);
    uint64_t row_number = 0;
    Batch row(node().output_types, 1);
    table->Produce(context.virtual_input, filter, [&](std::span<const Datum> values) {
      if (sampler && !sampler->TakesNumber(row_number++)) return;
      row.Reset();
      for (size_t i = 0; i < scan_.attnums.size(); ++i) {
        const AttributeNumber attnum = scan_.attnums[i];
        if (attnum > 0) {
          row.column(i).SetDatum(0, values[attnum - 1]);
        } else {
          row.column(i).SetDatum(0, SystemColumn(attnum));
        }
      }
      row.set_row_count(1);
      rows_->Append(row);
    });
  }

  Datum SystemColumn(AttributeNumber attnum) const {
    constexpr AttributeNumber kTableOid = -6;
    if (attnum == kTableOid) return Datum::Of(scan_.relation.oid);
    return Datum::Null();
  }

  const Source scan_;
  FilterSet filters_;
  int filter_column_ = -1;
  std::unique_ptr<expr::Evaluator> filter_value_;
  std::unique_ptr<RowStore> rows_;
  size_t next_chunk_ = 0;
  Batch out_;
};

}  // namespace

OperatorPtr MakeVirtualScan(const plan::VirtualScanNode& node, ExecContext& context) {
  return std::make_unique<VirtualScanOperator>(node, context);
}

OperatorPtr MakeCatalogSampleScan(const plan::TableScanNode& node, ExecContext& context) {
  return std::make_unique<VirtualScanOperator>(node, context);
}

}  // namespace grizzly::executor
