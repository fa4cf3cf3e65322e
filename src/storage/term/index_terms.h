// The terms of a value in an index of terms, and the terms that a condition needs.
//
// What an operator asks becomes a combination of ranges of terms that finds every row for which it holds, and
// others: the condition is looked at again for each row.
//
// FORMAT   an entry of the index: head part:u8 term suffix (executor/table_access.h)
//          term  := tag:u8 bytes 0x00 0x01        0x00 within the bytes is written 0x00 0xFF
//                 | 'c' level:u8 prefix:u64       kSpans, big-endian: the dyadic interval of 2^(64 - level)
//                                                 coordinates that holds the value
//                 | 'c' level:u8 x:u64 y:u64      kBoxes: of both coordinates
//          tags: 'v' kOrdered; 'e' element, 'n' has NULLs, 'z' empty; 'l' lexeme; 'k' key or string element,
//          's' other scalar; 'p' hash of path and scalar
//          A coordinate is the first eight bytes of the value's ordered key (storage/key/ordered_key.h).
// LIMITS   kTermBytesMax of a term; longer ones are cut, which finds more rows, never fewer.
// THREADS  one at a time.
// SOURCE   Kriegel, Pötke, Seidl, "Managing Intervals Efficiently in Object-Relational Databases" (2000);
//          PostgreSQL 15 docs, "GIN Indexes" and "Operator Classes"
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/key/key_layout.h"
#include "storage/term/term_scheme.h"

namespace grizzly::storage {

inline constexpr size_t kTermBytesMax = 1024;

// Which rows' entries answer a condition.
struct TermNeed {
  enum class Kind : uint8_t { kNothing, kEverything, kRange, kAll, kAny };
  Kind kind = Kind::kNothing;
  // kRange: entries within [from, to), without head and part.
  std::string from, to;
  bool bounds_y = false;  // kBoxes: and whose y lies between these, as the level sees it
  uint64_t y_from = 0, y_to = 0;
  std::vector<TermNeed> parts;  // kAll, kAny
};
// Whether an entry's term, without head and part, is between the bounds of y.
bool TermIsWithinY(const TermNeed& need, std::string_view term);

class IndexTerms {
 public:
  // `type`: of the indexed values. Throws 0A000 for a type without an order where one is needed.
  IndexTerms(TermScheme scheme, const types::SqlType& type, Oid collation);
  ~IndexTerms();
  IndexTerms(IndexTerms&&) noexcept;

  // The terms of a value, without repetitions; none for NULL.
  void TermsOf(const types::Datum& value, std::vector<std::string>* terms);
  // What `column OP value` needs; `op` is the operator's name, `value` is not NULL.
  TermNeed Need(std::string_view op, const types::Datum& value, const types::SqlType& type);

 private:
  struct Span {
    uint64_t low = 0, high = 0;
  };
  struct Box {
    Span x, y;
  };
  const KeyLayout& LayoutOf(const types::SqlType& type);
  std::string OrderedBytes(const types::SqlType& type, const types::Datum& value);
  uint64_t Coordinate(const types::SqlType& type, const types::Datum& value);

  void ElementTerms(std::string_view array, std::vector<std::string>* terms, bool* has_nulls);
  TermNeed NeedElements(std::string_view op, std::string_view array);
  TermNeed NeedOrdered(std::string_view op, const types::Datum& value, const types::SqlType& type);
  // False: an empty range.
  bool SpanOf(const types::Datum& value, const types::SqlType& type, Span* span);
  TermNeed NeedSpan(std::string_view op, const types::Datum& value, const types::SqlType& type);

  const TermScheme scheme_;
  const types::SqlType type_;
  // By type, made when first needed.
  std::vector<std::pair<types::SqlType, std::unique_ptr<KeyLayout>>> layouts_;
};

}  // namespace grizzly::storage
