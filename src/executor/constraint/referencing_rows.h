// The referencing side of a foreign key: the rows that refer to given values.
//
// Rows are those committed last and the transaction's own, without what the current command writes.
// By an index whose first parts are columns of the constraint; without one, all values are looked for
// in one pass over the table.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/columnar/row_access.h"
#include "executor/constraint/foreign_key_values.h"

namespace grizzly::executor {

class ReferencingRows {
 public:
  ReferencingRows(const plan::ForeignKeyRule& rule, ExecContext& context,
                  ForeignKeyValues& values);

  struct Wanted {
    std::vector<types::Datum> values;  // of the referenced columns
    std::string fields;                // the same, as fields of rule.key
  };
  // `which`: place in `wanted`. False from `visit` ends it.
  using Visit = std::function<bool(size_t which, std::string_view row_key)>;
  void Find(const std::vector<Wanted>& wanted, const Visit& visit);
  // Whether Find visits in the order of `wanted`.
  bool goes_in_order() const { return access_.index != nullptr; }

  // The row as it is now; false: it is gone or refers to something else.
  bool ReadAgain(std::string_view row_key, std::string_view fields, FoundRow* row);
  RowAccess& access() { return rows_; }

 private:
  struct Access {
    catalog::RelationPtr index;     // null: none that helps
    std::vector<uint32_t> columns;  // of the constraint, for the index's first parts
  };
  static Access Choose(const plan::ForeignKeyRule& rule, const ExecContext& context);
  // The key range of the index for these values; false: nothing can refer to them.
  bool RangeOf(const std::vector<types::Datum>& values, std::string* prefix) const;
  bool FindByIndex(const Wanted& wanted, size_t which, const Visit& visit);
  void FindByScan(const std::vector<Wanted>& wanted, const Visit& visit);

  const plan::ForeignKeyRule& rule_;
  ExecContext& context_;
  ForeignKeyValues& values_;
  const Access access_;
  const std::string row_head_;
  RowAccess rows_;
  types::Batch one_row_;
  std::vector<uint32_t> targets_;  // by column: what one_row_ is read for
};

}  // namespace grizzly::executor
