// Keys of a table's rows and index entries.
//
// FORMAT   row key    := head(table storage, index 0) suffix
//          suffix     := fields of the clustering key, or row_id:u64 big-endian (no primary key)
//          entry key  := head(table storage, index id) fields [suffix]     the suffix is left out when
//                        the index is unique and no field is NULL
//          entry value:= commit_timestamp:u64 suffix
//          row_key column (UPDATE, DELETE, FOR UPDATE) := commit_timestamp:u64 suffix
#pragma once

#include <string>
#include <string_view>

#include "catalog/relation.h"
#include "storage/key/key_layout.h"
#include "storage/row/row_layout.h"
#include "txn/transaction.h"

namespace grizzly::executor {

// head(table, 0): every row key of the table starts with it.
std::string RowKeyHead(const catalog::Relation& table);
std::string IndexKeyHead(const catalog::Relation& table, const catalog::IndexDefinition& index);

inline std::string_view SuffixOfRowKey(std::string_view row_key) {
  return row_key.substr(storage::kKeyHeadBytes);
}
// Of an index that is filled beside writers: whoever writes an entry of a row, or removes one, holds this key's
// lock to the end of his transaction.
std::string FillLockKey(const catalog::Relation& table, const catalog::IndexDefinition& index,
                        std::string_view suffix);
// The parts of a row_key column.
inline std::string_view SuffixOfMark(std::string_view mark) {
  return mark.substr(txn::kRowTimestampBytes);
}
uint64_t TimestampOfMark(std::string_view mark);
// Appends eight bytes, little-endian: what an entry value or mark starts with.
void AppendTimestamp(uint64_t timestamp, std::string* out);

}  // namespace grizzly::executor
