// hashint4, hashtextextended ...: PostgreSQL's own hashes of values.
#include "base/error/sql_error.h"
#include "facts/types.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/array.h"
#include "types/postgres_hash.h"

namespace grizzly::functions {
namespace {

[[noreturn]] void ThrowNoHash(const CallSite& call) {
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("could not identify a hash function for type {}",
                             call.argument_types[0].oid));
}

uint64_t HashOf(const CallSite& call, Oid type, const Datum& value, uint64_t seed) {
  const types::PostgresHashFunction hash = types::FindPostgresHash(type);
  if (hash == nullptr) ThrowNoHash(call);
  return hash(value, seed);
}

Datum Hash(FunctionContext&, const CallSite& call, std::span<const Datum> arguments) {
  return Datum::Of(
      static_cast<int32_t>(HashOf(call, call.argument_types[0].oid, arguments[0], 0)));
}

Datum HashExtended(FunctionContext&, const CallSite& call, std::span<const Datum> arguments) {
  const auto seed = static_cast<uint64_t>(arguments[1].As<int64_t>());
  return Datum::Of(
      static_cast<int64_t>(HashOf(call, call.argument_types[0].oid, arguments[0], seed)));
}

Datum HashEnum(FunctionContext&, const CallSite&, std::span<const Datum> arguments) {
  return Datum::Of(static_cast<int32_t>(types::PostgresHashEnum(arguments[0], 0)));
}

Datum HashEnumExtended(FunctionContext&, const CallSite&, std::span<const Datum> arguments) {
  const auto seed = static_cast<uint64_t>(arguments[1].As<int64_t>());
  return Datum::Of(static_cast<int64_t>(types::PostgresHashEnum(arguments[0], seed)));
}

constexpr std::string_view kTypeNames[] = {
    "int2", "int4", "int8",   "oid",  "float4", "float8", "char", "name",
    "text", "varlena", "bpchar",
};
// Whose functions are called time_hash, time_hash_extended.
constexpr std::string_view kNamesFirst[] = {
    "time", "timetz", "timestamp", "interval", "uuid",
};

}  // namespace

void RegisterHashes(Registry& registry) {
  for (const std::string_view type : kTypeNames) {
    registry.AddScalar(fmt::format("hash{}", type), Datums<&Hash>);
    registry.AddScalar(fmt::format("hash{}extended", type), Datums<&HashExtended>);
  }
  for (const std::string_view type : kNamesFirst) {
    registry.AddScalar(fmt::format("{}_hash", type), Datums<&Hash>);
    registry.AddScalar(fmt::format("{}_hash_extended", type), Datums<&HashExtended>);
  }
  registry.AddScalar("hash_numeric", Datums<&Hash>);
  registry.AddScalar("hash_numeric_extended", Datums<&HashExtended>);
  registry.AddScalar("hashenum", Datums<&HashEnum>);
  registry.AddScalar("hashenumextended", Datums<&HashEnumExtended>);
}

}  // namespace grizzly::functions
