// Fills the rows of one virtual table column by column, in pg_attribute's order, checking kinds.
//
// Texts are copied until Emit; a column's type decides which call is right, so a row that does not
// fit the facts fails the first time it is made.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/virtual_table.h"

namespace grizzly::catalog {

class RowWriter {
 public:
  RowWriter(Oid relation, const VirtualTableInput& input, const VirtualTableFilter& filter,
            const RowReceiver& receive);

  const VirtualTableInput& input() const { return input_; }
  const CatalogSnapshot& catalog() const { return *input_.catalog; }
  bool Implements(Oid function) const {
    return function == kInvalidOid || input_.implements == nullptr || input_.implements(function);
  }

  // ---- what the reader asks for: nothing, or the value that column must have ----
  std::optional<Oid> OidFilter(int column) const;
  std::optional<std::string> NameFilter(int column) const;

  // ---- one row ----
  void Number(Oid value);     // oid, reg*, xid
  void Int2(int16_t value);
  void Int4(int32_t value);
  void Int8(int64_t value);
  void Float4(float value);
  void Bool(bool value);
  void Char(char value);      // "char"
  void Text(std::string_view value);  // name, text, pg_node_tree
  void TextOrNull(std::string_view value);  // NULL when empty
  // NULL when data() is null.
  void Fact(std::string_view value) { value.data() == nullptr ? Null() : Text(value); }
  // Any other type, through its text form; NULL when it is empty or its type has none here.
  void Literal(std::string_view text);
  void Null();
  void Emit();

  // Arrays and vectors.
  void Oids(std::span<const Oid> values);        // oid[]
  void OidVector(std::span<const Oid> values);   // oidvector
  void Int2Vector(std::span<const int16_t> values);
  void Int2s(std::span<const int16_t> values);   // int2[]
  void Chars(std::span<const char> values);      // "char"[]
  void Float4s(std::span<const float> values);   // float4[]
  // anyarray of values as catalog/statistics.h keeps them.
  void AnyArray(const types::SqlType& element, std::span<const std::string> values);
  void Texts(std::span<const std::string> values);  // text[]; NULL when empty

 private:
  void Add(types::PhysicalType physical, const types::Datum& value);
  template <typename Value>
  void Array(std::span<const Value> values, int32_t lower_bound);
  const Column& NextColumn() const;

  const VirtualTableInput& input_;
  const VirtualTableFilter& filter_;
  const RowReceiver& receive_;
  const RelationPtr relation_;
  std::vector<types::Datum> values_;
  Arena arena_;
};

// One entry of the table of tables.
struct CatalogTableSource {
  Oid relation;
  void (*produce)(RowWriter& rows);
};

// Each file of this folder gives its tables.
std::span<const CatalogTableSource> RelationTables();
std::span<const CatalogTableSource> ConstraintTables();
std::span<const CatalogTableSource> TypeTables();
std::span<const CatalogTableSource> FunctionTables();
std::span<const CatalogTableSource> AccessMethodTables();
std::span<const CatalogTableSource> SharedTables();
std::span<const CatalogTableSource> DependencyTables();
std::span<const CatalogTableSource> TextSearchTables();
std::span<const CatalogTableSource> SqlFeatureTables();
std::span<const CatalogTableSource> StatisticTables();

}  // namespace grizzly::catalog
