// pg_ts_parser, pg_ts_template, pg_ts_dict, pg_ts_config, pg_ts_config_map: what works here.
#include "catalog/record.h"
#include "catalog/text_search_objects.h"
#include "catalog/virtual/row_writer.h"
#include "facts/text_search.h"

namespace grizzly::catalog {
namespace {

// Those that read files do not.
bool TemplateWorks(const facts::TextSearchTemplateFact& fact) {
  return fact.tmplname == "simple" || fact.tmplname == "snowball";
}

bool DictionaryWorks(const facts::TextSearchDictionaryFact& dictionary) {
  for (const auto& fact : facts::AllTextSearchTemplates()) {
    if (fact.oid == dictionary.dicttemplate) return TemplateWorks(fact);
  }
  return false;
}

void ProduceParser(RowWriter& rows) {
  for (const auto& fact : facts::AllTextSearchParsers()) {
    rows.Number(fact.oid);
    rows.Text(fact.prsname);
    rows.Number(fact.prsnamespace);
    rows.Number(fact.prsstart);
    rows.Number(fact.prstoken);
    rows.Number(fact.prsend);
    rows.Number(fact.prsheadline);
    rows.Number(fact.prslextype);
    rows.Emit();
  }
  ObjectsOf(rows.catalog()).ForEachObject(kTextSearchParserClass, [&](const SchemaObject& made) {
    rows.Number(made.oid);
    rows.Text(made.name);
    rows.Number(made.schema);
    for (std::string_view method : {kParserStart, kParserToken, kParserEnd, kParserHeadline, kParserTypes}) {
      rows.Number(made.OidProperty(method));
    }
    rows.Emit();
  });
}

void ProduceTemplate(RowWriter& rows) {
  for (const auto& fact : facts::AllTextSearchTemplates()) {
    if (!TemplateWorks(fact)) continue;
    rows.Number(fact.oid);
    rows.Text(fact.tmplname);
    rows.Number(fact.tmplnamespace);
    rows.Number(fact.tmplinit);
    rows.Number(fact.tmpllexize);
    rows.Emit();
  }
  ObjectsOf(rows.catalog()).ForEachObject(kTextSearchTemplateClass, [&](const SchemaObject& made) {
    rows.Number(made.oid);
    rows.Text(made.name);
    rows.Number(made.schema);
    rows.Number(made.OidProperty(kTemplateInit));
    rows.Number(made.OidProperty(kTemplateLexize));
    rows.Emit();
  });
}

void ProduceDictionary(RowWriter& rows) {
  for (const auto& fact : facts::AllTextSearchDictionaries()) {
    if (!DictionaryWorks(fact)) continue;
    rows.Number(fact.oid);
    rows.Text(fact.dictname);
    rows.Number(fact.dictnamespace);
    rows.Number(fact.dictowner);
    rows.Number(fact.dicttemplate);
    rows.Fact(fact.dictinitoption);
    rows.Emit();
  }
  ObjectsOf(rows.catalog()).ForEachObject(kTextSearchDictionaryClass, [&](const SchemaObject& made) {
    rows.Number(made.oid);
    rows.Text(made.name);
    rows.Number(made.schema);
    rows.Number(made.owner);
    rows.Number(made.OidProperty(kDictionaryTemplate));
    rows.TextOrNull(made.Property(kDictionaryOptions));
    rows.Emit();
  });
}

void ProduceConfiguration(RowWriter& rows) {
  for (const auto& fact : facts::AllTextSearchConfigurations()) {
    rows.Number(fact.oid);
    rows.Text(fact.cfgname);
    rows.Number(fact.cfgnamespace);
    rows.Number(fact.cfgowner);
    rows.Number(fact.cfgparser);
    rows.Emit();
  }
  ObjectsOf(rows.catalog()).ForEachObject(kTextSearchConfigurationClass, [&](const SchemaObject& made) {
    rows.Number(made.oid);
    rows.Text(made.name);
    rows.Number(made.schema);
    rows.Number(made.owner);
    rows.Number(made.OidProperty(kConfigurationParser));
    rows.Emit();
  });
}

void ProduceMapping(RowWriter& rows) {
  for (const auto& configuration : facts::AllTextSearchConfigurations()) {
    for (const auto& fact : facts::AllTextSearchMappings()) {
      if (fact.mapcfg != configuration.oid) continue;
      rows.Number(fact.mapcfg);
      rows.Int4(fact.maptokentype);
      rows.Int4(fact.mapseqno);
      rows.Number(fact.mapdict);
      rows.Emit();
    }
  }
  ObjectsOf(rows.catalog()).ForEachObject(kTextSearchConfigurationClass, [&](const SchemaObject& made) {
    int32_t token_type = 0, number = 0;
    for (const types::TextSearchMapping& mapping : MappingsOf(made)) {
      number = mapping.token_type == token_type ? number + 1 : 1;
      token_type = mapping.token_type;
      rows.Number(made.oid);
      rows.Int4(token_type);
      rows.Int4(number);
      rows.Number(mapping.dictionary);
      rows.Emit();
    }
  });
}

}  // namespace

std::span<const CatalogTableSource> TextSearchTables() {
  static constexpr CatalogTableSource kTables[] = {
      {3601, ProduceParser},        {3764, ProduceTemplate}, {3600, ProduceDictionary},
      {3602, ProduceConfiguration}, {3603, ProduceMapping},
  };
  return kTables;
}

}  // namespace grizzly::catalog
