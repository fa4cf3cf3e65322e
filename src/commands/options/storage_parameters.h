// WITH (...) of tables, indexes and views, and the options of a column: names, kinds of values and
// bounds, as PostgreSQL checks them.
//
// fillfactor and the parameters of vacuum tune what PostgreSQL's heap has and this store does not: they
// are kept and shown, and pg_dump carries them on. Those of views act.
//
// ERRORS   22023 unrecognized parameter, invalid value, out of bounds, specified more than once;
//          42601 RESET must not include values for parameters; 0A000 tables declared WITH OIDS
// SOURCE   PostgreSQL 15 docs, "Storage Parameters" of CREATE TABLE, CREATE INDEX, CREATE VIEW and ALTER
//          TABLE; names, bounds and wording from a running PostgreSQL 15
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "commands/ast_read.h"

namespace grizzly::commands {

using StorageParameters = std::vector<std::pair<std::string, std::string>>;

// kBloom, kMinmaxMulti and kSignature: operator classes of BRIN and GiST that have options.
enum class ParameterOwner : uint8_t {
  kTable, kMaterializedView, kIndex, kView, kColumn, kBloom, kMinmaxMulti, kSignature
};

// `before` with what the statement says laid over it (SET, or of something new), checked.
StorageParameters SetStorageParameters(ParameterOwner owner, const StorageParameters& before,
                                       std::span<ast::Node* const> options);
// Of something new; WITH (oids = false) says nothing.
StorageParameters ReadStorageParameters(ParameterOwner owner, std::span<ast::Node* const> options);
// `before` without what RESET (...) names.
StorageParameters ResetStorageParameters(const StorageParameters& before,
                                         std::span<ast::Node* const> options);
// A Boolean parameter's value; false without it.
bool StorageParameterIsOn(const StorageParameters& parameters, std::string_view name);
// Null: not given.
const std::string* FindStorageParameter(const StorageParameters& parameters,
                                        std::string_view name);

}  // namespace grizzly::commands
