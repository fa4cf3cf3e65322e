// The hash functions by name: hashint4, hashtext, hash_array ..., and their extended twins.
#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/hash/value_hash.h"
#include "functions/kernel.h"
#include "types/postgres_hash.h"

namespace grizzly::functions {
namespace {

Datum Hash(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  return Datum::Of(
      static_cast<int32_t>(HashValue(call.argument_types[0], values[0], 0, /*extended=*/false)));
}
Datum HashExtended(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  return Datum::Of(static_cast<int64_t>(
      HashValue(call.argument_types[0], values[0], values[1].As<uint64_t>(), /*extended=*/true)));
}

// By prosrc; the extended one's is beside it.
struct HashName {
  const char* name;
  const char* extended;
};
constexpr HashName kHashNames[] = {
    {"hashchar", "hashcharextended"},
    {"hashint2", "hashint2extended"},
    {"hashint4", "hashint4extended"},
    {"hashint8", "hashint8extended"},
    {"hashoid", "hashoidextended"},
    {"hashoidvector", "hashoidvectorextended"},
    {"hashenum", "hashenumextended"},
    {"hashname", "hashnameextended"},
    {"hashtext", "hashtextextended"},
    {"hashbpchar", "hashbpcharextended"},
    {"hashvarlena", "hashvarlenaextended"},
    {"hashfloat4", "hashfloat4extended"},
    {"hashfloat8", "hashfloat8extended"},
    {"hashinet", "hashinetextended"},
    {"hashmacaddr", "hashmacaddrextended"},
    {"hashmacaddr8", "hashmacaddr8extended"},
    {"hashtid", "hashtidextended"},
    {"hash_numeric", "hash_numeric_extended"},
    {"hash_array", "hash_array_extended"},
    {"hash_record", "hash_record_extended"},
    {"hash_range", "hash_range_extended"},
    {"hash_multirange", "hash_multirange_extended"},
    {"time_hash", "time_hash_extended"},
    {"timetz_hash", "timetz_hash_extended"},
    {"timestamp_hash", "timestamp_hash_extended"},
    {"interval_hash", "interval_hash_extended"},
    {"uuid_hash", "uuid_hash_extended"},
    {"pg_lsn_hash", "pg_lsn_hash_extended"},
    {"jsonb_hash", "jsonb_hash_extended"},
};

// satisfies_hash_partition(table, modulus, remainder, key values ...): the condition that a hash partition
// puts on its rows.
Datum SatisfiesHashPartition(FunctionContext&, const CallSite& call,
                             std::span<const Datum> arguments) {
  constexpr size_t kFirstKey = 3;
  for (size_t i = 0; i < kFirstKey; ++i) {
    if (arguments[i].is_null()) return Datum::Of(false);
  }
  const auto modulus = arguments[1].As<int32_t>(), remainder = arguments[2].As<int32_t>();
  if (modulus <= 0 || remainder < 0 || remainder >= modulus || call.variadic_array) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "satisfies_hash_partition() of other than a partition's own numbers is not "
                   "supported");
  }
  uint64_t hash = 0;
  for (size_t i = kFirstKey; i < arguments.size(); ++i) {
    if (arguments[i].is_null()) continue;
    const types::PostgresHashFunction of = types::FindPostgresHash(call.argument_types[i]);
    if (of == nullptr) {
      throw SqlError(SqlState::kFeatureNotSupported, "hash partitioning by this type is not supported");
    }
    hash = types::CombinePostgresHash(hash, of(arguments[i], types::kPartitionHashSeed));
  }
  return Datum::Of(hash % static_cast<uint64_t>(modulus) == static_cast<uint64_t>(remainder));
}

}  // namespace

void RegisterHashes(Registry& registry) {
  registry.AddScalar("satisfies_hash_partition", DatumsNullable<&SatisfiesHashPartition>);
  for (const HashName& hash : kHashNames) {
    registry.AddScalar(hash.name, Datums<&Hash>);
    registry.AddScalar(hash.extended, Datums<&HashExtended>);
  }
}

}  // namespace grizzly::functions
