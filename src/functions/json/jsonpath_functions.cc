// jsonb_path_exists() and its kin, and the operators @? and @@.
#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/json/jsonpath_eval.h"
#include "functions/kernel.h"
#include "functions/set/set_rows.h"

namespace grizzly::functions {
namespace {

using types::JsonbKind;
using types::JsonbRef;
using View = std::string_view;

JsonPathCall MakeCall(View target, View path, View vars, bool silent, bool use_time_zone) {
  return {JsonbRef(target), path, JsonbRef(vars), silent, use_time_zone};
}
// The operators have no variables and no errors.
JsonPathCall MakeOperator(View target, View path) {
  static const std::string no_vars = types::JsonbObject({});
  return MakeCall(target, path, no_vars, true, false);
}

template <bool kZone>
std::optional<bool> Exists(FunctionContext& context, View target, View path, View vars,
                           bool silent) {
  return JsonPathExists(context, MakeCall(target, path, vars, silent, kZone));
}
std::optional<bool> ExistsOperator(FunctionContext& context, View target, View path) {
  return JsonPathExists(context, MakeOperator(target, path));
}

std::optional<bool> MatchOf(FunctionContext& context, const JsonPathCall& call) {
  const std::vector<std::string> found = JsonPathQuery(context, call);
  if (found.size() == 1) {
    const JsonbRef only(found[0]);
    if (only.kind() == JsonbKind::kNull) return std::nullopt;
    if (only.is_bool()) return only.kind() == JsonbKind::kTrue;
  }
  if (call.silent) return std::nullopt;
  throw SqlError(SqlState::kSingletonSqlJsonItemRequired, "single boolean result is expected");
}
template <bool kZone>
std::optional<bool> Match(FunctionContext& context, View target, View path, View vars,
                          bool silent) {
  return MatchOf(context, MakeCall(target, path, vars, silent, kZone));
}
std::optional<bool> MatchOperator(FunctionContext& context, View target, View path) {
  return MatchOf(context, MakeOperator(target, path));
}

template <bool kZone>
std::string QueryArray(FunctionContext& context, View target, View path, View vars, bool silent) {
  return types::JsonbArray(JsonPathQuery(context, MakeCall(target, path, vars, silent, kZone)));
}
template <bool kZone>
std::optional<std::string> QueryFirst(FunctionContext& context, View target, View path, View vars,
                                      bool silent) {
  std::vector<std::string> found =
      JsonPathQuery(context, MakeCall(target, path, vars, silent, kZone));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

template <bool kZone>
std::unique_ptr<SetScan> Query(FunctionContext& context, const CallSite&,
                               std::span<const Datum> values) {
  if (AnyNull(values)) return nullptr;
  std::vector<std::string> found =
      JsonPathQuery(context, MakeCall(values[0].AsString(), values[1].AsString(),
                                      values[2].AsString(), values[3].AsBool(), kZone));
  const size_t count = found.size();
  return MakeRowsScan(count, [found = std::move(found)](size_t i, types::Batch& out, uint32_t row) {
    out.column(0).SetString(row, found[i]);
  });
}

}  // namespace

void RegisterJsonPath(Registry& registry) {
  types::SetJsonPathRegexCheck(&CheckJsonPathRegex);
  registry.AddScalar("jsonb_path_exists", Cold<&Exists<false>>);
  registry.AddScalar("jsonb_path_exists_tz", Cold<&Exists<true>>);
  registry.AddScalar("jsonb_path_exists_opr", Cold<&ExistsOperator>);
  registry.AddScalar("jsonb_path_match", Cold<&Match<false>>);
  registry.AddScalar("jsonb_path_match_tz", Cold<&Match<true>>);
  registry.AddScalar("jsonb_path_match_opr", Cold<&MatchOperator>);
  registry.AddScalar("jsonb_path_query_array", Cold<&QueryArray<false>>);
  registry.AddScalar("jsonb_path_query_array_tz", Cold<&QueryArray<true>>);
  registry.AddScalar("jsonb_path_query_first", Cold<&QueryFirst<false>>);
  registry.AddScalar("jsonb_path_query_first_tz", Cold<&QueryFirst<true>>);
  registry.AddSet("jsonb_path_query", &Query<false>);
  registry.AddSet("jsonb_path_query_tz", &Query<true>);
}

}  // namespace grizzly::functions
