// tsqueries put together, put in order, and rewritten.
#pragma once

#include <memory>
#include <string_view>

#include "types/text_search.h"

namespace grizzly::functions {

using TsNodePointer = std::unique_ptr<types::TsNode>;

TsNodePointer MakeTsOperator(types::TsOperator op, TsNodePointer left, TsNodePointer right,
                             int distance = 0);
TsNodePointer CopyTsQuery(const types::TsNode* query);
int CountTsNodes(const types::TsNode* query);
// PostgreSQL's btree order of stored queries: <0, 0, >0.
int CompareTsQueries(std::string_view a, std::string_view b);
// The part an index can be asked for; null when that is nothing.
TsNodePointer WithoutNegations(TsNodePointer query);
// With the operands of & and | in the order ts_rewrite leaves them.
TsNodePointer SortTsQuery(const types::TsNode& query);
// `query` with each `target` inside of it replaced; a null substitute drops it. Null: nothing is left.
TsNodePointer RewriteTsQuery(TsNodePointer query, const types::TsNode& target,
                             const types::TsNode* substitute);

}  // namespace grizzly::functions
