// How catalog objects lie in the store: tagged, length-prefixed fields behind a version.
//
// FORMAT   value  := 8 bytes (the commit timestamp, filled in at commit) record
//          record := version:u8 field*
//          field  := tag:varint length:varint payload[length]
//          A field that has its default value is left out (so the defaults in the structs are part of
//          the format, too); a reader skips tags it does not know, so
//          fields can be added. What an old reader must not skip raises kRecordFormatVersion.
//          Payloads: integers, bools and enums as zigzag varints; float4/float8 as little-endian
//          IEEE; strings as they are; structs as their fields; a list of integers packed in one
//          field, any other list as one field an element.
//          Tags are never reused: DO NOT CHANGE the numbers in record.cc.
// KEYS     tenant:u32 storage:u32 class:u32 object:u32 (big-endian), class as in pg_class: 1259
//          relations, 2615 schemas, 1247 types, 2608 dependencies, 2619 statistics, 1260 roles,
//          1262 databases, 1261 role memberships; the classes of SchemaObjects (IsSchemaObjectClass);
//          class 0 holds the catalog's own counters.
// ERRORS   XX001 data_corrupted for bytes that are no record; 0A000 naming the versions for one
//          written by a newer server.
// TESTS    tests/unit/catalog/record_test.cc (golden bytes)
#pragma once

#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "catalog/statistics.h"

namespace grizzly::catalog {

struct SchemaObject;  // catalog/schema_object.h

inline constexpr uint8_t kRecordFormatVersion = 1;

// pg_class OIDs of the catalogs that classify objects.
inline constexpr Oid kCounterClass = 0;
inline constexpr Oid kTypeClass = 1247;
inline constexpr Oid kProcClass = 1255;
inline constexpr Oid kRelationClass = 1259;
inline constexpr Oid kRoleClass = 1260;
inline constexpr Oid kRoleMembershipClass = 1261;
inline constexpr Oid kDatabaseClass = 1262;
inline constexpr Oid kDefaultClass = 2604;
inline constexpr Oid kConstraintClass = 2606;
inline constexpr Oid kDependencyClass = 2608;
inline constexpr Oid kSchemaClass = 2615;
inline constexpr Oid kOperatorClass = 2617;
inline constexpr Oid kStatisticsClass = 2619;
inline constexpr Oid kValueStatisticsClass = 2840;  // pg_statistic's big values (pg_toast_2619)
inline constexpr Oid kRewriteClass = 2618;
// Classes whose objects are SchemaObjects.
inline constexpr Oid kCastClass = 2605;
inline constexpr Oid kConversionClass = 2607;
inline constexpr Oid kDescriptionClass = 2609;  // comments: the described object's class and oid in `types`
inline constexpr Oid kOperatorClassClass = 2616;
inline constexpr Oid kExtendedStatisticsClass = 3381;
inline constexpr Oid kCollationClass = 3456;
inline constexpr Oid kTextSearchDictionaryClass = 3600;
inline constexpr Oid kTextSearchParserClass = 3601;
inline constexpr Oid kTextSearchConfigurationClass = 3602;
inline constexpr Oid kTextSearchTemplateClass = 3764;
bool IsSchemaObjectClass(Oid object_class);

// Each makes a whole stored value, with room for the commit timestamp in front.
std::string EncodeRecord(const Relation& relation);
std::string EncodeRecord(const Schema& schema);
std::string EncodeRecord(const Type& type);
std::string EncodeRecord(const SchemaObject& object);
std::string EncodeRecord(const Role& role);
std::string EncodeRecord(const Database& database);
std::string EncodeRecord(const Dependency& dependency);
std::string EncodeRecord(const RelationStatistics& statistics);
std::string EncodeRecord(const TableStatistics& statistics);

// Each takes a whole stored value. Derived fields (version, layouts) stay at their defaults.
void DecodeRecord(std::string_view value, Relation* relation);
void DecodeRecord(std::string_view value, Schema* schema);
void DecodeRecord(std::string_view value, Type* type);
void DecodeRecord(std::string_view value, SchemaObject* object);
void DecodeRecord(std::string_view value, Role* role);
void DecodeRecord(std::string_view value, Database* database);
void DecodeRecord(std::string_view value, Dependency* dependency);
void DecodeRecord(std::string_view value, RelationStatistics* statistics);
void DecodeRecord(std::string_view value, TableStatistics* statistics);

// A built-in object (schema public ...) somebody dropped: a value without a record.
std::string EncodeTombstone();
bool IsTombstone(std::string_view value);

// ---- keys ----
std::string TenantPrefix(TenantId tenant);
std::string StoragePrefix(TenantId tenant, StorageId storage);
std::string ClassPrefix(TenantId tenant, Oid object_class);
std::string ObjectKey(TenantId tenant, Oid object_class, Oid object);
std::string DependencyKey(TenantId tenant, const Dependency& dependency);
// The first key behind all keys that start with `prefix`.
std::string PrefixEnd(std::string prefix);
// Of a key made by ObjectKey (longer ones too).
Oid KeyClass(std::string_view key);
Oid KeyObject(std::string_view key);

}  // namespace grizzly::catalog
