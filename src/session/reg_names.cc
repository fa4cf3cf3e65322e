// Names of catalog objects to oids and back: what regclass, regtype, regproc ... read and print.
//
// SOURCE  PostgreSQL 15 docs, "Object Identifier Types", and the running server for its errors
#include <algorithm>

#include "catalog/object_text.h"
#include "catalog/schema_lookup.h"
#include "catalog/record.h"
#include "catalog/schema_object.h"
#include "catalog/text_search_objects.h"
#include "facts/collations.h"
#include "facts/namespaces.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/text_search.h"
#include "facts/types.h"
#include "planner/binder/binder.h"
#include "session/client_session.h"
#include "session/qualified_name.h"
#include "session/services.h"
#include "types/integer.h"

namespace grizzly::session {
namespace {

constexpr Oid kPgCatalogSchema = 11;

using Names = std::vector<std::string>;

std::string Dotted(const Names& names) {
  std::string dotted = names[0];
  for (size_t i = 1; i < names.size(); ++i) dotted += "." + names[i];
  return dotted;
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The schema a qualified name says (kInvalidOid: none, look along the path); false: no such schema.
bool FindSchemaOf(const catalog::CatalogSnapshot& snapshot, const catalog::SearchPath& path,
                  const Names& names, std::string_view database, bool missing_ok, Oid* schema) {
  *schema = kInvalidOid;
  if (names.size() == 1) return true;
  if (names.size() > 3) {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("improper qualified name (too many dotted names): {}",
                               Dotted(names)));
  }
  if (names.size() == 3 && names[0] != database) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cross-database references are not implemented: {}",
                               Dotted(names)));
  }
  const std::string& name = names[names.size() - 2];
  if (const catalog::Schema* found = catalog::FindSchema(snapshot, path, name)) {
    *schema = found->oid;
    return true;
  }
  if (missing_ok) return false;
  throw SqlError(SqlState::kInvalidSchemaName, fmt::format("schema \"{}\" does not exist", name));
}

// Whether a built-in object of `object_schema` is what a name in `schema` (or along the path) means.
bool IsNamed(const catalog::SearchPath& path, Oid schema, Oid object_schema) {
  return schema == kInvalidOid ? path.PositionOf(object_schema) >= 0 : schema == object_schema;
}

// A TypeName of the grammar and nothing else: "varchar(3)", "int4[]".
const PgQuery__TypeName* OnlyTypeName(const parser::ParsedText& parsed) {
  if (parsed.statements().size() != 1) return nullptr;
  const parser::ast::Node& node = *parsed.statements()[0].node;
  if (node.node_case != PG_QUERY__NODE__NODE_SELECT_STMT) return nullptr;
  const PgQuery__SelectStmt& select = *node.select_stmt;
  const bool plain = select.n_target_list == 1 && select.n_from_clause == 0 &&
                     select.where_clause == nullptr && select.n_group_clause == 0 &&
                     select.having_clause == nullptr && select.n_sort_clause == 0 &&
                     select.limit_count == nullptr && select.limit_offset == nullptr &&
                     select.n_locking_clause == 0 && select.n_window_clause == 0 &&
                     select.larg == nullptr && select.into_clause == nullptr;
  if (!plain) return nullptr;
  const PgQuery__ResTarget& target = *select.target_list[0]->res_target;
  const bool is_cast = (target.name == nullptr || *target.name == '\0') &&
                       target.val->node_case == PG_QUERY__NODE__NODE_TYPE_CAST &&
                       target.val->type_cast->arg->node_case == PG_QUERY__NODE__NODE_A_CONST;
  return is_cast ? target.val->type_cast->type_name : nullptr;
}

}  // namespace

Oid Services::ResolveRelation(std::string_view text, bool missing_ok) {
  const Names names = SplitQualifiedName(text);
  if (names.size() > 3) {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("improper relation name (too many dotted names): {}",
                               Dotted(names)));
  }
  if (names.size() == 3 && names[0] != CurrentDatabase()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cross-database references are not implemented: \"{}\"",
                               Dotted(names)));
  }
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  Oid schema;
  if (!FindSchemaOf(*snapshot, session_.CurrentSearchPath(*snapshot), names, CurrentDatabase(), missing_ok, &schema)) return kInvalidOid;
  const catalog::RelationPtr relation =
      schema == kInvalidOid
          ? session_.CurrentSearchPath(*snapshot).FindRelation(*snapshot, names[0])
          : snapshot->FindRelation(schema, names.back());
  if (relation != nullptr) return relation->oid;
  if (missing_ok) return kInvalidOid;
  throw SqlError(SqlState::kUndefinedTable,
                 fmt::format("relation \"{}\" does not exist", Dotted(names)));
}

Oid Services::ResolveType(std::string_view text, bool missing_ok) {
  const auto invalid = [&] {
    return SqlError(SqlState::kSyntaxError, fmt::format("invalid type name \"{}\"", text));
  };
  if (types::TrimBlanks(text).empty()) throw invalid();
  constexpr std::string_view kBefore = "SELECT CAST(NULL AS ";
  std::shared_ptr<const parser::ParsedText> parsed;
  try {
    parsed = parser::ParsedText::Parse(fmt::format("{}{}\n)", kBefore, text));
  } catch (const SqlError& error) {
    const int offset = error.byte_offset() - static_cast<int>(kBefore.size());
    const bool at_end = offset >= static_cast<int>(text.size());
    throw SqlError(error.state(), at_end ? "syntax error at end of input" : error.what())
        .Context(fmt::format("invalid type name \"{}\"", text))
        .At(at_end ? static_cast<int>(text.size()) : offset);
  }
  const PgQuery__TypeName* name = OnlyTypeName(*parsed);
  if (name == nullptr) throw invalid();
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  if (name->n_names > 1) {
    const char* schema = name->names[name->n_names - 2]->string->sval;
    if (snapshot->FindSchema(schema) == nullptr) {
      if (missing_ok) return kInvalidOid;
      throw SqlError(SqlState::kInvalidSchemaName,
                     fmt::format("schema \"{}\" does not exist", schema));
    }
  }
  try {
    return planner::ResolveTypeName(*name, session_.MakeBinderInput(snapshot, parsed->sql())).oid;
  } catch (const SqlError& error) {
    if (missing_ok && error.state() == SqlState::kUndefinedObject) return kInvalidOid;
    throw SqlError(error.state(), error.what());  // its position is not the statement's
  }
}

Oid Services::ResolveFunction(std::string_view text, bool with_arguments, bool missing_ok) {
  std::string_view name_text = text;
  std::vector<Oid> wanted;
  if (with_arguments) {
    const NameAndArguments parts = SplitArguments(text);
    name_text = parts.name;
    for (std::string_view type : parts.arguments) {
      wanted.push_back(ResolveType(type, missing_ok));
      if (wanted.back() == kInvalidOid) return kInvalidOid;
    }
  }
  const Names names = SplitQualifiedName(name_text);
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  const catalog::SearchPath& path = session_.CurrentSearchPath(*snapshot);
  Oid schema;
  if (!FindSchemaOf(*snapshot, session_.CurrentSearchPath(*snapshot), names, CurrentDatabase(), missing_ok, &schema)) return kInvalidOid;
  Oid found = kInvalidOid;
  int matches = 0;
  for (const facts::ProcFact& proc : facts::FindProcsByName(names.back())) {
    if (!IsNamed(path, schema, proc.pronamespace)) continue;
    if (with_arguments && !std::ranges::equal(wanted, proc.proargtypes)) continue;
    found = proc.oid;
    ++matches;
  }
  if (matches == 1) return found;
  if (missing_ok) return kInvalidOid;
  if (matches > 1) {
    throw SqlError(SqlState::kAmbiguousFunction,
                   fmt::format("more than one function named \"{}\"", text));
  }
  throw SqlError(SqlState::kUndefinedFunction, fmt::format("function \"{}\" does not exist", text));
}

Oid Services::ResolveOperator(std::string_view text, bool with_arguments, bool missing_ok) {
  std::string_view name = text;
  std::vector<Oid> sides;
  if (with_arguments) {
    const NameAndArguments parts = SplitArguments(text);
    name = parts.name;
    for (std::string_view type : parts.arguments) {
      const bool none = type.size() == 4 && strncasecmp(type.data(), "none", 4) == 0;
      sides.push_back(none ? kInvalidOid : ResolveType(type, missing_ok));
      if (!none && sides.back() == kInvalidOid) return kInvalidOid;
    }
    if (sides.size() == 1) {
      throw SqlError(SqlState::kUndefinedParameter, "missing argument")
          .Hint("Use NONE to denote the missing argument of a unary operator.");
    }
    if (sides.size() != 2) {
      throw SqlError(SqlState::kTooManyArguments, "too many arguments")
          .Hint("Provide two argument types for operator.");
    }
  }
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  const catalog::SearchPath& path = session_.CurrentSearchPath(*snapshot);
  Oid schema = kInvalidOid;
  name = types::TrimBlanks(name);
  if (const size_t dot = name.rfind('.'); dot != std::string_view::npos) {
    Names names = SplitQualifiedName(name.substr(0, dot));
    names.emplace_back(name.substr(dot + 1));
    if (!FindSchemaOf(*snapshot, session_.CurrentSearchPath(*snapshot), names, CurrentDatabase(), missing_ok, &schema)) {
      return kInvalidOid;
    }
    name.remove_prefix(dot + 1);
  }
  Oid found = kInvalidOid;
  int matches = 0;
  for (const facts::OperatorFact& fact : facts::FindOperatorsByName(name)) {
    if (!IsNamed(path, schema, fact.oprnamespace)) continue;
    if (with_arguments && (fact.oprleft != sides[0] || fact.oprright != sides[1])) continue;
    found = fact.oid;
    ++matches;
  }
  if (matches == 1) return found;
  if (missing_ok) return kInvalidOid;
  if (matches > 1) {
    throw SqlError(SqlState::kAmbiguousFunction,
                   fmt::format("more than one operator named {}", text));
  }
  throw SqlError(SqlState::kUndefinedFunction, fmt::format("operator does not exist: {}", text));
}

Oid Services::ResolveFactName(Oid kind, std::string_view text, bool missing_ok) {
  const Names names = SplitQualifiedName(text);
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  Oid schema;
  if (!FindSchemaOf(*snapshot, session_.CurrentSearchPath(*snapshot), names, CurrentDatabase(), missing_ok, &schema)) return kInvalidOid;
  const bool builtin = IsNamed(session_.CurrentSearchPath(*snapshot), schema, kPgCatalogSchema);
  const std::string_view name = names.back();
  std::string what;
  if (kind == facts::kRegcollationOid) {
    const facts::CollationFact* fact = builtin ? facts::FindCollationByName(name) : nullptr;
    if (fact != nullptr) return fact->oid;
    const std::vector<std::string_view> parts(names.begin(), names.end());
    const Oid made = catalog::FindCollation(*snapshot, session_.CurrentSearchPath(*snapshot), parts);
    if (made != kInvalidOid) return made;
    what = fmt::format("collation \"{}\" for encoding \"UTF8\"", Dotted(names));
  } else {
    const Oid object_class = kind == facts::kRegconfigOid ? catalog::kTextSearchConfigurationClass
                                                          : catalog::kTextSearchDictionaryClass;
    const std::vector<std::string_view> parts(names.begin(), names.end());
    const Oid found = catalog::FindTextSearchObject(
        *snapshot, session_.CurrentSearchPath(*snapshot), object_class, parts);
    if (found != kInvalidOid) return found;
    what = fmt::format("{} \"{}\"", catalog::SchemaObjectKind(object_class), Dotted(names));
  }
  if (missing_ok) return kInvalidOid;
  throw SqlError(SqlState::kUndefinedObject, what + " does not exist");
}

// Of a value's text: an error has the place of the value, not one inside it.
Oid Services::Resolve(Oid kind, std::string_view text) {
  try {
    return ResolveRegName(kind, text, false);
  } catch (SqlError& error) {
    throw std::move(error).At(-1);
  }
}

Oid Services::ResolveRegName(Oid kind, std::string_view text, bool missing_ok) {
  if (!missing_ok) {  // to_regclass() and its like take names only
    const bool is_operator = kind == facts::kRegoperOid || kind == facts::kRegoperatorOid;
    if (text == (is_operator ? "0" : "-")) return kInvalidOid;
    if (IsNumber(text)) return types::ParseOid(text);
  }
  switch (kind) {
    case facts::kRegclassOid: return ResolveRelation(text, missing_ok);
    case facts::kRegtypeOid: return ResolveType(text, missing_ok);
    case facts::kRegprocOid: return ResolveFunction(text, false, missing_ok);
    case facts::kRegprocedureOid: return ResolveFunction(text, true, missing_ok);
    case facts::kRegoperOid: return ResolveOperator(text, false, missing_ok);
    case facts::kRegoperatorOid: return ResolveOperator(text, true, missing_ok);
    case facts::kRegcollationOid:
    case facts::kRegconfigOid:
    case facts::kRegdictionaryOid: return ResolveFactName(kind, text, missing_ok);
    default: break;
  }
  const Names names = SplitQualifiedName(text);
  if (names.size() > 1) throw SqlError(SqlState::kInvalidName, "invalid name syntax");
  if (kind == facts::kRegnamespaceOid) {
    const catalog::SnapshotPtr snapshot = session_.Snapshot();
    const catalog::Schema* schema = snapshot->FindSchema(names[0]);
    if (schema != nullptr) return schema->oid;
    if (missing_ok) return kInvalidOid;
    throw SqlError(SqlState::kInvalidSchemaName,
                   fmt::format("schema \"{}\" does not exist", names[0]));
  }
  GRIZZLY_CHECK(kind == facts::kRegroleOid);
  const auto role = session_.instance_.shared_catalog().FindRole(names[0]);
  if (role != nullptr) return role->oid;
  if (missing_ok) return kInvalidOid;
  throw SqlError(SqlState::kUndefinedObject, fmt::format("role \"{}\" does not exist", names[0]));
}

// ---- output ----

namespace {

std::string_view FactSchema(Oid schema) {
  const facts::NamespaceFact* fact = facts::FindNamespace(schema);
  return fact == nullptr ? std::string_view() : fact->nspname;
}

std::string QualifyUnless(bool visible, Oid schema, std::string_view name) {
  return visible ? catalog::QuoteIdentifier(name)
                 : catalog::QuoteQualified(FactSchema(schema), name);
}

// regproc says which function it is only while the name alone is enough.
std::string FormatFunction(const catalog::CatalogSnapshot& snapshot,
                           const catalog::SearchPath& path, const facts::ProcFact& proc,
                           bool with_arguments) {
  const bool in_path = path.PositionOf(proc.pronamespace) >= 0;
  if (!with_arguments) {
    int candidates = 0;
    for (const facts::ProcFact& other : facts::FindProcsByName(proc.proname)) {
      if (path.PositionOf(other.pronamespace) >= 0) ++candidates;
    }
    return QualifyUnless(in_path && candidates == 1, proc.pronamespace, proc.proname);
  }
  std::string text = QualifyUnless(in_path, proc.pronamespace, proc.proname) + '(';
  for (size_t i = 0; i < proc.proargtypes.size(); ++i) {
    if (i > 0) text += ',';
    text += catalog::FormatType(snapshot, path, proc.proargtypes[i]);
  }
  return text + ')';
}

std::string FormatOperator(const catalog::CatalogSnapshot& snapshot,
                           const catalog::SearchPath& path, const facts::OperatorFact& fact,
                           bool with_arguments) {
  const bool in_path = path.PositionOf(fact.oprnamespace) >= 0;
  const bool alone = with_arguments || facts::FindOperatorsByName(fact.oprname).size() == 1;
  std::string text;
  if (!in_path || !alone) text = std::string(FactSchema(fact.oprnamespace)) + '.';
  text += fact.oprname;
  if (!with_arguments) return text;
  const auto side = [&](Oid type) {
    return type == kInvalidOid ? std::string("NONE") : catalog::FormatType(snapshot, path, type);
  };
  return fmt::format("{}({},{})", text, side(fact.oprleft), side(fact.oprright));
}

}  // namespace

std::string Services::FormatRegName(Oid kind, Oid object) {
  const std::string number = std::to_string(object);
  if (object == kInvalidOid) {
    return kind == facts::kRegoperOid || kind == facts::kRegoperatorOid ? "0" : "-";
  }
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  const catalog::SearchPath& path = session_.CurrentSearchPath(*snapshot);
  switch (kind) {
    case facts::kRegclassOid: return catalog::FormatRelation(*snapshot, path, object);
    case facts::kRegtypeOid:
      return snapshot->FindType(object) == nullptr ? number
                                                   : catalog::FormatType(*snapshot, path, object);
    case facts::kRegnamespaceOid: {
      const catalog::Schema* schema = snapshot->FindSchema(object);
      return schema != nullptr ? catalog::QuoteIdentifier(schema->name) : number;
    }
    case facts::kRegroleOid: {
      const auto role = session_.instance_.shared_catalog().FindRole(object);
      return role != nullptr ? catalog::QuoteIdentifier(role->name) : number;
    }
    case facts::kRegprocOid:
    case facts::kRegprocedureOid: {
      const facts::ProcFact* proc = facts::FindProc(object);
      if (proc == nullptr) return number;
      return FormatFunction(*snapshot, path, *proc, kind == facts::kRegprocedureOid);
    }
    case facts::kRegoperOid:
    case facts::kRegoperatorOid: {
      const facts::OperatorFact* fact = facts::FindOperator(object);
      if (fact == nullptr) return number;
      return FormatOperator(*snapshot, path, *fact, kind == facts::kRegoperatorOid);
    }
    case facts::kRegcollationOid: {
      const facts::CollationFact* fact = facts::FindCollation(object);
      if (fact == nullptr) return catalog::FormatCollation(*snapshot, path, object);
      return QualifyUnless(path.PositionOf(fact->collnamespace) >= 0, fact->collnamespace,
                           fact->collname);
    }
    default: break;
  }
  for (const auto& fact : facts::AllTextSearchConfigurations()) {
    if (kind != facts::kRegconfigOid || fact.oid != object) continue;
    return QualifyUnless(path.PositionOf(fact.cfgnamespace) >= 0, fact.cfgnamespace, fact.cfgname);
  }
  for (const auto& fact : facts::AllTextSearchDictionaries()) {
    if (kind != facts::kRegdictionaryOid || fact.oid != object) continue;
    return QualifyUnless(path.PositionOf(fact.dictnamespace) >= 0, fact.dictnamespace,
                         fact.dictname);
  }
  const Oid object_class = kind == facts::kRegconfigOid ? catalog::kTextSearchConfigurationClass
                                                        : catalog::kTextSearchDictionaryClass;
  const auto made = catalog::ObjectsOf(*snapshot).FindObject(object_class, object);
  return made == nullptr ? number : catalog::FormatObjectName(*snapshot, path, *made);
}

std::string Services::FormatType(Oid type, int32_t typmod) {
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  return catalog::FormatType(*snapshot, session_.CurrentSearchPath(*snapshot), type, typmod);
}

}  // namespace grizzly::session
