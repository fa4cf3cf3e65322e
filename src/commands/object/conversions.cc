#include "commands/object/conversions.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/conversion_object.h"
#include "catalog/record.h"
#include "commands/object/schema_objects.h"
#include "commands/relation_lookup.h"
#include "facts/conversions.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "functions/session/encoding_names.h"

namespace grizzly::commands {
namespace {

using catalog::SchemaObject;

constexpr int32_t kSqlAscii = 0;

int32_t RequireEncoding(std::string_view name, std::string_view which) {
  const int32_t encoding = functions::EncodingNumber(name);
  if (encoding >= 0) return encoding;
  throw SqlError(SqlState::kUndefinedObject, fmt::format("{} encoding \"{}\" does not exist", which, name));
}

// (from, to, source, result, length, no error)
const facts::ProcFact& RequireConversionFunction(const std::vector<std::string>& name) {
  constexpr Oid kArguments[] = {facts::kInt4Oid,     facts::kInt4Oid, facts::kCstringOid,
                                facts::kInternalOid, facts::kInt4Oid, facts::kBoolOid};
  const bool visible = name.size() == 1 || name[name.size() - 2] == "pg_catalog";
  for (const facts::ProcFact& proc : facts::FindProcsByName(name.back())) {
    if (!visible || !std::ranges::equal(proc.proargtypes, kArguments)) continue;
    if (proc.prorettype == facts::kInt4Oid) return proc;
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("encoding conversion function {} must return type integer",
                               fmt::join(name, ".")));
  }
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("function {}(integer, integer, cstring, internal, integer, boolean) does not "
                             "exist",
                             fmt::join(name, ".")));
}

// The function says itself which encodings it is for.
void RequireSameEncodings(const facts::ProcFact& proc, int32_t from, int32_t to) {
  const facts::ConversionFact* other = nullptr;
  for (const facts::ConversionFact& fact : facts::AllConversions()) {
    if (fact.conproc != proc.oid) continue;
    if (fact.conforencoding == from && fact.contoencoding == to) return;
    if (other == nullptr || fact.conforencoding == from) other = &fact;
  }
  if (other == nullptr) return;
  const bool is_source = other->conforencoding != from;
  throw SqlError(SqlState::kInternalError,
                 fmt::format("expected {} encoding \"{}\", but got \"{}\"",
                             is_source ? "source" : "destination",
                             functions::EncodingName(is_source ? other->conforencoding : other->contoencoding),
                             functions::EncodingName(is_source ? from : to)));
}

void RefuseSecondDefault(CommandInput& input, const SchemaObject& made) {
  catalog::ObjectsOf(*input.editor.Current())
      .ForEachObject(catalog::kConversionClass, [&](const SchemaObject& other) {
        const bool same = other.schema == made.schema &&
                          other.Property(catalog::kConversionDefault) == "t" &&
                          other.Property(catalog::kConversionFrom) == made.Property(catalog::kConversionFrom) &&
                          other.Property(catalog::kConversionTo) == made.Property(catalog::kConversionTo);
        if (!same) return;
        throw SqlError(SqlState::kDuplicateObject,
                       fmt::format("default conversion for {} to {} already exists",
                                   functions::EncodingName(static_cast<int32_t>(made.OidProperty(catalog::kConversionFrom))),
                                   functions::EncodingName(static_cast<int32_t>(made.OidProperty(catalog::kConversionTo)))));
      });
}

}  // namespace

std::string CreateConversion(const PgQuery__CreateConversionStmt& statement, CommandInput& input) {
  SchemaObject object =
      NewSchemaObject(input, catalog::kConversionClass,
                      QualifiedNameOf(StringsOf(ListOf(statement.conversion_name, statement.n_conversion_name))));
  const int32_t from = RequireEncoding(TextOf(statement.for_encoding_name), "source");
  const int32_t to = RequireEncoding(TextOf(statement.to_encoding_name), "destination");
  if (from == kSqlAscii || to == kSqlAscii) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   "encoding conversion to or from \"SQL_ASCII\" is not supported");
  }
  const facts::ProcFact& proc =
      RequireConversionFunction(StringsOf(ListOf(statement.func_name, statement.n_func_name)));
  RequireSameEncodings(proc, from, to);
  object.SetProperty(catalog::kConversionFrom, std::to_string(from));
  object.SetProperty(catalog::kConversionTo, std::to_string(to));
  object.SetProperty(catalog::kConversionFunction, std::to_string(proc.oid));
  ExistsAlready(input, object, /*if_not_exists=*/false);
  if (statement.def) {
    RefuseSecondDefault(input, object);
    object.SetProperty(catalog::kConversionDefault, "t");
  }
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(object));
  return "CREATE CONVERSION";
}

}  // namespace grizzly::commands
