#include "catalog/partition_text.h"

#include "catalog/inheritance.h"
#include "catalog/object_text.h"
#include "catalog/schema_object.h"
#include "facts/namespaces.h"
#include "facts/types.h"

namespace grizzly::catalog {
namespace {

using Value = PartitionBound::Value;
using Values = std::vector<Value>;

bool IsBare(Oid type, const std::string& text) {
  switch (type) {
    case facts::kInt2Oid:
    case facts::kInt4Oid:
    case facts::kInt8Oid:
    case facts::kOidOid:
    case facts::kFloat4Oid:
    case facts::kFloat8Oid:
    case facts::kNumericOid:
      // What would not read back as a plain number is quoted.
      return text.find_first_not_of("0123456789.") == std::string::npos;
    default: return false;
  }
}

// A value as a constant without its type.
std::string Constant(const PartitionKey::Part& part, const Value& value) {
  switch (value.kind) {
    case 'n': return "NULL";
    case '<': return "MINVALUE";
    case '>': return "MAXVALUE";
    default: break;
  }
  if (part.type.oid == facts::kBoolOid) return value.text == "t" ? "true" : "false";
  return IsBare(part.type.oid, value.text) ? value.text : QuoteLiteral(value.text);
}

// The conditions of one partitioned table's bounds.
class ConditionWriter {
 public:
  ConditionWriter(const CatalogSnapshot& catalog, const Relation& parent)
      : catalog_(catalog), parent_(parent), key_(*parent.partition_key) {}

  std::string Write(const PartitionBound& bound) const {
    if (bound.is_default) return Default();
    switch (key_.strategy) {
      case 'h': return Hash(bound);
      case 'l': return List(bound.list);
      default: return And(NotNulls(), Range(bound));
    }
  }

 private:
  std::string Part(size_t i) const {
    const PartitionKey::Part& part = key_.parts[i];
    if (part.column == 0) return "(" + part.expression.sql + ")";
    return QuoteIdentifier(parent_.columns[part.column - 1].name);
  }

  std::string Typed(size_t i, const Value& value) const {
    const types::SqlType& type = key_.parts[i].type;
    const auto found = catalog_.FindType(type.oid);
    const Schema* schema = found == nullptr ? nullptr : catalog_.FindSchema(found->schema);
    std::string name = found == nullptr ? "text" : QuoteIdentifier(found->name);
    if (schema != nullptr) name = QuoteIdentifier(schema->name) + "." + name;
    return QuoteLiteral(value.text) + "::" + name;
  }

  std::string Compare(size_t i, std::string_view op, const Value& value) const {
    std::string collate;
    const PartitionKey::Part& part = key_.parts[i];
    const bool other = part.collation != kInvalidOid && part.collation != part.type.collation;
    if (other) collate = " COLLATE " + FormatCollation(catalog_, SearchPath(), part.collation);
    return fmt::format("({}{} {} {})", Part(i), collate, op, Typed(i, value));
  }

  static std::string Join(const std::vector<std::string>& conditions, std::string_view word) {
    if (conditions.size() == 1) return conditions.front();
    return fmt::format("({})", fmt::join(conditions, word));
  }

  static std::string And(std::vector<std::string> a, const std::vector<std::string>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a.empty() ? std::string() : Join(a, " AND ");
  }

  std::vector<std::string> NotNulls() const {
    std::vector<std::string> tests;
    for (size_t i = 0; i < key_.parts.size(); ++i) {
      tests.push_back(fmt::format("({} IS NOT NULL)", Part(i)));
    }
    return tests;
  }

  // Columns fixed by both bounds, then the bounds of the rest as alternatives by first difference.
  std::vector<std::string> Range(const PartitionBound& bound) const {
    std::vector<std::string> conditions;
    size_t first = 0;
    while (first < key_.parts.size() && bound.lower[first].kind == 'v' &&
           bound.upper[first].kind == 'v' && bound.lower[first].text == bound.upper[first].text) {
      conditions.push_back(Compare(first, "=", bound.lower[first]));
      ++first;
    }
    AddSide(bound.lower, first, ">", ">=", '<', /*last_includes=*/true, &conditions);
    AddSide(bound.upper, first, "<", "<=", '>', /*last_includes=*/false, &conditions);
    return conditions;
  }

  void AddSide(const Values& values, size_t first, std::string_view strict,
               std::string_view inclusive, char open, bool last_includes,
               std::vector<std::string>* conditions) const {
    std::vector<std::string> alternatives;
    for (size_t last = first; last < values.size() && values[last].kind == 'v'; ++last) {
      std::vector<std::string> arm;
      for (size_t i = first; i < last; ++i) arm.push_back(Compare(i, "=", values[i]));
      const bool is_end = last + 1 == values.size();
      const bool includes = is_end ? last_includes : values[last + 1].kind == open;
      arm.push_back(Compare(last, includes ? inclusive : strict, values[last]));
      alternatives.push_back(Join(arm, " AND "));
    }
    if (!alternatives.empty()) conditions->push_back(Join(alternatives, " OR "));
  }

  std::string List(const Values& values) const {
    std::vector<std::string> texts;
    bool takes_null = false;
    Value last;
    for (const Value& value : values) {
      if (value.kind == 'n') {
        takes_null = true;
      } else {
        texts.push_back(Typed(0, value));
        last = value;
      }
    }
    std::string is_one;
    if (texts.size() == 1) {
      is_one = Compare(0, "=", last);
    } else if (!texts.empty()) {
      is_one = fmt::format("({} = ANY (ARRAY[{}]))", Part(0), fmt::join(texts, ", "));
    }
    const std::string is_null = fmt::format("({} IS NULL)", Part(0));
    if (takes_null) return is_one.empty() ? is_null : fmt::format("({} OR {})", is_null, is_one);
    return fmt::format("(({} IS NOT NULL) AND {})", Part(0), is_one);
  }

  std::string Hash(const PartitionBound& bound) const {
    std::string arguments;
    for (size_t i = 0; i < key_.parts.size(); ++i) arguments += ", " + Part(i);
    return fmt::format("pg_catalog.satisfies_hash_partition('{}'::oid, {}, {}{})", parent_.oid,
                       bound.modulus, bound.remainder, arguments);
  }

  std::string Default() const {
    Values all;
    std::vector<std::string> ranges;
    for (const RelationPtr& child : ChildrenOf(catalog_, parent_.oid)) {
      if (!child->IsPartition() || child->partition_bound->is_default) continue;
      const PartitionBound& bound = *child->partition_bound;
      all.insert(all.end(), bound.list.begin(), bound.list.end());
      if (key_.strategy != 'r') continue;
      const std::vector<std::string> range = Range(bound);
      if (range.empty()) return "(NOT " + And(NotNulls(), {}) + ")";  // takes every key
      ranges.push_back(Join(range, " AND "));
    }
    if (key_.strategy == 'l') return all.empty() ? std::string() : "(NOT " + List(all) + ")";
    if (ranges.empty()) return {};
    return "(NOT " + And(NotNulls(), {Join(ranges, " OR ")}) + ")";
  }

  const CatalogSnapshot& catalog_;
  const Relation& parent_;
  const PartitionKey& key_;
};

}  // namespace

std::string PartitionBoundValues(const PartitionKey& key, const Values& values) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < values.size(); ++i) texts.push_back(Constant(key.parts[i], values[i]));
  return fmt::format("({})", fmt::join(texts, ", "));
}

std::string PartitionBoundText(const PartitionKey& key, const PartitionBound& bound) {
  if (bound.is_default) return "DEFAULT";
  switch (key.strategy) {
    case 'h':
      return fmt::format("FOR VALUES WITH (modulus {}, remainder {})", bound.modulus,
                         bound.remainder);
    case 'l': {
      std::vector<std::string> texts;
      for (const Value& value : bound.list) texts.push_back(Constant(key.parts[0], value));
      return fmt::format("FOR VALUES IN ({})", fmt::join(texts, ", "));
    }
    default:
      return fmt::format("FOR VALUES FROM {} TO {}", PartitionBoundValues(key, bound.lower),
                         PartitionBoundValues(key, bound.upper));
  }
}

Definition BoundConstraint(const CatalogSnapshot& catalog, const Relation& parent,
                           const PartitionBound& bound) {
  Definition condition;
  condition.sql = ConditionWriter(catalog, parent).Write(bound);
  condition.search_path = {facts::kPgCatalogNamespaceOid};
  for (const PartitionKey::Part& part : parent.partition_key->parts) {
    if (part.column == 0) condition.search_path = part.expression.search_path;
  }
  return condition;
}

Definition PartitionConstraint(const CatalogSnapshot& catalog, const Relation& partition) {
  Definition all;
  RelationPtr parent;
  for (const Relation* at = &partition; at->IsPartition() && !at->inherits.empty();
       at = parent.get()) {
    parent = catalog.FindRelation(at->inherits.front());
    if (parent == nullptr || !parent->IsPartitioned()) break;
    const Definition own = BoundConstraint(catalog, *parent, *at->partition_bound);
    if (own.empty()) continue;
    all.sql = all.empty() ? own.sql : fmt::format("({} AND {})", own.sql, all.sql);
    // That of a key's expression has more schemas than pg_catalog.
    if (own.search_path.size() > all.search_path.size()) all.search_path = own.search_path;
  }
  return all;
}

}  // namespace grizzly::catalog
