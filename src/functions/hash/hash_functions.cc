// The hash functions by name: hashint4, hashtext, hash_array ..., and their extended twins.
#include "functions/families.h"
#include "functions/hash/value_hash.h"
#include "functions/kernel.h"

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

}  // namespace

void RegisterHashes(Registry& registry) {
  for (const HashName& hash : kHashNames) {
    registry.AddScalar(hash.name, Datums<&Hash>);
    registry.AddScalar(hash.extended, Datums<&HashExtended>);
  }
}

}  // namespace grizzly::functions
