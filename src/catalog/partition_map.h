// The bounds of a partitioned table, arranged for finding: which partition takes a row, which ones a
// condition leaves over, which ones a new bound would overlap.
//
// Key values are compared as ordered key bytes (storage/key): a list value is one byte string, a range
// a pair of them, MINVALUE and MAXVALUE their prefix's first and last successors. Hash partitions go by
// PostgreSQL's own hash functions (types/postgres_hash.h).
//
// ORDER    positions count partitions in the order of their bounds, as PostgreSQL expands them; the
//          default one is last.
// THREADS  immutable; share freely.
// ERRORS   0A000 for a key type that has no ordered bytes.
// SOURCE   PostgreSQL 15 docs, 5.11 "Table Partitioning"; CREATE TABLE, "PARTITION OF"
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "storage/key/key_layout.h"
#include "types/datum.h"
#include "types/postgres_hash.h"

namespace grizzly::catalog {

// Keys from `from` (inclusive) to `to` (exclusive; nullopt: no end), as ordered bytes.
struct KeyInterval {
  std::string from;
  std::optional<std::string> to;
};

class PartitionMap {
 public:
  PartitionMap(const CatalogSnapshot& catalog, const Relation& table);

  size_t size() const { return partitions_.size(); }
  const RelationPtr& partition(size_t position) const { return partitions_[position]; }
  char strategy() const { return key_.strategy; }
  const types::SqlType& part_type(size_t part) const { return key_.parts[part].type; }
  int default_position() const { return default_; }  // -1: there is none

  // Of a row with these key values; -1: none takes it.
  int Find(std::span<const types::Datum> key) const;

  // ---- pruning ----
  // What a condition says of the key: its first parts have these values, the next one is bounded. A
  // NULL among them: no row.
  struct Condition {
    std::vector<types::Datum> equal;
    std::optional<types::Datum> lower, upper;
    bool lower_inclusive = true, upper_inclusive = true;
    bool first_is_null = false;              // instead: the first part is NULL
  };
  // Marks the partitions that may have rows of which the condition holds.
  void Mark(const Condition& condition, std::vector<bool>* marked) const;
  // The same for any of these values of the first part.
  void MarkAny(std::span<const types::Datum> values, std::vector<bool>* marked) const;
  // A partition that takes a row `bound` takes, too; -1: none.
  int FindOverlap(const PartitionBound& bound) const;
  // A range without any row.
  bool IsEmptyRange(const PartitionBound& bound) const;
  // Every modulus must divide the next larger one: the neighbour in which it does not fit.
  struct ModulusConflict {
    int32_t other_modulus;
    RelationPtr partition;
    bool other_is_larger;
  };
  std::optional<ModulusConflict> FindModulusConflict(int32_t modulus) const;

 private:
  struct Entry {
    std::string from;
    std::optional<std::string> to;  // ranges
    int position;
  };
  KeyInterval IntervalOf(const PartitionBound& bound) const;
  std::optional<std::string> EncodeBound(const std::vector<PartitionBound::Value>& values) const;
  // The bytes of the first values.size() key parts.
  std::string Encode(std::span<const types::Datum> values) const;
  void EncodeText(size_t part, const std::string& text, std::string* key) const;
  uint64_t Hash(std::span<const types::Datum> key) const;
  bool IsCovered(const KeyInterval& interval) const;
  void MarkInterval(const KeyInterval& interval, bool whole_key, std::vector<bool>* marked) const;
  void MarkNull(std::vector<bool>* marked) const;
  void ArrangeLists(const std::vector<RelationPtr>& children);
  void ArrangeRanges(const std::vector<RelationPtr>& children);
  void ArrangeHashes(const std::vector<RelationPtr>& children);
  int FindHash(std::span<const types::Datum> key) const;
  int FindEntry(const std::string& key) const;

  const CatalogSnapshot* catalog_;  // reads the text of bounds
  const PartitionKey key_;
  std::optional<storage::KeyLayout> layout_;  // not for hashes
  std::vector<RelationPtr> partitions_;
  std::vector<Entry> entries_;                // lists and ranges, by `from`
  std::vector<types::PostgresHashFunction> hashes_;
  std::vector<int> by_remainder_;             // hashes: remainder of the greatest modulus
  int null_ = -1;                             // the list partition that takes NULL
  int default_ = -1;
};

}  // namespace grizzly::catalog
