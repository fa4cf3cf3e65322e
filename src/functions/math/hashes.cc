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

uint64_t HashOf(const CallSite& call, const types::SqlType& type, const Datum& value,
                uint64_t seed) {
  const types::PostgresHashFunction hash = types::FindPostgresHash(type);
  if (hash == nullptr) ThrowNoHash(call);
  return hash(value, seed);
}

Datum Hash(FunctionContext&, const CallSite& call, std::span<const Datum> arguments) {
  return Datum::Of(
      static_cast<int32_t>(HashOf(call, call.argument_types[0], arguments[0], 0)));
}

Datum HashExtended(FunctionContext&, const CallSite& call, std::span<const Datum> arguments) {
  const auto seed = static_cast<uint64_t>(arguments[1].As<int64_t>());
  return Datum::Of(
      static_cast<int64_t>(HashOf(call, call.argument_types[0], arguments[0], seed)));
}

Datum HashEnum(FunctionContext&, const CallSite&, std::span<const Datum> arguments) {
  return Datum::Of(static_cast<int32_t>(types::PostgresHashEnum(arguments[0], 0)));
}

Datum HashEnumExtended(FunctionContext&, const CallSite&, std::span<const Datum> arguments) {
  const auto seed = static_cast<uint64_t>(arguments[1].As<int64_t>());
  return Datum::Of(static_cast<int64_t>(types::PostgresHashEnum(arguments[0], seed)));
}

// satisfies_hash_partition(table, modulus, remainder, key values ...): for the conditions that hash
// partitions put on their rows.
Datum SatisfiesHashPartition(FunctionContext&, const CallSite& call,
                             std::span<const Datum> arguments) {
  constexpr size_t kFirstKey = 3;
  for (size_t i = 0; i < kFirstKey; ++i) {
    if (arguments[i].is_null()) return Datum::Of(false);
  }
  const auto modulus = arguments[1].As<int32_t>(), remainder = arguments[2].As<int32_t>();
  const auto refuse = [](std::string message) {
    throw SqlError(SqlState::kInvalidParameterValue, std::move(message));
  };
  if (modulus <= 0) {
    refuse("modulus for hash partition must be an integer value greater than zero");
  }
  if (remainder < 0) {
    refuse("remainder for hash partition must be an integer value greater than or equal to zero");
  }
  if (remainder >= modulus) refuse("remainder for hash partition must be less than modulus");
  if (call.variadic_array) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "satisfies_hash_partition() of a VARIADIC array is not supported");
  }
  uint64_t hash = 0;
  for (size_t i = kFirstKey; i < arguments.size(); ++i) {
    if (arguments[i].is_null()) continue;
    hash = types::CombinePostgresHash(hash, HashOf(call, call.argument_types[i], arguments[i],
                                                   types::kPartitionHashSeed));
  }
  return Datum::Of(hash % static_cast<uint64_t>(modulus) == static_cast<uint64_t>(remainder));
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
  registry.AddScalar("satisfies_hash_partition", DatumsNullable<&SatisfiesHashPartition>);
  registry.AddScalar("hash_numeric", Datums<&Hash>);
  registry.AddScalar("hash_numeric_extended", Datums<&HashExtended>);
  registry.AddScalar("hashenum", Datums<&HashEnum>);
  registry.AddScalar("hashenumextended", Datums<&HashEnumExtended>);
}

}  // namespace grizzly::functions
