// Functions of the session: who and where, settings, sequences, names, definitions. All of them ask
// SessionServices.
#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/session_services.h"
#include "types/array.h"
#include "types/type_name.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;
using Values = std::span<const Datum>;

SessionServices& Session(FunctionContext& context) {
  GRIZZLY_CHECK(context.session != nullptr);
  return *context.session;
}

// ---- who and where ----

View CurrentUser(FunctionContext& context) { return Session(context).CurrentUser(); }
View SessionUser(FunctionContext& context) { return Session(context).SessionUser(); }
View CurrentDatabase(FunctionContext& context) { return Session(context).CurrentDatabase(); }
Datum CurrentSchema(FunctionContext& context) {
  const std::vector<std::string> schemas = Session(context).CurrentSchemas(false);
  if (schemas.empty()) return Datum::Null();
  return Datum::OfString(schemas[0], *context.result_heap);
}
Datum CurrentSchemas(FunctionContext& context, bool include_implicit) {
  types::ArrayBuilder builder(facts::kNameOid, types::PhysicalType::kString);
  for (const std::string& schema : Session(context).CurrentSchemas(include_implicit)) {
    builder.AddString(schema);
  }
  return Datum::Of(builder.Finish(*context.result_heap));
}
std::string Version(FunctionContext& context) {
  return fmt::format("PostgreSQL {} on x86_64-pc-linux-gnu, compiled by g++, 64-bit",
                     *Session(context).ShowSetting("server_version", false));
}
int32_t BackendId(FunctionContext& context) { return Session(context).BackendId().value; }
int64_t TransactionId(FunctionContext& context) {
  return static_cast<int64_t>(Session(context).CurrentTransactionId());
}

// ---- settings ----

std::string ShowSetting(FunctionContext& context, View name) {
  return *Session(context).ShowSetting(name, false);
}
Datum ShowSettingIfKnown(FunctionContext& context, View name, bool missing_ok) {
  const std::optional<std::string> value = Session(context).ShowSetting(name, missing_ok);
  return value.has_value() ? Datum::OfString(*value, *context.result_heap) : Datum::Null();
}
Datum SetSetting(FunctionContext& context, const CallSite&, Values values) {
  if (values[0].is_null()) {
    throw SqlError(SqlState::kNullValueNotAllowed, "SET requires parameter name");
  }
  const View name = values[0].AsString();
  const View value = values[1].is_null() ? View() : values[1].AsString();
  const bool local = !values[2].is_null() && values[2].AsBool();
  Session(context).SetSetting(name, value, local);
  return Datum::OfString(*Session(context).ShowSetting(name, false), *context.result_heap);
}

// ---- sequences ----

int64_t NextValue(FunctionContext& context, uint32_t sequence) {
  return Session(context).NextValue(sequence);
}
int64_t CurrentValue(FunctionContext& context, uint32_t sequence) {
  return Session(context).CurrentValue(sequence);
}
int64_t LastValue(FunctionContext& context) { return Session(context).LastValue(); }
int64_t SetValueCalled(FunctionContext& context, uint32_t sequence, int64_t value,
                       bool is_called) {
  Session(context).SetValue(sequence, value, is_called);
  return value;
}
int64_t SetValue(FunctionContext& context, uint32_t sequence, int64_t value) {
  return SetValueCalled(context, sequence, value, true);
}

// ---- names ----

template <Oid kind>
Datum ToRegName(FunctionContext& context, View name) {
  const Oid object = Session(context).ResolveRegName(kind, name, true);
  return object == kInvalidOid ? Datum::Null() : Datum::Of(object);
}
uint32_t TextToRegclass(FunctionContext& context, View name) {
  // A number is a name here, too.
  const bool is_number = !name.empty() && name.find_first_not_of("0123456789") == View::npos;
  const bool reads_as_oid = is_number || name == "-";
  const std::string quoted = reads_as_oid ? fmt::format("\"{}\"", name) : std::string(name);
  return Session(context).ResolveRegName(facts::kRegclassOid, quoted, false);
}
Datum FormatType(FunctionContext& context, const CallSite&, Values values) {
  if (values[0].is_null()) return Datum::Null();
  const auto type = values[0].As<uint32_t>();
  // Without a typmod character and bit are names of their own, not short for char(1) and bit(1).
  if (values[1].is_null() && type < kFirstUserOid) {
    return Datum::OfString(types::TypeName(type), *context.result_heap);
  }
  const int32_t typmod = values[1].is_null() ? types::kNoTypmod : values[1].As<int32_t>();
  return Datum::OfString(Session(context).FormatType(type, typmod), *context.result_heap);
}
template <Oid catalog>
Datum IsVisible(FunctionContext& context, uint32_t object) {
  const std::optional<bool> visible = Session(context).IsVisible(catalog, object);
  return visible.has_value() ? Datum::Of(*visible) : Datum::Null();
}
std::string RoleName(FunctionContext& context, uint32_t role) {
  const View name = Session(context).RoleName(role);
  return name.empty() ? fmt::format("unknown (OID={})", role) : std::string(name);
}

// ---- definitions ----

Datum Define(FunctionContext& context, const CallSite& call, Oid object, int32_t column,
             bool pretty) {
  const std::optional<std::string> text =
      Session(context).Definition(call.function, object, column, pretty);
  return text.has_value() ? Datum::OfString(*text, *context.result_heap) : Datum::Null();
}
Datum Definition(FunctionContext& context, const CallSite& call, uint32_t object) {
  return Define(context, call, object, 0, false);
}
Datum DefinitionPretty(FunctionContext& context, const CallSite& call, uint32_t object,
                       bool pretty) {
  return Define(context, call, object, 0, pretty);
}
Datum DefinitionOfColumn(FunctionContext& context, const CallSite& call, uint32_t object,
                         int32_t column) {
  return Define(context, call, object, column, false);
}
Datum DefinitionOfColumnPretty(FunctionContext& context, const CallSite& call, uint32_t object,
                               int32_t column, bool pretty) {
  return Define(context, call, object, column, pretty);
}
// Wrapped view definitions are pretty ones; lines are not broken by width.
Datum DefinitionWrapped(FunctionContext& context, const CallSite& call, uint32_t object, int32_t) {
  return Define(context, call, object, 0, true);
}
Datum DefinitionByName(FunctionContext& context, const CallSite& call, View name) {
  return Define(context, call, TextToRegclass(context, name), 0, false);
}
Datum DefinitionByNamePretty(FunctionContext& context, const CallSite& call, View name,
                             bool pretty) {
  return Define(context, call, TextToRegclass(context, name), 0, pretty);
}

// ---- the rest goes to the session by its oid ----

Datum Bridge(FunctionContext& context, const CallSite& call, Values values) {
  return Session(context).CallSessionFunction(call.function, values, *context.result_heap);
}

void AddNames(Registry& registry) {
  registry.AddScalar("to_regclass", Cold<&ToRegName<facts::kRegclassOid>>);
  registry.AddScalar("to_regtype", Cold<&ToRegName<facts::kRegtypeOid>>);
  registry.AddScalar("to_regproc", Cold<&ToRegName<facts::kRegprocOid>>);
  registry.AddScalar("to_regprocedure", Cold<&ToRegName<facts::kRegprocedureOid>>);
  registry.AddScalar("to_regnamespace", Cold<&ToRegName<facts::kRegnamespaceOid>>);
  registry.AddScalar("to_regrole", Cold<&ToRegName<facts::kRegroleOid>>);
  registry.AddScalar("to_regoper", Cold<&ToRegName<facts::kRegoperOid>>);
  registry.AddScalar("to_regoperator", Cold<&ToRegName<facts::kRegoperatorOid>>);
  registry.AddScalar("to_regcollation", Cold<&ToRegName<facts::kRegcollationOid>>);
  registry.AddScalar("text_regclass", Cold<&TextToRegclass>);
  registry.AddScalar("format_type", DatumsNullable<&FormatType>);
  registry.AddScalar("pg_get_userbyid", Cold<&RoleName>);
  registry.AddScalar("pg_table_is_visible", Cold<&IsVisible<1259>>);
  registry.AddScalar("pg_type_is_visible", Cold<&IsVisible<1247>>);
  registry.AddScalar("pg_function_is_visible", Cold<&IsVisible<1255>>);
  registry.AddScalar("pg_operator_is_visible", Cold<&IsVisible<2617>>);
  registry.AddScalar("pg_opclass_is_visible", Cold<&IsVisible<2616>>);
  registry.AddScalar("pg_opfamily_is_visible", Cold<&IsVisible<2753>>);
  registry.AddScalar("pg_collation_is_visible", Cold<&IsVisible<3456>>);
  registry.AddScalar("pg_conversion_is_visible", Cold<&IsVisible<2607>>);
  registry.AddScalar("pg_statistics_obj_is_visible", Cold<&IsVisible<3381>>);
  registry.AddScalar("pg_ts_parser_is_visible", Cold<&IsVisible<3601>>);
  registry.AddScalar("pg_ts_dict_is_visible", Cold<&IsVisible<3600>>);
  registry.AddScalar("pg_ts_config_is_visible", Cold<&IsVisible<3602>>);
  registry.AddScalar("pg_ts_template_is_visible", Cold<&IsVisible<3764>>);
}

void AddDefinitions(Registry& registry) {
  for (const char* name :
       {"pg_get_constraintdef", "pg_get_indexdef", "pg_get_viewdef", "pg_get_ruledef",
        "pg_get_triggerdef", "pg_get_functiondef", "pg_get_function_arguments",
        "pg_get_function_identity_arguments", "pg_get_function_result",
        "pg_get_function_sqlbody", "pg_get_partkeydef", "pg_get_partition_constraintdef",
        "pg_get_statisticsobjdef", "pg_get_statisticsobjdef_columns"}) {
    registry.AddScalar(name, Cold<&Definition>);
  }
  for (const char* name : {"pg_get_constraintdef_ext", "pg_get_viewdef_ext", "pg_get_ruledef_ext",
                           "pg_get_triggerdef_ext"}) {
    registry.AddScalar(name, Cold<&DefinitionPretty>);
  }
  registry.AddScalar("pg_get_indexdef_ext", Cold<&DefinitionOfColumnPretty>);
  registry.AddScalar("pg_get_function_arg_default", Cold<&DefinitionOfColumn>);
  registry.AddScalar("pg_get_viewdef_wrap", Cold<&DefinitionWrapped>);
  registry.AddScalar("pg_get_viewdef_name", Cold<&DefinitionByName>);
  registry.AddScalar("pg_get_viewdef_name_ext", Cold<&DefinitionByNamePretty>);
}

void AddBridges(Registry& registry) {
  for (const char* lock : {"advisory_lock", "advisory_xact_lock"}) {
    for (const char* shared : {"", "_shared"}) {
      for (const char* type : {"_int4", "_int8"}) {
        const std::string name = std::string(lock) + shared + type;
        registry.AddScalar("pg_" + name, DatumsPerRow<&Bridge>);
        registry.AddScalar("pg_try_" + name, DatumsPerRow<&Bridge>);
      }
    }
  }
  for (const char* name :
       {"pg_advisory_unlock_all", "pg_advisory_unlock_int4", "pg_advisory_unlock_int8",
        "pg_advisory_unlock_shared_int4", "pg_advisory_unlock_shared_int8",
        "pg_get_expr", "pg_get_expr_ext"}) {
    registry.AddScalar(name, DatumsPerRow<&Bridge>);
  }
}

}  // namespace

void RegisterSession(Registry& registry) {
  registry.AddScalar("current_user", Cold<&CurrentUser>);
  registry.AddScalar("session_user", Cold<&SessionUser>);
  registry.AddScalar("current_database", Cold<&CurrentDatabase>);
  registry.AddScalar("current_schema", Cold<&CurrentSchema>);
  registry.AddScalar("current_schemas", Cold<&CurrentSchemas>);
  registry.AddScalar("pgsql_version", Cold<&Version>);
  registry.AddScalar("pg_backend_pid", Cold<&BackendId>);
  registry.AddScalar("pg_current_xact_id", PerRow<&TransactionId>);
  registry.AddScalar("show_config_by_name", Cold<&ShowSetting>);
  registry.AddScalar("show_config_by_name_missing_ok", Cold<&ShowSettingIfKnown>);
  registry.AddScalar("set_config_by_name",
                     &Datums<&SetSetting, kernel::Calling::kPerRowNullable>);
  registry.AddScalar("nextval_oid", PerRow<&NextValue>);
  registry.AddScalar("currval_oid", PerRow<&CurrentValue>);
  registry.AddScalar("lastval", PerRow<&LastValue>);
  registry.AddScalar("setval_oid", PerRow<&SetValue>);
  registry.AddScalar("setval3_oid", PerRow<&SetValueCalled>);
  AddNames(registry);
  AddDefinitions(registry);
  AddBridges(registry);
}

}  // namespace grizzly::functions
