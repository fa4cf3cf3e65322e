#include "planner/physical/constraint_rules.h"

#include <algorithm>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "catalog/inheritance.h"
#include "catalog/object_text.h"
#include "catalog/partition_map.h"
#include "catalog/record.h"
#include "facts/access_methods.h"
#include "facts/casts.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/type_oids.h"
#include "functions/registry.h"

namespace grizzly::planner {
namespace {

using types::PhysicalType;
using types::SqlType;

bool IsInteger(Oid type) {
  return type == facts::kInt2Oid || type == facts::kInt4Oid || type == facts::kInt8Oid;
}

bool IsFloat(Oid type) { return type == facts::kFloat4Oid || type == facts::kFloat8Oid; }

// Types whose equal values are the same bytes.
bool IsPlainText(Oid type) {
  return type == facts::kTextOid || type == facts::kVarcharOid || type == facts::kNameOid;
}

// Both ways by the executor, without a function: executor/constraint/key_values.h.
bool ConvertsBothWays(const SqlType& a, const SqlType& b) {
  return a.oid == b.oid || (IsInteger(a.oid) && IsInteger(b.oid)) ||
         (IsFloat(a.oid) && IsFloat(b.oid)) || (IsPlainText(a.oid) && IsPlainText(b.oid));
}

expr::ExprPtr MakeCall(const catalog::CatalogSnapshot& catalog, Oid function, const SqlType& result,
                       std::vector<expr::ExprPtr> arguments, expr::CallSyntax syntax) {
  const facts::ProcFact* proc = facts::FindProc(function);
  const functions::Implementation* implementation = functions::BuiltinRegistry().Find(function);
  if (proc == nullptr || implementation == nullptr) {
    ThrowNotSupported("a constraint by this function");
  }
  auto call = std::make_shared<functions::CallSite>();
  call->function = function;
  call->result_type = result;
  call->result_io = catalog.FindTypeIo(result.oid);
  for (const expr::ExprPtr& argument : arguments) {
    call->argument_types.push_back(argument->type);
    call->argument_io.push_back(catalog.FindTypeIo(argument->type.oid));
  }
  call->collation = arguments[0]->type.collation;
  auto made = std::make_unique<expr::FunctionExpr>(result);
  made->implementation = implementation;
  made->call = std::move(call);
  made->strict = proc->proisstrict;
  made->volatility = proc->provolatile;
  made->syntax = syntax;
  made->arguments = std::move(arguments);
  return made;
}

// The implicit cast of InputExpr 0; null when the bytes stay.
expr::ExprPtr MakeCast(const catalog::CatalogSnapshot& catalog, const SqlType& from, const SqlType& to) {
  const facts::CastFact* cast = facts::FindCast(from.oid, to.oid);
  if (cast == nullptr || cast->castmethod == 'b') return nullptr;
  if (cast->castmethod != 'f') ThrowNotSupported("a foreign key between these types");
  SqlType result = to;
  result.typmod = types::kNoTypmod;
  std::vector<expr::ExprPtr> arguments;
  arguments.push_back(std::make_unique<expr::InputExpr>(from, 0));
  return MakeCall(catalog, cast->castfunc, result, std::move(arguments),
                  expr::CallSyntax::kImplicitCast);
}

// All parts' operators hold between the two rows.
expr::ExprPtr MakeExclusion(const catalog::CatalogSnapshot& catalog,
                            const catalog::IndexDefinition& index,
                            const catalog::Constraint& constraint) {
  const auto part_count = static_cast<uint32_t>(index.parts.size());
  auto all = std::make_unique<expr::ListExpr>(expr::ExprKind::kBool,
                                              types::BuiltinType(facts::kBoolOid),
                                              static_cast<uint8_t>(expr::BoolOperation::kAnd));
  for (uint32_t i = 0; i < part_count; ++i) {
    SqlType type = index.parts[i].type;
    if (index.parts[i].collation != kInvalidOid) type.collation = index.parts[i].collation;
    std::vector<expr::ExprPtr> arguments;
    arguments.push_back(std::make_unique<expr::InputExpr>(type, i));
    arguments.push_back(std::make_unique<expr::InputExpr>(type, part_count + i));
    const facts::OperatorFact* fact = facts::FindOperator(constraint.exclusion_operators[i]);
    if (fact == nullptr) ThrowNotSupported("an exclusion constraint with this operator");
    all->children.push_back(MakeCall(catalog, fact->oprcode, types::BuiltinType(facts::kBoolOid),
                                     std::move(arguments), expr::CallSyntax::kOperator));
  }
  if (all->children.size() == 1) return std::move(all->children[0]);
  return all;
}

// Behind domains.
SqlType BaseOf(const catalog::CatalogSnapshot& catalog, SqlType type) {
  for (auto found = catalog.FindType(type.oid); found != nullptr && found->typtype == 'd';
       found = catalog.FindType(type.oid)) {
    const Oid collation = type.collation;
    type = catalog.ResolveType(found->base, found->base_typmod);
    if (type.collation != kInvalidOid) type.collation = collation;
  }
  return type;
}

std::vector<uint32_t> Places(const std::vector<AttributeNumber>& attnums) {
  std::vector<uint32_t> places;
  for (const AttributeNumber attnum : attnums) places.push_back(static_cast<uint32_t>(attnum - 1));
  return places;
}

// The same columns in rows of another table of the tree.
std::vector<uint32_t> PlacesIn(const catalog::Relation& to, const catalog::Relation& from,
                               const std::vector<uint32_t>& places) {
  const std::vector<int32_t> map = catalog::MapColumnsByName(from, to);
  std::vector<uint32_t> mapped;
  for (const uint32_t place : places) mapped.push_back(static_cast<uint32_t>(map[place]));
  return mapped;
}

void SetKey(catalog::RelationPtr key, plan::ForeignKeyRule* rule) {
  GRIZZLY_CHECK(key != nullptr);
  rule->key = std::move(key);
  rule->key_parts.clear();
  for (const catalog::IndexDefinition::Part& part : rule->key->index->parts) {
    const auto place = std::find(rule->referenced_columns.begin(), rule->referenced_columns.end(),
                                 part.column - 1u);
    rule->key_parts.push_back(static_cast<uint32_t>(place - rule->referenced_columns.begin()));
  }
}

// For one leaf of a side; what it is of the other side is not copied.
std::shared_ptr<plan::ForeignKeyRule> CopyOf(const plan::ForeignKeyRule& rule) {
  auto copy = std::make_shared<plan::ForeignKeyRule>();
  copy->constraint = rule.constraint;
  copy->name = rule.name;
  copy->referencing = rule.referencing;
  copy->referenced = rule.referenced;
  copy->key = rule.key;
  copy->referencing_columns = rule.referencing_columns;
  copy->referenced_columns = rule.referenced_columns;
  copy->key_parts = rule.key_parts;
  for (const expr::ExprPtr& cast : rule.casts) {
    copy->casts.push_back(cast == nullptr ? nullptr : cast->Clone());
  }
  copy->converts_back = rule.converts_back;
  copy->match_type = rule.match_type;
  copy->on_update = rule.on_update;
  copy->on_delete = rule.on_delete;
  copy->deferrable = rule.deferrable;
  copy->initially_deferred = rule.initially_deferred;
  copy->delete_set_columns = rule.delete_set_columns;
  return copy;
}

class PartitionsOfKey {
 public:
  PartitionsOfKey(const catalog::CatalogSnapshot& catalog, const plan::ForeignKeyRule& rule)
      : catalog_(catalog), rule_(rule) {
    AddTable(rule.referenced);
  }
  std::shared_ptr<const plan::ReferencedPartitions> Take() { return std::move(made_); }

 private:
  int32_t AddTable(const catalog::RelationPtr& table) {
    const size_t position = made_->tables.size();
    plan::ReferencedPartitions::Table& added = made_->tables.emplace_back();
    const std::vector<uint32_t> columns =
        PlacesIn(*table, *rule_.referenced, rule_.referenced_columns);
    for (const catalog::PartitionKey::Part& part : table->partition_key->parts) {
      const auto place = std::find(columns.begin(), columns.end(), part.column - 1u);
      added.key_columns.push_back(static_cast<uint32_t>(place - columns.begin()));
    }
    const auto map = std::make_shared<const catalog::PartitionMap>(catalog_, *table);
    added.map = map;
    std::vector<int32_t> targets;
    for (size_t i = 0; i < map->size(); ++i) {
      const catalog::RelationPtr& partition = map->partition(i);
      targets.push_back(partition->IsPartitioned() ? ~AddTable(partition) : AddLeaf(partition));
    }
    made_->tables[position].targets = std::move(targets);
    return static_cast<int32_t>(position);
  }

  int32_t AddLeaf(const catalog::RelationPtr& relation) {
    std::shared_ptr<plan::ForeignKeyRule> leaf = CopyOf(rule_);
    leaf->referenced = relation;
    leaf->referenced_columns = PlacesIn(*relation, *rule_.referenced, rule_.referenced_columns);
    SetKey(catalog::PartOfIndex(catalog_, *relation, rule_.key->oid), leaf.get());
    made_->leaves.push_back(std::move(leaf));
    return static_cast<int32_t>(made_->leaves.size() - 1);
  }

  const catalog::CatalogSnapshot& catalog_;
  const plan::ForeignKeyRule& rule_;
  std::shared_ptr<plan::ReferencedPartitions> made_ =
      std::make_shared<plan::ReferencedPartitions>();
};

std::vector<catalog::RelationPtr> BelowIn(const catalog::CatalogSnapshot& catalog,
                                          const catalog::RelationPtr& root) {
  std::vector<catalog::RelationPtr> tree = catalog::TreeOf(catalog, root);
  tree.erase(tree.begin());
  return tree;
}

// What a rule over partitioned tables needs of their leaves.
void AddLeaves(const catalog::CatalogSnapshot& catalog, plan::ForeignKeyRule* rule) {
  if (rule->referenced->IsPartitioned()) {
    rule->referenced_partitions = PartitionsOfKey(catalog, *rule).Take();
    rule->referenced_tree = BelowIn(catalog, rule->referenced);
  }
  if (!rule->referencing->IsPartitioned()) return;
  rule->referencing_tree = BelowIn(catalog, rule->referencing);
  for (const catalog::RelationPtr& table : catalog::PartitionLeaves(catalog, rule->referencing)) {
    std::shared_ptr<plan::ForeignKeyRule> leaf = CopyOf(*rule);
    leaf->referencing = table;
    leaf->referencing_columns = PlacesIn(*table, *rule->referencing, rule->referencing_columns);
    leaf->delete_set_columns = PlacesIn(*table, *rule->referencing, rule->delete_set_columns);
    rule->referencing_leaves.push_back(std::move(leaf));
  }
}

// Whether the constraint is a partition's, of the one that its table has to the same other table.
bool IsOfReferencingPartition(const catalog::CatalogSnapshot& catalog,
                              const catalog::Constraint& constraint) {
  if (constraint.parent == kInvalidOid) return false;
  const catalog::RelationPtr owner =
      catalog::OwningRelation(catalog, {catalog::kConstraintClass, constraint.parent, 0});
  if (owner == nullptr) return false;
  return std::any_of(owner->constraints.begin(), owner->constraints.end(), [&](const auto& whole) {
    return whole.oid == constraint.parent && whole.foreign_relation == constraint.foreign_relation;
  });
}

}  // namespace

Oid ReferenceOperator(const catalog::CatalogSnapshot& catalog, const SqlType& referencing_column,
                      const SqlType& referenced_column, Oid opclass) {
  const SqlType referencing = BaseOf(catalog, referencing_column);
  const SqlType referenced = BaseOf(catalog, referenced_column);
  const facts::OpclassFact* fact = facts::FindOpclass(opclass);
  if (fact == nullptr) return kInvalidOid;
  const auto equal = [&](Oid left, Oid right) {
    return facts::FamilyOperator(fact->opcfamily, left, right, facts::kBtreeEqual);
  };
  if (const Oid found = equal(fact->opcintype, referencing.oid)) return found;
  if (referencing.oid == referenced.oid) return equal(fact->opcintype, fact->opcintype);
  const facts::CastFact* cast = facts::FindCast(referencing.oid, referenced.oid);
  const facts::CastFact* to_key = facts::FindCast(referencing.oid, fact->opcintype);
  const bool implicit = (cast != nullptr && cast->castcontext == 'i') ||
                        (to_key != nullptr && to_key->castcontext == 'i') ||
                        referencing.oid == fact->opcintype;
  return implicit ? equal(fact->opcintype, fact->opcintype) : kInvalidOid;
}

plan::ForeignKeyRulePtr MakeForeignKeyRule(const catalog::CatalogSnapshot& catalog,
                                           const catalog::RelationPtr& referencing,
                                           const catalog::Constraint& constraint) {
  auto rule = std::make_shared<plan::ForeignKeyRule>();
  rule->referenced = catalog.FindRelation(constraint.foreign_relation);
  catalog::RelationPtr key = catalog.FindRelation(constraint.index);
  if (rule->referenced == nullptr || key == nullptr) return nullptr;
  rule->constraint = constraint.oid;
  rule->name = constraint.name;
  rule->is_part = constraint.parent != kInvalidOid &&
                  !IsOfReferencingPartition(catalog, constraint);
  rule->referencing = referencing;
  rule->referencing_columns = Places(constraint.columns);
  rule->referenced_columns = Places(constraint.foreign_columns);
  SetKey(std::move(key), rule.get());
  for (size_t i = 0; i < rule->referencing_columns.size(); ++i) {
    const SqlType from =
        BaseOf(catalog, referencing->columns[rule->referencing_columns[i]].type);
    const SqlType to =
        BaseOf(catalog, rule->referenced->columns[rule->referenced_columns[i]].type);
    const bool both_ways = ConvertsBothWays(from, to);
    rule->converts_back.push_back(both_ways);
    rule->casts.push_back(both_ways ? nullptr : MakeCast(catalog, from, to));
  }
  rule->match_type = constraint.match_type;
  rule->on_update = constraint.on_update;
  rule->on_delete = constraint.on_delete;
  rule->deferrable = constraint.deferrable;
  rule->initially_deferred = constraint.initially_deferred;
  rule->delete_set_columns = Places(constraint.delete_set_columns);
  AddLeaves(catalog, rule.get());
  return rule;
}

bool IsReferencedPart(const catalog::Relation& table, const catalog::Constraint& constraint) {
  return constraint.parent != kInvalidOid &&
         std::any_of(table.constraints.begin(), table.constraints.end(),
                     [&](const catalog::Constraint& whole) { return whole.oid == constraint.parent; });
}

plan::IndexRulePtr MakeIndexRule(const catalog::CatalogSnapshot& catalog,
                                 const catalog::RelationPtr& table,
                                 const catalog::Constraint& constraint) {
  const bool exclusion = constraint.kind == catalog::ConstraintKind::kExclusion;
  const bool key = constraint.kind == catalog::ConstraintKind::kUnique ||
                   constraint.kind == catalog::ConstraintKind::kPrimaryKey;
  if (!exclusion && !(key && constraint.deferrable)) return nullptr;
  auto rule = std::make_shared<plan::IndexRule>();
  rule->index = catalog.FindRelation(constraint.index);
  if (rule->index == nullptr) return nullptr;
  rule->constraint = constraint.oid;
  rule->name = constraint.name;
  rule->table = table;
  rule->deferrable = constraint.deferrable;
  rule->initially_deferred = constraint.initially_deferred;
  if (exclusion) rule->excludes = MakeExclusion(catalog, *rule->index->index, constraint);
  return rule;
}

std::vector<plan::ForeignKeyRulePtr> ForeignKeysTo(const catalog::CatalogSnapshot& catalog,
                                                   const catalog::Relation& table) {
  std::vector<Oid> constraints;
  for (const catalog::Dependency& edge : catalog.DependentsOn(catalog::kRelationClass, table.oid)) {
    if (edge.dependent_class != catalog::kConstraintClass || edge.type != 'n') continue;
    constraints.push_back(edge.dependent);
  }
  std::sort(constraints.begin(), constraints.end());
  constraints.erase(std::unique(constraints.begin(), constraints.end()), constraints.end());
  std::vector<plan::ForeignKeyRulePtr> rules;
  for (const Oid oid : constraints) {
    const catalog::RelationPtr owner =
        catalog::OwningRelation(catalog, {catalog::kConstraintClass, oid, 0});
    if (owner == nullptr) continue;
    for (const catalog::Constraint& constraint : owner->constraints) {
      if (constraint.oid != oid || constraint.kind != catalog::ConstraintKind::kForeignKey) continue;
      if (constraint.foreign_relation != table.oid) continue;
      if (IsOfReferencingPartition(catalog, constraint)) continue;
      if (auto rule = MakeForeignKeyRule(catalog, owner, constraint)) {
        rules.push_back(std::move(rule));
      }
    }
  }
  return rules;
}

void AddConstraintRules(const catalog::CatalogSnapshot& catalog, plan::RowRules* rules) {
  const catalog::RelationPtr& table = rules->relation;
  if (table->IsPartitioned()) return;  // its partitions have them
  rules->referenced_by = ForeignKeysTo(catalog, *table);
  for (const catalog::Constraint& constraint : table->constraints) {
    if (constraint.kind == catalog::ConstraintKind::kForeignKey) {
      if (IsReferencedPart(*table, constraint)) continue;
      if (auto rule = MakeForeignKeyRule(catalog, table, constraint)) {
        rules->references.push_back(std::move(rule));
      }
    } else if (auto rule = MakeIndexRule(catalog, table, constraint)) {
      rules->index_rules.push_back(std::move(rule));
    }
  }
}

void AddMoveRules(const catalog::CatalogSnapshot& catalog, plan::RowRouting* routing) {
  const catalog::RelationPtr& root = routing->tables[0].relation;
  routing->root.relation = root;
  routing->root.referenced_by = ForeignKeysTo(catalog, *root);
  for (plan::RowRouting::Leaf& leaf : routing->leaves) {
    for (const catalog::RelationPtr& table :
         catalog::PartitionAncestors(catalog, *leaf.rules.relation)) {
      if (table->oid == root->oid) break;
      const std::vector<plan::ForeignKeyRulePtr> keys = ForeignKeysTo(catalog, *table);
      const bool holds = std::any_of(keys.begin(), keys.end(),
                                     [](const auto& rule) { return !rule->is_part; });
      if (holds && leaf.held_by == nullptr) leaf.held_by = table;
    }
  }
}

}  // namespace grizzly::planner
