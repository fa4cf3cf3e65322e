// What INSERT, UPDATE and DELETE name: a table, or a view simple enough that its table is changed in its
// place. Everything is told over ids of the table's columns, so that it serves the scan and the new row.
//
// SOURCE   PostgreSQL 15 docs, CREATE VIEW, "Updatable Views"
#pragma once

#include <optional>

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

// A view in terms of the table below it.
struct ViewOverColumns {
  RangeItem item;                                // the view's columns
  std::vector<std::vector<ExprPtr>> conditions;  // WHERE of each view, as ChangeTarget::views has them
};

// Where the system columns of a target's row are found: those of a row that is being made, or of one that a
// scan has found. Neither: it has none.
struct SystemColumnSource {
  std::shared_ptr<NewRowColumns> new_row;
  LogicalScan* scan = nullptr;
};

class ChangeTarget {
 public:
  // Looks the name up and locks it and what is below it. Throws 42P01; 42809 for what has no rows of its
  // own; 55000 cannot insert into view "v", with the reason.
  ChangeTarget(BindState& state, const PgQuery__RangeVar& name, std::string_view command)
      : ChangeTarget(state, RequireRelation(state, name), command, name.location) {}
  ChangeTarget(BindState& state, const catalog::RelationPtr& named, std::string_view command,
               int location);

  const catalog::RelationPtr& named() const { return named_; }
  const catalog::RelationPtr& table() const { return table_; }
  bool is_view() const { return !layers_.empty(); }
  // The table, with the defaults that views give its columns.
  const catalog::RelationPtr& face() const { return face_; }
  // Its columns under the name the statement gives them; columns[attnum - 1] are the table's.
  ViewOverColumns Over(std::string_view alias, std::span<const ColumnId> columns,
                       const SystemColumnSource& system = {}) const;
  // The table's column behind one of a view. Throws 42703; 0A000 cannot update column "x" of view "v".
  const catalog::Column& RequireColumn(std::string_view name, int location) const;
  // The table's columns behind those of the view, in order; null for one that cannot be changed.
  std::vector<const catalog::Column*> Columns() const;
  // What RequireColumn throws for column i of the view. Throws 0A000.
  [[noreturn]] void ThrowNoBaseColumn(size_t i) const;
  // SET and column lists with the table's names for the view's. Copies live as long as the binding.
  std::vector<ast::Node*> Renamed(ast::Node* const* nodes, size_t count) const;
  // WITH CHECK OPTION of the views, inner ones first.
  void AddViewChecks(RowRules& rules) const;

 private:
  struct Layer {
    catalog::RelationPtr view;
    const PgQuery__SelectStmt* query = nullptr;
    const PgQuery__RangeVar* from = nullptr;
  };
  struct BaseColumn {
    std::string name;
    const catalog::Column* column = nullptr;
    bool is_system = false;
  };

  void AddLayer(catalog::RelationPtr view);
  void MapColumns();
  void MakeFace();
  [[noreturn]] void ThrowNotUpdatable(const catalog::Relation& view, std::string_view reason) const;

  BindState& state_;
  const std::string command_;
  catalog::RelationPtr named_, table_, face_;
  std::vector<Layer> layers_;           // outermost first
  std::vector<BaseColumn> columns_;     // of the named view
};

// Why a query makes no updatable view ("Views containing DISTINCT are not automatically updatable."), or
// nullopt.
std::optional<std::string_view> WhyNotUpdatable(const PgQuery__SelectStmt& query);

}  // namespace grizzly::planner
