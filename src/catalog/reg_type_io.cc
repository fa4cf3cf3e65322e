#include "catalog/reg_type_io.h"

#include <charconv>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "catalog/object_text.h"
#include "catalog/record.h"
#include "catalog/schema_lookup.h"
#include "catalog/schema_object.h"
#include "catalog/text_search_objects.h"
#include "facts/namespaces.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/text_search.h"
#include "facts/type_oids.h"
#include "facts/types.h"

namespace grizzly::catalog {
namespace {

const SearchPath& DefaultPath() {
  static const SearchPath path({facts::kPgCatalogNamespaceOid, facts::kPublicNamespaceOid});
  return path;
}

std::string ProcedureName(const CatalogSnapshot& catalog, const SearchPath& path, Oid object,
                          bool with_arguments) {
  const facts::ProcFact* proc = facts::FindProc(object);
  if (proc == nullptr) return std::to_string(object);
  std::string name = QuoteIdentifier(proc->proname);
  if (path.PositionOf(proc->pronamespace) < 0) {
    const Schema* schema = catalog.FindSchema(proc->pronamespace);
    if (schema != nullptr) name = QuoteIdentifier(schema->name) + "." + name;
  }
  if (!with_arguments) return name;
  std::string list;
  for (const Oid type : proc->proargtypes) {
    if (!list.empty()) list += ',';
    list += FormatType(catalog, path, type);
  }
  return fmt::format("{}({})", name, list);
}

std::string OperatorName(const CatalogSnapshot& catalog, const SearchPath& path, Oid object,
                         bool with_operands) {
  const facts::OperatorFact* op = facts::FindOperator(object);
  if (op == nullptr) return std::to_string(object);
  if (!with_operands) return std::string(op->oprname);
  const auto side = [&](Oid type) {
    return type == kInvalidOid ? std::string("NONE") : FormatType(catalog, path, type);
  };
  return fmt::format("{}({},{})", op->oprname, side(op->oprleft), side(op->oprright));
}

Oid FindProcedure(std::string_view text) {
  const std::vector<std::string> parts = SplitQualifiedName(text);
  const auto found = facts::FindProcsByName(parts.back());
  if (found.empty()) {
    throw SqlError(SqlState::kUndefinedFunction,
                   fmt::format("function \"{}\" does not exist", text));
  }
  if (found.size() > 1) {
    throw SqlError(SqlState::kAmbiguousFunction,
                   fmt::format("more than one function named \"{}\"", text));
  }
  return found[0].oid;
}

Oid FindTypeByName(const CatalogSnapshot& catalog, const SearchPath& path, std::string_view text) {
  for (const facts::TypeFact& fact : facts::AllTypes()) {
    if (fact.sql_name == text) return fact.oid;
  }
  const std::vector<std::string> parts = SplitQualifiedName(text);
  std::shared_ptr<const Type> type;
  if (parts.size() == 1) {
    type = path.FindType(catalog, parts[0]);
  } else if (const Schema* schema = FindSchema(catalog, path, parts[parts.size() - 2])) {
    type = catalog.FindType(schema->oid, parts.back());
  }
  if (type != nullptr) return type->oid;
  throw SqlError(SqlState::kUndefinedObject, fmt::format("type \"{}\" does not exist", text));
}

Oid FindRelationByName(const CatalogSnapshot& catalog, const SearchPath& path,
                       std::string_view text) {
  const std::vector<std::string> parts = SplitQualifiedName(text);
  RelationPtr relation;
  if (parts.size() == 1) {
    relation = path.FindRelation(catalog, parts[0]);
  } else if (const Schema* schema = FindSchema(catalog, path, parts[parts.size() - 2])) {
    relation = catalog.FindRelation(schema->oid, parts.back());
  }
  if (relation != nullptr) return relation->oid;
  throw SqlError(SqlState::kUndefinedTable,
                 fmt::format("relation \"{}\" does not exist", fmt::join(parts, ".")));
}

Oid TextSearchClassOf(Oid reg_type) {
  return reg_type == facts::kRegconfigOid ? kTextSearchConfigurationClass : kTextSearchDictionaryClass;
}

Oid FindTextSearch(const CatalogSnapshot& catalog, const SearchPath& path, Oid reg_type, std::string_view text) {
  const std::vector<std::string> parts = SplitQualifiedName(text);
  const std::vector<std::string_view> views(parts.begin(), parts.end());
  const Oid found = FindTextSearchObject(catalog, path, TextSearchClassOf(reg_type), views);
  if (found != kInvalidOid) return found;
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("{} \"{}\" does not exist", SchemaObjectKind(TextSearchClassOf(reg_type)),
                             fmt::join(parts, ".")));
}

std::string TextSearchName(const CatalogSnapshot& catalog, const SearchPath& path, Oid reg_type, Oid object) {
  for (const auto& fact : facts::AllTextSearchConfigurations()) {
    if (reg_type == facts::kRegconfigOid && fact.oid == object) return QuoteIdentifier(fact.cfgname);
  }
  for (const auto& fact : facts::AllTextSearchDictionaries()) {
    if (reg_type == facts::kRegdictionaryOid && fact.oid == object) {
      return QuoteIdentifier(fact.dictname);
    }
  }
  const auto made = ObjectsOf(catalog).FindObject(TextSearchClassOf(reg_type), object);
  return made == nullptr ? std::to_string(object) : FormatObjectName(catalog, path, *made);
}

}  // namespace

bool IsRegType(Oid type) {
  switch (type) {
    case facts::kRegclassOid:
    case facts::kRegtypeOid:
    case facts::kRegprocOid:
    case facts::kRegprocedureOid:
    case facts::kRegoperOid:
    case facts::kRegoperatorOid:
    case facts::kRegnamespaceOid:
    case facts::kRegroleOid:
    case facts::kRegcollationOid:
    case facts::kRegconfigOid:
    case facts::kRegdictionaryOid:
      return true;
    default:
      return false;
  }
}

std::vector<std::string> SplitQualifiedName(std::string_view text) {
  const auto invalid = [] { return SqlError(SqlState::kInvalidName, "invalid name syntax"); };
  std::vector<std::string> parts(1);
  size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '"') {
      for (++at;; ++at) {
        if (at >= text.size()) throw invalid();
        if (text[at] != '"') {
          parts.back() += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
          parts.back() += text[at++];
        } else {
          break;
        }
      }
      ++at;
    } else if (text[at] == '.') {
      if (parts.back().empty()) throw invalid();
      parts.emplace_back();
      ++at;
    } else {
      const char c = text[at++];
      if (c == ' ' || c == '\t' || c == '\n') continue;
      parts.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
  }
  if (parts.back().empty()) throw invalid();
  return parts;
}

std::string FormatRegName(const CatalogSnapshot& catalog, const SearchPath& path, Oid reg_type,
                          Oid object) {
  if (object == kInvalidOid) return "-";
  switch (reg_type) {
    case facts::kRegclassOid: return FormatRelation(catalog, path, object);
    case facts::kRegtypeOid: {
      const std::string name = FormatType(catalog, path, object);
      return name == "???" ? std::to_string(object) : name;
    }
    case facts::kRegprocOid: return ProcedureName(catalog, path, object, false);
    case facts::kRegprocedureOid: return ProcedureName(catalog, path, object, true);
    case facts::kRegoperOid: return OperatorName(catalog, path, object, false);
    case facts::kRegoperatorOid: return OperatorName(catalog, path, object, true);
    case facts::kRegnamespaceOid: {
      const Schema* schema = catalog.FindSchema(object);
      return schema == nullptr ? std::to_string(object) : QuoteIdentifier(schema->name);
    }
    case facts::kRegcollationOid: {
      return FormatCollation(catalog, path, object);
    }
    case facts::kRegroleOid:
      return object == facts::kBootstrapSuperuserOid ? "postgres" : std::to_string(object);
    case facts::kRegconfigOid:
    case facts::kRegdictionaryOid: return TextSearchName(catalog, path, reg_type, object);
    default: return std::to_string(object);
  }
}

Oid ResolveRegName(const CatalogSnapshot& catalog, const SearchPath& path, Oid reg_type,
                   std::string_view text) {
  if (text == "-") return kInvalidOid;
  Oid number = kInvalidOid;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return number;
  switch (reg_type) {
    case facts::kRegclassOid: return FindRelationByName(catalog, path, text);
    case facts::kRegtypeOid: return FindTypeByName(catalog, path, text);
    case facts::kRegprocOid: return FindProcedure(text);
    case facts::kRegnamespaceOid: {
      const std::vector<std::string> parts = SplitQualifiedName(text);
      if (const Schema* schema = catalog.FindSchema(parts[0])) return schema->oid;
      throw SqlError(SqlState::kInvalidSchemaName,
                     fmt::format("schema \"{}\" does not exist", parts[0]));
    }
    case facts::kRegcollationOid: {
      const std::vector<std::string> parts = SplitQualifiedName(text);
      const std::vector<std::string_view> views(parts.begin(), parts.end());
      const Oid collation = FindCollation(catalog, path, views);
      if (collation != kInvalidOid) return collation;
      throw SqlError(SqlState::kUndefinedObject,
                     fmt::format("collation \"{}\" for encoding \"UTF8\" does not exist", text));
    }
    case facts::kRegconfigOid:
    case facts::kRegdictionaryOid: return FindTextSearch(catalog, path, reg_type, text);
    default: break;
  }
  const facts::TypeFact* fact = facts::FindType(reg_type);
  ThrowNotSupported(fmt::format("a name as input of type {}", fact->typname));
}

RegTypeIo::RegTypeIo(const CatalogSnapshot& catalog, Oid reg_type)
    : catalog_(catalog), reg_type_(reg_type) {}

types::Datum RegTypeIo::Input(std::string_view text, int32_t, const types::IoSettings&,
                              Arena&) const {
  return types::Datum::Of(ResolveRegName(catalog_, DefaultPath(), reg_type_, text));
}

void RegTypeIo::Output(const types::Datum& value, const types::IoSettings&,
                       std::string& out) const {
  out += FormatRegName(catalog_, DefaultPath(), reg_type_, value.As<Oid>());
}

types::Datum RegTypeIo::Receive(std::string_view bytes, int32_t, const types::IoSettings&,
                                Arena&) const {
  if (bytes.size() != sizeof(Oid)) {
    throw SqlError(SqlState::kInvalidBinaryRepresentation, "incorrect binary data format");
  }
  Oid oid = 0;
  for (const char byte : bytes) oid = (oid << 8) | static_cast<unsigned char>(byte);
  return types::Datum::Of(oid);
}

void RegTypeIo::Send(const types::Datum& value, const types::IoSettings&, std::string& out) const {
  const Oid oid = value.As<Oid>();
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((oid >> shift) & 0xFF);
}

}  // namespace grizzly::catalog
