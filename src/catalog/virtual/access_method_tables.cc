// pg_am, pg_opclass, pg_opfamily, pg_amop, pg_amproc.
#include "catalog/access_method.h"
#include "catalog/operator_family.h"
#include "catalog/virtual/row_writer.h"
#include "facts/access_methods.h"

namespace grizzly::catalog {
namespace {

constexpr Oid kOwner = 10;

void ProduceAccessMethod(RowWriter& rows) {
  const auto produce = [&](const facts::AccessMethodFact& fact) {
    rows.Number(fact.oid);
    rows.Text(fact.amname);
    rows.Number(fact.amhandler);
    rows.Char(fact.amtype);
    rows.Emit();
  };
  for (const facts::AccessMethodFact& fact : facts::AllAccessMethods()) produce(fact);
  produce(kColumnarMethod);
}

void ProduceOpclass(RowWriter& rows) {
  for (const facts::OpclassFact& fact : facts::AllOpclasses()) {
    rows.Number(fact.oid);
    rows.Number(fact.opcmethod);
    rows.Text(fact.opcname);
    rows.Number(fact.opcnamespace);
    rows.Number(kOwner);
    rows.Number(fact.opcfamily);
    rows.Number(fact.opcintype);
    rows.Bool(fact.opcdefault);
    rows.Number(fact.opckeytype);
    rows.Emit();
  }
}

void ProduceOpfamily(RowWriter& rows) {
  for (const facts::OpfamilyFact& fact : facts::AllOpfamilies()) {
    rows.Number(fact.oid);
    rows.Number(fact.opfmethod);
    rows.Text(fact.opfname);
    rows.Number(fact.opfnamespace);
    rows.Number(kOwner);
    rows.Emit();
  }
  ObjectsOf(rows.catalog()).ForEachObject(kOperatorFamilyClass, [&](const SchemaObject& made) {
    rows.Number(made.oid);
    rows.Number(made.OidProperty(kFamilyMethod));
    rows.Text(made.name);
    rows.Number(made.schema);
    rows.Number(made.owner);
    rows.Emit();
  });
}

// Calls `write` with each member of the kind ('o', 'f') in families that users made.
template <typename Write>
void ForEachMadeMember(RowWriter& rows, char kind, Write write) {
  ObjectsOf(rows.catalog()).ForEachObject(kOperatorFamilyClass, [&](const SchemaObject& made) {
    for (const FamilyMember& member : MembersOf(made)) {
      if (member.kind == kind) write(made, member);
    }
  });
}

void ProduceAmop(RowWriter& rows) {
  for (const facts::AmopFact& fact : facts::AllAmops()) {
    rows.Number(fact.oid);
    rows.Number(fact.amopfamily);
    rows.Number(fact.amoplefttype);
    rows.Number(fact.amoprighttype);
    rows.Int2(fact.amopstrategy);
    rows.Char(fact.amoppurpose);
    rows.Number(fact.amopopr);
    rows.Number(fact.amopmethod);
    rows.Number(fact.amopsortfamily);
    rows.Emit();
  }
  ForEachMadeMember(rows, 'o', [&](const SchemaObject& made, const FamilyMember& member) {
    rows.Number(member.oid);
    rows.Number(made.oid);
    rows.Number(member.left);
    rows.Number(member.right);
    rows.Int2(static_cast<int16_t>(member.number));
    rows.Char(member.sort_family == kInvalidOid ? 's' : 'o');
    rows.Number(member.member);
    rows.Number(made.OidProperty(kFamilyMethod));
    rows.Number(member.sort_family);
    rows.Emit();
  });
}

void ProduceAmproc(RowWriter& rows) {
  for (const facts::AmprocFact& fact : facts::AllAmprocs()) {
    rows.Number(fact.oid);
    rows.Number(fact.amprocfamily);
    rows.Number(fact.amproclefttype);
    rows.Number(fact.amprocrighttype);
    rows.Int2(fact.amprocnum);
    rows.Number(fact.amproc);
    rows.Emit();
  }
  ForEachMadeMember(rows, 'f', [&](const SchemaObject& made, const FamilyMember& member) {
    rows.Number(member.oid);
    rows.Number(made.oid);
    rows.Number(member.left);
    rows.Number(member.right);
    rows.Int2(static_cast<int16_t>(member.number));
    rows.Number(member.member);
    rows.Emit();
  });
}

}  // namespace

std::span<const CatalogTableSource> AccessMethodTables() {
  static constexpr CatalogTableSource kTables[] = {
      {2601, ProduceAccessMethod}, {2616, ProduceOpclass}, {2753, ProduceOpfamily},
      {2602, ProduceAmop},         {2603, ProduceAmproc},
  };
  return kTables;
}

}  // namespace grizzly::catalog
