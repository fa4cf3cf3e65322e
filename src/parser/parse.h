// SQL text to raw statements with source positions; the door to libpg_query.
//
// ERRORS   42601 syntax_error and what else PostgreSQL's grammar says, with position; 54001
//          statement_too_complex for nesting beyond kNestingDepthMax; 0A000 (naming it) for a clause
//          that facts/clauses marks as refused.
// THREADS  any.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast.h"

namespace grizzly::parser {

// Bytes of SQL text in one message; PostgreSQL's own bound is its 1 GB message.
inline constexpr size_t kStatementBytesMax = size_t{1} << 30;
// Deeper trees would overflow the stack of recursive walkers (PostgreSQL: max_stack_depth, 54001).
inline constexpr int kNestingDepthMax = 5000;

// One statement of a text; views into the ParsedText.
struct RawStatement {
  const ast::Node* node = nullptr;
  int location = 0;          // byte offset of its first character in the whole text
  std::string_view text;     // this statement alone
};

class ParsedText {
 public:
  // Copies `sql`. Every refused clause has been looked for already.
  static std::shared_ptr<const ParsedText> Parse(std::string_view sql);
  ~ParsedText();

  const std::string& sql() const { return sql_; }
  const std::vector<RawStatement>& statements() const { return statements_; }

 private:
  ParsedText() = default;
  struct Tree;
  std::string sql_;
  std::unique_ptr<Tree> tree_;
  std::vector<RawStatement> statements_;
};

// PostgreSQL's command tag for it: "SELECT", "CREATE TABLE", ... (without counts).
std::string_view CommandTag(const ast::Node& statement);

// ---- the same statement with other constants: what the plan cache looks up ----

enum class LiteralKind : uint8_t { kInt4, kInt8, kNumeric, kString };

struct Literal {
  LiteralKind kind;
  int location;               // byte offset of its first character
  int sign_location = -1;     // of a '-' directly before it (only blanks between), else -1
  std::string_view text;      // as written; for strings without quotes if `plain`
  bool plain = true;          // a '...' string without escapes or doubled quotes
  std::string unescaped;      // strings when not plain
};

// Lifts the constants of one single statement out of its text. `shape` gets the text with each
// constant replaced by a mark of its kind, blanks and comments folded. False when the text holds more
// than one statement, $n parameters, or anything else this scanner leaves to the parser. About 1 µs.
bool LiftLiterals(std::string_view sql, std::string* shape, std::vector<Literal>* literals);

}  // namespace grizzly::parser
