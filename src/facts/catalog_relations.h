// The tables, views and indexes of pg_catalog and information_schema: their columns, keys and
// constraints, from facts/catalog_*.csv and pg_constraint.csv.
//
// Members carry PostgreSQL's column names; an Oid of 0 means none; a std::string_view whose
// data() is null is SQL NULL. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

struct RelationFact {
  Oid oid;
  std::string_view relname;
  Oid relnamespace;
  Oid reltype;
  Oid relowner;
  std::string_view relam;  // access method's name, NULL for views
  char relkind;            // r table, v view, i index
  bool relisshared;
  bool relhasindex;
  char relpersistence;
  int16_t relnatts;
  char relreplident;
  Oid reltablespace;
  Oid reltoastrelid;
  std::string_view reloptions;
  std::string_view relacl;  // text of the aclitem[]
};

struct ColumnFact {
  Oid attrelid;
  int16_t attnum;  // from 1
  std::string_view attname;
  Oid atttypid;
  int32_t atttypmod;
  int16_t attlen;
  bool attnotnull;
  int32_t attndims;
  bool attbyval;
  char attalign;
  char attstorage;
  Oid attcollation;
};

struct IndexFact {
  Oid indexrelid;
  Oid indrelid;
  bool indisunique;
  bool indisprimary;
  std::span<const int16_t> indkey;
  std::span<const Oid> indcollation;
  std::span<const Oid> indclass;
  std::span<const int16_t> indoption;
};

struct ConstraintFact {
  Oid oid;
  std::string_view conname;
  Oid connamespace;
  char contype;  // p primary key, u unique, c check (of information_schema's domains)
  Oid conrelid;  // 0 for a domain's
  Oid contypid;
  Oid conindid;
  std::span<const int16_t> conkey;
  std::string_view definition;
};

// Columns of a catalog that refer to another's (pg_get_catalog_foreign_keys()).
struct ForeignKeyFact {
  Oid fktable;
  std::span<const std::string_view> fkcols;
  Oid pktable;
  std::span<const std::string_view> pkcols;
  bool is_array;
  bool is_opt;  // 0 means none
};

const RelationFact* FindRelation(Oid oid);
const RelationFact* FindRelationByName(Oid relnamespace, std::string_view relname);
// In attnum order; empty for an index or an unknown relation.
std::span<const ColumnFact> ColumnsOf(Oid relation);
std::span<const IndexFact> IndexesOf(Oid relation);

std::span<const RelationFact> AllRelations();      // by oid
std::span<const ColumnFact> AllColumns();          // by attrelid, attnum
std::span<const IndexFact> AllIndexes();           // by indrelid, indexrelid
std::span<const ConstraintFact> AllConstraints();  // by oid
std::span<const ForeignKeyFact> AllForeignKeys();  // by fktable

}  // namespace grizzly::facts
