// The hash functions by name: hashint4, hashtext, hash_array ..., and their extended twins.
#include "base/error/sql_error.h"
#include "facts/types.h"
#include "functions/families.h"
#include "functions/hash/value_hash.h"
#include "functions/kernel.h"
#include "functions/session_services.h"
#include "functions/variadic.h"
#include "types/collation.h"
#include "types/postgres_hash.h"
#include "types/text.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

// Texts that a nondeterministic collation calls equal hash equal: by their sort keys.
uint64_t HashArgument(const CallSite& call, const Datum& value, uint64_t seed, bool extended) {
  const types::SqlType& type = call.argument_types[0];
  if (types::IsDeterministic(call.collation)) return HashValue(type, value, seed, extended);
  const bool is_padded = type.oid == facts::kBpcharOid;
  std::string key;
  types::AppendSortKey(key, is_padded ? types::TrimTrailingBlanks(value.AsString()) : value.AsString(),
                       call.collation);
  return types::PostgresHashBytes(key, seed);
}
Datum Hash(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  return Datum::Of(static_cast<int32_t>(HashArgument(call, values[0], 0, /*extended=*/false)));
}
Datum HashExtended(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  return Datum::Of(static_cast<int64_t>(
      HashArgument(call, values[0], values[1].As<uint64_t>(), /*extended=*/true)));
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

// ---- satisfies_hash_partition(table, modulus, remainder, key values ...): what a hash partition asks of its rows ----

constexpr size_t kFirstKey = 3;  // before it: table, modulus, remainder

bool HasNull(std::span<const Datum> arguments) {
  return arguments[0].is_null() || arguments[1].is_null() || arguments[2].is_null();
}

// Whether the table is partitioned so, which the catalog knows: the key values are given by their types.
void CheckHashPartition(FunctionContext& context, const CallSite& call, std::span<const Datum> arguments) {
  if (HasNull(arguments)) return;
  if (context.session == nullptr) ThrowNotSupported("satisfies_hash_partition() without a session");
  std::vector<Datum> question(arguments.begin(), arguments.begin() + kFirstKey);
  question.push_back(Datum::Of(call.variadic_array));
  CallSite spread = call;
  std::vector<Datum> values(arguments.begin(), arguments.end());
  if (call.variadic_array && !SpreadArray(context, call, arguments, spread, values)) return;
  for (size_t i = kFirstKey; i < values.size(); ++i) {
    question.push_back(Datum::Of(spread.argument_types[i].oid));
  }
  Arena arena;
  context.session->CallSessionFunction(call.function, question, arena);
}

Datum InHashPartition(FunctionContext&, const CallSite& call, std::span<const Datum> arguments) {
  if (HasNull(arguments)) return Datum::Of(false);
  uint64_t hash = 0;
  for (size_t i = kFirstKey; i < arguments.size(); ++i) {
    if (arguments[i].is_null()) continue;
    const types::TypeDirectory* const directory = types::CurrentTypeDirectory();
    const types::SqlType& type = call.argument_types[i];
    const types::PostgresHashFunction of =
        types::FindPostgresHash(directory == nullptr ? type : directory->OrderedAs(type));
    if (of == nullptr) ThrowNotSupported("hash partitioning by this type");
    hash = types::CombinePostgresHash(hash, of(arguments[i], types::kPartitionHashSeed));
  }
  const auto modulus = static_cast<uint64_t>(arguments[1].As<int32_t>());
  return Datum::Of(hash % modulus == static_cast<uint64_t>(arguments[2].As<int32_t>()));
}

Datum CheckedInHashPartition(FunctionContext& context, const CallSite& call,
                             std::span<const Datum> arguments) {
  CheckHashPartition(context, call, arguments);
  return Spread<&InHashPartition>(context, call, arguments);
}

// A partition's own condition names one table: it is looked at once per batch.
void SatisfiesHashPartition(FunctionContext& context, const CallSite& call,
                            kernel::Arguments arguments, uint32_t row_count, Vector& result) {
  const bool is_one_table = kernel::AllConstant(arguments.first(kFirstKey)) && !call.variadic_array;
  if (!is_one_table) {
    return DatumsNullable<&CheckedInHashPartition>(context, call, arguments, row_count, result);
  }
  if (row_count > 0) {
    std::vector<Datum> first(arguments.size());
    for (size_t i = 0; i < kFirstKey; ++i) first[i] = arguments[i]->GetDatum(0);
    CheckHashPartition(context, call, first);
  }
  DatumsNullable<&InHashPartition>(context, call, arguments, row_count, result);
}

}  // namespace

void RegisterHashes(Registry& registry) {
  registry.AddScalar("satisfies_hash_partition", &SatisfiesHashPartition);
  for (const HashName& hash : kHashNames) {
    registry.AddScalar(hash.name, Datums<&Hash>);
    registry.AddScalar(hash.extended, Datums<&HashExtended>);
  }
}

}  // namespace grizzly::functions
