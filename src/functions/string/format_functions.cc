// format(), concat(), concat_ws(), quote_ident() and friends, num_nulls().
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/keywords.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/string/quoting.h"
#include "functions/variadic.h"
#include "types/text.h"

namespace grizzly::functions {

using View = std::string_view;

std::string QuoteIdentifier(View name) {
  if (!facts::IdentifierNeedsQuotes(name)) return std::string(name);
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string QuoteLiteral(View text) {
  std::string quoted = text.find('\\') == View::npos ? "'" : "E'";
  for (char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + '\'';
}

namespace {

std::string QuoteIdent(View name) { return QuoteIdentifier(name); }
std::string QuoteText(View text) { return QuoteLiteral(text); }
std::string QuoteNullable(std::optional<View> text) {
  return text.has_value() ? QuoteLiteral(*text) : "NULL";
}

// Argument `i` as its output function writes it.
void AppendText(FunctionContext& context, const CallSite& call, std::span<const Datum> values,
                size_t i, std::string& out) {
  if (values[i].is_null()) return;
  call.argument_io.at(i)->Output(values[i], *context.io, out);
}

Datum Concat(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  std::string joined;
  for (size_t i = 0; i < values.size(); ++i) AppendText(context, call, values, i, joined);
  return Datum::OfString(joined, *context.result_heap);
}

Datum ConcatWs(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  if (values[0].is_null()) return Datum::Null();
  std::string joined;
  bool is_first = true;
  for (size_t i = 1; i < values.size(); ++i) {
    if (values[i].is_null()) continue;
    if (!is_first) joined.append(values[0].AsString());
    is_first = false;
    AppendText(context, call, values, i, joined);
  }
  return Datum::OfString(joined, *context.result_heap);
}

// One %[position$][flags][width]type of a format string.
class Formatter {
 public:
  Formatter(FunctionContext& context, const CallSite& call, std::span<const Datum> values)
      : context_(context), call_(call), values_(values), format_(values[0].AsString()) {}

  std::string Run() {
    while (at_ < format_.size()) {
      if (format_[at_] != '%') {
        out_ += format_[at_++];
        continue;
      }
      ++at_;
      RequireMore();
      if (format_[at_] == '%') {
        out_ += '%';
        ++at_;
      } else {
        Specifier();
      }
    }
    return std::move(out_);
  }

 private:
  static constexpr int kNone = -1;

  void RequireMore() const {
    if (at_ < format_.size()) return;
    throw SqlError(SqlState::kInvalidParameterValue, "unterminated format() type specifier")
        .Hint("For a single \"%\" use \"%%\".");
  }

  // Digits at the cursor; kNone when there are none.
  int Number() {
    if (at_ >= format_.size() || format_[at_] < '0' || format_[at_] > '9') return kNone;
    int64_t value = 0;
    while (at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9') {
      value = value * 10 + (format_[at_++] - '0');
      if (value > std::numeric_limits<int32_t>::max()) {
        throw SqlError(SqlState::kNumericValueOutOfRange, "number is out of range");
      }
    }
    RequireMore();
    return static_cast<int>(value);
  }

  void CheckPosition(int position) const {
    if (position != 0) return;
    throw SqlError(SqlState::kInvalidParameterValue,
                   "format specifies argument 0, but arguments are numbered from 1");
  }

  size_t TakeArgument(int position) {
    const size_t index = position > 0 ? static_cast<size_t>(position) : next_;
    if (index >= values_.size()) {
      throw SqlError(SqlState::kInvalidParameterValue, "too few arguments for format()");
    }
    next_ = index + 1;
    return index;
  }

  void Specifier() {
    int position = kNone;
    int width = 0;
    bool left = false;
    const size_t start = at_;
    const int number = Number();
    if (number != kNone && format_[at_] == '$') {
      CheckPosition(number);
      position = number;
      ++at_;
      RequireMore();
    } else if (number != kNone) {
      at_ = start;
    }
    while (format_[at_] == '-') {
      left = true;
      ++at_;
      RequireMore();
    }
    width = Width(&left);
    const char type = format_[at_];
    if (type != 's' && type != 'I' && type != 'L') {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("unrecognized format() type specifier \"{}\"",
                                 format_.substr(at_, types::Utf8CharBytes(type))))
          .Hint("For a single \"%\" use \"%%\".");
    }
    ++at_;
    Append(Convert(TakeArgument(position), type), width, left);
  }

  int Width(bool* left) {
    if (format_[at_] != '*') {
      const int width = Number();
      return width == kNone ? 0 : width;
    }
    ++at_;
    RequireMore();
    int position = Number();
    if (position != kNone) {
      CheckPosition(position);
      if (format_[at_] != '$') {
        throw SqlError(SqlState::kInvalidParameterValue,
                       "width argument position must be ended by \"$\"");
      }
      ++at_;
      RequireMore();
    }
    const size_t index = TakeArgument(position);
    if (values_[index].is_null()) return 0;
    std::string text;
    AppendText(context_, call_, values_, index, text);
    int width = std::atoi(text.c_str());
    if (width < 0) *left = true;
    return std::abs(width);
  }

  std::string Convert(size_t index, char type) const {
    std::string text;
    if (values_[index].is_null()) {
      if (type == 'I') {
        throw SqlError(SqlState::kNullValueNotAllowed,
                       "null values cannot be formatted as an SQL identifier");
      }
      return type == 'L' ? "NULL" : "";
    }
    AppendText(context_, call_, values_, index, text);
    if (type == 'I') return QuoteIdentifier(text);
    return type == 'L' ? QuoteLiteral(text) : text;
  }

  void Append(const std::string& text, int width, bool left) {
    const size_t length = types::Utf8Length(text);
    const size_t blanks = static_cast<size_t>(width) > length ? width - length : 0;
    if (!left) out_.append(blanks, ' ');
    out_ += text;
    if (left) out_.append(blanks, ' ');
  }

  FunctionContext& context_;
  const CallSite& call_;
  const std::span<const Datum> values_;
  const View format_;
  size_t at_ = 0;
  size_t next_ = 1;
  std::string out_;
};

Datum Format(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  if (values[0].is_null()) return Datum::Null();
  return Datum::OfString(Formatter(context, call, values).Run(), *context.result_heap);
}

// A NULL array is no arguments at all.
Datum FormatVariadic(FunctionContext& context, const CallSite& call,
                     std::span<const Datum> values) {
  if (call.variadic_array && values.back().is_null()) {
    return Format(context, call, values.first(values.size() - 1));
  }
  return Spread<&Format>(context, call, values);
}

template <bool kNulls>
Datum CountNulls(FunctionContext&, const CallSite&, std::span<const Datum> values) {
  int32_t count = 0;
  for (const Datum& value : values) count += value.is_null() == kNulls ? 1 : 0;
  return Datum::Of(count);
}

}  // namespace

void RegisterFormat(Registry& registry) {
  registry.AddScalar("quote_ident", Cold<&QuoteIdent>);
  registry.AddScalar("quote_literal", Cold<&QuoteText>);
  registry.AddScalar("quote_nullable", Cold<&QuoteNullable>);
  registry.AddScalar("text_concat", DatumsNullable<&Spread<&Concat>>);
  registry.AddScalar("text_concat_ws", DatumsNullable<&Spread<&ConcatWs>>);
  registry.AddScalar("text_format", DatumsNullable<&FormatVariadic>);
  registry.AddScalar("text_format_nv", DatumsNullable<&Format>);
  registry.AddScalar("pg_num_nulls", DatumsNullable<&Spread<&CountNulls<true>>>);
  registry.AddScalar("pg_num_nonnulls", DatumsNullable<&Spread<&CountNulls<false>>>);
}

}  // namespace grizzly::functions
