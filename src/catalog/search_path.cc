#include "catalog/search_path.h"

#include "base/error/sql_error.h"
#include "catalog/builtin.h"
#include "catalog/schema_lookup.h"

namespace grizzly::catalog {
namespace {

void AddOnce(Oid schema, std::vector<Oid>* schemas) {
  if (std::find(schemas->begin(), schemas->end(), schema) == schemas->end()) {
    schemas->push_back(schema);
  }
}

bool Contains(const std::vector<Oid>& schemas, Oid schema) {
  return std::find(schemas.begin(), schemas.end(), schema) != schemas.end();
}

}  // namespace

SearchPath::SearchPath() : schemas_{kPgCatalogSchema} {}

SearchPath SearchPath::Resolve(const CatalogSnapshot& catalog,
                               const std::vector<std::string>& names, std::string_view user,
                               Oid temporary_schema) {
  std::vector<Oid> listed;
  for (const std::string& name : names) {
    if (name == kTemporarySchemaAlias) {
      if (temporary_schema != kInvalidOid) AddOnce(temporary_schema, &listed);
      continue;
    }
    const Schema* schema = catalog.FindSchema(name == "$user" ? user : std::string_view(name));
    if (schema != nullptr) AddOnce(schema->oid, &listed);
  }
  return OfSchemas(std::move(listed), temporary_schema);
}

SearchPath SearchPath::OfSchemas(std::vector<Oid> schemas, Oid temporary_schema) {
  SearchPath path;
  path.listed_ = std::move(schemas);
  path.temporary_schema_ = temporary_schema;
  path.schemas_.clear();
  if (temporary_schema != kInvalidOid && !Contains(path.listed_, temporary_schema)) {
    path.schemas_.push_back(temporary_schema);
  }
  if (!Contains(path.listed_, kPgCatalogSchema)) path.schemas_.push_back(kPgCatalogSchema);
  path.schemas_.insert(path.schemas_.end(), path.listed_.begin(), path.listed_.end());
  return path;
}

int SearchPath::PositionOf(Oid schema) const {
  for (size_t i = 0; i < schemas_.size(); ++i) {
    if (schemas_[i] == schema) return static_cast<int>(i);
  }
  return -1;
}

Oid SearchPath::CreationSchema() const {
  if (listed_.empty()) {
    throw SqlError(SqlState::kUndefinedSchema, "no schema has been selected to create in");
  }
  return listed_.front();
}

RelationPtr SearchPath::FindRelation(const CatalogSnapshot& catalog, std::string_view name) const {
  for (const Oid schema : schemas_) {
    if (RelationPtr relation = catalog.FindRelation(schema, name)) return relation;
  }
  return nullptr;
}

std::shared_ptr<const Type> SearchPath::FindType(const CatalogSnapshot& catalog,
                                                 std::string_view name) const {
  for (const Oid schema : schemas_) {
    if (auto type = catalog.FindType(schema, name)) return type;
  }
  return nullptr;
}

bool SearchPath::IsVisible(const CatalogSnapshot& catalog, const Relation& relation) const {
  if (PositionOf(relation.schema) < 0) return false;
  const RelationPtr found = FindRelation(catalog, relation.name);
  return found != nullptr && found->oid == relation.oid;
}

bool SearchPath::IsVisible(const CatalogSnapshot& catalog, const Type& type) const {
  if (PositionOf(type.schema) < 0) return false;
  const auto found = FindType(catalog, type.name);
  return found != nullptr && found->oid == type.oid;
}

std::optional<std::vector<std::string>> SplitIdentifierList(std::string_view text) {
  std::vector<std::string> names;
  size_t at = 0;
  const auto skip_space = [&] {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
  };
  skip_space();
  if (at == text.size()) return names;
  while (true) {
    skip_space();
    std::string name;
    if (at < text.size() && text[at] == '"') {
      for (++at;; ++at) {
        if (at == text.size()) return std::nullopt;
        if (text[at] == '"') {
          if (at + 1 == text.size() || text[at + 1] != '"') break;
          ++at;
        }
        name.push_back(text[at]);
      }
      ++at;
    } else {
      while (at < text.size() && text[at] != ',' &&
             !std::isspace(static_cast<unsigned char>(text[at]))) {
        name.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(text[at++]))));
      }
      if (name.empty()) return std::nullopt;
    }
    names.push_back(std::move(name));
    skip_space();
    if (at == text.size()) return names;
    if (text[at++] != ',') return std::nullopt;
  }
}

const Schema& RequireSchema(const CatalogSnapshot& catalog, std::string_view name, int location) {
  const Schema* schema = catalog.FindSchema(name);
  if (schema == nullptr) {
    throw SqlError(SqlState::kUndefinedSchema, fmt::format("schema \"{}\" does not exist", name))
        .At(location);
  }
  return *schema;
}

RelationPtr RequireRelation(const CatalogSnapshot& catalog, const SearchPath& path,
                            std::string_view schema, std::string_view name, int location) {
  RelationPtr relation;
  if (schema.empty()) {
    relation = path.FindRelation(catalog, name);
    if (relation != nullptr) return relation;
    throw SqlError(SqlState::kUndefinedTable, fmt::format("relation \"{}\" does not exist", name))
        .At(location);
  }
  if (const Schema* found = FindSchema(catalog, path, schema); found != nullptr) {
    relation = catalog.FindRelation(found->oid, name);
  }
  if (relation != nullptr) return relation;
  throw SqlError(SqlState::kUndefinedTable,
                 fmt::format("relation \"{}.{}\" does not exist", schema, name))
      .At(location);
}

std::shared_ptr<const Type> RequireType(const CatalogSnapshot& catalog, const SearchPath& path,
                                        std::string_view schema, std::string_view name,
                                        int location) {
  std::shared_ptr<const Type> type;
  if (schema.empty()) {
    type = path.FindType(catalog, name);
    if (type != nullptr) return type;
    throw SqlError(SqlState::kUndefinedObject, fmt::format("type \"{}\" does not exist", name))
        .At(location);
  }
  type = catalog.FindType(RequireSchema(catalog, schema, location).oid, name);
  if (type != nullptr) return type;
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("type \"{}.{}\" does not exist", schema, name))
      .At(location);
}

}  // namespace grizzly::catalog
