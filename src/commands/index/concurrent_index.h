// CREATE INDEX, DROP INDEX and REINDEX CONCURRENTLY: each step commits on its own, and between two of them those are
// waited for who know only the step before.
//
// STEPS    a new index: in the catalog, kept up by writers and not read; filled (concurrent_fill.h); ready; then valid,
//          once no transaction keeps a snapshot from before the fill. One that goes: not read; not kept up; gone.
//          REINDEX makes a new index "x_ccnew", lets the two change their contents, and drops "x_ccold".
// FAILURE  what was begun stays, not valid, for DROP INDEX or REINDEX. After an error before the fill is whole writers
//          stop keeping the index up; after a crash they go on.
// LOCKS    the statement holds SHARE UPDATE EXCLUSIVE on the table all the time.
// THREADS  the statement's.
// SOURCE   PostgreSQL 15 docs, CREATE INDEX "Building Indexes Concurrently", REINDEX.
#pragma once

#include <functional>

#include "commands/command.h"
#include "commands/index/define_index.h"

namespace grizzly::commands {

// Makes the index that `define` puts into the catalog (DefineUnfilledIndex) valid, with the statement's own
// transaction. `define` returns its oid, or none if there is nothing to do.
void BuildIndexConcurrently(CommandInput& input, const std::function<Oid(CommandInput&)>& define);

// Gives the index new entries. The caller has locked table and index in SHARE UPDATE EXCLUSIVE.
void RebuildIndexConcurrently(CommandInput& input, Oid index);

// Until nobody reads or writes the index; what is left is dropping it.
void RetireIndex(CommandInput& input, Oid index);

}  // namespace grizzly::commands
