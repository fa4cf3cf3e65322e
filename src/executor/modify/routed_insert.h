// INSERT into a partitioned table, for the maker of INSERTs.
#pragma once

#include "executor/operator.h"
#include "plan/modify_node.h"

namespace grizzly::executor {

OperatorPtr MakeRoutedInsert(const plan::InsertNode& node, ExecContext& context);

}  // namespace grizzly::executor
