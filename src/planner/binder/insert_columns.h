// The columns an INSERT gives values to: of the statement, and of MERGE's action.
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

class InsertColumns {
 public:
  InsertColumns(BindState& state, PgQuery__OverridingKind overriding)
      : state_(state), overriding_(overriding) {}

  // `nodes` empty: all columns in order. Throws 42703, 42701.
  void Bind(const catalog::Relation& relation, ast::Node* const* nodes, size_t count);

  size_t size() const { return columns_.size(); }
  const catalog::Column& operator[](size_t i) const { return *columns_[i].column; }
  void Resize(size_t count) { columns_.resize(count); }
  // Throws 42601 unless so many values fit; `extra_location` is that of the first one too many.
  void CheckWidth(size_t given, int extra_location) const;
  // False: OVERRIDING USER VALUE, the identity column's own value counts.
  bool UsesUserValue(const catalog::Column& column) const;
  // For a value that is not DEFAULT; throws 428C9.
  void CheckTakesValue(const catalog::Column& column) const;
  // One value, coerced to its column. Null: DEFAULT of a generated column.
  ExprPtr BindValue(ExpressionBinder& binder, const ast::Node& node,
                    const catalog::Column& column) const;
  // `values` by attnum - 1: what is missing becomes the column's default.
  void FillDefaults(std::vector<ExprPtr>& values) const;

 private:
  struct Target {
    const catalog::Column* column = nullptr;
    int location = -1;
  };

  BindState& state_;
  const PgQuery__OverridingKind overriding_;
  const catalog::Relation* relation_ = nullptr;
  std::vector<Target> columns_;
  bool implicit_ = false;
};

}  // namespace grizzly::planner
