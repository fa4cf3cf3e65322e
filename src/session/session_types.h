// The types a session's statements see: those of its current snapshot, and its domains' constraints, which
// take the session to be evaluated.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "catalog/catalog.h"
#include "types/collation.h"
#include "types/text_search_source.h"
#include "types/type_directory.h"
#include "types/type_names_source.h"

namespace grizzly::session {

class ClientSession;

class SessionTypes final : public types::TypeDirectory,
                           public types::CollationSource,
                           public types::TextSearchSource,
                           public types::TypeNamesSource {
 public:
  explicit SessionTypes(ClientSession& session);
  ~SessionTypes() override;

  // What was handed out so far is not used any more.
  void StartStatement();

  const types::TypeIo* FindTypeIo(Oid type) const override;
  types::SqlType ResolveType(Oid type, int32_t typmod) const override;
  std::string TypeNameOf(Oid type) const override;
  types::SqlType OrderedAs(const types::SqlType& type) const override;
  Oid ElementOf(Oid array) const override;
  Oid DomainBaseOf(Oid type) const override;
  char KindOf(Oid type) const override;
  const types::RangeKind* RangeKindOf(Oid type) const override;
  std::vector<types::EnumValue> EnumValuesOf(Oid type) const override;
  const std::vector<types::RowColumn>* RowColumnsOf(Oid type) const override;
  std::optional<types::CollationRule> CollationRuleOf(Oid collation) const override;
  std::string CollationNameOf(Oid collation) const override;
  types::TypeNames NamesOfType(Oid type) const override;
  std::optional<types::TextSearchDictionary> DictionaryOf(Oid dictionary) const override;
  std::optional<std::vector<types::TextSearchMapping>> MappingsOf(Oid configuration) const override;
  void CheckDomain(Oid domain, const types::Datum& value) const override;

 private:
  struct DomainCheck;
  const catalog::CatalogSnapshot& Current() const;

  ClientSession& session_;
  // Kept to the statement's end: what they handed out lives as long.
  mutable std::vector<catalog::SnapshotPtr> snapshots_;
  mutable std::map<Oid, std::unique_ptr<DomainCheck>> checks_;
};

}  // namespace grizzly::session
