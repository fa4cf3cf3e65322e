// pg_type, pg_enum, pg_range, pg_collation.
#include "catalog/collation_object.h"
#include "catalog/record.h"
#include "catalog/virtual/row_writer.h"
#include "catalog/virtual/type_shape.h"
#include "catalog/schema_object.h"
#include "facts/collations.h"
#include "facts/procs.h"
#include "facts/ranges.h"
#include "facts/types.h"

namespace grizzly::catalog {

TypeShape ShapeOf(const CatalogSnapshot& catalog, const Type& type) {
  if (const facts::TypeFact* fact = facts::FindType(type.oid); fact != nullptr) {
    return {fact->typlen, fact->typbyval, fact->typalign, fact->typstorage};
  }
  switch (type.typtype) {
    case 'e': return {4, true, 'i', 'p'};
    case 'd': return ShapeOf(catalog, type.base);
    case 'c': return {-1, false, 'd', 'x'};
    case 'r': {
      const char align = ShapeOf(catalog, type.range_subtype).align;
      return {-1, false, align == 'd' ? 'd' : 'i', 'x'};
    }
    case 'm': return ShapeOf(catalog, type.range);
    default: break;
  }
  if (type.element == kInvalidOid) return {};
  const char element_align = ShapeOf(catalog, type.element).align;
  return {-1, false, element_align == 'd' ? 'd' : 'i', 'x'};
}

TypeShape ShapeOf(const CatalogSnapshot& catalog, Oid oid) {
  const auto type = catalog.FindType(oid);
  return type == nullptr ? TypeShape() : ShapeOf(catalog, *type);
}

namespace {

Oid ProcNamed(std::string_view name) {
  const auto procs = facts::FindProcsByName(name);
  return procs.empty() ? kInvalidOid : procs.front().oid;
}

// typsubscript, then typelem and typarray, then the I/O and other functions up to typanalyze.
struct TypeFunctions {
  Oid subscript = kInvalidOid, input = kInvalidOid, output = kInvalidOid, receive = kInvalidOid,
      send = kInvalidOid, modify_in = kInvalidOid, modify_out = kInvalidOid,
      analyze = kInvalidOid;
};

TypeFunctions FunctionsOf(const CatalogSnapshot& catalog, const Type& type) {
  if (const facts::TypeFact* fact = facts::FindType(type.oid); fact != nullptr) {
    return {fact->typsubscript, fact->typinput, fact->typoutput, fact->typreceive,
            fact->typsend,      fact->typmodin, fact->typmodout, fact->typanalyze};
  }
  const auto of_family = [](std::string_view family) {
    TypeFunctions functions;
    functions.input = ProcNamed(fmt::format("{}_in", family));
    functions.output = ProcNamed(fmt::format("{}_out", family));
    functions.receive = ProcNamed(fmt::format("{}_recv", family));
    functions.send = ProcNamed(fmt::format("{}_send", family));
    return functions;
  };
  switch (type.typtype) {
    case 'e': return of_family("enum");
    case 'c': return of_family("record");
    case 'r':
    case 'm': {
      const std::string_view family = type.typtype == 'r' ? "range" : "multirange";
      TypeFunctions functions = of_family(family);
      functions.analyze = ProcNamed(fmt::format("{}_typanalyze", family));
      return functions;
    }
    case 'd': {
      const auto base = catalog.FindType(type.base);
      TypeFunctions functions = base == nullptr ? TypeFunctions() : FunctionsOf(catalog, *base);
      functions.input = ProcNamed("domain_in");
      functions.receive = ProcNamed("domain_recv");
      functions.subscript = functions.modify_in = functions.modify_out = kInvalidOid;
      return functions;
    }
    default: break;
  }
  TypeFunctions functions = of_family("array");
  functions.subscript = ProcNamed("array_subscript_handler");
  functions.analyze = ProcNamed("array_typanalyze");
  return functions;
}

void WriteType(RowWriter& rows, const Type& type) {
  const TypeShape shape = ShapeOf(rows.catalog(), type);
  const TypeFunctions functions = FunctionsOf(rows.catalog(), type);
  const facts::TypeFact* fact = facts::FindType(type.oid);
  rows.Number(type.oid);
  rows.Text(type.name);
  rows.Number(type.schema);
  rows.Number(type.owner);
  rows.Int2(shape.length);
  rows.Bool(shape.by_value);
  rows.Char(type.typtype);
  rows.Char(type.category);
  rows.Bool(type.preferred);
  rows.Bool(fact == nullptr ? type.is_defined : fact->typisdefined);
  rows.Char(type.delimiter);
  rows.Number(type.relation);
  rows.Number(functions.subscript);
  rows.Number(type.element);
  rows.Number(type.array);
  rows.Number(functions.input);
  rows.Number(functions.output);
  rows.Number(functions.receive);
  rows.Number(functions.send);
  rows.Number(functions.modify_in);
  rows.Number(functions.modify_out);
  rows.Number(functions.analyze);
  rows.Char(shape.align);
  rows.Char(shape.storage);
  rows.Bool(type.not_null);
  rows.Number(type.base);
  rows.Int4(type.base_typmod);
  rows.Int4(type.dimensions);
  rows.Number(type.collation);
  rows.TextOrNull(fact == nullptr ? type.default_value.sql : std::string());
  rows.TextOrNull(type.default_value.sql);
  rows.Null();
  rows.Emit();
}

void ProduceType(RowWriter& rows) {
  const CatalogSnapshot& catalog = rows.catalog();
  if (const auto oid = rows.OidFilter(0); oid.has_value()) {
    if (const auto type = catalog.FindType(*oid)) WriteType(rows, *type);
    return;
  }
  if (const auto name = rows.NameFilter(1); name.has_value()) {
    catalog.ForEachSchema([&](const Schema& schema) {
      if (const auto type = catalog.FindType(schema.oid, *name)) WriteType(rows, *type);
    });
    return;
  }
  catalog.ForEachType([&](const Type& type) { WriteType(rows, type); });
}

void ProduceEnum(RowWriter& rows) {
  const auto write = [&](const Type& type) {
    for (const Type::EnumLabel& label : type.labels) {
      rows.Number(label.oid);
      rows.Number(type.oid);
      rows.Float4(label.sort_order);
      rows.Text(label.label);
      rows.Emit();
    }
  };
  if (const auto oid = rows.OidFilter(1); oid.has_value()) {
    if (const auto type = rows.catalog().FindType(*oid)) write(*type);
    return;
  }
  rows.catalog().ForEachType(write);
}

void ProduceRange(RowWriter& rows) {
  for (const facts::RangeFact& fact : facts::AllRanges()) {
    rows.Number(fact.rngtypid);
    rows.Number(fact.rngsubtype);
    rows.Number(fact.rngmultitypid);
    rows.Number(fact.rngcollation);
    rows.Number(fact.rngsubopc);
    rows.Number(fact.rngcanonical);
    rows.Number(fact.rngsubdiff);
    rows.Emit();
  }
  rows.catalog().ForEachType([&](const Type& type) {
    if (type.oid < kFirstUserOid || type.typtype != 'r') return;
    rows.Number(type.oid);
    rows.Number(type.range_subtype);
    rows.Number(type.multirange);
    rows.Number(type.range_collation);
    rows.Number(type.range_opclass);
    rows.Number(type.range_canonical);
    rows.Number(type.range_diff);
    rows.Emit();
  });
}

void ProduceCollation(RowWriter& rows) {
  for (const facts::CollationFact& fact : facts::AllCollations()) {
    rows.Number(fact.oid);
    rows.Text(fact.collname);
    rows.Number(fact.collnamespace);
    rows.Number(10);
    rows.Char(fact.collprovider);
    rows.Bool(fact.collisdeterministic);
    rows.Int4(fact.collencoding);
    rows.Fact(fact.collcollate);
    rows.Fact(fact.collctype);
    rows.Fact(fact.colliculocale);
    rows.Null();
    rows.Emit();
  }
  ObjectsOf(rows.catalog()).ForEachObject(kCollationClass, [&](const SchemaObject& collation) {
    rows.Number(collation.oid);
    rows.Text(collation.name);
    rows.Number(collation.schema);
    rows.Number(collation.owner);
    rows.Char(collation.Property(kCollationProvider)[0]);
    rows.Bool(collation.Property(kCollationDeterministic) != "f");
    rows.Int4(std::stoi(std::string(collation.Property("encoding"))));
    rows.TextOrNull(collation.Property(kCollationCollate));
    rows.TextOrNull(collation.Property(kCollationCtype));
    rows.TextOrNull(collation.Property(kCollationIcuLocale));
    rows.TextOrNull(collation.Property("version"));
    rows.Emit();
  });
}

}  // namespace

std::span<const CatalogTableSource> TypeTables() {
  static constexpr CatalogTableSource kTables[] = {
      {kTypeClass, ProduceType},
      {3501, ProduceEnum},
      {3541, ProduceRange},
      {3456, ProduceCollation},
  };
  return kTables;
}

}  // namespace grizzly::catalog
