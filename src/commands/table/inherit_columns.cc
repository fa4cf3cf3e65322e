#include "commands/table/inherit_columns.h"

#include <algorithm>
#include <set>

#include "catalog/inheritance.h"
#include "commands/alter/stored_text.h"
#include "commands/evaluation.h"
#include "commands/relation_lookup.h"
#include "catalog/schema_object.h"

namespace grizzly::commands {
namespace {

using catalog::Column;
using catalog::Relation;
using catalog::RelationPtr;

ColumnElement* Find(std::vector<ColumnElement>& columns, std::string_view name) {
  for (ColumnElement& element : columns) {
    if (element.column.name == name) return &element;
  }
  return nullptr;
}

// The columns of one table in the making.
class ColumnMerger {
 public:
  explicit ColumnMerger(CommandInput& input) : input_(input) {}

  void AddParent(const Relation& parent) {
    is_partition_ = parent.IsPartitioned();
    for (const Column& column : parent.columns) {
      if (!column.dropped) AddInherited(column);
    }
  }

  void AddOwn(ColumnElement own, size_t position) {
    ColumnElement* there = Find(columns_, own.column.name);
    if (there == nullptr) {
      columns_.push_back(std::move(own));
      return;
    }
    const std::string& name = own.column.name;
    if (is_partition_) return MergeOwn(std::move(own), there);
    if (static_cast<size_t>(there - columns_.data()) == position) {
      SendNotice(input_, fmt::format("merging column \"{}\" with inherited definition", name));
    } else {
      SendNotice(input_,
                 fmt::format("moving and merging column \"{}\" with inherited definition", name),
                 "User-specified column moved to the position of the inherited column.");
    }
    RequireSameType(input_, fmt::format("column \"{}\"", name), there->column, own.column.type);
    MergeOwn(std::move(own), there);
  }

  // Says which conflicts nobody resolved.
  std::vector<ColumnElement> Take() {
    for (const ColumnElement& element : columns_) {
      if (!conflicting_.contains(element.column.name)) continue;
      const bool generated = element.column.generated != '\0';
      throw SqlError(SqlState::kInvalidColumnDefinition,
                     fmt::format("column \"{}\" inherits conflicting {}", element.column.name,
                                 generated ? "generation expressions" : "default values"))
          .Hint(generated ? "To resolve the conflict, specify a generation expression explicitly."
                          : "To resolve the conflict, specify a default explicitly.");
    }
    return std::move(columns_);
  }

 private:
  static std::string_view CompressionName(char method) { return method == 'l' ? "lz4" : "pglz"; }

  // Who says nothing takes what the other says.
  static void MergeCompression(const Column& from, Column* into) {
    if (from.compression == '\0' || from.compression == into->compression) return;
    if (into->compression != '\0') {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("column \"{}\" has a compression method conflict", into->name))
          .Detail(fmt::format("{} versus {}", CompressionName(into->compression),
                              CompressionName(from.compression)));
    }
    into->compression = from.compression;
  }

  void AddInherited(const Column& column) {
    ColumnElement* there = Find(columns_, column.name);
    if (there == nullptr) {
      columns_.push_back(InheritedColumn(column));
      return;
    }
    SendNotice(input_, fmt::format("merging multiple inherited definitions of column \"{}\"",
                                   column.name));
    RequireSameType(input_, fmt::format("inherited column \"{}\"", column.name), there->column,
                    column.type);
    if (there->column.generated != column.generated) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("inherited column \"{}\" has a generation conflict", column.name));
    }
    MergeCompression(column, &there->column);
    ++there->column.inherited_count;
    there->column.not_null |= column.not_null;
    const catalog::Definition value = InheritedColumn(column).column.default_value;
    if (value.empty()) return;
    if (there->column.default_value.empty()) {
      there->column.default_value = value;
    } else if (there->column.default_value.sql != value.sql) {
      conflicting_.insert(column.name);
    }
  }

  void MergeOwn(ColumnElement own, ColumnElement* there) {
    Column& column = there->column;
    RefuseGenerationConflict(own, column);
    MergeCompression(own.column, &column);
    if (!own.column.comment.empty()) column.comment = own.column.comment;
    column.is_local = !is_partition_;
    column.not_null |= own.column.not_null;
    column.identity = own.column.identity;
    if (own.column.generated != '\0') column.generated = own.column.generated;
    const bool has_default = own.default_expression != nullptr ||
                             own.generated_expression != nullptr || own.is_serial ||
                             own.column.identity != '\0';
    if (has_default) {
      column.default_value = own.column.default_value;
      conflicting_.erase(column.name);
    }
    there->default_expression = own.default_expression;
    there->generated_expression = own.generated_expression;
    there->sequence = std::move(own.sequence);
    there->is_serial = own.is_serial;
  }

  static void RefuseGenerationConflict(const ColumnElement& own, const Column& inherited) {
    const std::string& name = inherited.name;
    if (inherited.generated != '\0') {
      if (own.default_expression != nullptr || own.is_serial) {
        throw SqlError(SqlState::kInvalidColumnDefinition,
                       fmt::format("column \"{}\" inherits from generated column but specifies "
                                   "default",
                                   name));
      }
      if (own.column.identity != '\0') {
        throw SqlError(SqlState::kInvalidColumnDefinition,
                       fmt::format("column \"{}\" inherits from generated column but specifies "
                                   "identity",
                                   name));
      }
    }
    if (inherited.generated != '\0' && own.column.generated != '\0') {
      throw SqlError(SqlState::kInvalidColumnDefinition,
                     fmt::format("child column \"{}\" specifies generation expression", name))
          .Hint("Omit the generation expression in the definition of the child table column to "
                "inherit the generation expression from the parent table.");
    }
  }

  CommandInput& input_;
  std::vector<ColumnElement> columns_;
  bool is_partition_ = false;
  std::set<std::string> conflicting_;  // columns with two inherited defaults
};

void RequireInheritable(CommandInput& input, const Relation& parent, char persistence) {
  if (parent.IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot inherit from partitioned table \"{}\"", parent.name));
  }
  if (parent.IsPartition()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot inherit from partition \"{}\"", parent.name));
  }
  if (parent.kind != catalog::RelationKind::kTable || parent.oid < kFirstUserOid) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("inherited relation \"{}\" is not a table or foreign table",
                               parent.name));
  }
  if (persistence != 't' && parent.persistence == 't') {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot inherit from temporary relation \"{}\"", parent.name));
  }
  RequireOwner(input, parent);
}

}  // namespace

std::vector<RelationPtr> LockParents(CommandInput& input, std::span<ast::Node* const> names,
                                     char persistence) {
  std::vector<RelationPtr> parents;
  for (const ast::Node* node : names) {
    RelationPtr parent =
        LockRelation(input, *node->range_var, txn::RelationLockMode::kShareUpdateExclusive);
    const bool twice = std::any_of(parents.begin(), parents.end(), [&](const RelationPtr& other) {
      return other->oid == parent->oid;
    });
    if (twice) {
      throw SqlError(SqlState::kDuplicateTable,
                     fmt::format("relation \"{}\" would be inherited from more than once",
                                 parent->name));
    }
    RequireInheritable(input, *parent, persistence);
    parents.push_back(std::move(parent));
  }
  return parents;
}

void RequireSameType(CommandInput& input, std::string_view what, const Column& there,
                     const types::SqlType& given) {
  if (there.type.oid != given.oid || there.type.typmod != given.typmod) {
    throw SqlError(SqlState::kDatatypeMismatch, fmt::format("{} has a type conflict", what))
        .Detail(fmt::format("{} versus {}",
                            input.services->FormatType(there.type.oid, there.type.typmod),
                            input.services->FormatType(given.oid, given.typmod)));
  }
  if (there.type.collation != given.collation) {
    throw SqlError(SqlState::kCollationMismatch, fmt::format("{} has a collation conflict", what))
        .Detail(fmt::format(
            "\"{}\" versus \"{}\"",
            catalog::CollationName(*input.editor.Current(), there.type.collation),
            catalog::CollationName(*input.editor.Current(), given.collation)));
  }
}

ColumnElement InheritedColumn(const Column& column) {
  ColumnElement element;
  Column& inherited = element.column;
  inherited.name = column.name;
  inherited.type = column.type;
  inherited.not_null = column.not_null;
  inherited.generated = column.generated;
  inherited.storage = column.storage;
  inherited.compression = column.compression;
  inherited.dimensions = column.dimensions;
  inherited.inherited_count = 1;
  inherited.is_local = false;
  // An identity's sequence stays the parent's alone.
  if (column.identity == '\0') inherited.default_value = column.default_value;
  return element;
}

void MergeColumns(CommandInput& input, std::span<const RelationPtr> parents,
                  TableElements* elements) {
  ColumnMerger merger(input);
  for (const RelationPtr& parent : parents) merger.AddParent(*parent);
  for (size_t i = 0; i < elements->columns.size(); ++i) {
    merger.AddOwn(std::move(elements->columns[i]), i);
  }
  elements->columns = merger.Take();
}

catalog::Constraint CheckForChild(const catalog::Constraint& check, const Relation& parent,
                                  const Relation& table) {
  catalog::Constraint child = check;
  child.oid = kInvalidOid;
  child.is_local = false;
  child.inherited_count = 1;
  child.comment.clear();
  child.columns.clear();
  for (const AttributeNumber attnum : check.columns) {
    const Column* column = table.FindColumn(parent.columns[attnum - 1].name);
    if (column != nullptr) child.columns.push_back(column->attnum);
  }
  child.check.sql = RenameTableInExpression(check.check.sql, parent.name, table.name);
  return child;
}

bool SameCheck(CommandInput& input, const Relation& table, const catalog::Definition& a,
               const catalog::Definition& b) {
  if (a.sql == b.sql) return true;
  const expr::ExprPtr left = BindStored(input, a, &table, planner::ExpressionPlace::kCheck);
  const expr::ExprPtr right = BindStored(input, b, &table, planner::ExpressionPlace::kCheck);
  return expr::Equals(*left, *right);
}

std::vector<catalog::Constraint> InheritedChecks(CommandInput& input,
                                                 std::span<const RelationPtr> parents,
                                                 const Relation& table) {
  std::vector<catalog::Constraint> checks;
  for (const RelationPtr& parent : parents) {
    for (const catalog::Constraint& check : parent->constraints) {
      if (check.kind != catalog::ConstraintKind::kCheck || check.no_inherit) continue;
      catalog::Constraint child = CheckForChild(check, *parent, table);
      const auto same = std::find_if(checks.begin(), checks.end(), [&](const auto& other) {
        return other.name == child.name;
      });
      if (same == checks.end()) {
        child.oid = input.editor.NewOid();
        checks.push_back(std::move(child));
      } else if (SameCheck(input, table, same->check, child.check)) {
        ++same->inherited_count;
      } else {
        throw SqlError(SqlState::kDuplicateObject,
                       fmt::format("check constraint name \"{}\" appears multiple times but with "
                                   "different expressions",
                                   child.name));
      }
    }
  }
  return checks;
}

bool MergeOwnCheck(CommandInput& input, const CheckElement& check, Relation* table) {
  if (check.name.empty()) return false;
  for (catalog::Constraint& there : table->constraints) {
    if (there.name != check.name || there.kind != catalog::ConstraintKind::kCheck ||
        there.inherited_count == 0) {
      continue;
    }
    const catalog::Definition own = check.expression == nullptr
                                        ? check.definition
                                        : MakeDefinition(input, *check.expression);
    if (there.is_local || !SameCheck(input, *table, there.check, own)) {
      throw SqlError(SqlState::kDuplicateObject,
                     fmt::format("constraint \"{}\" for relation \"{}\" already exists", check.name,
                                 table->name));
    }
    if (check.no_inherit) {
      throw SqlError(SqlState::kInvalidObjectDefinition,
                     fmt::format("constraint \"{}\" conflicts with inherited constraint on relation \"{}\"",
                                 check.name, table->name));
    }
    SendNotice(input,
               fmt::format("merging constraint \"{}\" with inherited definition", check.name));
    there.is_local = true;
    return true;
  }
  return false;
}

}  // namespace grizzly::commands
