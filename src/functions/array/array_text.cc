// array_to_string, string_to_array and string_to_table, unnest, generate_subscripts, array_agg, and
// the regular expression functions that answer arrays and sets.
#include <limits>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/array/array_functions.h"
#include "functions/array/expand_array.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/session_services.h"
#include "functions/set/set_rows.h"
#include "functions/string/regex.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

using types::ArrayBuilder;
using types::ArrayDimension;
using types::ArrayRef;
using View = std::string_view;
using Values = std::span<const Datum>;
using ScanPointer = std::unique_ptr<SetScan>;

constexpr Oid kText = 25;

// ---- array_to_string ----

const types::TypeIo* ElementIo(FunctionContext& context, Oid element) {
  const types::TypeIo* io = types::BuiltinTypeIo(element);
  if (io == nullptr && context.session != nullptr) io = context.session->FindTypeIo(element);
  if (io == nullptr) ThrowNotSupported("array_to_string of this element type");
  return io;
}

Datum JoinArray(FunctionContext& context, const Datum& value, View delimiter,
                const std::optional<View>& null_text) {
  const ArrayRef array = ArrayRef::Of(value);
  std::string text;
  if (array.size() > 0) {
    const types::TypeIo* io = ElementIo(context, array.element_oid());
    bool first = true;
    for (uint32_t i = 0; i < array.size(); ++i) {
      const Datum element = array.Get(i);
      if (element.is_null() && !null_text.has_value()) continue;
      if (!first) text += delimiter;
      first = false;
      if (element.is_null()) {
        text += *null_text;
      } else {
        io->Output(element, *context.io, text);
      }
    }
  }
  return Datum::OfString(text, *context.result_heap);
}
Datum ToText(FunctionContext& context, const CallSite&, Values values) {
  return JoinArray(context, values[0], values[1].AsString(), std::nullopt);
}
Datum ToTextNull(FunctionContext& context, const CallSite&, Values values) {
  if (values[0].is_null() || values[1].is_null()) return Datum::Null();
  std::optional<View> null_text;
  if (!values[2].is_null()) null_text = values[2].AsString();
  return JoinArray(context, values[0], values[1].AsString(), null_text);
}

// ---- string_to_array ----

// Calls `add` with each field; a NULL separator parts characters, an empty one nothing.
template <typename Add>
void SplitText(View text, const std::optional<View>& separator, Add&& add) {
  if (text.empty()) return;
  if (!separator.has_value()) {
    for (size_t at = 0; at < text.size();) {
      const size_t bytes = types::Utf8CharBytes(text[at]);
      add(text.substr(at, bytes));
      at += bytes;
    }
    return;
  }
  if (separator->empty()) {
    add(text);
    return;
  }
  size_t at = 0;
  for (size_t found; (found = text.find(*separator, at)) != View::npos;
       at = found + separator->size()) {
    add(text.substr(at, found - at));
  }
  add(text.substr(at));
}

std::optional<View> TextOrNull(Values values, size_t i) {
  if (i >= values.size() || values[i].is_null()) return std::nullopt;
  return values[i].AsString();
}

Datum ToArray(FunctionContext& context, const CallSite&, Values values) {
  if (values[0].is_null()) return Datum::Null();
  const std::optional<View> null_text = TextOrNull(values, 2);
  ArrayBuilder builder(kText, types::PhysicalType::kString);
  SplitText(values[0].AsString(), TextOrNull(values, 1), [&](View field) {
    if (null_text.has_value() && field == *null_text) {
      builder.AddNull();
    } else {
      builder.AddString(field);
    }
  });
  return Datum::Of(builder.Finish(*context.result_heap));
}

using TextRows = std::vector<std::optional<std::string>>;

ScanPointer ScanTexts(TextRows rows) {
  const size_t count = rows.size();
  return MakeRowsScan(count, [rows = std::move(rows)](size_t i, types::Batch& out, uint32_t row) {
    if (rows[i].has_value()) {
      out.column(0).SetString(row, *rows[i]);
    } else {
      out.column(0).SetDatum(row, Datum::Null());
    }
  });
}

ScanPointer ToTable(FunctionContext&, const CallSite&, Values values) {
  if (values[0].is_null()) return nullptr;
  const std::optional<View> null_text = TextOrNull(values, 2);
  TextRows rows;
  SplitText(values[0].AsString(), TextOrNull(values, 1), [&](View field) {
    const bool is_null = null_text.has_value() && field == *null_text;
    rows.push_back(is_null ? std::nullopt : std::optional<std::string>(field));
  });
  return ScanTexts(std::move(rows));
}

// ---- unnest, generate_subscripts ----

ScanPointer Unnest(FunctionContext&, const CallSite&, Values values) {
  if (values[0].is_null()) return nullptr;
  const Datum& array = values[0];  // valid until the scan is gone
  return MakeRowsScan(ArrayRef::Of(array).size(),
                      [&array](size_t i, types::Batch& out, uint32_t row) {
                        out.column(0).SetDatum(
                            row, ArrayRef::Of(array).Get(static_cast<uint32_t>(i)));
                      });
}

ScanPointer Subscripts(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  const auto dimensions = ArrayRef::Of(values[0]).dimensions();
  const int32_t number = values[1].As<int32_t>();
  if (number < 1 || static_cast<size_t>(number) > dimensions.size()) return nullptr;
  const ArrayDimension dimension = dimensions[static_cast<size_t>(number) - 1];
  const bool reverse = values.size() > 2 && values[2].AsBool();
  return MakeRowsScan(static_cast<size_t>(dimension.length),
                      [=](size_t i, types::Batch& out, uint32_t row) {
                        const auto at = static_cast<int32_t>(i);
                        out.column(0).SetDatum(
                            row, Datum::Of(dimension.lower_bound +
                                           (reverse ? dimension.length - 1 - at : at)));
                      });
}

// ---- array_agg ----

// The values so far, as an array under construction; NULLs count.
struct Gathered {
  std::unique_ptr<ArrayBuilder> builder;
  // array_agg(anyarray): the shape of each part, and how many there are.
  std::vector<ArrayDimension> shape;
  int32_t parts = 0;
};
Gathered& StateAt(char* state) { return *std::launder(reinterpret_cast<Gathered*>(state)); }
void Init(char* state) { new (state) Gathered(); }
void Destroy(char* state) { StateAt(state).~Gathered(); }

void AddElement(const AggregateInput& input, uint32_t row, Gathered& state) {
  if (state.builder == nullptr) {
    state.builder = std::make_unique<ArrayBuilder>(input.arguments[0]->type());
  }
  state.builder->Add(input.arguments[0]->GetDatum(row));
}

void AddPart(const AggregateInput& input, uint32_t row, Gathered& state) {
  const Datum value = input.arguments[0]->GetDatum(row);
  if (value.is_null()) {
    throw SqlError(SqlState::kNullValueNotAllowed, "cannot accumulate null arrays");
  }
  const ArrayRef part = ArrayRef::Of(value);
  if (state.builder == nullptr) {
    if (part.dimension_count() == 0) {
      throw SqlError(SqlState::kArraySubscriptError, "cannot accumulate empty arrays");
    }
    state.builder = std::make_unique<ArrayBuilder>(part.element_oid(), part.physical());
    state.shape = part.dimensions();
  } else if (part.dimensions() != state.shape) {
    throw SqlError(SqlState::kArraySubscriptError,
                   "cannot accumulate arrays of different dimensionality");
  }
  for (uint32_t i = 0; i < part.size(); ++i) state.builder->Add(part.Get(i));
  ++state.parts;
}

template <void (*add)(const AggregateInput&, uint32_t, Gathered&)>
void Update(const AggregateInput& input, char* const* states) {
  for (uint32_t row = 0; row < input.row_count; ++row) add(input, row, StateAt(states[row]));
}
template <void (*add)(const AggregateInput&, uint32_t, Gathered&)>
void UpdateSingle(const AggregateInput& input, char* state) {
  for (uint32_t row = 0; row < input.row_count; ++row) add(input, row, StateAt(state));
}

StringRef FinishArray(const Gathered& state, Arena& arena) {
  if (state.shape.empty()) return state.builder->Finish(arena);
  std::vector<ArrayDimension> shape = state.shape;
  shape.insert(shape.begin(), {state.parts, 1});
  return state.builder->Finish(arena, shape);
}

void Combine(const AggregateInput&, const char* source, char* target) {
  Gathered& from = StateAt(const_cast<char*>(source));
  Gathered& to = StateAt(target);
  if (from.builder == nullptr) return;
  if (to.builder == nullptr) {
    to = std::move(from);
    return;
  }
  Arena scratch;
  const StringRef array = FinishArray(from, scratch);
  const ArrayRef elements(array);
  for (uint32_t i = 0; i < elements.size(); ++i) to.builder->Add(elements.Get(i));
  to.parts += from.parts;
}

void Finalize(FunctionContext& context, const CallSite&, char* const* states, uint32_t count,
              Vector& result, uint32_t first_row) {
  for (uint32_t i = 0; i < count; ++i) {
    const Gathered& state = StateAt(states[i]);
    result.SetDatum(first_row + i, state.builder == nullptr
                                       ? Datum::Null()
                                       : Datum::Of(FinishArray(state, ResultArena(context))));
  }
}

constexpr AggregateFunction kArrayAgg = {
    sizeof(Gathered), &Init,     &Update<&AddElement>, &UpdateSingle<&AddElement>,
    &Combine,         &Finalize, &Destroy,             nullptr};
constexpr AggregateFunction kArrayAggArray = {
    sizeof(Gathered), &Init,     &Update<&AddPart>, &UpdateSingle<&AddPart>,
    &Combine,         &Finalize, &Destroy,          nullptr};

// ---- regular expressions ----

size_t Next(View text, const RegexSpan& match) {
  const auto end = static_cast<size_t>(match.end);
  if (match.end > match.start) return end;
  return end < text.size() ? end + types::Utf8CharBytes(text[end]) : text.size() + 1;
}
View Piece(View text, const RegexSpan& span) {
  return text.substr(static_cast<size_t>(span.start), static_cast<size_t>(span.end - span.start));
}

// The groups of a match, or the whole when the pattern has none.
void AddGroups(View text, const std::vector<RegexSpan>& spans, ArrayBuilder& builder) {
  for (size_t i = spans.size() > 1 ? 1 : 0; i < spans.size(); ++i) {
    if (spans[i].start < 0) {
      builder.AddNull();
    } else {
      builder.AddString(Piece(text, spans[i]));
    }
  }
}

RegexFlags FlagsOf(Values values, const char* refuses_global) {
  const RegexFlags flags =
      values.size() > 2 ? ParseRegexFlags(values[2].AsString()) : RegexFlags();
  if (flags.global && refuses_global != nullptr) {
    SqlError error(SqlState::kInvalidParameterValue,
                   fmt::format("{} does not support the \"global\" option", refuses_global));
    if (std::string_view(refuses_global) == "regexp_match()") {
      throw std::move(error).Hint("Use the regexp_matches function instead.");
    }
    throw error;
  }
  return flags;
}

Datum Match(FunctionContext& context, const CallSite&, Values values) {
  const RegexFlags flags = FlagsOf(values, "regexp_match()");
  const View text = values[0].AsString();
  std::vector<RegexSpan> spans;
  if (!CachedRegex(values[1].AsString(), flags).Search(text, 0, spans)) return Datum::Null();
  ArrayBuilder builder(kText, types::PhysicalType::kString);
  AddGroups(text, spans, builder);
  return Datum::Of(builder.Finish(*context.result_heap));
}

ScanPointer Matches(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  const RegexFlags flags = FlagsOf(values, nullptr);
  RegexFlags without_global = flags;
  without_global.global = false;
  const View text = values[0].AsString();
  const Regex& regex = CachedRegex(values[1].AsString(), without_global);
  auto arena = std::make_shared<Arena>();
  std::vector<StringRef> arrays;
  std::vector<RegexSpan> spans;
  for (size_t at = 0; at <= text.size() && regex.Search(text, at, spans);
       at = Next(text, spans[0])) {
    ArrayBuilder builder(kText, types::PhysicalType::kString);
    AddGroups(text, spans, builder);
    arrays.push_back(builder.Finish(*arena));
    if (!flags.global) break;
  }
  const size_t count = arrays.size();
  return MakeRowsScan(count, [arrays, arena](size_t i, types::Batch& out, uint32_t row) {
    out.column(0).SetDatum(row, Datum::Of(arrays[i]));
  });
}

// What lies between the matches; an empty match at the start or right after another does not split.
template <typename Add>
void SplitByRegex(Values values, const char* function, Add&& add) {
  const RegexFlags flags = FlagsOf(values, function);
  const View text = values[0].AsString();
  const Regex& regex = CachedRegex(values[1].AsString(), flags);
  size_t piece = 0;
  std::vector<RegexSpan> spans;
  for (size_t at = 0; at <= text.size() && regex.Search(text, at, spans);) {
    const auto start = static_cast<size_t>(spans[0].start);
    const auto end = static_cast<size_t>(spans[0].end);
    at = Next(text, spans[0]);
    if (start == end && (start == piece || start >= text.size())) continue;
    add(text.substr(piece, start - piece));
    piece = end;
  }
  add(text.substr(piece));
}
Datum SplitToArray(FunctionContext& context, const CallSite&, Values values) {
  ArrayBuilder builder(kText, types::PhysicalType::kString);
  SplitByRegex(values, "regexp_split_to_array()", [&](View piece) { builder.AddString(piece); });
  return Datum::Of(builder.Finish(*context.result_heap));
}
ScanPointer SplitToTable(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  TextRows rows;
  SplitByRegex(values, "regexp_split_to_table()", [&](View piece) { rows.emplace_back(piece); });
  return ScanTexts(std::move(rows));
}

void AddRegexes(Registry& registry) {
  registry.AddScalar("regexp_match", Datums<&Match>);
  registry.AddScalar("regexp_match_no_flags", Datums<&Match>);
  registry.AddSet("regexp_matches", &Matches);
  registry.AddSet("regexp_matches_no_flags", &Matches);
  registry.AddScalar("regexp_split_to_array", Datums<&SplitToArray>);
  registry.AddScalar("regexp_split_to_array_no_flags", Datums<&SplitToArray>);
  registry.AddSet("regexp_split_to_table", &SplitToTable);
  registry.AddSet("regexp_split_to_table_no_flags", &SplitToTable);
}

}  // namespace

void RegisterArrayText(Registry& registry) {
  registry.AddScalar("array_to_text", Datums<&ToText>);
  registry.AddScalar("array_to_text_null", DatumsNullable<&ToTextNull>);
  registry.AddScalar("text_to_array", DatumsNullable<&ToArray>);
  registry.AddScalar("text_to_array_null", DatumsNullable<&ToArray>);
  registry.AddSet("text_to_table", &ToTable);
  registry.AddSet("text_to_table_null", &ToTable);
  RegisterExpandArray(registry);
  registry.AddSet("array_unnest", &Unnest);
  registry.AddSet("generate_subscripts", &Subscripts);
  registry.AddSet("generate_subscripts_nodir", &Subscripts);
  registry.AddAggregate(2335, &kArrayAgg);
  registry.AddAggregate(4053, &kArrayAggArray);
  AddRegexes(registry);
}

}  // namespace grizzly::functions
