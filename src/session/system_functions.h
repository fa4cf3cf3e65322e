// System functions that look at the session, the catalog or other sessions: one plain function per
// pg_proc.prosrc.
//
// To add one: write it in the file of its theme, add its line to that file's table, and its prosrc to
// functions/system/session_calls.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/memory/arena.h"
#include "catalog/catalog.h"
#include "catalog/statistics.h"
#include "facts/procs.h"
#include "types/datum.h"

namespace grizzly::session {

class ClientSession;

// One call. Strict functions never see a NULL.
struct SystemCall {
  ClientSession& session;
  const facts::ProcFact& function;
  std::span<const types::Datum> arguments;
  Arena& arena;  // for the result

  Oid OidAt(size_t i) const { return arguments[i].As<Oid>(); }
  std::string_view TextAt(size_t i) const { return arguments[i].AsString(); }
  types::Datum Text(std::string_view text) const { return types::Datum::OfString(text, arena); }
  catalog::StatisticsStore& statistics() const;  // of the session's database
};

using SystemFunction = types::Datum (*)(const SystemCall& call);

struct SystemFunctionEntry {
  std::string_view source;  // pg_proc.prosrc
  SystemFunction function;
};

// Null: none of ours.
SystemFunction FindSystemFunction(std::string_view source);

// Each file gives its functions.
std::span<const SystemFunctionEntry> BackendFunctions();     // backend_functions.cc
std::span<const SystemFunctionEntry> ObjectFunctions();      // object_functions.cc
std::span<const SystemFunctionEntry> SizeFunctions();        // size_functions.cc
std::span<const SystemFunctionEntry> StatisticsFunctions();  // statistics_functions.cc
std::span<const SystemFunctionEntry> PrivilegeFunctions();   // privilege_functions.cc
std::span<const SystemFunctionEntry> XmlExportFunctions();   // xml_export.cc
std::span<const SystemFunctionEntry> UpkeepFunctions();      // upkeep_functions.cc
std::span<const SystemFunctionEntry> IndexPropertyFunctions();  // index_properties.cc
std::span<const SystemFunctionEntry> TextSearchFunctions();  // text_search_queries.cc
std::span<const SystemFunctionEntry> TidFunctions();         // latest_tid.cc

// ---- shared by them ----

// Throws 42P01 when there is none.
catalog::RelationPtr RequireRelation(const SystemCall& call, Oid oid);

// pg_get_function_arguments and its like: what Services::Definition asks of functions.
std::optional<std::string> FunctionDefinition(ClientSession& session, std::string_view source,
                                              Oid function, int32_t argument);

}  // namespace grizzly::session
