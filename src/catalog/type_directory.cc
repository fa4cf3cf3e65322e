// A tenant's snapshot as the directory of types that values ask (types/type_directory.h).
#include "catalog/tenant_snapshot.h"
#include "facts/ranges.h"
#include "facts/types.h"
#include "types/array.h"
#include "types/type_name.h"

namespace grizzly::catalog {
namespace {

constexpr Oid kInt4RangeCanonical = 3914;
constexpr Oid kInt8RangeCanonical = 3928;
constexpr Oid kDateRangeCanonical = 3915;

// The one kept when two threads make the same.
template <typename Made>
const Made* Keep(std::mutex& mutex, std::unordered_map<Oid, std::unique_ptr<Made>>& kept, Oid oid,
                 std::unique_ptr<Made> made) {
  const std::lock_guard lock(mutex);
  return kept.try_emplace(oid, std::move(made)).first->second.get();
}

template <typename Made>
const Made* FindKept(std::mutex& mutex, std::unordered_map<Oid, std::unique_ptr<Made>>& kept,
                     Oid oid) {
  const std::lock_guard lock(mutex);
  const auto found = kept.find(oid);
  return found == kept.end() ? nullptr : found->second.get();
}

}  // namespace

std::string TenantSnapshot::TypeNameOf(Oid oid) const {
  if (facts::FindType(oid) != nullptr || oid == kInvalidOid) return types::TypeName(oid);
  const TypePtr type = FindType(oid);
  if (type == nullptr) return "???";
  if (type->category == 'A' && type->element != kInvalidOid) return TypeNameOf(type->element) + "[]";
  return type->name;
}

types::SqlType TenantSnapshot::OrderedAs(const types::SqlType& type) const {
  const TypePtr found = type.oid < kFirstUserOid ? nullptr : FindType(type.oid);
  if (found == nullptr) return type;
  types::SqlType as = type;
  switch (found->typtype) {
    case 'e': as.oid = facts::kInt8Oid; break;
    case 'c': as.oid = facts::kRecordOid; break;
    case 'r': as.oid = facts::kAnyrangeOid; break;
    case 'm': as.oid = facts::kAnymultirangeOid; break;
    case 'd':
      as.oid = found->base;
      return OrderedAs(as);
    default:
      if (found->category == 'A' && found->element != kInvalidOid) as.oid = facts::kAnyarrayOid;
  }
  return as;
}

Oid TenantSnapshot::ElementOf(Oid array) const {
  if (array < kFirstUserOid) return types::ArrayElementOid(array);
  const TypePtr type = FindType(array);
  return type != nullptr && type->category == 'A' && type->typtype == 'b' ? type->element
                                                                         : kInvalidOid;
}

Oid TenantSnapshot::DomainBaseOf(Oid oid) const {
  for (TypePtr type = FindType(oid); type != nullptr && type->typtype == 'd';
       type = FindType(oid)) {
    oid = type->base;
  }
  return oid;
}

char TenantSnapshot::KindOf(Oid oid) const {
  const TypePtr type = FindType(oid);
  return type == nullptr ? '\0' : type->typtype;
}

const types::RangeKind* TenantSnapshot::RangeKindOf(Oid oid) const {
  if (oid < kFirstUserOid) return types::FindRangeKind(oid);
  if (const auto* kept = FindKept(type_io_mutex_, range_kinds_, oid)) return kept;
  TypePtr type = FindType(oid);
  if (type != nullptr && type->typtype == 'm') type = FindType(type->range);
  if (type == nullptr || type->typtype != 'r') return nullptr;
  auto kind = std::make_unique<types::RangeKind>();
  kind->range = type->oid;
  kind->multirange = type->multirange;
  kind->subtype = ResolveType(type->range_subtype, types::kNoTypmod);
  kind->collation = type->range_collation;
  kind->subtype_diff = type->range_diff;
  kind->is_discrete = type->range_canonical == kInt4RangeCanonical ||
                      type->range_canonical == kInt8RangeCanonical ||
                      type->range_canonical == kDateRangeCanonical;
  kind->compare = types::FindCompare(OrderedAs(kind->subtype));
  return Keep(type_io_mutex_, range_kinds_, oid, std::move(kind));
}

std::vector<types::EnumValue> TenantSnapshot::EnumValuesOf(Oid oid) const {
  std::vector<types::EnumValue> values;
  const TypePtr type = FindType(oid);
  if (type == nullptr) return values;
  for (const Type::EnumLabel& label : type->labels) {
    values.push_back({label.code, label.oid, label.label, label.is_new});
  }
  return values;
}

const std::vector<types::RowColumn>* TenantSnapshot::RowColumnsOf(Oid oid) const {
  if (const auto* kept = FindKept(type_io_mutex_, row_columns_, oid)) return kept;
  const TypePtr type = FindType(oid);
  const RelationPtr relation =
      type == nullptr || type->typtype != 'c' ? nullptr : FindRelation(type->relation);
  if (relation == nullptr) return nullptr;
  auto columns = std::make_unique<std::vector<types::RowColumn>>();
  for (const Column& column : relation->columns) {
    columns->push_back({column.name, column.type, column.dropped});
  }
  return Keep(type_io_mutex_, row_columns_, oid, std::move(columns));
}

}  // namespace grizzly::catalog
