// Names PostgreSQL makes up: t_pkey, t_a_b_key, t_a_check, t_id_seq, with numbers when taken.
// SOURCE   PostgreSQL 15's behaviour: parts are cut from the longer end so that 63 bytes suffice.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace grizzly::catalog {

inline constexpr size_t kNameBytesMax = 63;

// name1[_name2][_label] in at most kNameBytesMax bytes; name2 and label may be empty. Cuts name1 and
// name2, never inside a UTF-8 character.
std::string MakeObjectName(std::string_view name1, std::string_view name2, std::string_view label);
// At most kNameBytesMax bytes of a name, cut before a character.
std::string_view TruncateName(std::string_view name);

// Chooses names in one schema. What it has chosen counts as taken, so one chooser serves a whole
// statement.
class NameChooser {
 public:
  NameChooser(const CatalogSnapshot& catalog, Oid schema) : catalog_(catalog), schema_(schema) {}

  // A name the statement uses itself.
  void Take(std::string name) { taken_.insert(std::move(name)); }

  // Of a relation (index, sequence); also free as a constraint's when it backs one.
  std::string Relation(std::string_view name1, std::string_view name2, std::string_view label,
                       bool backs_constraint);
  std::string Constraint(std::string_view name1, std::string_view name2, std::string_view label);

  std::string PrimaryKey(std::string_view table) { return Relation(table, "", "pkey", true); }
  std::string UniqueKey(std::string_view table, const std::vector<std::string>& columns);
  std::string Index(std::string_view table, const std::vector<std::string>& columns);
  std::string ForeignKey(std::string_view table, const std::vector<std::string>& columns);
  // `column`: the one the check mentions, empty for none or several.
  std::string Check(std::string_view table, std::string_view column) {
    return Constraint(table, column, "check");
  }
  std::string Sequence(std::string_view table, std::string_view column) {
    return Relation(table, column, "seq", false);
  }

 private:
  const CatalogSnapshot& catalog_;
  const Oid schema_;
  std::set<std::string> taken_;
};

// The column names of an index: "expr" for expressions (given as empty), numbered when repeated.
std::vector<std::string> ChooseIndexColumnNames(const std::vector<std::string>& columns);

}  // namespace grizzly::catalog
