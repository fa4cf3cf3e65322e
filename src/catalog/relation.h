// Tables, indexes, views, sequences: pg_class and what hangs off it, as immutable values.
//
// A Relation is shared (shared_ptr<const Relation>) by the catalog snapshots and plans that know it; a
// change makes a new one with a new `version`. Definitions (defaults, checks, views, index
// expressions) are SQL text with the search path they were bound under; renaming what they mention
// rewrites them. Field names follow pg_class, pg_attribute, pg_constraint and pg_index.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "types/sql_type.h"

namespace grizzly::storage {
class KeyLayout;     // storage/key/key_layout.h
class RowLayoutSet;  // storage/row/row_layout.h
}  // namespace grizzly::storage

namespace grizzly::catalog {

// SQL text and the schemas unqualified names in it were looked up in.
struct Definition {
  std::string sql;
  std::vector<Oid> search_path;
  bool empty() const { return sql.empty(); }
  bool operator==(const Definition&) const = default;
};

struct Column {
  std::string name;
  types::SqlType type;
  AttributeNumber attnum = 0;   // 1-based, never reused
  bool not_null = false;
  bool dropped = false;         // kept in place; name is "........pg.dropped.N........"
  bool has_missing = false;     // rows written before ADD COLUMN read as missing_value
  std::string missing_value;    // in the type's text form
  bool missing_is_null = true;
  Definition default_value;     // DEFAULT or GENERATED ... AS expression; empty: none
  Oid default_oid = kInvalidOid;  // pg_attrdef's; given by CatalogEditor::PutRelation
  char identity = '\0';         // 'a' ALWAYS, 'd' BY DEFAULT, '\0' none
  char generated = '\0';        // 's' STORED
  Oid owned_sequence = kInvalidOid;  // serial and identity
  int32_t statistics_target = -1;
  char storage = 'p';
  char compression = '\0';       // 'p' pglz, 'l' lz4
  std::vector<std::pair<std::string, std::string>> options;  // attoptions
  int32_t dimensions = 0;       // attndims
  int32_t inherited_count = 0;
  bool is_local = true;
  std::string comment;
};

enum class ConstraintKind : char {
  kCheck = 'c', kForeignKey = 'f', kPrimaryKey = 'p', kUnique = 'u', kExclusion = 'x',
};

struct Constraint {
  Oid oid = kInvalidOid;
  std::string name;
  ConstraintKind kind = ConstraintKind::kCheck;
  std::vector<AttributeNumber> columns;       // conkey
  Definition check;                           // kCheck
  bool no_inherit = false;
  bool validated = true;
  bool deferrable = false;
  bool initially_deferred = false;
  bool is_local = true;
  int32_t inherited_count = 0;
  Oid index = kInvalidOid;                    // conindid
  Oid parent = kInvalidOid;                   // conparentid: the partitioned table's, of a partition
  Oid foreign_relation = kInvalidOid;         // kForeignKey
  std::vector<AttributeNumber> foreign_columns;
  char match_type = 's';                      // 's' simple, 'f' full
  char on_update = 'a';                       // a no action, r restrict, c cascade, n null, d default
  char on_delete = 'a';
  std::vector<AttributeNumber> delete_set_columns;
  std::vector<Oid> exclusion_operators;
  std::string comment;
};

// Present when the relation is an index.
struct IndexDefinition {
  Oid table = kInvalidOid;
  IndexId index_id;                           // key range within the table's storage; 0 for the one
                                              // the rows are clustered by
  std::string access_method = "btree";
  bool unique = false;
  bool nulls_not_distinct = false;
  bool primary = false;
  bool exclusion = false;
  bool immediate = true;                      // not DEFERRABLE
  bool valid = true;                          // indisvalid: statements may read it
  bool ready = true;                          // indisready: it has what it should have
  // CONCURRENTLY fills it: writers keep their rows' entries, while other rows have none yet.
  bool filling = false;
  bool IsKept() const { return ready || filling; }  // writers keep it up to date
  bool clustered_by = false;                  // rows lie in this order: no entries of its own
  struct Part {
    AttributeNumber column = 0;               // 0: an expression
    Definition expression;
    types::SqlType type;
    Oid opclass = kInvalidOid;
    Oid collation = kInvalidOid;
    bool descending = false;
    bool nulls_first = false;
    int32_t statistics_target = -1;           // of an expression
    std::vector<std::pair<std::string, std::string>> options;  // of the operator class
  };
  bool clustered_on = false;                  // indisclustered: CLUSTER without a name takes it
  bool replica_identity = false;              // indisreplident
  std::vector<Part> parts;                    // key columns
  std::vector<AttributeNumber> include;       // INCLUDE columns
  Definition predicate;                       // partial index
};

struct SequenceDefinition {
  Oid type = kInvalidOid;
  int64_t start = 1;
  int64_t increment = 1;
  int64_t minimum = 1;
  int64_t maximum = INT64_MAX;
  int64_t cache = 1;
  bool cycle = false;
  Oid owner_table = kInvalidOid;              // OWNED BY
  AttributeNumber owner_column = 0;
  char dependency = 'a';                      // 'a' serial, 'i' identity
};

// A relation that a query names, and its last column when the query was written: younger ones are no
// names in it.
struct NamedRelation {
  Oid relation = kInvalidOid;
  AttributeNumber last_column = 0;
};

struct ViewDefinition {
  Definition query;
  char check_option = '\0';                   // 'l' local, 'c' cascaded
  bool security_barrier = false;
  bool security_invoker = false;
  std::vector<NamedRelation> named;           // a relation that is not here has only known columns
};

// Present when the relation is a partitioned table: what its rows are divided by.
struct PartitionKey {
  char strategy = 'r';                        // 'l' list, 'r' range, 'h' hash
  struct Part {
    AttributeNumber column = 0;               // 0: an expression
    Definition expression;
    types::SqlType type;
    Oid opclass = kInvalidOid;
    Oid collation = kInvalidOid;
  };
  std::vector<Part> parts;
};

// Present when the relation is a partition: which rows of its parent it takes.
struct PartitionBound {
  bool is_default = false;
  int32_t modulus = 0;                        // of a hash partition
  int32_t remainder = 0;
  struct Value {
    char kind = 'v';                          // 'v' text, 'n' NULL, '<' MINVALUE, '>' MAXVALUE
    std::string text;                         // in the key part's text form
  };
  std::vector<Value> list;
  std::vector<Value> lower;                   // of a range; inclusive
  std::vector<Value> upper;                   // exclusive
  bool detach_pending = false;                // DETACH ... CONCURRENTLY did not finish
};

// Statistics of ANALYZE, or of counting while loading.
struct RelationStatistics {
  double row_count = -1;  // -1: never analyzed
  double byte_count = 0;
};

enum class RelationKind : char {
  kTable = 'r', kIndex = 'i', kSequence = 'S', kView = 'v', kMaterializedView = 'm',
  kCompositeType = 'c', kPartitionedTable = 'p', kPartitionedIndex = 'I', kForeignTable = 'f',
};

struct Relation {
  Oid oid = kInvalidOid;
  Oid schema = kInvalidOid;
  std::string name;
  RelationKind kind = RelationKind::kTable;
  char persistence = 'p';                     // 'p' permanent, 'u' unlogged, 't' temporary
  Oid owner = kInvalidOid;
  Oid row_type = kInvalidOid;                 // reltype
  uint64_t version = 0;                       // grows with each change; plans check it
  TenantId tenant;                            // whose keys the rows are under
  StorageId storage;                          // relfilenode
  std::vector<Column> columns;                // columns[attnum - 1]
  std::vector<Constraint> constraints;
  std::vector<Oid> indexes;                   // by oid
  std::vector<Oid> inherits;                  // parents, in order; a partition's one
  std::vector<std::pair<std::string, std::string>> options;  // reloptions
  std::optional<IndexDefinition> index;
  std::optional<SequenceDefinition> sequence;
  std::optional<ViewDefinition> view;
  std::optional<PartitionKey> partition_key;
  std::optional<PartitionBound> partition_bound;
  char on_commit = '\0';                      // temporary tables: 'p' preserve, 'd' delete, 'D' drop
  std::string comment;
  std::string access_method;                  // "heap" (row tables) or "columnar"
  char replica_identity = 'd';                // 'd' default, 'n' nothing, 'f' full, 'i' index
  Oid of_type = kInvalidOid;                  // CREATE TABLE OF
  bool populated = true;                      // false: a materialized view WITH NO DATA
  // Columns a stored row has, by its layout version; ADD COLUMN appends, a new storage starts over.
  // Kept by CatalogEditor::PutRelation.
  std::vector<uint32_t> layout_column_counts;

  // Tables: how rows and their keys are laid out; derived from the columns when the entry is made.
  // The clustering key is the primary key's columns, or a hidden 8-byte row id if there is none
  // (row_key empty; the last 8 bytes of the key are the id, big-endian).
  std::shared_ptr<const storage::RowLayoutSet> row_layouts;
  std::shared_ptr<const storage::KeyLayout> row_key;      // null: hidden row id
  // Indexes: their own key parts. An entry's key is head, these fields, and (unless the index is
  // unique and no field is NULL) the row's key behind its head; its value is a timestamp and the
  // row's key behind its head.
  std::shared_ptr<const storage::KeyLayout> index_key;

  const Column* FindColumn(std::string_view column_name) const;  // live columns only
  bool IsPartitioned() const { return partition_key.has_value(); }
  bool IsPartition() const { return partition_bound.has_value(); }
  bool HasRows() const {
    return kind == RelationKind::kTable || kind == RelationKind::kMaterializedView;
  }
};

using RelationPtr = std::shared_ptr<const Relation>;

}  // namespace grizzly::catalog
