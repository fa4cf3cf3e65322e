// pg_ts_parser, pg_ts_template, pg_ts_dict, pg_ts_config, pg_ts_config_map: what works here.
#include "catalog/virtual/row_writer.h"
#include "facts/text_search.h"

namespace grizzly::catalog {
namespace {

const facts::TextSearchTemplateFact* TemplateOf(Oid oid) {
  for (const auto& fact : facts::AllTextSearchTemplates()) {
    if (fact.oid == oid) return &fact;
  }
  return nullptr;
}

bool DictionaryWorks(const RowWriter& rows, const facts::TextSearchDictionaryFact& dictionary) {
  const auto* made_from = TemplateOf(dictionary.dicttemplate);
  return made_from != nullptr && rows.Implements(made_from->tmpllexize);
}

bool ConfigurationWorks(const RowWriter& rows, Oid parser) {
  for (const auto& fact : facts::AllTextSearchParsers()) {
    if (fact.oid == parser) return rows.Implements(fact.prsstart);
  }
  return false;
}

void ProduceParser(RowWriter& rows) {
  for (const auto& fact : facts::AllTextSearchParsers()) {
    if (!rows.Implements(fact.prsstart)) continue;
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
}

void ProduceTemplate(RowWriter& rows) {
  for (const auto& fact : facts::AllTextSearchTemplates()) {
    if (!rows.Implements(fact.tmpllexize)) continue;
    rows.Number(fact.oid);
    rows.Text(fact.tmplname);
    rows.Number(fact.tmplnamespace);
    rows.Number(fact.tmplinit);
    rows.Number(fact.tmpllexize);
    rows.Emit();
  }
}

void ProduceDictionary(RowWriter& rows) {
  for (const auto& fact : facts::AllTextSearchDictionaries()) {
    if (!DictionaryWorks(rows, fact)) continue;
    rows.Number(fact.oid);
    rows.Text(fact.dictname);
    rows.Number(fact.dictnamespace);
    rows.Number(fact.dictowner);
    rows.Number(fact.dicttemplate);
    rows.Fact(fact.dictinitoption);
    rows.Emit();
  }
}

void ProduceConfiguration(RowWriter& rows) {
  for (const auto& fact : facts::AllTextSearchConfigurations()) {
    if (!ConfigurationWorks(rows, fact.cfgparser)) continue;
    rows.Number(fact.oid);
    rows.Text(fact.cfgname);
    rows.Number(fact.cfgnamespace);
    rows.Number(fact.cfgowner);
    rows.Number(fact.cfgparser);
    rows.Emit();
  }
}

void ProduceMapping(RowWriter& rows) {
  for (const auto& configuration : facts::AllTextSearchConfigurations()) {
    if (!ConfigurationWorks(rows, configuration.cfgparser)) continue;
    for (const auto& fact : facts::AllTextSearchMappings()) {
      if (fact.mapcfg != configuration.oid) continue;
      rows.Number(fact.mapcfg);
      rows.Int4(fact.maptokentype);
      rows.Int4(fact.mapseqno);
      rows.Number(fact.mapdict);
      rows.Emit();
    }
  }
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
