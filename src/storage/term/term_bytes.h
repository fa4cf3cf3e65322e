// The bytes of terms, and ranges of them, for index_terms.cc.
#pragma once

#include <limits>

#include "storage/term/index_terms.h"

namespace grizzly::storage {

// A tag and bytes of any length, self-delimiting, in order of the bytes.
std::string Term(char tag, std::string_view bytes);
// The first eight bytes as a big-endian number; zeros behind a shorter one.
uint64_t FirstWord(std::string_view bytes);

TermNeed NeedEverything();
// Terms of a tag from `first` to those that start with `last`, inclusive.
TermNeed NeedRange(char tag, std::string_view first, std::string_view last);
TermNeed NeedRangeFrom(char tag, std::string_view first);
TermNeed NeedTerm(const std::string& term);
TermNeed NeedAllOf(const std::vector<std::string>& terms);
TermNeed NeedAnyOf(const std::vector<std::string>& terms);

// ---- dyadic intervals ----
std::string SpanTerm(uint64_t low, uint64_t high);
std::string BoxTerm(uint64_t x_low, uint64_t x_high, uint64_t y_low, uint64_t y_high);
// All intervals that meet [low, high]: kAny of one range a level.
TermNeed NeedCells(uint64_t low, uint64_t high);

// ---- geometry ----
struct Rectangle {
  double x_low = 0, x_high = 0, y_low = 0, y_high = 0;
};
// The smallest around a point, box, polygon or circle.
Rectangle RectangleOf(Oid type, std::string_view bytes);
uint64_t CoordinateOf(double value);
TermNeed NeedBox(std::string_view op, Rectangle box);

// ---- documents ----
void AppendLexemeTerms(std::string_view vector, std::vector<std::string>* terms);
TermNeed NeedLexemes(std::string_view query);
void AppendJsonbKeyTerms(std::string_view jsonb, std::vector<std::string>* terms);
void AppendJsonbPathTerms(std::string_view jsonb, std::vector<std::string>* terms);
TermNeed NeedJsonbKeys(std::string_view op, const types::Datum& value);
TermNeed NeedJsonbPaths(std::string_view jsonb);

}  // namespace grizzly::storage
