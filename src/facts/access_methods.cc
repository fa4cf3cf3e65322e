#include "facts/access_methods.h"

#include <tuple>

#include "facts/casts.h"
#include "facts/table.h"
#include "facts/types.h"

namespace grizzly::facts {

namespace table {
extern const std::span<const uint16_t> kOpclassesByOid;
extern const std::span<const uint16_t> kAmopsByOperator;
}  // namespace table

namespace {

std::span<const OpclassFact> ClassesOf(Oid method, Oid type) {
  return table::FindRun(AllOpclasses(), std::tuple(method, type), [](const OpclassFact& row) {
    return std::tuple(row.opcmethod, row.opcintype);
  });
}

const OpclassFact* DefaultOf(Oid method, Oid type) {
  for (const OpclassFact& row : ClassesOf(method, type)) {
    if (row.opcdefault) return &row;
  }
  return nullptr;
}

// The pseudo type that stands for all types of this one's kind, or 0.
Oid PolymorphicTypeOf(const TypeFact& type) {
  switch (type.typtype) {
    case 'e': return kAnyenumOid;
    case 'r': return kAnyrangeOid;
    case 'm': return kAnymultirangeOid;
    case 'c': return kRecordOid;
    default: return type.typcategory == 'A' ? kAnyarrayOid : 0;
  }
}

}  // namespace

const AccessMethodFact* FindAccessMethod(Oid oid) {
  return table::Find(AllAccessMethods(), oid, [](const AccessMethodFact& row) { return row.oid; });
}

const AccessMethodFact* FindAccessMethodByName(std::string_view amname) {
  for (const AccessMethodFact& row : AllAccessMethods()) {
    if (row.amname == amname) return &row;
  }
  return nullptr;
}

const OpfamilyFact* FindOpfamily(Oid oid) {
  return table::Find(AllOpfamilies(), oid, [](const OpfamilyFact& row) { return row.oid; });
}

const OpclassFact* FindOpclass(Oid oid) {
  return table::Find(AllOpclasses(), table::kOpclassesByOid, oid,
                     [](const OpclassFact& row) { return row.oid; });
}

const OpclassFact* FindOpclassByName(Oid method, std::string_view opcname) {
  for (const OpclassFact& row : AllOpclasses()) {
    if (row.opcmethod == method && row.opcname == opcname) return &row;
  }
  return nullptr;
}

const OpclassFact* DefaultOpclass(Oid method, Oid type_oid) {
  const TypeFact* type = FindType(type_oid);
  while (type != nullptr && type->typbasetype != 0) type = FindType(type->typbasetype);
  if (type == nullptr) return nullptr;
  if (const OpclassFact* own = DefaultOf(method, type->oid)) return own;
  const OpclassFact* only = nullptr;
  size_t count = 0;
  for (const CastFact& cast : FindCastsFrom(type->oid)) {
    if (cast.castmethod != 'b' || cast.castcontext != 'i') continue;
    const OpclassFact* coerced = DefaultOf(method, cast.casttarget);
    if (coerced == nullptr) continue;
    if (FindType(cast.casttarget)->typispreferred) return coerced;
    only = coerced;
    ++count;
  }
  if (count == 1) return only;
  const Oid polymorphic = PolymorphicTypeOf(*type);
  return polymorphic == 0 ? nullptr : DefaultOf(method, polymorphic);
}

Oid FamilyOperator(Oid opfamily, Oid left, Oid right, int16_t strategy) {
  const AmopFact* found =
      table::Find(AllAmops(), std::tuple(opfamily, left, right, strategy), [](const AmopFact& row) {
        return std::tuple(row.amopfamily, row.amoplefttype, row.amoprighttype, row.amopstrategy);
      });
  return found == nullptr ? 0 : found->amopopr;
}

Oid FamilyProc(Oid opfamily, Oid left, Oid right, int16_t number) {
  const AmprocFact* found = table::Find(
      AllAmprocs(), std::tuple(opfamily, left, right, number), [](const AmprocFact& row) {
        return std::tuple(row.amprocfamily, row.amproclefttype, row.amprocrighttype, row.amprocnum);
      });
  return found == nullptr ? 0 : found->amproc;
}

std::vector<const AmopFact*> FindAmopsOfOperator(Oid amopopr) {
  std::vector<const AmopFact*> places;
  const auto positions = table::FindRun(table::kAmopsByOperator, amopopr,
                                        [](uint16_t p) { return AllAmops()[p].amopopr; });
  for (uint16_t position : positions) places.push_back(&AllAmops()[position]);
  return places;
}

}  // namespace grizzly::facts
