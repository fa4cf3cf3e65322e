// The one exception that ends a statement: the fields of a PostgreSQL ErrorResponse.
//
// THROW   when the statement cannot go on. What a caller expects ("no such row", "lock busy")
//         is an optional or an enum; a broken invariant is GRIZZLY_CHECK; neither is a SqlError.
// CATCH   in three places only: the statement loop (session/), a PL/pgSQL EXCEPTION block, the
//         top of a background job. They log; nobody else does.
// WORDING message: lower case, no full stop. Detail and hint: sentences.
// SOURCE  PostgreSQL 15 docs, "Error Message Style Guide"; codes: facts/errcodes.txt
#pragma once

#include <cstdint>
#include <exception>
#include <source_location>
#include <string>
#include <string_view>

#include "facts/sql_state.h"

namespace grizzly {

using facts::SqlState;

enum class Severity : uint8_t { kDebug, kLog, kInfo, kNotice, kWarning, kError, kFatal, kPanic };

// "ERROR", "NOTICE", ... as PostgreSQL writes them in the S and V fields.
std::string_view SeverityName(Severity severity);

// The fields of an ErrorResponse or NoticeResponse. Empty strings are absent fields.
struct Diagnostic {
  Severity severity = Severity::kError;
  SqlState state = SqlState::kInternalError;
  std::string message;
  std::string detail;
  std::string hint;
  std::string context;         // "where" (W)
  int position = 0;            // 1-based character index into the statement; 0 = none
  int internal_position = 0;
  std::string internal_query;
  std::string schema;
  std::string table;
  std::string column;
  std::string data_type;
  std::string constraint;
  const char* file = "";
  int line = 0;
  const char* routine = "";
};

class SqlError final : public std::exception {
 public:
  SqlError(SqlState state, std::string message,
           std::source_location thrown_at = std::source_location::current());

  // Each fills one optional field and hands the error on, so that a throw stays one expression.
  SqlError&& Detail(std::string text) &&;
  SqlError&& Hint(std::string text) &&;
  SqlError&& Context(std::string text) &&;
  SqlError&& Schema(std::string name) &&;
  SqlError&& Table(std::string name) &&;
  SqlError&& Column(std::string name) &&;
  SqlError&& DataType(std::string name) &&;
  SqlError&& Constraint(std::string name) &&;
  // `byte_offset` is what the parser calls a location: 0-based, in bytes, -1 for none. The session
  // turns it into the 1-based character position clients expect.
  SqlError&& At(int byte_offset) &&;
  // Ends the connection after the message (severity FATAL).
  SqlError&& Fatal() &&;

  // For handlers: fill in a position or a context line only if none is there yet.
  void AddLocation(int byte_offset);
  void AddContext(std::string_view line);

  const char* what() const noexcept override { return diagnostic_.message.c_str(); }
  SqlState state() const { return diagnostic_.state; }
  int byte_offset() const { return byte_offset_; }
  const Diagnostic& diagnostic() const { return diagnostic_; }
  Diagnostic& diagnostic() { return diagnostic_; }

 private:
  Diagnostic diagnostic_;
  int byte_offset_ = -1;
};

// 0A000 naming the clause or feature: `what` completes "... is not supported".
[[noreturn]] void ThrowNotSupported(std::string_view what, int byte_offset = -1,
                                    std::source_location at = std::source_location::current());

}  // namespace grizzly
