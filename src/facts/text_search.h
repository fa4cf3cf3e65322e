// Built-in text search parsers, templates, dictionaries and configurations, from facts/pg_ts_*.csv.
//
// Members carry PostgreSQL's column names; an Oid of 0 means none; a std::string_view whose
// data() is null is SQL NULL. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

struct TextSearchParserFact {
  Oid oid;
  std::string_view prsname;
  Oid prsnamespace;
  Oid prsstart;
  Oid prstoken;
  Oid prsend;
  Oid prsheadline;
  Oid prslextype;
};

struct TextSearchTokenTypeFact {
  Oid prsoid;
  int32_t tokid;
  std::string_view alias;
  std::string_view description;
};

struct TextSearchTemplateFact {
  Oid oid;
  std::string_view tmplname;
  Oid tmplnamespace;
  Oid tmplinit;
  Oid tmpllexize;
};

struct TextSearchDictionaryFact {
  Oid oid;
  std::string_view dictname;
  Oid dictnamespace;
  Oid dictowner;
  Oid dicttemplate;
  std::string_view dictinitoption;
};

struct TextSearchConfigurationFact {
  Oid oid;
  std::string_view cfgname;
  Oid cfgnamespace;
  Oid cfgowner;
  Oid cfgparser;
};

struct TextSearchMappingFact {
  Oid mapcfg;
  int32_t maptokentype;
  int32_t mapseqno;
  Oid mapdict;
};

// A word that a list of stop words ("english") holds.
struct StopWordFact {
  std::string_view list;
  std::string_view word;
};

// Each sorted by its oid or key columns.
std::span<const TextSearchParserFact> AllTextSearchParsers();
std::span<const TextSearchTokenTypeFact> AllTextSearchTokenTypes();
std::span<const TextSearchTemplateFact> AllTextSearchTemplates();
std::span<const TextSearchDictionaryFact> AllTextSearchDictionaries();
std::span<const TextSearchConfigurationFact> AllTextSearchConfigurations();
std::span<const TextSearchMappingFact> AllTextSearchMappings();
std::span<const StopWordFact> AllStopWords();

}  // namespace grizzly::facts
