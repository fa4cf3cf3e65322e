// What becomes of every clause libpg_query can parse, from facts/clauses.csv: nothing is ignored in
// silence. A clause is a field of a message of the parse tree, or one value of it.
//
// A walker over protobuf-c descriptors asks, by ProtobufCMessageDescriptor::short_name and
// ProtobufCFieldDescriptor::name:
//   FindClause(message)                for each message it meets; refused: the statement is refused
//   FindClause(message, field, value)  for each field that is set. value: an enumerator's name, a
//                                      string's text, a number in decimal, "true"; "" for a message
//   FindClauseOfValue(..., "false")    for each bool that is not set
// A field that is not set (null, 0, "", no elements) is no clause. What has no row is a gap in
// clauses.csv, which ctest facts.clauses_complete finds.
//
// Lists of DefElem (WITH (...), COPY and EXPLAIN options, sequence options, roles) name their
// options as text: the code that reads such a list refuses the names it does not know. So do
// readers of the bit sets WindowDef.frame_options and DeclareCursorStmt.options.
//
// Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace grizzly::facts {

enum class ClauseHandling : uint8_t {
  kActs,      // our code reads it
  kRefused,   // answers 0A000 naming `note`
  kPosition,  // where in the text it stands
  kDerived,   // analysis sets it; in a raw tree it is unset, or always what `note` says
};

struct ClauseFact {
  std::string_view message;
  std::string_view field;  // empty: the message as a whole
  std::string_view value;  // empty: any value without a row of its own
  ClauseHandling handling;
  std::string_view note;  // refused: the clause's SQL name
};

// The row of the value, else the row of the field; null if there is neither.
const ClauseFact* FindClause(std::string_view message, std::string_view field = {},
                             std::string_view value = {});
// The row of exactly that value, or null.
const ClauseFact* FindClauseOfValue(std::string_view message, std::string_view field,
                                    std::string_view value);
// Every row of a message: itself, then its fields.
std::span<const ClauseFact> ClausesOf(std::string_view message);
// Sorted by message, field, value.
std::span<const ClauseFact> AllClauses();

}  // namespace grizzly::facts
