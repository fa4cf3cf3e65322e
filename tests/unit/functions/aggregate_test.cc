// Shows: aggregates over one column (or two) answer what PostgreSQL 15 answers, in one go, row by row
// into grouped states, and combined from two halves.
#include <gtest/gtest.h>

#include "facts/types.h"
#include "functions/registry.h"
#include "types/type_io.h"

namespace grizzly::functions {
namespace {

using types::Datum;
using types::Vector;

struct AggregateCase {
  const char* shows;
  Oid aggregate;
  std::vector<Oid> types;
  Oid result;
  std::vector<std::vector<const char*>> rows;  // null pointers are NULLs
  const char* answer;
};

class Runner {
 public:
  explicit Runner(const AggregateCase& c) : c_(c) {
    function_ = BuiltinRegistry().Find(c.aggregate)->aggregate;
    for (size_t i = 0; i < c.types.size(); ++i) {
      const types::TypeIo* io = types::BuiltinTypeIo(c.types[i]);
      columns_.emplace_back(types::BuiltinType(c.types[i]),
                            static_cast<uint32_t>(c.rows.size() + 1));
      for (uint32_t row = 0; row < c.rows.size(); ++row) {
        const char* text = c.rows[row][i];
        columns_[i].SetDatum(row, text == nullptr ? Datum::Null()
                                                  : io->Input(text, -1, settings_, arena_));
      }
    }
    context_.io = &settings_;
  }

  std::string Whole() {
    char* state = NewState();
    const std::vector<const Vector*> all = Pointers(columns_);
    function_->update_single(Input(all, static_cast<uint32_t>(c_.rows.size())), state);
    return Finish(state);
  }
  std::string Grouped() {
    char* state = NewState();
    const std::vector<char*> states(c_.rows.size(), state);
    const std::vector<const Vector*> all = Pointers(columns_);
    function_->update(Input(all, static_cast<uint32_t>(c_.rows.size())), states.data());
    return Finish(state);
  }
  std::string Combined() {
    char* states[] = {NewState(), NewState()};
    const auto half = static_cast<uint32_t>(c_.rows.size() / 2);
    for (int part = 0; part < 2; ++part) {
      std::vector<uint32_t> rows;
      for (uint32_t i = part == 0 ? 0 : half; i < (part == 0 ? half : c_.rows.size()); ++i) {
        rows.push_back(i);
      }
      std::vector<Vector> pieces;
      for (const Vector& column : columns_) {
        pieces.emplace_back(column.type(), 0);
        pieces.back().Slice(column, rows);
      }
      const std::vector<const Vector*> some = Pointers(pieces);
      function_->update_single(Input(some, static_cast<uint32_t>(rows.size())), states[part]);
    }
    function_->combine(Input({}, 0), states[1], states[0]);
    return Finish(states[0]);
  }

 private:
  static std::vector<const Vector*> Pointers(const std::vector<Vector>& vectors) {
    std::vector<const Vector*> pointers;
    for (const Vector& vector : vectors) pointers.push_back(&vector);
    return pointers;
  }
  char* NewState() {
    char* state = arena_.Allocate(function_->state_bytes);
    function_->init(state);
    return state;
  }
  AggregateInput Input(std::span<const Vector* const> arguments, uint32_t rows) {
    return {&context_, &call_, &arena_, arguments, rows};
  }
  std::string Finish(char* state) {
    Vector result(types::BuiltinType(c_.result), 1);
    context_.result_heap = &result.heap();
    function_->finalize(context_, call_, &state, 1, result, 0);
    const Datum value = result.GetDatum(0);
    if (value.is_null()) return "NULL";
    std::string text;
    types::BuiltinTypeIo(c_.result)->Output(value, settings_, text);
    return text;
  }

  const AggregateCase& c_;
  const AggregateFunction* function_;
  types::IoSettings settings_;
  Arena arena_;
  FunctionContext context_;
  CallSite call_;
  std::vector<Vector> columns_;
};

TEST(AggregateTest, AnswersAsPostgresDoes) {
  using namespace facts;  // the type oids
  const char* null = nullptr;
  const AggregateCase kCases[] = {
      {"count(*)", 2803, {}, kInt8Oid, {{}, {}, {}}, "3"},
      {"count skips NULL", 2147, {kTextOid}, kInt8Oid, {{"a"}, {null}, {"b"}}, "2"},
      {"sum of nothing", 2108, {kInt4Oid}, kInt8Oid, {{null}}, "NULL"},
      {"sum(int4)", 2108, {kInt4Oid}, kInt8Oid, {{"2147483647"}, {"1"}, {null}}, "2147483648"},
      {"sum(int8) is numeric", 2107, {kInt8Oid}, kNumericOid,
       {{"9223372036854775807"}, {"9223372036854775807"}, {"1"}}, "18446744073709551615"},
      {"avg(int4)", 2101, {kInt4Oid}, kNumericOid, {{"1"}, {"2"}, {"4"}}, "2.3333333333333333"},
      {"avg(int8)", 2100, {kInt8Oid}, kNumericOid, {{"1"}, {"2"}, {"4"}}, "2.3333333333333333"},
      {"sum(numeric) keeps the largest scale", 2114, {kNumericOid}, kNumericOid,
       {{"1.50"}, {"2.5"}, {"0.000"}}, "4.000"},
      {"sum(numeric), big", 2114, {kNumericOid}, kNumericOid,
       {{"1e40"}, {"0.5"}, {"-1e40"}, {"99999999999999999999.25"}}, "99999999999999999999.75"},
      {"sum(numeric) with NaN", 2114, {kNumericOid}, kNumericOid, {{"1.5"}, {"NaN"}}, "NaN"},
      {"avg(numeric)", 2103, {kNumericOid}, kNumericOid, {{"1.50"}, {"2.5"}, {"0.000"}},
       "1.3333333333333333"},
      {"sum(float8)", 2111, {kFloat8Oid}, kFloat8Oid, {{"1.5"}, {"2.25"}}, "3.75"},
      {"avg(float8)", 2105, {kFloat8Oid}, kFloat8Oid, {{"1"}, {"2"}}, "1.5"},
      {"min(text)", 2145, {kTextOid}, kTextOid, {{"b"}, {"a long string of text"}, {null}},
       "a long string of text"},
      {"max(numeric)", 2130, {kNumericOid}, kNumericOid, {{"1.5"}, {"10"}, {"9"}}, "10"},
      {"max(float8) knows NaN", 2120, {kFloat8Oid}, kFloat8Oid, {{"1"}, {"NaN"}, {"2"}}, "NaN"},
      {"stddev(int4)", 2155, {kInt4Oid}, kNumericOid, {{"1"}, {"2"}, {"4"}}, "1.5275252316519467"},
      {"var_pop(int8)", 2718, {kInt8Oid}, kNumericOid, {{"1"}, {"2"}, {"4"}}, "1.5555555555555556"},
      {"stddev(float8)", 2158, {kFloat8Oid}, kFloat8Oid, {{"2"}, {"4"}, {"6"}}, "2"},
      {"variance of one row", 2148, {kInt8Oid}, kNumericOid, {{"1"}}, "NULL"},
      {"regr_slope(y, x)", 2825, {kFloat8Oid, kFloat8Oid}, kFloat8Oid,
       {{"1", "3"}, {"2", "5"}, {"4", "9"}}, "0.5"},
      {"bool_and", 2517, {kBoolOid}, kBoolOid, {{"t"}, {"f"}, {null}}, "f"},
      {"bit_xor(int4)", 6165, {kInt4Oid}, kInt4Oid, {{"5"}, {"3"}}, "6"},
      {"string_agg", 3538, {kTextOid, kTextOid}, kTextOid,
       {{"a", "-"}, {null, "x"}, {"b", "+"}, {"c", null}}, "a+bc"},
      {"avg(interval)", 2106, {kIntervalOid}, kIntervalOid, {{"1 day"}, {"1 mon"}},
       "15 days 12:00:00"},
  };
  for (const AggregateCase& c : kCases) {
    SCOPED_TRACE(c.shows);
    Runner runner(c);
    EXPECT_EQ(runner.Whole(), c.answer);
    EXPECT_EQ(runner.Grouped(), c.answer);
    EXPECT_EQ(runner.Combined(), c.answer);
  }
}

}  // namespace
}  // namespace grizzly::functions
