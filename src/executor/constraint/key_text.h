// What errors call the columns of an index.
#pragma once

#include <string>

#include "catalog/relation.h"
#include "executor/exec_context.h"

namespace grizzly::executor {

// "a", "lower(b)", "(a + c)", as pg_get_indexdef shows the part.
std::string KeyPartText(const ExecContext& context, const catalog::Relation& table,
                        const catalog::Relation& index, size_t part);

}  // namespace grizzly::executor
