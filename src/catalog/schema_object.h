// Objects of the smaller classes: what users made, and how they and built-in ones are found by name.
//
// A snapshot of the catalog has them and an editor changes them, through interfaces of their own.
// THREADS  as snapshots and editors: any, and the transaction's.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "catalog/search_path.h"

namespace grizzly::catalog {

// An object users made of a class that has few: collations, text search dictionaries and configurations,
// extended statistics, casts, operators, aggregates. What its class says of it is in `properties`.
struct SchemaObject {
  Oid object_class = kInvalidOid;
  Oid oid = kInvalidOid;
  Oid schema = kInvalidOid;       // 0: of no schema
  std::string name;
  Oid owner = kInvalidOid;
  std::string comment;
  std::vector<Oid> types;         // that tell objects of one name apart: operands, arguments
  std::vector<std::pair<std::string, std::string>> properties;
  struct Reference {              // what it needs, or is part of ('a')
    Oid object_class = kInvalidOid, object = kInvalidOid;
    int32_t sub = 0;
    char type = 'n';
  };
  std::vector<Reference> references;

  // Empty when it has none.
  std::string_view Property(std::string_view property) const;
  Oid OidProperty(std::string_view property) const;  // 0 when it has none
  void SetProperty(std::string_view property, std::string value);
};
using SchemaObjectPtr = std::shared_ptr<const SchemaObject>;

// What a snapshot has of them; built-in ones are facts.
class SchemaObjects {
 public:
  virtual SchemaObjectPtr FindObject(Oid object_class, Oid oid) const = 0;
  // The first of the name, whatever its types.
  virtual SchemaObjectPtr FindObject(Oid object_class, Oid schema, std::string_view name) const = 0;
  // In order of their oids.
  virtual void ForEachObject(Oid object_class,
                             const std::function<void(const SchemaObject&)>& visit) const = 0;
  virtual void ForEachObjectOfAnyClass(
      const std::function<void(const SchemaObject&)>& visit) const = 0;
  // COMMENT ON something that has no record of its own, or one without room for it.
  virtual std::string_view CommentOn(Oid object_class, Oid object) const = 0;

 protected:
  ~SchemaObjects() = default;
};
const SchemaObjects& ObjectsOf(const CatalogSnapshot& snapshot);

class SchemaObjectEditor {
 public:
  virtual void PutObject(SchemaObject object) = 0;
  virtual void DropObject(Oid object_class, Oid oid) = 0;
  // Empty: no comment any more.
  virtual void PutComment(Oid object_class, Oid object, std::string comment) = 0;

 protected:
  ~SchemaObjectEditor() = default;
};
SchemaObjectEditor& ObjectEditorOf(CatalogEditor& editor);

// "collation", "text search dictionary", "statistics object" ... of a class of SchemaObjects.
std::string_view SchemaObjectKind(Oid object_class);
// An object of a class by its dotted name; null: none that users made.
SchemaObjectPtr FindObjectByName(const CatalogSnapshot& catalog, const SearchPath& path,
                                 Oid object_class, std::span<const std::string_view> name);
// The name, with its schema when it is not found without.
std::string FormatObjectName(const CatalogSnapshot& catalog, const SearchPath& path,
                             const SchemaObject& object);
// "collation c", "operator ===(bigint,bigint)", "cast from a to b".
std::string DescribeSchemaObject(const CatalogSnapshot& catalog, const SearchPath& path,
                                 const SchemaObject& object);

// ---- collations ----

// Properties of one that users made.
inline constexpr std::string_view kCollationProvider = "provider";  // c or i
inline constexpr std::string_view kCollationCollate = "collate";
inline constexpr std::string_view kCollationCtype = "ctype";
inline constexpr std::string_view kCollationIcuLocale = "iculocale";

// 0: there is none.
Oid FindCollation(const CatalogSnapshot& catalog, const SearchPath& path,
                  std::span<const std::string_view> name);
// Throws 42704 collation "x" for encoding "UTF8" does not exist.
Oid RequireCollation(const CatalogSnapshot& catalog, const SearchPath& path,
                     std::span<const std::string_view> name, int location);
// Its own name; empty for an unknown oid.
std::string CollationName(const CatalogSnapshot& catalog, Oid collation);
// Quoted, and qualified where it must be.
std::string FormatCollation(const CatalogSnapshot& catalog, const SearchPath& path, Oid collation);

}  // namespace grizzly::catalog
