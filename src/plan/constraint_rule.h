// Constraints that are not decided by one row alone: what is needed to check them when the statement,
// or the transaction, is over.
//
// Made from the catalog when rows of a table are about to be changed; immutable and shared, so that
// what is waiting to be checked keeps its rule.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "plan/node.h"

namespace grizzly::catalog {
class PartitionMap;  // catalog/partition_map.h
}

namespace grizzly::plan {

struct ForeignKeyRule;
using ForeignKeyRulePtr = std::shared_ptr<const ForeignKeyRule>;

// Which leaf of a partitioned table may have a key: its partition key's columns are all among the key's.
struct ReferencedPartitions {
  struct Table {
    std::shared_ptr<const catalog::PartitionMap> map;
    std::vector<uint32_t> key_columns;    // of the constraint, by part of the partition key
    std::vector<int32_t> targets;         // by position in `map`: leaf, or ~table
  };
  std::vector<Table> tables;              // [0] the one referred to
  std::vector<ForeignKeyRulePtr> leaves;  // the same rule of each leaf as `referenced`
};

struct ForeignKeyRule {
  Oid constraint = kInvalidOid;
  std::string name;
  catalog::RelationPtr referencing;
  catalog::RelationPtr referenced;
  catalog::RelationPtr key;  // the unique index of `referenced` that the columns are
  // One per column of the constraint, in its order: places in rows of the two tables.
  std::vector<uint32_t> referencing_columns;
  std::vector<uint32_t> referenced_columns;
  std::vector<uint32_t> key_parts;  // part i of `key` is column key_parts[i] of the constraint
  // How each value becomes one of the referenced column's type; null: it is one. Over InputExpr 0.
  std::vector<ExprPtr> casts;
  // Whether equal values of the two types convert both ways, so that an index of the referencing
  // table finds what refers to a value; one per column.
  std::vector<bool> converts_back;
  char match_type = 's';
  char on_update = 'a';
  char on_delete = 'a';
  bool deferrable = false;
  bool initially_deferred = false;
  std::vector<uint32_t> delete_set_columns;  // places in rows of `referencing`; empty: all
  // Of a partition that is referred to because its table is: a row that moves to another one stays.
  bool is_part = false;
  // Partitioned tables: the same rule of each leaf as `referencing`; where the keys of `referenced` are.
  std::vector<ForeignKeyRulePtr> referencing_leaves;
  std::shared_ptr<const ReferencedPartitions> referenced_partitions;
  std::vector<catalog::RelationPtr> referencing_tree, referenced_tree;  // what is below the two
};

// A deferrable unique key, or an exclusion constraint.
struct IndexRule {
  Oid constraint = kInvalidOid;
  std::string name;
  catalog::RelationPtr table;
  catalog::RelationPtr index;
  bool deferrable = false;
  bool initially_deferred = false;
  // Exclusion: whether two rows may not be together, over the index parts of the one there and then of
  // the new one. Null: a unique key.
  ExprPtr excludes;
};
using IndexRulePtr = std::shared_ptr<const IndexRule>;

}  // namespace grizzly::plan
