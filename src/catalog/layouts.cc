#include "catalog/layouts.h"

#include <algorithm>

#include "base/error/check.h"
#include "facts/access_methods.h"
#include "facts/collations.h"
#include "storage/key/key_layout.h"
#include "storage/row/row_layout.h"
#include "storage/term/term_scheme.h"

namespace grizzly::catalog {
namespace {

storage::KeyPart PartOf(const IndexDefinition::Part& part, const types::TypeDirectory& types) {
  storage::KeyPart key_part{types.OrderedAs(part.type), part.descending, part.nulls_first};
  if (part.collation != kInvalidOid) key_part.type.collation = part.collation;
  // text_pattern_ops and its like: bytes, whatever the collation.
  const facts::OpclassFact* opclass = facts::FindOpclass(part.opclass);
  if (opclass != nullptr && opclass->opcname.ends_with("_pattern_ops")) {
    key_part.type.collation = facts::kCCollationOid;
  }
  return key_part;
}

const Column& ColumnAt(const Relation& table, AttributeNumber attnum) {
  GRIZZLY_CHECK(attnum > 0 && static_cast<size_t>(attnum) <= table.columns.size());
  return table.columns[attnum - 1];
}

}  // namespace

void DeriveRowLayouts(Relation* table, const FindIo& find_io) {
  std::vector<storage::RowColumn> columns;
  Arena arena;
  for (const Column& column : table->columns) {
    storage::RowColumn& row_column = columns.emplace_back();
    row_column.type = column.type;
    if (!column.has_missing || column.missing_is_null || column.dropped) continue;
    const types::TypeIo* io = find_io(column.type.oid);
    GRIZZLY_CHECK(io != nullptr);
    row_column.missing_is_null = false;
    row_column.missing = io->Input(column.missing_value, types::kNoTypmod, {}, arena);
  }
  std::vector<uint32_t> counts = table->layout_column_counts;
  if (counts.empty()) counts.push_back(static_cast<uint32_t>(columns.size()));
  table->row_layouts =
      std::make_shared<const storage::RowLayoutSet>(std::move(columns), std::move(counts));
}

std::shared_ptr<const storage::KeyLayout> RowKeyLayout(const Relation& index,
                                                       const Relation& table,
                                                       const types::TypeDirectory& types) {
  std::vector<storage::KeyPart> parts;
  std::vector<uint32_t> columns;
  for (const IndexDefinition::Part& part : index.index->parts) {
    ColumnAt(table, part.column);  // an expression cannot cluster
    parts.push_back(PartOf(part, types));
    columns.push_back(static_cast<uint32_t>(part.column - 1));
  }
  return std::make_shared<const storage::KeyLayout>(std::move(parts), std::move(columns));
}

bool HasTerms(const IndexDefinition& index) {
  return storage::IsTermMethod(index.access_method) &&
         std::all_of(index.parts.begin(), index.parts.end(), [](const IndexDefinition::Part& part) {
           return storage::SchemeOfOpclass(part.opclass).has_value();
         });
}

bool HasTermsByLevel(const IndexDefinition::Part& part) {
  const auto scheme = storage::SchemeOfOpclass(part.opclass);
  return scheme == storage::TermScheme::kSpans || scheme == storage::TermScheme::kBoxes;
}

void DeriveIndexLayout(Relation* index, const types::TypeDirectory& types) {
  // Entries of terms have no key parts; a constraint over operators that no order serves may have no entries.
  if (storage::IsTermMethod(index->index->access_method)) return;
  std::vector<storage::KeyPart> parts;
  std::vector<uint32_t> columns;
  bool has_expressions = false;
  for (const IndexDefinition::Part& part : index->index->parts) {
    parts.push_back(PartOf(part, types));
    has_expressions |= part.column <= 0;
    columns.push_back(static_cast<uint32_t>(part.column - 1));
  }
  if (has_expressions) columns.clear();
  index->index_key =
      std::make_shared<const storage::KeyLayout>(std::move(parts), std::move(columns));
}

}  // namespace grizzly::catalog
