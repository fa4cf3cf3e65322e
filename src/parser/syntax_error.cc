#include "parser/syntax_error.h"

#include <string>

#include "base/error/sql_error.h"

namespace grizzly::parser {
namespace {

// Messages that are no plain 42601, by how they begin, with what PostgreSQL adds to them.
struct Known {
  std::string_view begins;
  SqlState state;
  std::string_view detail;
  std::string_view hint;
};

constexpr Known kKnown[] = {
    {"invalid Unicode escape character", SqlState::kSyntaxError, "", ""},
    {"invalid Unicode escape value", SqlState::kSyntaxError, "", ""},
    {"invalid Unicode surrogate pair", SqlState::kSyntaxError, "", ""},
    {"unsafe use of \\' in a string literal", SqlState::kNonstandardUseOfEscapeCharacter, "",
     "Use '' to write quotes in strings. \\' is insecure in client-only encodings."},
    {"unsafe use of string constant with Unicode escapes", SqlState::kFeatureNotSupported,
     "String constants with Unicode escapes cannot be used when standard_conforming_strings is off.",
     ""},
    {"invalid byte sequence for encoding", SqlState::kCharacterNotInRepertoire, "", ""},
    {"stack depth limit exceeded", SqlState::kStatementTooComplex, "", ""},
    {"out of memory", SqlState::kOutOfMemory, "", ""},
    {"invalid memory alloc request size", SqlState::kProgramLimitExceeded, "", ""},
    {"memory exhausted", SqlState::kSyntaxError, "", ""},
    {"current database cannot be changed", SqlState::kFeatureNotSupported, "", ""},
    {"CREATE SCHEMA IF NOT EXISTS cannot include", SqlState::kFeatureNotSupported, "", ""},
    {"CREATE ASSERTION is not yet implemented", SqlState::kFeatureNotSupported, "", ""},
    {"unrecognized role option", SqlState::kSyntaxError, "", ""},
    {"no more than one", SqlState::kSyntaxError, "", ""},
    {"UNENCRYPTED PASSWORD is no longer supported", SqlState::kFeatureNotSupported, "",
     "Remove UNENCRYPTED to store the password in encrypted form instead."},
    {"WITH CHECK OPTION not supported on recursive views", SqlState::kFeatureNotSupported, "", ""},
    {"dropping an enum value is not implemented", SqlState::kFeatureNotSupported, "", ""},
    {"PARTITIONED", SqlState::kSyntaxError, "", ""},
    {"MATCH PARTIAL not yet implemented", SqlState::kFeatureNotSupported, "", ""},
    {"interval precision specified twice", SqlState::kSyntaxError, "", ""},
    {"VALUES in FROM must have an alias", SqlState::kSyntaxError, "",
     "For example, FROM (VALUES ...) [AS] foo."},
    {"subquery in FROM must have an alias", SqlState::kSyntaxError, "",
     "For example, FROM (SELECT ...) [AS] foo."},
    {"precision for type float must be at least 1 bit", SqlState::kInvalidParameterValue, "", ""},
    {"precision for type float must be less than 54 bits", SqlState::kInvalidParameterValue, "", ""},
    {"frame start cannot be UNBOUNDED FOLLOWING", SqlState::kWindowingError, "", ""},
    {"frame starting from following row cannot end with current row", SqlState::kWindowingError, "",
     ""},
    {"frame end cannot be UNBOUNDED PRECEDING", SqlState::kWindowingError, "", ""},
    {"frame starting from current row cannot have preceding rows", SqlState::kWindowingError, "", ""},
    {"frame starting from following row cannot have preceding rows", SqlState::kWindowingError, "",
     ""},
    {"UNIQUE predicate is not yet implemented", SqlState::kFeatureNotSupported, "", ""},
    {"LIMIT #,# syntax is not supported", SqlState::kSyntaxError, "",
     "Use separate LIMIT and OFFSET clauses."},
};

// A 1-based character position as a 0-based byte offset.
int ByteOffset(std::string_view sql, int character_position) {
  size_t at = 0;
  for (int left = character_position - 1; left > 0 && at < sql.size(); --left) {
    ++at;
    while (at < sql.size() && (static_cast<unsigned char>(sql[at]) & 0xC0) == 0x80) ++at;
  }
  return static_cast<int>(at);
}

// E'\u...' and U&'\...' have their own rules, and only the former a SQLSTATE of its own.
SqlError UnicodeEscapeError(const PgQueryError& error) {
  const bool escape_string = error.funcname == nullptr || std::string_view(error.funcname) != "str_udeescape";
  SqlError thrown(escape_string ? SqlState::kInvalidEscapeSequence : SqlState::kSyntaxError,
                  "invalid Unicode escape");
  std::move(thrown).Hint(escape_string ? "Unicode escapes must be \\uXXXX or \\UXXXXXXXX."
                                       : "Unicode escapes must be \\XXXX or \\+XXXXXX.");
  return thrown;
}

}  // namespace

void ThrowSyntaxError(const PgQueryError& error, std::string_view sql) {
  const std::string_view message = error.message;
  SqlError thrown(SqlState::kSyntaxError, std::string(message));
  if (message == "invalid Unicode escape") {
    thrown = UnicodeEscapeError(error);
  } else {
    for (const Known& known : kKnown) {
      if (!message.starts_with(known.begins)) continue;
      thrown = SqlError(known.state, std::string(message));
      if (!known.detail.empty()) std::move(thrown).Detail(std::string(known.detail));
      if (!known.hint.empty()) std::move(thrown).Hint(std::string(known.hint));
      break;
    }
  }
  if (error.cursorpos > 0) thrown.AddLocation(ByteOffset(sql, error.cursorpos));
  throw thrown;
}

}  // namespace grizzly::parser
