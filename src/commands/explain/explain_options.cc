#include "commands/explain/explain_options.h"

#include <fmt/format.h>

#include <optional>

#include "base/error/sql_error.h"

namespace grizzly::commands {
namespace {

struct Flag {
  std::string_view name;
  bool ExplainOptions::*member;
};
constexpr Flag kFlags[] = {
    {"analyze", &ExplainOptions::analyze}, {"verbose", &ExplainOptions::verbose},
    {"costs", &ExplainOptions::costs},     {"settings", &ExplainOptions::settings},
    {"buffers", &ExplainOptions::buffers}, {"wal", &ExplainOptions::wal},
};

ExplainFormat ReadFormat(const Option& option) {
  const std::string value = OptionText(option);
  if (value == "text") return ExplainFormat::kText;
  if (value == "xml") return ExplainFormat::kXml;
  if (value == "json") return ExplainFormat::kJson;
  if (value == "yaml") return ExplainFormat::kYaml;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("unrecognized value for EXPLAIN option \"{}\": \"{}\"", option.name,
                             value))
      .At(option.location);
}

[[noreturn]] void ThrowNeedsAnalyze(std::string_view option) {
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("EXPLAIN option {} requires ANALYZE", option));
}

}  // namespace

ExplainOptions ReadExplainOptions(const PgQuery__ExplainStmt& statement) {
  ExplainOptions options;
  std::optional<bool> timing, summary;
  for (const Option& option : OptionsOf(ListOf(statement.options, statement.n_options))) {
    const Flag* known = nullptr;
    for (const Flag& flag : kFlags) {
      if (flag.name == option.name) known = &flag;
    }
    if (known != nullptr) {
      options.*known->member = OptionBool(option);
    } else if (option.name == "timing") {
      timing = OptionBool(option);
    } else if (option.name == "summary") {
      summary = OptionBool(option);
    } else if (option.name == "format") {
      options.format = ReadFormat(option);
    } else {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("unrecognized EXPLAIN option \"{}\"", option.name))
          .At(option.location);
    }
  }
  if (options.wal && !options.analyze) ThrowNeedsAnalyze("WAL");
  options.timing = timing.value_or(options.analyze);
  if (options.timing && !options.analyze) ThrowNeedsAnalyze("TIMING");
  options.summary = summary.value_or(options.analyze);
  return options;
}

}  // namespace grizzly::commands
