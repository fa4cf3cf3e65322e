// pg_proc, pg_aggregate, pg_operator, pg_cast, pg_language, pg_conversion: the facts that work here.
#include "catalog/conversion_object.h"
#include "catalog/record.h"
#include "catalog/schema_object.h"
#include "catalog/virtual/row_writer.h"
#include "facts/aggregates.h"
#include "facts/casts.h"
#include "facts/conversions.h"
#include "facts/namespaces.h"
#include "facts/operators.h"
#include "facts/procs.h"

namespace grizzly::catalog {
namespace {

constexpr Oid kOwner = 10;

void WriteProc(RowWriter& rows, const facts::ProcFact& fact) {
  if (!rows.Implements(fact.oid)) return;
  rows.Number(fact.oid);
  rows.Text(fact.proname);
  rows.Number(fact.pronamespace);
  rows.Number(kOwner);
  rows.Number(fact.prolang);
  rows.Float4(fact.procost);
  rows.Float4(fact.prorows);
  rows.Number(fact.provariadic);
  rows.Number(fact.prosupport);
  rows.Char(fact.prokind);
  rows.Bool(fact.prosecdef);
  rows.Bool(fact.proleakproof);
  rows.Bool(fact.proisstrict);
  rows.Bool(fact.proretset);
  rows.Char(fact.provolatile);
  rows.Char(fact.proparallel);
  rows.Int2(fact.pronargs);
  rows.Int2(fact.pronargdefaults);
  rows.Number(fact.prorettype);
  rows.OidVector(fact.proargtypes);
  fact.proallargtypes.empty() ? rows.Null() : rows.Oids(fact.proallargtypes);
  fact.proargmodes.empty() ? rows.Null() : rows.Chars(fact.proargmodes);
  rows.Texts(std::vector<std::string>(fact.proargnames.begin(), fact.proargnames.end()));
  rows.Fact(fact.proargdefaults);
  rows.Null();
  rows.Text(fact.prosrc);
  rows.Fact(fact.probin);
  rows.Fact(fact.prosqlbody);
  rows.Null();
  rows.Literal(fact.proacl);
  rows.Emit();
}

void ProduceProc(RowWriter& rows) {
  if (const auto oid = rows.OidFilter(0); oid.has_value()) {
    if (const facts::ProcFact* fact = facts::FindProc(*oid)) WriteProc(rows, *fact);
    return;
  }
  if (const auto name = rows.NameFilter(1); name.has_value()) {
    for (const facts::ProcFact& fact : facts::FindProcsByName(*name)) WriteProc(rows, fact);
    return;
  }
  for (const facts::ProcFact& fact : facts::AllProcs()) WriteProc(rows, fact);
}

void ProduceAggregate(RowWriter& rows) {
  for (const facts::AggregateFact& fact : facts::AllAggregates()) {
    if (!rows.Implements(fact.aggfnoid)) continue;
    rows.Number(fact.aggfnoid);
    rows.Char(fact.aggkind);
    rows.Int2(fact.aggnumdirectargs);
    rows.Number(fact.aggtransfn);
    rows.Number(fact.aggfinalfn);
    rows.Number(fact.aggcombinefn);
    rows.Number(fact.aggserialfn);
    rows.Number(fact.aggdeserialfn);
    rows.Number(fact.aggmtransfn);
    rows.Number(fact.aggminvtransfn);
    rows.Number(fact.aggmfinalfn);
    rows.Bool(fact.aggfinalextra);
    rows.Bool(fact.aggmfinalextra);
    rows.Char(fact.aggfinalmodify);
    rows.Char(fact.aggmfinalmodify);
    rows.Number(fact.aggsortop);
    rows.Number(fact.aggtranstype);
    rows.Int4(fact.aggtransspace);
    rows.Number(fact.aggmtranstype);
    rows.Int4(fact.aggmtransspace);
    rows.Fact(fact.agginitval);
    rows.Fact(fact.aggminitval);
    rows.Emit();
  }
}

void WriteOperator(RowWriter& rows, const facts::OperatorFact& fact) {
  if (!rows.Implements(fact.oprcode)) return;
  rows.Number(fact.oid);
  rows.Text(fact.oprname);
  rows.Number(fact.oprnamespace);
  rows.Number(kOwner);
  rows.Char(fact.oprkind);
  rows.Bool(fact.oprcanmerge);
  rows.Bool(fact.oprcanhash);
  rows.Number(fact.oprleft);
  rows.Number(fact.oprright);
  rows.Number(fact.oprresult);
  rows.Number(fact.oprcom);
  rows.Number(fact.oprnegate);
  rows.Number(fact.oprcode);
  rows.Number(fact.oprrest);
  rows.Number(fact.oprjoin);
  rows.Emit();
}

void ProduceOperator(RowWriter& rows) {
  if (const auto oid = rows.OidFilter(0); oid.has_value()) {
    if (const facts::OperatorFact* fact = facts::FindOperator(*oid)) WriteOperator(rows, *fact);
    return;
  }
  for (const facts::OperatorFact& fact : facts::AllOperators()) WriteOperator(rows, fact);
}

void ProduceCast(RowWriter& rows) {
  for (const facts::CastFact& fact : facts::AllCasts()) {
    if (!rows.Implements(fact.castfunc)) continue;
    rows.Number(fact.oid);
    rows.Number(fact.castsource);
    rows.Number(fact.casttarget);
    rows.Number(fact.castfunc);
    rows.Char(fact.castcontext);
    rows.Char(fact.castmethod);
    rows.Emit();
  }
}

void ProduceLanguage(RowWriter& rows) {
  for (const facts::LanguageFact& fact : facts::AllLanguages()) {
    if (fact.lanispl && !rows.Implements(fact.lanplcallfoid)) continue;
    rows.Number(fact.oid);
    rows.Text(fact.lanname);
    rows.Number(fact.lanowner);
    rows.Bool(fact.lanispl);
    rows.Bool(fact.lanpltrusted);
    rows.Number(fact.lanplcallfoid);
    rows.Number(fact.laninline);
    rows.Number(fact.lanvalidator);
    rows.Literal(fact.lanacl);
    rows.Emit();
  }
}

void ProduceConversion(RowWriter& rows) {
  for (const facts::ConversionFact& fact : facts::AllConversions()) {
    if (!rows.Implements(fact.conproc)) continue;
    rows.Number(fact.oid);
    rows.Text(fact.conname);
    rows.Number(fact.connamespace);
    rows.Number(fact.conowner);
    rows.Int4(fact.conforencoding);
    rows.Int4(fact.contoencoding);
    rows.Number(fact.conproc);
    rows.Bool(fact.condefault);
    rows.Emit();
  }
  ObjectsOf(rows.catalog()).ForEachObject(kConversionClass, [&](const SchemaObject& made) {
    rows.Number(made.oid);
    rows.Text(made.name);
    rows.Number(made.schema);
    rows.Number(made.owner);
    rows.Int4(static_cast<int32_t>(made.OidProperty(kConversionFrom)));
    rows.Int4(static_cast<int32_t>(made.OidProperty(kConversionTo)));
    rows.Number(made.OidProperty(kConversionFunction));
    rows.Bool(made.Property(kConversionDefault) == "t");
    rows.Emit();
  });
}

}  // namespace

std::span<const CatalogTableSource> FunctionTables() {
  static constexpr CatalogTableSource kTables[] = {
      {kProcClass, ProduceProc}, {2600, ProduceAggregate}, {kOperatorClass, ProduceOperator},
      {2605, ProduceCast},       {2612, ProduceLanguage},  {2607, ProduceConversion},
  };
  return kTables;
}

}  // namespace grizzly::catalog
