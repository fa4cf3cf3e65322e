// Names of a printed query's FROM items: no two are the same, whatever the level, and a table goes by the name it
// has by now.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "parser/ast.h"
#include "planner/deparse/deparse_query.h"

namespace grizzly::planner {

// As they are written, and as they are printed where that differs.
using PrintedNames = std::map<std::string, std::string>;

// What an item of functions is called: its alias, or its first function.
std::string NameOfFunctions(const PgQuery__RangeFunction& item);
// "t.a", quoted, with t as it is printed.
std::string Requalified(const std::string& qualified, const PrintedNames& names);

class ItemNames {
 public:
  explicit ItemNames(const QueryDeparseInput& input) : input_(input) {}

  // A query's own names are forgotten with it.
  struct Mark {
    size_t used, ctes;
  };
  Mark Enter() const { return {used_.size(), ctes_.size()}; }
  void Leave(const Mark& mark) {
    used_.resize(mark.used);
    ctes_.resize(mark.ctes);
  }

  void AddCte(std::string name) { ctes_.push_back(std::move(name)); }
  // Of the item and those it joins.
  void Choose(const parser::ast::Node& item, PrintedNames* names);
  // Null: not a relation, or one whose name has no schema.
  catalog::RelationPtr RelationOf(const PgQuery__RangeVar& name) const;
  // A table that is called as a query of WITH has its schema before it.
  std::string RelationText(const catalog::Relation& relation) const;

 private:
  void ChooseTableName(const PgQuery__RangeVar& name, PrintedNames* names);
  // `wanted`: what it is called by now.
  void ChooseName(const std::string& name, const std::string& wanted, PrintedNames* names);

  const QueryDeparseInput& input_;
  std::vector<std::string> used_;  // of FROM items of this level and those around it
  std::vector<std::string> ctes_;  // of all levels around
};

}  // namespace grizzly::planner
