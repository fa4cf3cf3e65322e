// Objects as the SQL that makes them: pg_get_constraintdef, pg_get_indexdef, pg_get_viewdef,
// pg_get_expr, pg_get_function_arguments and their like.
//
// THREADS  any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "catalog/search_path.h"
#include "expr/expr.h"
#include "types/io_settings.h"

namespace grizzly::commands {

// What definitions are read with.
struct DefinitionInput {
  catalog::SnapshotPtr catalog;
  catalog::SharedCatalog* shared = nullptr;
  const catalog::SearchPath* search_path = nullptr;
  Oid current_role = kInvalidOid;
  types::IoSettings io;
};

// `function` is the pg_proc oid of the function that asks. Nullopt: NULL (no such object). Throws 0A000
// for functions that are none of ours.
std::optional<std::string> DefinitionText(const DefinitionInput& input, Oid function, Oid object,
                                          int32_t column, bool pretty);
// pg_get_expr: a stored expression over a relation (0: none). Text that cannot be bound any more comes
// back as it is.
std::string ExpressionText(const DefinitionInput& input, std::string_view stored, Oid relation,
                           bool pretty);
// A bound expression over a table's columns, or over a domain's VALUE (null), as it is stored.
std::string BoundExpressionText(const DefinitionInput& input, const expr::Expr& bound,
                                const catalog::Relation* table);
// A stored expression as lists name it: in parentheses unless it is a call.
std::string PartText(const DefinitionInput& input, std::string_view stored, const catalog::Relation& table);
// A key part as errors name it: a column, a function call, another expression in parentheses.
std::string KeyPartText(const DefinitionInput& input, const catalog::Relation& table,
                        const catalog::IndexDefinition::Part& part);
// pg_get_serial_sequence: "public.t_id_seq", or nullopt. Throws 42P01, 42703.
std::optional<std::string> SerialSequenceText(const DefinitionInput& input, std::string_view table,
                                              std::string_view column);

}  // namespace grizzly::commands
