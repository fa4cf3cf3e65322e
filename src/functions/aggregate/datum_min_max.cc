// min and max of types compared through their order: inet, tid, arrays.
#include "base/error/sql_error.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/type_families.h"
#include "types/compare.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

// Of two equals the later one stays.
template <bool kMax>
struct StoredExtreme {
  using Argument = std::string_view;
  std::string best;
  types::CompareFunction compare = nullptr;
  bool any = false;

  void Add(const AggregateInput& input, std::string_view next) {
    if (compare == nullptr) {
      compare = types::FindCompare(input.call->argument_types[0]);
      if (compare == nullptr) {
        throw SqlError(SqlState::kUndefinedFunction,
                       fmt::format("could not identify a comparison function for type {}",
                                   types::AnyTypeName(input.call->argument_types[0].oid)));
      }
    }
    if (any) {
      const int order = compare(Datum::Of(StringRef(next)), Datum::Of(StringRef(best)),
                                input.call->collation);
      if (kMax ? order < 0 : order > 0) return;
    }
    best.assign(next);
    any = true;
  }
  void Combine(const AggregateInput& input, const StoredExtreme& other) {
    if (other.any) Add(input, other.best);
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    return any ? Datum::OfString(best, *context.result_heap) : Datum::Null();
  }
};

void AddPair(Registry& registry, Oid max, Oid min) {
  registry.AddAggregate(max, AggregateOf<StoredExtreme<true>>());
  registry.AddAggregate(min, AggregateOf<StoredExtreme<false>>());
}

}  // namespace

void RegisterStoredMinMax(Registry& registry) {
  AddPair(registry, 3564, 3565);  // inet
  AddPair(registry, 2797, 2798);  // tid
  AddPair(registry, 2050, 2051);  // arrays
}

}  // namespace grizzly::functions
