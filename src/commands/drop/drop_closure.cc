#include "commands/drop/drop_closure.h"

#include <algorithm>
#include <set>

#include "base/error/check.h"
#include "catalog/record.h"
#include "commands/object/schema_objects.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_rewrite.h"
#include "commands/type/type_parts.h"

namespace grizzly::commands {
namespace {

using catalog::Dependency;
using catalog::ObjectAddress;
using catalog::Relation;
using catalog::RelationPtr;

constexpr size_t kReportedMax = 100;

struct Found {
  ObjectAddress address;
  ObjectAddress through;   // what it depends on
  bool silent = false;     // goes along without a word
};

// All that goes, dependents before what they depend on.
class Closure {
 public:
  Closure(CommandInput& input, const std::vector<ObjectAddress>& targets) : input_(input) {
    originals_.insert(targets.begin(), targets.end());
    for (const ObjectAddress& target : targets) RefusePartsOfOthers(target);
    for (const ObjectAddress& target : targets) Visit({target, {}, true});
  }
  std::vector<Found>& found() { return found_; }

 private:
  bool IsOriginal(const ObjectAddress& address) const {
    return originals_.contains(address) ||
           originals_.contains({address.object_class, address.object, 0});
  }

  std::string Describe(const ObjectAddress& address) {
    return catalog::DescribeObject(*input_.editor.Current(), input_.search_path, address);
  }

  // An index of a constraint, an identity's sequence: only with their owner.
  void RefusePartsOfOthers(const ObjectAddress& target) {
    if (target.sub != 0) return;
    for (const Dependency& edge :
         input_.editor.Current()->DependenciesOf(target.object_class, target.object)) {
      if (edge.type != 'i') continue;
      const ObjectAddress owner{edge.referenced_class, edge.referenced, edge.referenced_sub};
      if (!IsOriginal(owner)) ThrowRequired(target, owner);
    }
  }

  [[noreturn]] void ThrowRequired(const ObjectAddress& part, const ObjectAddress& owner) {
    const std::string name = Describe(owner);
    throw SqlError(SqlState::kDependentObjectsStillExist,
                   fmt::format("cannot drop {} because {} requires it", Describe(part), name))
        .Hint(fmt::format("You can drop {} instead.", name));
  }

  void Lock(const ObjectAddress& address) {
    if (address.object_class == catalog::kRelationClass) {
      LockRelationByOid(input_, address.object, txn::RelationLockMode::kAccessExclusive);
    } else if (address.object_class == catalog::kConstraintClass) {
      if (const RelationPtr table = catalog::OwningRelation(*input_.editor.Current(), address)) {
        LockRelationByOid(input_, table->oid, txn::RelationLockMode::kAccessExclusive);
      }
    } else if (address.object_class == catalog::kSchemaClass) {
      LockSchema(input_, address.object, /*exclusive=*/true);
    } else if (catalog::IsSchemaObjectClass(address.object_class)) {
      LockSchemaObject(input_, address.object_class, address.object);
    } else if (address.object_class == catalog::kTypeClass) {
      LockType(input_, address.object, /*exclusive=*/true);
    }
  }

  std::vector<Dependency> Dependents(const ObjectAddress& address) {
    const catalog::SnapshotPtr snapshot = input_.editor.Current();
    std::vector<Dependency> edges;
    for (const Dependency& edge :
         snapshot->DependentsOn(address.object_class, address.object)) {
      if (address.sub != 0 && edge.referenced_sub != address.sub) continue;
      const bool own_part = edge.dependent_class == address.object_class &&
                            edge.dependent == address.object && address.sub == 0;
      if (!own_part && !IsOfDroppedColumn(*snapshot, edge)) edges.push_back(edge);
    }
    if (address.object_class == catalog::kSchemaClass) AddMembers(*snapshot, address, &edges);
    std::sort(edges.begin(), edges.end(), [](const Dependency& a, const Dependency& b) {
      // Newer objects first; a whole object before its parts.
      return std::tie(b.dependent, a.dependent_class, a.dependent_sub) <
             std::tie(a.dependent, b.dependent_class, b.dependent_sub);
    });
    return edges;
  }

  static bool IsOfDroppedColumn(const catalog::CatalogSnapshot& snapshot, const Dependency& edge) {
    if (edge.dependent_class != catalog::kRelationClass || edge.dependent_sub <= 0) return false;
    const RelationPtr relation = snapshot.FindRelation(edge.dependent);
    return relation != nullptr &&
           static_cast<size_t>(edge.dependent_sub) <= relation->columns.size() &&
           relation->columns[edge.dependent_sub - 1].dropped;
  }

  // What lies in a schema depends on it.
  static void AddMembers(const catalog::CatalogSnapshot& snapshot, const ObjectAddress& schema,
                         std::vector<Dependency>* edges) {
    const auto is_composite = [](const RelationPtr& relation) {
      return relation != nullptr && relation->kind == catalog::RelationKind::kCompositeType;
    };
    snapshot.ForEachRelation([&](const RelationPtr& relation) {
      if (relation->schema != schema.object || relation->index.has_value() ||
          is_composite(relation)) {
        return;
      }
      Dependency edge;
      edge.dependent_class = catalog::kRelationClass;
      edge.dependent = relation->oid;
      edge.type = 'n';
      edges->push_back(edge);
    });
    catalog::ObjectsOf(snapshot).ForEachObjectOfAnyClass([&](const catalog::SchemaObject& object) {
      if (object.schema != schema.object) return;
      Dependency edge;
      edge.dependent_class = object.object_class;
      edge.dependent = object.oid;
      edge.type = 'n';
      edges->push_back(edge);
    });
    // Row types, arrays and multiranges go with what they are of.
    snapshot.ForEachType([&](const catalog::Type& type) {
      const bool is_row = type.relation != kInvalidOid &&
                          !is_composite(snapshot.FindRelation(type.relation));
      const bool is_part = is_row || type.category == 'A' || type.range != kInvalidOid;
      if (type.schema != schema.object || is_part) return;
      Dependency edge;
      edge.dependent_class = catalog::kTypeClass;
      edge.dependent = type.oid;
      edge.type = 'n';
      edges->push_back(edge);
    });
  }

  // What a column of a view needs, its query needs.
  ObjectAddress WithoutViewColumn(ObjectAddress address) {
    if (address.object_class != catalog::kRelationClass || address.sub == 0) return address;
    const RelationPtr relation = input_.editor.Current()->FindRelation(address.object);
    if (relation != nullptr && relation->view.has_value()) address.sub = 0;
    return address;
  }

  // Of a constraint's index the constraint, and of a partition's constraint the partitioned table's: that is what
  // needs the other object.
  ObjectAddress WholeOf(ObjectAddress address) {
    if (address.object_class == catalog::kRelationClass && address.sub == 0) {
      return OwnerIn(catalog::kConstraintClass, address).value_or(address);
    }
    if (address.object_class != catalog::kConstraintClass) return address;
    const catalog::SnapshotPtr snapshot = input_.editor.Current();
    for (bool found = true; found;) {
      found = false;
      for (const Dependency& edge : snapshot->DependenciesOf(address.object_class, address.object)) {
        if (edge.type != 'i' || edge.referenced_class != catalog::kConstraintClass) continue;
        address = {edge.referenced_class, edge.referenced, 0};
        found = true;
        break;
      }
    }
    return address;
  }

  // What an internal part is a part of, beside others: of this class.
  std::optional<ObjectAddress> OwnerIn(Oid object_class, const ObjectAddress& part) {
    for (const Dependency& edge :
         input_.editor.Current()->DependenciesOf(part.object_class, part.object)) {
      if (edge.type == 'i' && edge.referenced_class == object_class) {
        return ObjectAddress{edge.referenced_class, edge.referenced, 0};
      }
    }
    return std::nullopt;
  }

  bool Goes(const ObjectAddress& address) const {
    return active_.contains(address) || IsOriginal(address);
  }

  // An index that is a partition's part of another index and has a constraint of its own that is no part
  // of that one's: from the other index the constraint is reached, from the constraint nothing.
  ObjectAddress OwnerOfIndexPart(const ObjectAddress& from, const ObjectAddress& part, bool* silent) {
    const RelationPtr index = part.object_class == catalog::kRelationClass
                                  ? input_.editor.Current()->FindRelation(part.object)
                                  : nullptr;
    if (index == nullptr || !index->index.has_value() || index->inherits.empty()) return part;
    const ObjectAddress whole{catalog::kRelationClass, index->inherits.front(), 0};
    const RelationPtr whole_index = input_.editor.Current()->FindRelation(whole.object);
    const auto constraint = OwnerIn(catalog::kConstraintClass, part);
    const auto whole_constraint = OwnerIn(catalog::kConstraintClass, whole);
    if (!constraint.has_value() || Goes({catalog::kRelationClass, index->index->table, 0}) ||
        Goes({catalog::kRelationClass, whole_index->index->table, 0}) ||
        (whole_constraint.has_value() && Goes(*whole_constraint))) {
      return part;
    }
    if (from.object_class == catalog::kConstraintClass) {
      if (!Goes(whole)) ThrowRequired(part, whole);
      return part;
    }
    *silent = Goes(*constraint);
    return *constraint;
  }

  void Visit(Found what) {
    const auto known = std::find_if(found_.begin(), found_.end(), [&](const Found& other) {
      return other.address == what.address ||
             other.address ==
                 ObjectAddress{what.address.object_class, what.address.object, 0};
    });
    if (known != found_.end()) {
      known->silent |= what.silent;
      return;
    }
    if (!active_.insert(what.address).second) {
      if (what.silent) silent_.insert(what.address);
      return;
    }
    Lock(what.address);
    for (const Dependency& edge : Dependents(what.address)) {
      ObjectAddress dependent = WithoutViewColumn(
          {edge.dependent_class, edge.dependent, edge.dependent_sub});
      if (edge.type == 'n') dependent = WholeOf(dependent);
      bool silent = edge.type != 'n' || IsOriginal(dependent);
      if (edge.type == 'i') dependent = OwnerOfIndexPart(what.address, dependent, &silent);
      Visit({dependent, what.address, silent});
    }
    what.silent |= silent_.contains(what.address);
    found_.push_back(what);
  }

  CommandInput& input_;
  std::set<ObjectAddress> originals_, active_, silent_;
  std::vector<Found> found_;
};

void ReportOrRefuse(CommandInput& input, const std::vector<ObjectAddress>& targets,
                    const std::vector<Found>& found, bool cascade) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const auto describe = [&](const ObjectAddress& address) {
    return catalog::DescribeObject(*snapshot, input.search_path, address);
  };
  // A column goes without a word with its relation.
  const auto is_part_of_found = [&](const Found& part) {
    const ObjectAddress whole{part.address.object_class, part.address.object, 0};
    return part.address.sub != 0 && std::any_of(found.begin(), found.end(), [&](const Found& item) {
      return item.address == whole;
    });
  };
  std::vector<std::string> lines;
  size_t count = 0;
  for (auto item = found.rbegin(); item != found.rend(); ++item) {
    if (item->silent || is_part_of_found(*item)) continue;
    if (++count > kReportedMax) continue;
    lines.push_back(cascade ? "drop cascades to " + describe(item->address)
                            : describe(item->address) + " depends on " + describe(item->through));
  }
  if (count == 0) return;
  std::string detail;
  for (const std::string& line : lines) detail += (detail.empty() ? "" : "\n") + line;
  if (count > kReportedMax) {
    detail += fmt::format("\nand {} other objects (see server log for list)", count - kReportedMax);
  }
  if (cascade) {
    if (count == 1) return SendNotice(input, lines[0]);
    return SendNotice(input, fmt::format("drop cascades to {} other objects", count), detail);
  }
  throw SqlError(SqlState::kDependentObjectsStillExist,
                 targets.size() == 1
                     ? fmt::format("cannot drop {} because other objects depend on it",
                                   describe(targets[0]))
                     : "cannot drop desired object(s) because other objects depend on them")
      .Detail(detail)
      .Hint("Use DROP ... CASCADE to drop the dependent objects too.");
}

// ---- removal ----

class Removal {
 public:
  Removal(CommandInput& input, const std::vector<Found>& found) : input_(input) {
    for (const Found& item : found) {
      if (item.address.object_class == catalog::kRelationClass && item.address.sub == 0) {
        whole_relations_.insert(item.address.object);
      }
    }
  }

  void Remove(const ObjectAddress& address) {
    switch (address.object_class) {
      case catalog::kRelationClass:
        if (address.sub != 0) return RemoveColumn(address.object, address.sub);
        return RemoveRelation(address.object);
      case catalog::kConstraintClass: return RemoveConstraint(address);
      case catalog::kDefaultClass: return RemoveDefault(address);
      case catalog::kTypeClass:
        input_.editor.DropDependenciesOf(catalog::kTypeClass, address.object);
        if (input_.editor.Current()->FindType(address.object) != nullptr) {
          input_.editor.DropType(address.object);
        }
        return;
      case catalog::kSchemaClass: return input_.editor.DropSchema(address.object);
      default:
        GRIZZLY_CHECK(catalog::IsSchemaObjectClass(address.object_class));
        catalog::ObjectEditorOf(input_.editor).DropObject(address.object_class, address.object);
    }
  }

 private:
  RelationPtr FindSurvivor(Oid relation) {
    if (whole_relations_.contains(relation)) return nullptr;
    return input_.editor.Current()->FindRelation(relation);
  }

  void RemoveRelation(Oid oid) {
    const RelationPtr relation = input_.editor.Current()->FindRelation(oid);
    if (relation == nullptr) return;
    if (relation->index.has_value()) return RemoveIndex(*relation);
    RequireNothingOwed(input_, *relation, "DROP TABLE");
    if (relation->kind == catalog::RelationKind::kSequence || relation->HasRows()) {
      DropStorageAtCommit(input_, *relation);
    }
    input_.editor.DropRelation(oid);
  }

  void RemoveIndex(const Relation& index) {
    const RelationPtr table = FindSurvivor(index.index->table);
    input_.editor.DropRelation(index.oid);
    if (table == nullptr) return;
    Relation changed = *table;
    std::erase(changed.indexes, index.oid);
    if (!table->HasRows()) {
      input_.editor.PutRelation(std::move(changed));
      return;
    }
    if (!index.index->clustered_by) {
      DropIndexAtCommit(input_, *table, index.index->index_id);
      input_.editor.PutRelation(std::move(changed));
      return;
    }
    // Rows that lay in the order of the primary key move to hidden row ids.
    changed.storage = NewStorage(input_);
    input_.transaction.MarkYoungAtCommit(RangeOfStorage(input_.tenant, changed.storage).from);
    const RelationPtr after = input_.editor.PutRelation(std::move(changed));
    RewriteTable(input_, *table, after, {});
    DropStorageAtCommit(input_, *table);
  }

  void RemoveColumn(Oid oid, int32_t attnum) {
    const RelationPtr table = FindSurvivor(oid);
    if (table == nullptr) return;
    Relation changed = *table;
    catalog::Column& column = changed.columns[attnum - 1];
    if (column.dropped) return;
    column.name = fmt::format("........pg.dropped.{}........", attnum);
    column.dropped = true;
    column.not_null = false;
    column.default_value = {};
    column.identity = '\0';
    column.generated = '\0';
    column.has_missing = false;
    column.missing_value.clear();
    column.missing_is_null = true;
    column.owned_sequence = kInvalidOid;
    column.comment.clear();
    input_.editor.PutRelation(std::move(changed));
  }

  void RemoveCheckOfDomain(const catalog::Type& domain, Oid check) {
    catalog::Type changed = domain;
    std::erase_if(changed.checks, [&](const catalog::Constraint& c) { return c.oid == check; });
    input_.editor.PutType(std::move(changed));
  }

  void RemoveConstraint(const ObjectAddress& address) {
    if (const auto domain = catalog::OwningDomain(*input_.editor.Current(), address)) {
      input_.editor.DropDependenciesOf(catalog::kConstraintClass, address.object);
      return RemoveCheckOfDomain(*domain, address.object);
    }
    const RelationPtr table = catalog::OwningRelation(*input_.editor.Current(), address);
    input_.editor.DropDependenciesOf(catalog::kConstraintClass, address.object);
    if (table == nullptr || whole_relations_.contains(table->oid)) return;
    Relation changed = *table;
    std::erase_if(changed.constraints, [&](const catalog::Constraint& constraint) {
      return constraint.oid == address.object;
    });
    input_.editor.PutRelation(std::move(changed));
  }

  void RemoveDefault(const ObjectAddress& address) {
    const RelationPtr table = catalog::OwningRelation(*input_.editor.Current(), address);
    input_.editor.DropDependenciesOf(catalog::kDefaultClass, address.object);
    if (table == nullptr || whole_relations_.contains(table->oid)) return;
    Relation changed = *table;
    for (catalog::Column& column : changed.columns) {
      if (column.default_oid != address.object) continue;
      column.default_value = {};
      column.generated = '\0';
    }
    input_.editor.PutRelation(std::move(changed));
  }

  CommandInput& input_;
  std::set<Oid> whole_relations_;
};

}  // namespace

void RequireDroppable(CommandInput& input, const std::vector<ObjectAddress>& targets) {
  Closure closure(input, targets);
  ReportOrRefuse(input, targets, closure.found(), /*cascade=*/false);
}

void DropObjects(CommandInput& input, const std::vector<ObjectAddress>& targets, bool cascade) {
  Closure closure(input, targets);
  ReportOrRefuse(input, targets, closure.found(), cascade);
  // Constraints of surviving tables go before the indexes that need them looked up by their edges.
  Removal removal(input, closure.found());
  for (const Found& item : closure.found()) removal.Remove(item.address);
}

}  // namespace grizzly::commands
