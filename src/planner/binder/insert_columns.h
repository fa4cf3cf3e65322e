// The columns an INSERT gives values to: of the statement, and of MERGE's action.
#pragma once

#include "planner/binder/change_target.h"

namespace grizzly::planner {

class InsertColumns {
 public:
  InsertColumns(BindState& state, PgQuery__OverridingKind overriding)
      : state_(state), overriding_(overriding) {}

  // `nodes` empty: all columns in order. Throws 42703, 42701. The target outlives this.
  void Bind(const ChangeTarget& target, ast::Node* const* nodes, size_t count);

  size_t size() const { return columns_.size(); }
  const catalog::Column& operator[](size_t i) const { return *columns_[i].column; }
  void Resize(size_t count) { columns_.resize(count); }
  // Throws 42601 unless so many values fit; `extra_location` is that of the first one too many.
  void CheckWidth(size_t given, int extra_location) const;
  // False: OVERRIDING USER VALUE, the identity column's own value counts.
  bool UsesUserValue(const catalog::Column& column) const;
  // For a value that is not DEFAULT; throws 428C9.
  void CheckTakesValue(const catalog::Column& column) const;
  // c[1], c.f: only a part of column i is given.
  bool IsPart(size_t i) const { return columns_[i].part != nullptr; }
  // What a value for column i, or the part of it, has to be.
  SqlType TypeOf(size_t i) const;
  // One value, coerced to its column unless it is for a part. Null: DEFAULT of a generated column.
  ExprPtr BindValue(ExpressionBinder& binder, const ast::Node& node, size_t i) const;
  // Puts the value for column i into `values` (by attnum - 1); parts begin from NULL.
  void Take(ExpressionBinder& binder, std::vector<ExprPtr>& values, size_t i, ExprPtr value,
            int location) const;
  // `values` by attnum - 1: what is missing becomes the column's default.
  void FillDefaults(std::vector<ExprPtr>& values) const;

 private:
  struct Target {
    const catalog::Column* column = nullptr;
    int location = -1;
    const PgQuery__ResTarget* part = nullptr;
  };

  BindState& state_;
  const PgQuery__OverridingKind overriding_;
  const ChangeTarget* change_ = nullptr;
  std::vector<Target> columns_;
  bool implicit_ = false;
};

}  // namespace grizzly::planner
