#include "catalog/drop_plan.h"

#include "catalog/record.h"
#include "catalog/schema_object.h"

namespace grizzly::catalog {
namespace {

constexpr size_t kObjectsReported = 100;  // PostgreSQL's MAX_REPORTED_DEPS

// How an object came to be dropped; several may hold.
struct Reasons {
  bool original = false;   // a target
  bool normal = false;     // something needs it no longer being there
  bool part = false;       // auto or internal
  bool superseded = false; // its whole table was added after it

  Reasons& operator|=(const Reasons& other) {
    original |= other.original;
    normal |= other.normal;
    part |= other.part;
    superseded |= other.superseded;
    return *this;
  }
};

struct Planned {
  ObjectAddress address;
  Reasons reasons;
  ObjectAddress needed;  // what it depends on; class 0 for a target
};

// Depth first; what is being visited is on the stack, what is done in `planned`.
class DropSearch {
 public:
  DropSearch(const CatalogSnapshot& catalog, const SearchPath& path,
             std::span<const ObjectAddress> targets)
      : catalog_(catalog), path_(path), targets_(targets) {}

  void Run() {
    for (const ObjectAddress& target : targets_) Visit(target, {.original = true}, nullptr);
  }
  const std::vector<Planned>& planned() const { return planned_; }
  bool Drops(const ObjectAddress& address) const {
    const auto at = positions_.find(address.id());
    if (at == positions_.end()) return false;
    return std::any_of(at->second.begin(), at->second.end(), [&](size_t position) {
      return planned_[position].address == address;
    });
  }

 private:
  struct Frame {
    const ObjectAddress& address;
    Reasons reasons;
    Frame* below;
  };

  void Visit(const ObjectAddress& address, Reasons reasons, Frame* below) {
    if (IsOnStack(address, reasons, below) || IsPlanned(address, reasons)) return;
    if (const auto owner = InternalOwner(address, below); owner.has_value()) {
      if (below == nullptr) {
        ThrowPartOf(address, *owner);
      } else {
        return Visit(*owner, {.normal = true}, below);
      }
    }
    Frame frame{address, reasons, below};
    for (const Dependent& dependent : DependentsOf(address)) {
      Visit(dependent.address, {.normal = dependent.type == 'n', .part = dependent.type != 'n'},
            &frame);
    }
    positions_[address.id()].push_back(planned_.size());
    planned_.push_back(
        {address, frame.reasons, below == nullptr ? ObjectAddress() : below->address});
  }

  static bool IsOnStack(const ObjectAddress& address, const Reasons& reasons, Frame* frame) {
    for (; frame != nullptr; frame = frame->below) {
      if (frame->address.id() != address.id()) continue;
      if (frame->address.sub == address.sub) {
        frame->reasons |= reasons;
        return true;
      }
      if (frame->address.sub == 0) return true;  // a column of a table that goes anyway
    }
    return false;
  }

  bool IsPlanned(const ObjectAddress& address, const Reasons& reasons) {
    const auto at = positions_.find(address.id());
    if (at == positions_.end()) return false;
    bool found = false;
    for (const size_t position : at->second) {
      Planned& planned = planned_[position];
      if (planned.address.sub == address.sub) {
        planned.reasons |= reasons;
        found = true;
      } else if (planned.address.sub == 0) {
        found = true;
      } else if (address.sub == 0) {
        planned.reasons.superseded = true;
      }
    }
    return found;
  }

  // The object this one is an internal part of, unless that is being dropped already.
  std::optional<ObjectAddress> InternalOwner(const ObjectAddress& address, Frame* stack) {
    if (address.sub != 0) return std::nullopt;
    for (const Dependency& edge :
         catalog_.DependenciesOf(address.object_class, address.object)) {
      if (edge.type != 'i' || edge.dependent_sub != 0) continue;
      const ObjectAddress owner{edge.referenced_class, edge.referenced, edge.referenced_sub};
      Reasons none;
      if (IsOnStack(owner, none, stack) || IsPlanned(owner, none) || IsTarget(owner)) continue;
      // A column's part may go with the whole table, too.
      const ObjectAddress whole{owner.object_class, owner.object, 0};
      if (IsTarget(whole)) continue;
      return owner;
    }
    return std::nullopt;
  }

  bool IsTarget(const ObjectAddress& address) const {
    return std::find(targets_.begin(), targets_.end(), address) != targets_.end();
  }

  struct Dependent {
    ObjectAddress address;
    char type;
  };

  // Newest first, so that reports (read backwards) have the oldest first.
  std::vector<Dependent> DependentsOf(const ObjectAddress& address) const {
    std::vector<Dependent> dependents;
    for (const Dependency& edge : catalog_.DependentsOn(address.object_class, address.object)) {
      if (address.sub != 0 && edge.referenced_sub != address.sub) continue;
      const ObjectAddress dependent{edge.dependent_class, edge.dependent, edge.dependent_sub};
      if (dependent == address) continue;
      dependents.push_back({dependent, edge.type});
    }
    if (address.object_class == kSchemaClass) AddContents(address.object, &dependents);
    std::stable_sort(dependents.begin(), dependents.end(),
                     [](const Dependent& a, const Dependent& b) {
                       if (a.address.object != b.address.object) {
                         return a.address.object > b.address.object;
                       }
                       return a.address < b.address;
                     });
    return dependents;
  }

  // Relations and types of a schema that are not parts of others.
  void AddContents(Oid schema, std::vector<Dependent>* dependents) const {
    catalog_.ForEachRelation([&](const RelationPtr& relation) {
      if (relation->schema != schema || relation->index.has_value() ||
          relation->kind == RelationKind::kCompositeType) {
        return;
      }
      dependents->push_back({{kRelationClass, relation->oid, 0}, 'n'});
    });
    ObjectsOf(catalog_).ForEachObjectOfAnyClass([&](const SchemaObject& object) {
      if (object.schema != schema) return;
      dependents->push_back({{object.object_class, object.oid, 0}, 'n'});
    });
    catalog_.ForEachType([&](const Type& type) {
      if (type.schema != schema) return;
      for (const Dependency& edge : catalog_.DependenciesOf(kTypeClass, type.oid)) {
        if (edge.type == 'i') return;
      }
      dependents->push_back({{kTypeClass, type.oid, 0}, 'n'});
    });
  }

  [[noreturn]] void ThrowPartOf(const ObjectAddress& part, const ObjectAddress& owner) const {
    const std::string owner_text = DescribeObject(catalog_, path_, owner);
    throw SqlError(SqlState::kDependentObjectsStillExist,
                   fmt::format("cannot drop {} because {} requires it",
                               DescribeObject(catalog_, path_, part), owner_text))
        .Hint(fmt::format("You can drop {} instead.", owner_text));
  }

  const CatalogSnapshot& catalog_;
  const SearchPath& path_;
  const std::span<const ObjectAddress> targets_;
  std::vector<Planned> planned_;
  std::map<ObjectId, std::vector<size_t>> positions_;  // in planned_
};

// Constraints and defaults are in the record of a table that goes as a whole.
bool GoesWithItsTable(const CatalogSnapshot& catalog, const DropSearch& search,
                      const ObjectAddress& address) {
  if (address.object_class != kConstraintClass && address.object_class != kDefaultClass) {
    return false;
  }
  const RelationPtr table = OwningRelation(catalog, address);
  return table != nullptr && search.Drops({kRelationClass, table->oid, 0});
}

// The lines of RESTRICT's detail or CASCADE's notice.
std::vector<std::string> ReportLines(const CatalogSnapshot& catalog, const SearchPath& path,
                                     const std::vector<Planned>& planned, DropBehavior behavior) {
  std::vector<std::string> lines;
  for (auto at = planned.rbegin(); at != planned.rend(); ++at) {
    if (at->reasons.original || at->reasons.part || at->reasons.superseded) continue;
    const std::string text = DescribeObject(catalog, path, at->address);
    if (behavior == DropBehavior::kRestrict) {
      lines.push_back(
          fmt::format("{} depends on {}", text, DescribeObject(catalog, path, at->needed)));
    } else {
      lines.push_back(fmt::format("drop cascades to {}", text));
    }
  }
  return lines;
}

std::string JoinReported(const std::vector<std::string>& lines) {
  std::string joined;
  for (size_t i = 0; i < lines.size() && i < kObjectsReported; ++i) {
    if (i > 0) joined.push_back('\n');
    joined.append(lines[i]);
  }
  if (lines.size() > kObjectsReported) {
    const size_t rest = lines.size() - kObjectsReported;
    joined += fmt::format("\nand {} other {} (see server log for list)", rest,
                          rest == 1 ? "object" : "objects");
  }
  return joined;
}

}  // namespace

DropPlan PlanDrop(const CatalogSnapshot& catalog, const SearchPath& path,
                  std::span<const ObjectAddress> targets, DropBehavior behavior) {
  DropSearch search(catalog, path, targets);
  search.Run();
  const auto lines = ReportLines(catalog, path, search.planned(), behavior);
  DropPlan plan;
  if (!lines.empty() && behavior == DropBehavior::kRestrict) {
    throw SqlError(SqlState::kDependentObjectsStillExist,
                   targets.size() == 1
                       ? fmt::format("cannot drop {} because other objects depend on it",
                                     DescribeObject(catalog, path, targets.front()))
                       : std::string("cannot drop desired object(s) because other objects depend "
                                     "on them"))
        .Detail(JoinReported(lines))
        .Hint("Use DROP ... CASCADE to drop the dependent objects too.");
  }
  if (!lines.empty()) {
    Diagnostic& notice = plan.notice.emplace();
    notice.severity = Severity::kNotice;
    notice.state = SqlState::kSuccessfulCompletion;
    if (lines.size() == 1) {
      notice.message = lines.front();
    } else {
      notice.message = fmt::format("drop cascades to {} other objects", lines.size());
      notice.detail = JoinReported(lines);
    }
  }
  for (const Planned& planned : search.planned()) {
    if (planned.reasons.superseded) continue;
    if (!GoesWithItsTable(catalog, search, planned.address)) {
      plan.objects.push_back(planned.address);
    }
  }
  return plan;
}

}  // namespace grizzly::catalog
