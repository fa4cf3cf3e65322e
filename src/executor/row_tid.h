// ctid: a row's key as a block and an offset, and back.
//
// Rows with hidden ids, and rows whose primary key is one integer, are counted off in blocks of
// kRowsPerBlock: their ctid says which row it is. Any other row has a hash of its key, with an offset that counted
// rows do not have, and the key behind it (types/tid.h). A row keeps its ctid when it is updated.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalog/relation.h"

namespace grizzly::executor {

inline constexpr uint64_t kRowsPerBlock = 64;

// `suffix`: the row's key without its head.
void AppendRowTid(const catalog::Relation& table, std::string_view suffix, std::string* tid);

// Whether the rows' order is that of their ctids.
bool OrdersByTid(const catalog::Relation& table);
// The key (without its head) of the row that has this ctid, if there is one; nullopt: the ctid does not tell.
std::optional<std::string> SuffixOfTid(const catalog::Relation& table, std::string_view tid);
// OrdersByTid: the key of the first row whose ctid is not below.
std::string FirstSuffixFrom(std::string_view tid);
// OrdersByTid: the key of the first row that is not counted, whose ctid is a hash.
std::string FirstUncountedSuffix();

}  // namespace grizzly::executor
