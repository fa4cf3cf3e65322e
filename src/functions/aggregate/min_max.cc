// min and max.
#include "base/error/sql_error.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/families.h"
#include "functions/math/float_order.h"
#include "functions/string/collation.h"
#include "types/compare.h"
#include "types/interval.h"
#include "types/numeric.h"
#include "types/text.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

template <typename T>
bool Less(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    return FloatLess(a, b);
  } else if constexpr (std::is_same_v<T, types::IntervalValue>) {
    return types::CompareIntervals(a, b) < 0;
  } else if constexpr (std::is_same_v<T, types::TimeTzValue>) {
    return types::CompareTimeTz(a, b) < 0;
  } else {
    return a < b;
  }
}

template <typename T, bool kMax>
struct Extreme {
  using Argument = T;
  T value{};
  bool any = false;

  void Add(const AggregateInput&, const T& next) {
    // Of two equals the later one stays, as PostgreSQL's larger and smaller functions have it.
    if (!any || !(kMax ? Less(next, value) : Less(value, next))) value = next;
    any = true;
  }
  void AddMany(const AggregateInput& input, const T* values, uint32_t rows) {
    if (rows == 0) return;
    if (!any) Add(input, values[0]);
    if constexpr (std::is_integral_v<T>) {
      T best = value;
      for (uint32_t i = 0; i < rows; ++i) {
        best = kMax ? (values[i] > best ? values[i] : best) : (values[i] < best ? values[i] : best);
      }
      value = best;
    } else {
      for (uint32_t i = 0; i < rows; ++i) Add(input, values[i]);
    }
  }
  void Combine(const AggregateInput& input, const Extreme& other) {
    if (other.any) Add(input, other.value);
  }
  Datum Finish(FunctionContext&, const CallSite&) const {
    return any ? Datum::Of(value) : Datum::Null();
  }
};

// How the strings of a type compare.
struct TextOrder {
  static int Compare(const CallSite& call, std::string_view a, std::string_view b) {
    return CompareText(a, b, call.collation);
  }
};
struct BpcharOrder {
  static int Compare(const CallSite& call, std::string_view a, std::string_view b) {
    return CompareText(types::TrimTrailingBlanks(a), types::TrimTrailingBlanks(b), call.collation);
  }
};
struct NumericOrder {
  static int Compare(const CallSite&, std::string_view a, std::string_view b) {
    return types::NumericCompare(types::NumericRef(a), types::NumericRef(b));
  }
};

// The best string so far is kept in a buffer of the arena that grows and is used again.
template <typename Order, bool kMax>
struct StringExtreme {
  using Argument = std::string_view;
  char* buffer = nullptr;
  uint32_t capacity = 0;
  uint32_t size = 0;
  bool any = false;

  std::string_view value() const { return {buffer, size}; }
  void Add(const AggregateInput& input, std::string_view next) {
    if (any) {
      const int order = Order::Compare(*input.call, next, value());
      if (kMax ? order < 0 : order > 0) return;
    }
    Keep(next, *input.arena);
  }
  void Keep(std::string_view next, Arena& arena) {
    if (buffer == nullptr || next.size() > capacity) {
      capacity = static_cast<uint32_t>(next.size()) * 2 + 16;
      buffer = arena.Allocate(capacity, 1);
    }
    std::memcpy(buffer, next.data(), next.size());
    size = static_cast<uint32_t>(next.size());
    any = true;
  }
  void Combine(const AggregateInput& input, const StringExtreme& other) {
    if (other.any) Add(input, other.value());
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    return any ? Datum::OfString(value(), ResultArena(context)) : Datum::Null();
  }
};

struct ArrayOrder {
  static int Compare(const CallSite& call, std::string_view a, std::string_view b) {
    const types::CompareFunction compare = types::FindCompare(call.argument_types[0]);
    if (compare == nullptr) {
      throw SqlError(SqlState::kUndefinedFunction,
                     "could not identify a comparison function for the type of the array's elements");
    }
    return compare(Datum::Of(StringRef(a)), Datum::Of(StringRef(b)), call.collation);
  }
};

template <typename T>
void AddBoth(Registry& registry, Oid max, Oid min) {
  registry.AddAggregate(max, AggregateOf<Extreme<T, true>>());
  registry.AddAggregate(min, AggregateOf<Extreme<T, false>>());
}
template <typename Order>
void AddStrings(Registry& registry, Oid max, Oid min) {
  registry.AddAggregate(max, AggregateOf<StringExtreme<Order, true>>());
  registry.AddAggregate(min, AggregateOf<StringExtreme<Order, false>>());
}

}  // namespace

void RegisterMinMax(Registry& registry) {
  AddBoth<int64_t>(registry, 2115, 2131);
  AddBoth<int32_t>(registry, 2116, 2132);
  AddBoth<int16_t>(registry, 2117, 2133);
  AddBoth<uint32_t>(registry, 2118, 2134);  // oid
  AddBoth<float>(registry, 2119, 2135);
  AddBoth<double>(registry, 2120, 2136);
  AddBoth<int32_t>(registry, 2122, 2138);  // date
  AddBoth<int64_t>(registry, 2123, 2139);  // time
  AddBoth<types::TimeTzValue>(registry, 2124, 2140);
  AddBoth<int64_t>(registry, 2125, 2141);  // money
  AddBoth<int64_t>(registry, 2126, 2142);  // timestamp
  AddBoth<int64_t>(registry, 2127, 2143);  // timestamptz
  AddBoth<types::IntervalValue>(registry, 2128, 2144);
  AddStrings<TextOrder>(registry, 2129, 2145);
  AddStrings<NumericOrder>(registry, 2130, 2146);
  AddStrings<BpcharOrder>(registry, 2244, 2245);
  AddStrings<ArrayOrder>(registry, 2050, 2051);
  AddBoth<uint64_t>(registry, 4189, 4190);  // pg_lsn
  AddBoth<uint64_t>(registry, 5099, 5100);  // xid8
}

}  // namespace grizzly::functions
