#include "catalog/partition_map.h"

#include <algorithm>
#include <tuple>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "catalog/inheritance.h"
#include "types/postgres_hash.h"

namespace grizzly::catalog {
namespace {

using types::Datum;

storage::KeyLayout LayoutOf(const CatalogSnapshot& catalog, const PartitionKey& key) {
  std::vector<storage::KeyPart> parts;
  for (const PartitionKey::Part& part : key.parts) {
    storage::KeyPart key_part{catalog.OrderedAs(part.type), /*descending=*/false, /*nulls_first=*/false};
    if (part.collation != kInvalidOid) key_part.type.collation = part.collation;
    parts.push_back(key_part);
  }
  return storage::KeyLayout(std::move(parts), {});
}

bool HasNull(std::span<const Datum> key) {
  return std::any_of(key.begin(), key.end(), [](const Datum& value) { return value.is_null(); });
}

}  // namespace

PartitionMap::PartitionMap(const CatalogSnapshot& catalog, const Relation& table)
    : catalog_(&catalog), key_(*table.partition_key) {
  if (key_.strategy != 'h') {
    layout_.emplace(LayoutOf(catalog, key_));
  } else {
    for (const PartitionKey::Part& part : key_.parts) {
      hashes_.push_back(types::FindPostgresHash(catalog.OrderedAs(part.type)));
      if (hashes_.back() == nullptr) ThrowNotSupported("hash partitioning by this type");
    }
  }
  std::vector<RelationPtr> children, last;
  for (const RelationPtr& child : ChildrenOf(catalog, table.oid)) {
    if (!child->IsPartition() || child->partition_bound->detach_pending) continue;
    (child->partition_bound->is_default ? last : children).push_back(child);
  }
  switch (key_.strategy) {
    case 'l': ArrangeLists(children); break;
    case 'r': ArrangeRanges(children); break;
    default: ArrangeHashes(children); break;
  }
  if (last.empty()) return;
  default_ = static_cast<int>(partitions_.size());
  partitions_.push_back(last.front());
}

// ---- arranging ----

void PartitionMap::ArrangeLists(const std::vector<RelationPtr>& children) {
  struct Value {
    std::string key;
    const RelationPtr* partition;
  };
  std::vector<Value> values;
  const RelationPtr* takes_null = nullptr;
  for (const RelationPtr& child : children) {
    for (const PartitionBound::Value& value : child->partition_bound->list) {
      if (value.kind == 'n') {
        takes_null = &child;
        continue;
      }
      std::string key;
      EncodeText(0, value.text, &key);
      values.push_back({std::move(key), &child});
    }
  }
  std::sort(values.begin(), values.end(),
            [](const Value& a, const Value& b) { return a.key < b.key; });
  const auto place = [&](const RelationPtr& partition) {
    for (size_t i = 0; i < partitions_.size(); ++i) {
      if (partitions_[i]->oid == partition->oid) return static_cast<int>(i);
    }
    partitions_.push_back(partition);
    return static_cast<int>(partitions_.size() - 1);
  };
  for (Value& value : values) {
    const int position = place(*value.partition);
    entries_.push_back({std::move(value.key), std::nullopt, position});
  }
  if (takes_null != nullptr) null_ = place(*takes_null);
}

void PartitionMap::ArrangeRanges(const std::vector<RelationPtr>& children) {
  std::vector<std::pair<KeyInterval, RelationPtr>> ranges;
  for (const RelationPtr& child : children) {
    ranges.emplace_back(IntervalOf(*child->partition_bound), child);
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const auto& a, const auto& b) { return a.first.from < b.first.from; });
  for (auto& [interval, partition] : ranges) {
    const int position = static_cast<int>(partitions_.size());
    entries_.push_back({std::move(interval.from), std::move(interval.to), position});
    partitions_.push_back(std::move(partition));
  }
}

void PartitionMap::ArrangeHashes(const std::vector<RelationPtr>& children) {
  partitions_ = children;
  std::sort(partitions_.begin(), partitions_.end(), [](const RelationPtr& a, const RelationPtr& b) {
    const PartitionBound& left = *a->partition_bound;
    const PartitionBound& right = *b->partition_bound;
    return std::tie(left.modulus, left.remainder) < std::tie(right.modulus, right.remainder);
  });
  if (partitions_.empty()) return;
  by_remainder_.assign(partitions_.back()->partition_bound->modulus, -1);
  for (size_t i = 0; i < partitions_.size(); ++i) {
    const PartitionBound& bound = *partitions_[i]->partition_bound;
    for (size_t at = bound.remainder; at < by_remainder_.size(); at += bound.modulus) {
      by_remainder_[at] = static_cast<int>(i);
    }
  }
}

// ---- bounds as bytes ----

void PartitionMap::EncodeText(size_t part, const std::string& text, std::string* key) const {
  const types::TypeIo* io = catalog_->FindTypeIo(key_.parts[part].type.oid);
  GRIZZLY_CHECK(io != nullptr);
  Arena arena;
  layout_->AppendPart(part, io->Input(text, types::kNoTypmod, {}, arena), key);
}

KeyInterval PartitionMap::IntervalOf(const PartitionBound& bound) const {
  std::optional<std::string> from = EncodeBound(bound.lower);
  if (!from.has_value()) return {std::string(), std::string()};  // behind every key: empty
  return {std::move(*from), EncodeBound(bound.upper)};
}

// The first key that is not before the bound; nullopt: it is behind every key.
std::optional<std::string> PartitionMap::EncodeBound(
    const std::vector<PartitionBound::Value>& values) const {
  std::string key;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].kind == '<') return key;
    if (values[i].kind == '>') {
      if (key.empty()) return std::nullopt;
      std::string end = storage::PrefixSuccessor(key);
      return end.empty() ? std::nullopt : std::optional(std::move(end));
    }
    EncodeText(i, values[i].text, &key);
  }
  return key;
}

std::string PartitionMap::Encode(std::span<const Datum> values) const {
  std::string key;
  for (size_t i = 0; i < values.size(); ++i) layout_->AppendPart(i, values[i], &key);
  return key;
}

// ---- finding ----

int PartitionMap::Find(std::span<const Datum> key) const {
  if (key_.strategy == 'h') return FindHash(key);
  int found = -1;
  if (HasNull(key)) {
    found = null_;
  } else if (!entries_.empty()) {
    found = FindEntry(Encode(key));
  }
  return found >= 0 ? found : default_;
}

int PartitionMap::FindEntry(const std::string& key) const {
  auto after = std::upper_bound(entries_.begin(), entries_.end(), key,
                                [](const std::string& k, const Entry& e) { return k < e.from; });
  if (after == entries_.begin()) return -1;
  const Entry& entry = *std::prev(after);
  const bool takes = key_.strategy == 'l' ? entry.from == key
                                          : !entry.to.has_value() || key < *entry.to;
  return takes ? entry.position : -1;
}

uint64_t PartitionMap::Hash(std::span<const Datum> key) const {
  uint64_t hash = 0;
  for (size_t i = 0; i < key.size(); ++i) {
    if (key[i].is_null()) continue;
    hash = types::CombinePostgresHash(hash, hashes_[i](key[i], types::kPartitionHashSeed));
  }
  return hash;
}

int PartitionMap::FindHash(std::span<const Datum> key) const {
  if (by_remainder_.empty()) return -1;
  return by_remainder_[Hash(key) % by_remainder_.size()];
}

// ---- pruning ----

void PartitionMap::Mark(const Condition& condition, std::vector<bool>* marked) const {
  if (condition.first_is_null) return MarkNull(marked);
  const auto is_null = [](const std::optional<Datum>& bound) {
    return bound.has_value() && bound->is_null();
  };
  if (HasNull(condition.equal) || is_null(condition.lower) || is_null(condition.upper)) return;
  if (key_.strategy == 'h') {
    if (condition.equal.size() < key_.parts.size()) {
      marked->assign(marked->size(), true);
    } else if (const int found = FindHash(condition.equal); found >= 0) {
      (*marked)[found] = true;
    }
    return;
  }
  const std::string prefix = Encode(condition.equal);
  const size_t next = condition.equal.size();
  KeyInterval interval{prefix, std::nullopt};
  const auto after = [](const std::string& key) {
    std::string successor = storage::PrefixSuccessor(key);
    return successor.empty() ? std::nullopt : std::optional(std::move(successor));
  };
  if (!prefix.empty()) interval.to = after(prefix);
  if (condition.lower.has_value()) {
    layout_->AppendPart(next, *condition.lower, &interval.from);
    if (!condition.lower_inclusive) {
      const std::optional<std::string> from = after(interval.from);
      if (!from.has_value()) return;
      interval.from = *from;
    }
  }
  if (condition.upper.has_value()) {
    std::string to = prefix;
    layout_->AppendPart(next, *condition.upper, &to);
    interval.to = condition.upper_inclusive ? after(to) : std::optional(std::move(to));
  }
  const bool bounded = condition.lower.has_value() || condition.upper.has_value();
  MarkInterval(interval, next + (bounded ? 1 : 0) == key_.parts.size(), marked);
}

void PartitionMap::MarkAny(std::span<const Datum> values, std::vector<bool>* marked) const {
  for (const Datum& value : values) {
    Condition condition;
    condition.equal.push_back(value);
    Mark(condition, marked);
  }
}

// Unless the condition is about the whole key, NULLs in the rest of it lead to the default partition.
void PartitionMap::MarkInterval(const KeyInterval& interval, bool whole_key,
                                std::vector<bool>* marked) const {
  if (interval.to.has_value() && *interval.to <= interval.from) return;
  for (const Entry& entry : entries_) {
    if (interval.to.has_value() && *interval.to <= entry.from) break;
    const bool reaches = key_.strategy == 'l' ? entry.from >= interval.from
                                              : !entry.to.has_value() || *entry.to > interval.from;
    if (reaches) (*marked)[entry.position] = true;
  }
  if (default_ >= 0 && !(whole_key && IsCovered(interval))) (*marked)[default_] = true;
}

// Whether the partitions with bounds take every key of the interval.
bool PartitionMap::IsCovered(const KeyInterval& interval) const {
  if (key_.strategy == 'l') {
    // One value, which one of them takes.
    return interval.to.has_value() && *interval.to == storage::PrefixSuccessor(interval.from) &&
           FindEntry(interval.from) >= 0;
  }
  const std::string* reached = &interval.from;
  for (const Entry& entry : entries_) {
    if (entry.to.has_value() && *entry.to <= *reached) continue;
    if (entry.from > *reached) return false;
    if (!entry.to.has_value()) return true;
    reached = &*entry.to;
    if (interval.to.has_value() && *interval.to <= *reached) return true;
  }
  return false;
}

void PartitionMap::MarkNull(std::vector<bool>* marked) const {
  if (null_ >= 0) {
    (*marked)[null_] = true;
  } else if (default_ >= 0) {
    (*marked)[default_] = true;
  }
}

// ---- checking a new bound ----

bool PartitionMap::IsEmptyRange(const PartitionBound& bound) const {
  const KeyInterval interval = IntervalOf(bound);
  return interval.to.has_value() && *interval.to <= interval.from;
}

int PartitionMap::FindOverlap(const PartitionBound& bound) const {
  if (bound.is_default) return default_;
  if (key_.strategy == 'h') {
    for (size_t i = 0; i < partitions_.size(); ++i) {
      const PartitionBound& other = *partitions_[i]->partition_bound;
      const int32_t smaller = std::min(other.modulus, bound.modulus);
      if (other.remainder % smaller == bound.remainder % smaller) return static_cast<int>(i);
    }
    return -1;
  }
  if (key_.strategy == 'l') {
    for (const PartitionBound::Value& value : bound.list) {
      std::string key;
      if (value.kind != 'n') EncodeText(0, value.text, &key);
      const int found = value.kind == 'n' ? null_ : FindEntry(key);
      if (found >= 0) return found;
    }
    return -1;
  }
  const KeyInterval interval = IntervalOf(bound);
  for (const Entry& entry : entries_) {
    if (interval.to.has_value() && *interval.to <= entry.from) break;
    if (!entry.to.has_value() || *entry.to > interval.from) return entry.position;
  }
  return -1;
}

std::optional<PartitionMap::ModulusConflict> PartitionMap::FindModulusConflict(
    int32_t modulus) const {
  const RelationPtr* smaller = nullptr;
  for (const RelationPtr& partition : partitions_) {
    const int32_t other = partition->partition_bound->modulus;
    if (other > modulus) {
      if (other % modulus != 0) return ModulusConflict{other, partition, true};
      break;
    }
    smaller = &partition;
  }
  if (smaller == nullptr) return std::nullopt;
  const int32_t other = (*smaller)->partition_bound->modulus;
  if (modulus % other == 0) return std::nullopt;
  return ModulusConflict{other, *smaller, false};
}

}  // namespace grizzly::catalog
