// pg_get_function_arguments() and its kin: functions as CREATE FUNCTION writes them.
#include "catalog/builtin.h"
#include "catalog/object_text.h"
#include "facts/aggregates.h"
#include "facts/namespaces.h"
#include "facts/types.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/system_functions.h"

namespace grizzly::session {
namespace {

// The expressions of proargdefaults, split at the commas between them.
std::vector<std::string> SplitDefaults(std::string_view text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  int depth = 0;
  bool quoted = false;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') quoted = !quoted;
    if (quoted) continue;
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (c != ',' || depth > 0) continue;
    parts.emplace_back(text.substr(start, i - start));
    start = i + 1;
    while (start < text.size() && text[start] == ' ') ++start;
  }
  parts.emplace_back(text.substr(start));
  return parts;
}

class FunctionText {
 public:
  FunctionText(ClientSession& session, const facts::ProcFact& function)
      : session_(session), function_(function), defaults_(SplitDefaults(function.proargdefaults)) {}

  size_t argument_count() const {
    return function_.proallargtypes.empty() ? function_.proargtypes.size()
                                            : function_.proallargtypes.size();
  }
  char Mode(size_t i) const { return i < function_.proargmodes.size() ? function_.proargmodes[i] : 'i'; }
  static bool IsInput(char mode) { return mode == 'i' || mode == 'b' || mode == 'v'; }

  std::string Arguments(bool table_arguments, bool with_defaults, bool identity) const {
    const facts::AggregateFact* aggregate =
        function_.prokind == 'a' ? facts::FindAggregate(function_.oid) : nullptr;
    const bool ordered = aggregate != nullptr && aggregate->aggkind != 'n';
    const size_t order_by_at = ordered ? static_cast<size_t>(aggregate->aggnumdirectargs) : SIZE_MAX;
    const int without_default = function_.pronargs - static_cast<int>(defaults_.size());
    std::string text;
    int input_number = 0;
    size_t printed = 0;
    for (size_t i = 0; i < argument_count(); ++i) {
      const char mode = Mode(i);
      if (IsInput(mode)) ++input_number;
      if ((mode == 't') != table_arguments) continue;
      if (identity && !IsInput(mode)) continue;
      if (printed == order_by_at) {
        if (printed > 0) text += ' ';
        text += "ORDER BY ";
      } else if (printed > 0) {
        text += ", ";
      }
      text += Argument(i, mode);
      if (with_defaults && IsInput(mode) && input_number > without_default) {
        text += " DEFAULT " + defaults_[static_cast<size_t>(input_number - without_default - 1)];
      }
      ++printed;
      // A variadic hypothetical-set aggregate shows its one argument on both sides.
      if (printed == order_by_at && i + 1 == argument_count() && function_.pronargs > 0) {
        text += " ORDER BY " + Argument(i, mode);
      }
    }
    return text;
  }

  std::string Result() const {
    std::string text;
    for (const char mode : function_.proargmodes) {
      if (mode == 't') return "TABLE(" + Arguments(true, false, false) + ")";
    }
    if (function_.proretset) text = "SETOF ";
    return text + TypeName(function_.prorettype);
  }

  std::string Definition() const {
    std::string text = fmt::format(
        "CREATE OR REPLACE {} {}({})\n", function_.prokind == 'p' ? "PROCEDURE" : "FUNCTION",
        QualifiedName(), Arguments(false, true, false));
    if (function_.prokind != 'p') text += fmt::format(" RETURNS {}\n", Result());
    text += fmt::format(" LANGUAGE {}\n", LanguageName());
    if (const std::string options = Options(); !options.empty()) text += options + "\n";
    if (function_.prosqlbody.data() != nullptr) return text + std::string(function_.prosqlbody) + "\n";
    const std::string quote =
        function_.prosrc.find("$function$") == std::string_view::npos ? "$function$" : "$functionx$";
    text += "AS ";
    if (function_.probin.data() != nullptr) {
      text += catalog::QuoteLiteral(function_.probin) + ", ";
    }
    return text + quote + std::string(function_.prosrc) + quote + "\n";
  }

  std::optional<std::string> Default(int32_t number) const {
    int input = 0;
    for (size_t i = 0; i < argument_count(); ++i) {
      if (IsInput(Mode(i))) ++input;
      if (static_cast<int32_t>(i) + 1 != number || !IsInput(Mode(i))) continue;
      const int at = input - (function_.pronargs - static_cast<int>(defaults_.size())) - 1;
      if (at >= 0) return defaults_[static_cast<size_t>(at)];
    }
    return std::nullopt;
  }

 private:
  std::string TypeName(Oid type) const { return session_.services().FormatType(type, -1); }

  std::string Argument(size_t i, char mode) const {
    std::string text;
    if (mode == 'o') text = "OUT ";
    if (mode == 'b') text = "INOUT ";
    if (mode == 'v') text = "VARIADIC ";
    if (i < function_.proargnames.size() && !function_.proargnames[i].empty()) {
      text += catalog::QuoteIdentifier(function_.proargnames[i]) + ' ';
    }
    return text + TypeName(function_.proallargtypes.empty() ? function_.proargtypes[i]
                                                            : function_.proallargtypes[i]);
  }

  std::string QualifiedName() const {
    const facts::NamespaceFact* schema = facts::FindNamespace(function_.pronamespace);
    return catalog::QuoteQualified(schema == nullptr ? "" : schema->nspname, function_.proname);
  }

  std::string_view LanguageName() const {
    for (const facts::LanguageFact& language : facts::AllLanguages()) {
      if (language.oid == function_.prolang) return language.lanname;
    }
    return "internal";
  }

  std::string Options() const {
    std::string text;
    const auto add = [&](bool holds, std::string_view words) {
      if (holds) text += fmt::format(" {}", words);
    };
    add(function_.prokind == 'w', "WINDOW");
    add(function_.provolatile == 'i', "IMMUTABLE");
    add(function_.provolatile == 's', "STABLE");
    add(function_.proparallel == 's', "PARALLEL SAFE");
    add(function_.proparallel == 'r', "PARALLEL RESTRICTED");
    add(function_.proisstrict, "STRICT");
    add(function_.prosecdef, "SECURITY DEFINER");
    add(function_.proleakproof, "LEAKPROOF");
    const bool is_native = function_.prolang == facts::kInternalLanguageOid ||
                           function_.prolang == facts::kCLanguageOid;
    const float usual_cost = is_native ? 1 : 100;
    add(function_.procost != usual_cost, fmt::format("COST {:g}", function_.procost));
    add(function_.proretset && function_.prorows != 1000,
        fmt::format("ROWS {:g}", function_.prorows));
    if (const facts::ProcFact* support = facts::FindProc(function_.prosupport)) {
      add(true, fmt::format("SUPPORT {}", support->proname));
    }
    return text;
  }

  ClientSession& session_;
  const facts::ProcFact& function_;
  const std::vector<std::string> defaults_;
};

}  // namespace

std::optional<std::string> FunctionDefinition(ClientSession& session, std::string_view source,
                                              Oid function, int32_t argument) {
  const facts::ProcFact* fact = facts::FindProc(function);
  if (fact == nullptr) return std::nullopt;
  const FunctionText text(session, *fact);
  if (source == "pg_get_function_arguments") return text.Arguments(false, true, false);
  if (source == "pg_get_function_identity_arguments") return text.Arguments(false, false, true);
  if (source == "pg_get_function_arg_default") return text.Default(argument);
  if (source == "pg_get_function_result") {
    if (fact->prokind == 'p') return std::nullopt;
    return text.Result();
  }
  if (source == "pg_get_function_sqlbody") {
    if (fact->prosqlbody.data() == nullptr) return std::nullopt;
    return std::string(fact->prosqlbody);
  }
  if (fact->prokind == 'a') {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is an aggregate function", fact->proname));
  }
  return text.Definition();
}

}  // namespace grizzly::session
