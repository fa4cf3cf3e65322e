// What libpg_query's lexer and grammar complain about, as the SqlError PostgreSQL would send:
// libpg_query keeps message and position but loses SQLSTATE, detail and hint.
#pragma once

#include <string_view>

#include <pg_query.h>

namespace grizzly::parser {

[[noreturn]] void ThrowSyntaxError(const PgQueryError& error, std::string_view sql);

}  // namespace grizzly::parser
