#include "commands/options/storage_parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/error/sql_error.h"

namespace grizzly::commands {
namespace {

// Parameters of the table PostgreSQL keeps long values in.
constexpr std::string_view kToastPrefix = "toast.";

enum class Kind : uint8_t { kBool, kInteger, kReal, kOneOf };

// Whose it is, as bits.
constexpr uint8_t kTable = 1, kToast = 2, kIndex = 4, kView = 8, kColumn = 16, kBloom = 32,
                  kMinmaxMulti = 64, kSignature = 128;

struct Parameter {
  std::string_view name;
  uint8_t owners;
  Kind kind;
  double minimum = 0, maximum = 0;
  std::string_view words = "";     // of kOneOf, with a blank between; those after a | are other spellings
  std::string_view said = "";      // how the error lists them
};

constexpr double kIntegerMax = std::numeric_limits<int32_t>::max();
constexpr double kRealMax = std::numeric_limits<double>::max();

constexpr Parameter kParameters[] = {
    {"fillfactor", kTable | kIndex, Kind::kInteger, 10, 100},
    {"toast_tuple_target", kTable, Kind::kInteger, 128, 8160},
    {"parallel_workers", kTable, Kind::kInteger, 0, 1024},
    {"user_catalog_table", kTable, Kind::kBool},
    {"vacuum_truncate", kTable | kToast, Kind::kBool},
    {"vacuum_index_cleanup", kTable | kToast, Kind::kOneOf, 0, 0,
     "auto on off | true false yes no 1 0", "\"on\", \"off\", and \"auto\""},
    {"autovacuum_enabled", kTable | kToast, Kind::kBool},
    {"autovacuum_vacuum_threshold", kTable | kToast, Kind::kInteger, 0, kIntegerMax},
    {"autovacuum_vacuum_insert_threshold", kTable | kToast, Kind::kInteger, -1, kIntegerMax},
    {"autovacuum_analyze_threshold", kTable, Kind::kInteger, 0, kIntegerMax},
    {"autovacuum_vacuum_cost_limit", kTable | kToast, Kind::kInteger, 1, 10000},
    {"autovacuum_vacuum_cost_delay", kTable | kToast, Kind::kReal, 0, 100},
    {"autovacuum_vacuum_scale_factor", kTable | kToast, Kind::kReal, 0, 100},
    {"autovacuum_vacuum_insert_scale_factor", kTable | kToast, Kind::kReal, 0, 100},
    {"autovacuum_analyze_scale_factor", kTable, Kind::kReal, 0, 100},
    {"autovacuum_freeze_min_age", kTable | kToast, Kind::kInteger, 0, 1e9},
    {"autovacuum_freeze_max_age", kTable | kToast, Kind::kInteger, 1e5, 2e9},
    {"autovacuum_freeze_table_age", kTable | kToast, Kind::kInteger, 0, 2e9},
    {"autovacuum_multixact_freeze_min_age", kTable | kToast, Kind::kInteger, 0, 1e9},
    {"autovacuum_multixact_freeze_max_age", kTable | kToast, Kind::kInteger, 1e4, 2e9},
    {"autovacuum_multixact_freeze_table_age", kTable | kToast, Kind::kInteger, 0, 2e9},
    {"log_autovacuum_min_duration", kTable | kToast, Kind::kInteger, -1, kIntegerMax},
    {"deduplicate_items", kIndex, Kind::kBool},
    {"fastupdate", kIndex, Kind::kBool},
    {"gin_pending_list_limit", kIndex, Kind::kInteger, 64, kIntegerMax},
    {"buffering", kIndex, Kind::kOneOf, 0, 0, "on off auto", "\"on\", \"off\", and \"auto\""},
    {"pages_per_range", kIndex, Kind::kInteger, 1, 131072},
    {"autosummarize", kIndex, Kind::kBool},
    {"vacuum_cleanup_index_scale_factor", kIndex, Kind::kReal, 0, 1e10},
    {"security_barrier", kView, Kind::kBool},
    {"security_invoker", kView, Kind::kBool},
    {"check_option", kView, Kind::kOneOf, 0, 0, "local cascaded",
     "\"local\" and \"cascaded\""},
    {"n_distinct", kColumn, Kind::kReal, -1, kRealMax},
    {"n_distinct_inherited", kColumn, Kind::kReal, -1, kRealMax},
    {"n_distinct_per_range", kBloom, Kind::kReal, -1, kIntegerMax},
    {"false_positive_rate", kBloom, Kind::kReal, 0.0001, 0.25},
    {"values_per_range", kMinmaxMulti, Kind::kInteger, 8, 256},
    {"siglen", kSignature, Kind::kInteger, 1, 2024},
};

uint8_t OwnersOf(ParameterOwner owner, bool of_toast) {
  if (of_toast) return kToast;
  switch (owner) {
    case ParameterOwner::kIndex: return kIndex;
    case ParameterOwner::kView: return kView;
    case ParameterOwner::kColumn: return kColumn;
    case ParameterOwner::kBloom: return kBloom;
    case ParameterOwner::kMinmaxMulti: return kMinmaxMulti;
    case ParameterOwner::kSignature: return kSignature;
    default: return kTable;
  }
}

const Parameter* Find(std::string_view name, uint8_t owners) {
  for (const Parameter& parameter : kParameters) {
    if (parameter.name == name && (parameter.owners & owners) != 0) return &parameter;
  }
  return nullptr;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

// PostgreSQL's words for a Boolean, cut as short as they stay clear.
std::optional<bool> ReadBool(std::string_view text) {
  const std::string word = Lower(text);
  if (word.empty()) return std::nullopt;
  const auto begins = [&](std::string_view whole, size_t least) {
    return word.size() >= least && whole.starts_with(word);
  };
  if (begins("true", 1) || begins("yes", 1) || word == "on" || word == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0") return false;
  return std::nullopt;
}

[[noreturn]] void ThrowInvalid(std::string_view kind, std::string_view name,
                               const std::string& text) {
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("invalid value for {} option \"{}\": {}", kind, name, text));
}

void CheckNumber(const Parameter& parameter, const std::string& text) {
  const bool is_integer = parameter.kind == Kind::kInteger;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool whole = stop == end && error == std::errc() && !text.empty();
  if (!whole) ThrowInvalid(is_integer ? "integer" : "floating point", parameter.name, text);
  if (is_integer) value = std::nearbyint(value);
  if (value >= parameter.minimum && value <= parameter.maximum) return;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("value {} out of bounds for option \"{}\"", text, parameter.name))
      .Detail(is_integer ? fmt::format("Valid values are between \"{:.0f}\" and \"{:.0f}\".",
                                       parameter.minimum, parameter.maximum)
                         : fmt::format("Valid values are between \"{:f}\" and \"{:f}\".",
                                       parameter.minimum, parameter.maximum));
}

void CheckWord(const Parameter& parameter, const std::string& text) {
  const std::string padded = fmt::format(" {} ", parameter.words);
  const std::string word = Lower(text);
  if (!word.empty() && word != "|" &&
      padded.find(fmt::format(" {} ", word)) != std::string::npos) {
    return;
  }
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("invalid value for enum option \"{}\": {}", parameter.name, text))
      .Detail(fmt::format("Valid values are {}.", parameter.said));
}

void CheckValue(const Parameter& parameter, const std::string& text) {
  switch (parameter.kind) {
    case Kind::kBool:
      if (!ReadBool(text).has_value()) ThrowInvalid("boolean", parameter.name, text);
      return;
    case Kind::kInteger:
    case Kind::kReal: return CheckNumber(parameter, text);
    case Kind::kOneOf: return CheckWord(parameter, text);
  }
}

void CheckAll(ParameterOwner owner, const StorageParameters& parameters) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const auto& [name, value] = parameters[i];
    const bool of_toast = name.starts_with(kToastPrefix);
    const std::string_view bare =
        of_toast ? std::string_view(name).substr(kToastPrefix.size()) : name;
    const Parameter* parameter = Find(bare, OwnersOf(owner, of_toast));
    if (parameter == nullptr) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("unrecognized parameter \"{}\"", bare));
    }
    for (size_t j = 0; j < i; ++j) {
      if (parameters[j].first != name) continue;
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("parameter \"{}\" specified more than once", bare));
    }
    CheckValue(*parameter, value);
  }
}

bool TakesToast(ParameterOwner owner) {
  return owner == ParameterOwner::kTable || owner == ParameterOwner::kMaterializedView;
}

// The name it is kept under.
std::string NameOf(ParameterOwner owner, const Option& option) {
  if (option.name_space.empty()) return option.name;
  if (option.name_space == "toast" && TakesToast(owner)) {
    return std::string(kToastPrefix) + option.name;
  }
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("unrecognized parameter namespace \"{}\"", option.name_space));
}

// WITH (oids) is from another age: false is no news, true is an error.
bool IsOids(ParameterOwner owner, const Option& option) {
  if (owner != ParameterOwner::kTable || !option.name_space.empty() || option.name != "oids") {
    return false;
  }
  if (OptionBool(option)) {
    throw SqlError(SqlState::kFeatureNotSupported, "tables declared WITH OIDS are not supported");
  }
  return true;
}

}  // namespace

StorageParameters ReadStorageParameters(ParameterOwner owner,
                                        std::span<ast::Node* const> options) {
  std::vector<ast::Node*> kept;
  for (ast::Node* node : options) {
    if (!IsOids(owner, OptionsOf({&node, 1}).front())) kept.push_back(node);
  }
  return SetStorageParameters(owner, {}, kept);
}

StorageParameters SetStorageParameters(ParameterOwner owner, const StorageParameters& before,
                                       std::span<ast::Node* const> options) {
  StorageParameters given;
  for (const Option& option : OptionsOf(options)) {
    const std::string name = NameOf(owner, option);
    given.emplace_back(name, option.value == nullptr ? "true" : OptionText(option));
  }
  StorageParameters merged;
  for (const auto& kept : before) {
    const bool replaced = std::any_of(given.begin(), given.end(), [&](const auto& parameter) {
      return parameter.first == kept.first;
    });
    if (!replaced) merged.push_back(kept);
  }
  merged.insert(merged.end(), given.begin(), given.end());
  CheckAll(owner, merged);
  return merged;
}

StorageParameters ResetStorageParameters(const StorageParameters& before,
                                         std::span<ast::Node* const> options) {
  StorageParameters kept = before;
  for (const Option& option : OptionsOf(options)) {
    if (option.value != nullptr) {
      throw SqlError(SqlState::kSyntaxError, "RESET must not include values for parameters");
    }
    const std::string name = option.name_space.empty()
                                 ? option.name
                                 : fmt::format("{}.{}", option.name_space, option.name);
    std::erase_if(kept, [&](const auto& parameter) { return parameter.first == name; });
  }
  return kept;
}

const std::string* FindStorageParameter(const StorageParameters& parameters,
                                        std::string_view name) {
  for (const auto& [kept, value] : parameters) {
    if (kept == name) return &value;
  }
  return nullptr;
}

bool StorageParameterIsOn(const StorageParameters& parameters, std::string_view name) {
  const std::string* value = FindStorageParameter(parameters, name);
  return value != nullptr && ReadBool(*value).value_or(false);
}

}  // namespace grizzly::commands
