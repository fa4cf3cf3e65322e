// From columns and indexes to row and key layouts.
#pragma once

#include <functional>
#include <memory>

#include "catalog/relation.h"
#include "types/type_directory.h"
#include "types/type_io.h"

namespace grizzly::catalog {

using FindIo = std::function<const types::TypeIo*(Oid type)>;

// Sets table->row_layouts from its columns and layout_column_counts. A missing value is in the text
// form of default IoSettings; `find_io` reads it.
void DeriveRowLayouts(Relation* table, const FindIo& find_io);
// The clustering key: the columns of `index`, which has clustered_by.
std::shared_ptr<const storage::KeyLayout> RowKeyLayout(const Relation& index,
                                                       const Relation& table,
                                                       const types::TypeDirectory& types);
// Sets index->index_key (not of an index of terms); without columns when a part is an expression.
void DeriveIndexLayout(Relation* index, const types::TypeDirectory& types);

// Whether an index of gin, gist, spgist or brin has an entry for each term of a value (storage/term): when its
// classes say how values are taken apart. An exclusion constraint over others has no entries.
bool HasTerms(const IndexDefinition& index);
// Whether it files a part's values by the size of what holds them: a search looks on every level.
bool HasTermsByLevel(const IndexDefinition::Part& part);

}  // namespace grizzly::catalog
