// Built-in schemas and procedural languages, from facts/pg_namespace.csv and pg_language.csv.
//
// Members carry PostgreSQL's column names; an Oid of 0 means none; a std::string_view whose
// data() is null is SQL NULL. Constant; any thread; nothing throws.
#pragma once

#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

struct NamespaceFact {
  Oid oid;
  std::string_view nspname;
  Oid nspowner;
  std::string_view nspacl;
};

struct LanguageFact {
  Oid oid;
  std::string_view lanname;
  Oid lanowner;
  bool lanispl;
  bool lanpltrusted;
  Oid lanplcallfoid;
  Oid laninline;
  Oid lanvalidator;
  std::string_view lanacl;
};

const NamespaceFact* FindNamespace(Oid oid);
const NamespaceFact* FindNamespaceByName(std::string_view nspname);
std::span<const NamespaceFact> AllNamespaces();  // by oid
std::span<const LanguageFact> AllLanguages();    // by oid

}  // namespace grizzly::facts
