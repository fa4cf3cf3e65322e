#include "parser/parse.h"

#include <pg_query.h>
#include <protobuf-c/protobuf-c.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "base/memory/arena.h"
#include "parser/clause_walk.h"
#include "parser/nesting.h"
#include "parser/scan.h"
#include "parser/select_into.h"
#include "parser/syntax_error.h"

namespace grizzly::parser {
namespace {

// protobuf-c takes its memory from an arena; nothing is freed one by one.
void* AllocateInArena(void* arena, size_t bytes) {
  return static_cast<Arena*>(arena)->Allocate(bytes, alignof(std::max_align_t));
}
void FreeNothing(void*, void*) {}

// Frees libpg_query's answer on every way out.
class ParseAnswer {
 public:
  explicit ParseAnswer(const std::string& sql) : answer_(pg_query_parse_protobuf(sql.c_str())) {}
  ~ParseAnswer() { pg_query_free_protobuf_parse_result(answer_); }
  ParseAnswer(const ParseAnswer&) = delete;
  ParseAnswer& operator=(const ParseAnswer&) = delete;

  const PgQueryError* error() const { return answer_.error; }
  const PgQueryProtobuf& tree() const { return answer_.parse_tree; }

 private:
  PgQueryProtobufParseResult answer_;
};

void CheckNesting(std::string_view sql) {
  // Every level costs at least one character.
  if (sql.size() <= kNestingDepthMax || NestingBound(sql) <= kNestingDepthMax) return;
  throw SqlError(SqlState::kStatementTooComplex, "stack depth limit exceeded")
      .Hint("Increase the configuration parameter \"max_stack_depth\" (currently 2048kB), after "
            "ensuring the platform's stack depth limit is adequate.");
}

}  // namespace

struct ParsedText::Tree {
  Arena arena;
  PgQuery__ParseResult* root = nullptr;
};

ParsedText::~ParsedText() = default;

std::shared_ptr<const ParsedText> ParsedText::Parse(std::string_view sql) {
  if (sql.size() > kStatementBytesMax) {
    throw SqlError(SqlState::kProgramLimitExceeded, "statement is too long");
  }
  if (sql.find('\0') != std::string_view::npos) {
    throw SqlError(SqlState::kCharacterNotInRepertoire,
                   "invalid byte sequence for encoding \"UTF8\": 0x00");
  }
  CheckNesting(sql);

  std::shared_ptr<ParsedText> parsed(new ParsedText());
  parsed->sql_ = sql;
  parsed->tree_ = std::make_unique<Tree>();
  {
    const ParseAnswer answer(parsed->sql_);
    if (answer.error() != nullptr) ThrowSyntaxError(*answer.error(), parsed->sql_);
    ProtobufCAllocator allocator{AllocateInArena, FreeNothing, &parsed->tree_->arena};
    parsed->tree_->root = pg_query__parse_result__unpack(
        &allocator, answer.tree().len, reinterpret_cast<const uint8_t*>(answer.tree().data));
    GRIZZLY_CHECK(parsed->tree_->root != nullptr);
  }

  const PgQuery__ParseResult& root = *parsed->tree_->root;
  const std::string_view text = parsed->sql_;
  parsed->statements_.reserve(root.n_stmts);
  for (size_t i = 0; i < root.n_stmts; ++i) {
    const PgQuery__RawStmt& statement = *root.stmts[i];
    const size_t begin = scan::SkipBlanks(text, statement.stmt_location);
    const size_t end = statement.stmt_len == 0
                           ? text.size()
                           : size_t(statement.stmt_location) + size_t(statement.stmt_len);
    RefuseUnsupportedClauses(*statement.stmt);
    RewriteSelectInto(*statement.stmt, parsed->tree_->arena);
    parsed->statements_.push_back(
        {statement.stmt, static_cast<int>(begin), text.substr(begin, end - begin)});
  }
  return parsed;
}

}  // namespace grizzly::parser
