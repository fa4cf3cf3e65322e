// pg_am, pg_opclass, pg_opfamily, pg_amop, pg_amproc.
#include "catalog/access_method.h"
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
