// string_agg(text, text), string_agg(bytea, bytea).
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/aggregate/held_bytes.h"
#include "functions/families.h"

namespace grizzly::functions {
namespace {

constexpr size_t kTextBytesMax = 0x3FFFFFFF;  // PostgreSQL's

// The delimiter of a row goes before its value; of the first row it is dropped at the end. A NULL
// value is left out, a NULL delimiter is none.
struct Joined {
  std::string text;
  size_t first_delimiter = 0;
  bool any = false;
  HeldBytes held;

  // Before the text takes the room.
  void MakeRoom(FunctionContext& context, size_t more) {
    const size_t needed = text.size() + more;
    if (needed <= text.capacity()) return;
    if (needed > kTextBytesMax) {
      throw SqlError(SqlState::kProgramLimitExceeded, "out of memory")
          .Detail(fmt::format("Cannot enlarge string buffer containing {} bytes by {} more bytes.",
                              text.size(), more));
    }
    const size_t room = std::max(needed, 2 * text.capacity());
    held.Grow(context.memory, room);
    text.reserve(room);
  }
};

Joined& At(char* state) { return *std::launder(reinterpret_cast<Joined*>(state)); }

void Init(char* state) { new (state) Joined(); }
void Destroy(char* state) { At(state).~Joined(); }

void AddRow(const AggregateInput& input, uint32_t row, Joined& joined) {
  if (input.arguments[0]->IsNull(row)) return;
  const auto values = input.arguments[0]->Reader<StringRef>();
  const auto delimiters = input.arguments[1]->Reader<StringRef>();
  const size_t before = joined.text.size();
  const size_t delimiter_bytes = delimiters.IsNull(row) ? 0 : delimiters[row].size();
  joined.MakeRoom(*input.context, delimiter_bytes + values[row].size());
  if (!delimiters.IsNull(row)) joined.text += delimiters[row].view();
  if (!joined.any) joined.first_delimiter = joined.text.size() - before;
  joined.any = true;
  joined.text += values[row].view();
}

void Update(const AggregateInput& input, char* const* states) {
  for (uint32_t row = 0; row < input.row_count; ++row) AddRow(input, row, At(states[row]));
}
void UpdateSingle(const AggregateInput& input, char* state) {
  for (uint32_t row = 0; row < input.row_count; ++row) AddRow(input, row, At(state));
}
void Combine(const AggregateInput& input, const char* source, char* target) {
  const Joined& other = At(const_cast<char*>(source));
  Joined& joined = At(target);
  joined.MakeRoom(*input.context, other.text.size());
  if (!joined.any) joined.first_delimiter = other.first_delimiter;
  joined.any = joined.any || other.any;
  joined.text += other.text;
}
void Finalize(FunctionContext&, const CallSite&, char* const* states, uint32_t count,
              Vector& result, uint32_t first_row) {
  for (uint32_t i = 0; i < count; ++i) {
    const Joined& joined = At(states[i]);
    if (joined.any) {
      result.SetValid(first_row + i);
      result.SetString(first_row + i,
                       std::string_view(joined.text).substr(joined.first_delimiter));
    } else {
      result.SetDatum(first_row + i, Datum::Null());
    }
  }
}

constexpr AggregateFunction kStringAgg = {sizeof(Joined), &Init,     &Update,  &UpdateSingle,
                                          &Combine,       &Finalize, &Destroy, nullptr};

}  // namespace

void RegisterStringAgg(Registry& registry) {
  registry.AddAggregate(3538, &kStringAgg);
  registry.AddAggregate(3545, &kStringAgg);
}

}  // namespace grizzly::functions
