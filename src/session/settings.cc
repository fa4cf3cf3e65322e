#include "session/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "catalog/search_path.h"
#include "facts/settings.h"
#include "types/time_zone.h"

namespace grizzly::session {

using facts::SettingFact;

namespace {

// Uncommitted writes stay in memory up to so many times work_mem: 64 MB by default.
constexpr size_t kWorkMemoriesOfWrites = 16;

constexpr std::string_view kServerVersion = "15.20 (GrizzlyDB 0.1.0)";
constexpr std::string_view kServerVersionNumber = "150020";

// Where our built-in default is not PostgreSQL's compiled-in one (initdb writes some of these).
struct DefaultValue {
  std::string_view name;
  std::string_view value;
};
constexpr DefaultValue kDefaults[] = {
    {"server_version", kServerVersion},
    {"server_version_num", kServerVersionNumber},
    {"server_encoding", "UTF8"},
    {"client_encoding", "UTF8"},
    {"DateStyle", "ISO, MDY"},
    {"TimeZone", "Etc/UTC"},
    {"log_timezone", "Etc/UTC"},
    {"lc_messages", "C"},
    {"lc_monetary", "C"},
    {"lc_numeric", "C"},
    {"lc_time", "C"},
    {"lc_collate", "C"},
    {"lc_ctype", "C"},
    {"max_connections", "100"},
    {"default_text_search_config", "pg_catalog.english"},
    {"transaction_isolation", "read committed"},
    {"transaction_read_only", "off"},
    {"transaction_deferrable", "off"},
    {"is_superuser", "on"},
    {"integer_datetimes", "on"},
    {"in_hot_standby", "off"},
    {"standard_conforming_strings", "on"},
    {"application_name", ""},
    {"data_checksums", "on"},
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

bool EqualFold(std::string_view a, std::string_view b) { return Lower(a) == Lower(b); }

std::string BuiltinDefault(const SettingFact& fact) {
  for (const DefaultValue& known : kDefaults) {
    if (EqualFold(known.name, fact.name)) return std::string(known.value);
  }
  return std::string(fact.boot_val);
}

const SettingFact* FindFact(std::string_view name) { return facts::FindSetting(name); }

[[noreturn]] void ThrowUnrecognized(std::string_view name) {
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("unrecognized configuration parameter \"{}\"", name));
}

[[noreturn]] void ThrowInvalid(const SettingFact& fact, std::string_view value,
                               std::string hint = {}) {
  SqlError error(SqlState::kInvalidParameterValue,
                 fmt::format("invalid value for parameter \"{}\": \"{}\"", fact.name, value));
  if (!hint.empty()) throw std::move(error).Hint(std::move(hint));
  throw error;
}

std::optional<bool> ParseBool(std::string_view text) {
  const std::string value = Lower(text);
  if (value.empty()) return std::nullopt;
  const auto is_prefix = [&](std::string_view word, size_t at_least) {
    return value.size() >= at_least && word.substr(0, value.size()) == value;
  };
  if (is_prefix("true", 1) || is_prefix("yes", 1) || value == "on" || value == "1") return true;
  if (is_prefix("false", 1) || is_prefix("no", 1) || is_prefix("off", 2) || value == "0") {
    return false;
  }
  return std::nullopt;
}

// Multipliers to the base of a family: bytes, milliseconds.
struct UnitFact {
  std::string_view name;
  double base;
};
constexpr UnitFact kMemoryUnits[] = {
    {"B", 1},         {"kB", 1024.0},        {"MB", 1048576.0},
    {"GB", 1073741824.0}, {"TB", 1099511627776.0}, {"8kB", 8192}};
constexpr UnitFact kTimeUnits[] = {{"us", 0.001}, {"ms", 1},        {"s", 1000},
                                   {"min", 60000}, {"h", 3600000}, {"d", 86400000}};

std::span<const UnitFact> UnitsOf(const SettingFact& fact) {
  if (fact.unit.empty()) return {};
  for (const UnitFact& unit : kMemoryUnits) {
    if (unit.name == fact.unit) return kMemoryUnits;
  }
  return kTimeUnits;
}

double BaseOf(std::span<const UnitFact> units, std::string_view name) {
  for (const UnitFact& unit : units) {
    if (unit.name == name) return unit.base;
  }
  return 0;
}

// "64MB" in a kB setting is 65536.
double ParseNumber(const SettingFact& fact, std::string_view text) {
  std::string trimmed(text);
  trimmed.erase(0, trimmed.find_first_not_of(" \t"));
  size_t used = 0;
  double number = 0;
  try {
    number = std::stod(trimmed, &used);
  } catch (const std::exception&) {
    ThrowInvalid(fact, text);
  }
  if (std::isnan(number)) ThrowInvalid(fact, text);
  std::string unit = trimmed.substr(used);
  unit.erase(0, unit.find_first_not_of(' '));
  while (!unit.empty() && unit.back() == ' ') unit.pop_back();
  if (unit.empty()) return number;
  const auto units = UnitsOf(fact);
  const double base = BaseOf(units, unit);
  if (base == 0 || unit == "8kB") {
    if (units.empty()) ThrowInvalid(fact, text);
    const bool is_memory = units.data() == kMemoryUnits;
    ThrowInvalid(fact, text,
                 is_memory
                     ? "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\"."
                     : "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and "
                       "\"d\".");
  }
  // A fraction is one of the next smaller unit.
  double step = 0;
  for (const UnitFact& smaller : units) {
    if (smaller.name != "8kB" && smaller.base < base) step = std::max(step, smaller.base);
  }
  if (step > 0) number = std::rint(number * base / step) * step / base;
  return number * base / BaseOf(units, fact.unit);
}

std::string TextOfReal(double number) {
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  return fmt::format("{:.15g}", number);  // 80.1, whatever rounding made of it
}

double BoundOf(std::string_view text, double missing) {
  return text.empty() ? missing : std::stod(std::string(text));
}

std::string CanonicalNumber(const SettingFact& fact, std::string_view text) {
  double number = ParseNumber(fact, text);
  const bool is_integer = fact.vartype == "integer";
  if (is_integer) number = std::nearbyint(number);
  if (number < BoundOf(fact.min_val, -HUGE_VAL) || number > BoundOf(fact.max_val, HUGE_VAL)) {
    const std::string unit = fact.unit.empty() ? "" : " " + std::string(fact.unit);
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("{}{} is outside the valid range for parameter \"{}\" ({} .. {})",
                               is_integer ? fmt::format("{:.0f}", number) : TextOfReal(number), unit, fact.name, fact.min_val, fact.max_val));
  }
  return is_integer ? fmt::format("{:.0f}", number) : TextOfReal(number);
}

std::string CanonicalEnum(const SettingFact& fact, std::string_view text) {
  for (std::string_view allowed : fact.enumvals) {
    if (EqualFold(allowed, text)) return std::string(allowed);
  }
  // Enums over booleans take every spelling of them (synchronous_commit, bytea...).
  if (const auto truth = ParseBool(text)) {
    for (std::string_view allowed : fact.enumvals) {
      if (allowed == (*truth ? "on" : "off")) return std::string(allowed);
    }
  }
  std::string hint = "Available values: ";
  for (size_t i = 0; i < fact.enumvals.size(); ++i) {
    if (i > 0) hint += ", ";
    hint += fact.enumvals[i];
  }
  ThrowInvalid(fact, text, hint + ".");
}

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (char c : text) {
    if (c == ',' || c == ' ') {
      if (!word.empty()) words.push_back(Lower(word));
      word.clear();
    } else {
      word.push_back(c);
    }
  }
  if (!word.empty()) words.push_back(Lower(word));
  return words;
}

// "iso", "german, dmy": what is not named stays as it is.
std::string CanonicalDateStyle(const SettingFact& fact, std::string_view text,
                               types::IoSettings* io) {
  for (const std::string& word : SplitWords(text)) {
    if (word == "iso") {
      io->date_style = types::DateStyle::kIso;
    } else if (word == "sql") {
      io->date_style = types::DateStyle::kSql;
    } else if (word.starts_with("postgres")) {
      io->date_style = types::DateStyle::kPostgres;
    } else if (word == "german") {
      io->date_style = types::DateStyle::kGerman;
      io->date_order = types::DateOrder::kDmy;
    } else if (word == "ymd") {
      io->date_order = types::DateOrder::kYmd;
    } else if (word == "dmy" || word.starts_with("euro")) {
      io->date_order = types::DateOrder::kDmy;
    } else if (word == "mdy" || word == "us" || word.starts_with("noneuro")) {
      io->date_order = types::DateOrder::kMdy;
    } else if (word == "default") {
      io->date_style = types::DateStyle::kIso;
      io->date_order = types::DateOrder::kMdy;
    } else {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("invalid value for parameter \"{}\": \"{}\"", fact.name, text))
          .Detail(fmt::format("Unrecognized key word: \"{}\".", word));
    }
  }
  constexpr std::string_view kStyles[] = {"ISO", "SQL", "Postgres", "German"};
  constexpr std::string_view kOrders[] = {"MDY", "DMY", "YMD"};
  return fmt::format("{}, {}", kStyles[static_cast<int>(io->date_style)],
                     kOrders[static_cast<int>(io->date_order)]);
}

// A name, or a number of hours east.
const types::TimeZone* FindZoneSetting(const facts::SettingFact& fact, std::string_view value) {
  const std::string text(value);
  char* end = nullptr;
  const double hours = std::strtod(text.c_str(), &end);
  if (text.empty() || end == text.c_str() || *end != '\0') return types::FindTimeZone(value);
  constexpr double kHoursMax = 168;
  if (!(std::fabs(hours) < kHoursMax)) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid value for parameter \"{}\": \"{}\"", fact.name, value))
        .Detail("UTC timezone offset is out of range.");
  }
  return types::FixedOffsetTimeZone(static_cast<int32_t>(hours * 3600));
}

std::string CanonicalString(const SettingFact& fact, std::string_view value) {
  const std::string name = Lower(fact.name);
  if (name == "datestyle") {
    types::IoSettings scratch;
    CanonicalDateStyle(fact, value, &scratch);
    return std::string(value);
  }
  if (name == "timezone" || name == "log_timezone") {
    const types::TimeZone* zone = FindZoneSetting(fact, value);
    if (zone == nullptr) ThrowInvalid(fact, value);
    return zone->name();
  }
  if (name == "client_encoding") {
    std::string letters;
    for (char c : Lower(value)) {
      if (std::isalnum(static_cast<unsigned char>(c))) letters.push_back(c);
    }
    if (letters == "utf8" || letters == "unicode") return "UTF8";
    if (letters == "sqlascii") return "SQL_ASCII";
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("client encoding \"{}\" is not supported", value));
  }
  if (name == "search_path" && !catalog::SplitIdentifierList(value).has_value()) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid value for parameter \"search_path\": \"{}\"", value))
        .Detail("List syntax is invalid.");
  }
  return std::string(value);
}

// "0.9" ms shows as "900us": the largest unit it is a whole number of, else the smallest.
std::string RealWithUnit(const SettingFact& fact, const std::string& raw) {
  const double number = std::stod(raw);
  if (number <= 0 || fact.unit.empty()) return fmt::format("{:g}", number);
  constexpr double kNearlyWhole = 1e-8;
  const auto units = UnitsOf(fact);
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    const double count = number * BaseOf(units, fact.unit) / unit->base;
    const bool is_whole = std::fabs(std::rint(count) / count - 1.0) <= kNearlyWhole;
    if (is_whole || unit + 1 == units.rend()) return fmt::format("{:g}{}", count, unit->name);
  }
  return raw + std::string(fact.unit);
}

// "8192" kB shows as "8MB": the largest unit that divides it.
std::string WithUnit(const SettingFact& fact, const std::string& raw) {
  if (fact.vartype == "real") return RealWithUnit(fact, raw);
  if (fact.unit.empty()) return raw;
  const int64_t number = std::stoll(raw);
  if (number <= 0) return raw;
  const auto units = UnitsOf(fact);
  const double in_base = static_cast<double>(number) * BaseOf(units, fact.unit);
  std::string best = raw + std::string(fact.unit);
  double best_base = 0;
  for (const UnitFact& unit : units) {
    if (unit.name == "8kB" || unit.base <= best_base) continue;
    const double count = in_base / unit.base;
    if (count >= 1 && count == std::floor(count)) {
      best = fmt::format("{:.0f}{}", count, unit.name);
      best_base = unit.base;
    }
  }
  return best;
}

bool IsReported(std::string_view name) {
  const auto& names = Settings::ReportedNames();
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view known) { return EqualFold(known, name); });
}

// One of ours: optimizer rules that are switched off.
constexpr std::string_view kDisabledRules = "grizzly.disabled_rules";
// And one for tests: rows that operators hand on at once, at most.
constexpr std::string_view kBatchRowsMax = "grizzly.batch_rows_max";
constexpr std::string_view kStatementMemoryMax = "grizzly.statement_memory_max";

// Empty (the setting is gone): 0.
uint32_t ParseRowCount(std::string_view text) {
  uint32_t rows = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size())) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid value for parameter \"{}\": \"{}\"", kBatchRowsMax, text));
  }
  return rows;
}

// Kilobytes, or with a unit; 0 or nothing: no limit.
int64_t ParseMemoryLimit(std::string_view text) {
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"", 1024}, {"B", 1}, {"kB", 1024}, {"MB", 1 << 20}, {"GB", 1 << 30}};
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  int64_t bytes = -1;
  for (const auto& [name, factor] : kUnits) {
    if (unit == name && number >= 0 && number < INT64_MAX / factor) bytes = number * factor;
  }
  if (!text.empty() && (error != std::errc() || bytes < 0)) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid value for parameter \"{}\": \"{}\"", kStatementMemoryMax, text));
  }
  return bytes <= 0 ? kNoMemoryLimit : bytes;
}

// user.defined settings are text without a fact.
bool IsCustom(std::string_view name) { return name.find('.') != std::string_view::npos; }

// Kept for what old dumps say of it.
constexpr std::string_view kDefaultWithOids = "default_with_oids";

// Of a setting without a fact that is to be changed.
void RequireCustomName(std::string_view name) {
  if (EqualFold(name, kDefaultWithOids)) return;
  if (!IsCustom(name)) ThrowUnrecognized(name);
  bool at_start = true;
  bool is_valid = true;
  for (const char c : name) {
    const bool is_letter = std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' ||
                           static_cast<unsigned char>(c) >= 0x80;
    const bool is_inner = is_letter || (c >= '0' && c <= '9') || c == '$';
    is_valid &= at_start ? is_letter : is_inner || c == '.';
    at_start = c == '.';
  }
  if (is_valid && !at_start) return;
  throw SqlError(SqlState::kInvalidName,
                 fmt::format("invalid configuration parameter name \"{}\"", name))
      .Detail("Custom parameter names must be two or more simple identifiers separated by dots.");
}

std::string CanonicalWithoutFact(std::string_view name, std::string_view value) {
  if (EqualFold(name, kDisabledRules)) planner::RuleSet::Parse(value);
  if (EqualFold(name, kBatchRowsMax)) ParseRowCount(value);
  if (EqualFold(name, kStatementMemoryMax)) ParseMemoryLimit(value);
  if (EqualFold(name, kDefaultWithOids)) {
    const auto truth = ParseBool(value);
    if (!truth) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("parameter \"{}\" requires a Boolean value", kDefaultWithOids));
    }
    if (*truth) {
      throw SqlError(SqlState::kFeatureNotSupported, "tables declared WITH OIDS are not supported");
    }
    return "off";
  }
  RequireCustomName(name);
  return std::string(value);
}

Severity ParseSeverity(std::string_view text) {
  if (text.starts_with("debug")) return Severity::kDebug;
  if (text == "log") return Severity::kLog;
  if (text == "notice") return Severity::kNotice;
  if (text == "warning") return Severity::kWarning;
  return Severity::kError;
}

txn::IsolationLevel ParseIsolation(std::string_view text) {
  if (text == "serializable") return txn::IsolationLevel::kSerializable;
  if (text == "repeatable read") return txn::IsolationLevel::kRepeatableRead;
  if (text == "read uncommitted") return txn::IsolationLevel::kReadUncommitted;
  return txn::IsolationLevel::kReadCommitted;
}

void CheckMayChange(const SettingFact& fact, SettingSource source) {
  if (source == SettingSource::kServer) return;
  const std::string_view context = fact.context;
  std::string message;
  if (context == "internal") {
    message = fmt::format("parameter \"{}\" cannot be changed", fact.name);
  } else if (context == "postmaster") {
    message =
        fmt::format("parameter \"{}\" cannot be changed without restarting the server", fact.name);
  } else if (context == "sighup") {
    message = fmt::format("parameter \"{}\" cannot be changed now", fact.name);
  } else if (source == SettingSource::kSession &&
             (context == "backend" || context == "superuser-backend")) {
    message = fmt::format("parameter \"{}\" cannot be set after connection start", fact.name);
  }
  if (!message.empty()) throw SqlError(SqlState::kCantChangeRuntimeParam, message);
}

}  // namespace

std::string CanonicalSetting(std::string_view name, std::string_view value) {
  const SettingFact* fact = FindFact(name);
  if (fact == nullptr) return CanonicalWithoutFact(name, value);
  if (fact->vartype == "bool") {
    const auto truth = ParseBool(value);
    if (!truth) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("parameter \"{}\" requires a Boolean value", fact->name));
    }
    return *truth ? "on" : "off";
  }
  if (fact->vartype == "integer" || fact->vartype == "real") return CanonicalNumber(*fact, value);
  if (fact->vartype == "enum") return CanonicalEnum(*fact, value);
  return CanonicalString(*fact, value);
}

const std::vector<std::string_view>& Settings::ReportedNames() {
  static const std::vector<std::string_view> kNames = {
      "application_name", "client_encoding", "DateStyle", "default_transaction_read_only",
      "in_hot_standby", "integer_datetimes", "IntervalStyle", "is_superuser", "server_encoding",
      "server_version", "session_authorization", "standard_conforming_strings", "TimeZone"};
  return kNames;
}

Settings::Settings(const SettingList& reset_values) {
  for (const SettingFact& fact : facts::AllSettings()) {
    Apply(Lower(fact.name), BuiltinDefault(fact));
  }
  for (const auto& [name, value] : reset_values) {
    const std::string key = Lower(name);
    reset_[key] = CanonicalSetting(name, value);
    Apply(key, reset_[key]);
  }
  changed_reports_.clear();
}

std::string Settings::ResetValue(std::string_view name) const {
  const std::string key = Lower(name);
  if (const auto found = reset_.find(key); found != reset_.end()) return found->second;
  const SettingFact* fact = FindFact(name);
  return fact == nullptr ? std::string() : BuiltinDefault(*fact);
}

std::string Settings::BootValue(std::string_view name) {
  const SettingFact* fact = FindFact(name);
  return fact == nullptr ? std::string() : std::string(fact->boot_val);
}

std::string_view Settings::SourceOf(std::string_view name) const {
  const std::string key = Lower(name);
  if (const auto found = values_.find(key);
      found != values_.end() && (found->second.local || found->second.session)) {
    return "session";
  }
  if (from_client_.contains(key)) return "client";
  return reset_.contains(key) ? "configuration file" : "default";
}

std::string Settings::Current(const std::string& name) const {
  if (const auto found = values_.find(name); found != values_.end()) {
    if (found->second.local.has_value()) return *found->second.local;
    if (found->second.session.has_value()) return *found->second.session;
  }
  return ResetValue(name);
}

std::string Settings::Raw(std::string_view name) const { return Current(Lower(name)); }

void Settings::Set(std::string_view name, std::string_view value, bool local,
                   SettingSource source) {
  const SettingFact* fact = FindFact(name);
  if (fact == nullptr) RequireCustomName(name);
  if (fact != nullptr) CheckMayChange(*fact, source);
  const std::string key = Lower(fact == nullptr ? name : fact->name);
  std::string canonical = CanonicalSetting(name, value);
  if (key == "standard_conforming_strings" && canonical == "off") {
    ThrowNotSupported("standard_conforming_strings = off");
  }
  if (key == "datestyle") {
    types::IoSettings io = effective_.io;
    canonical = CanonicalDateStyle(*fact, value, &io);
  }
  if (source != SettingSource::kSession) {
    reset_[key] = canonical;
    if (source == SettingSource::kStartup) from_client_.insert(key);
    Changed(key);
    return;
  }
  Value& entry = values_[key];
  undo_.push_back({key, entry});
  if (local) {
    entry.local = std::move(canonical);
  } else {
    entry.session = std::move(canonical);
    entry.local.reset();
  }
  Changed(key);
}

void Settings::Reset(std::string_view name) {
  const SettingFact* fact = FindFact(name);
  if (fact == nullptr) RequireCustomName(name);
  if (fact != nullptr) CheckMayChange(*fact, SettingSource::kSession);
  const std::string key = Lower(fact == nullptr ? name : fact->name);
  const auto found = values_.find(key);
  if (found == values_.end()) return;
  undo_.push_back({key, found->second});
  found->second = Value{};
  Changed(key);
}

void Settings::ResetAll() {
  std::vector<std::string> names;
  for (const auto& [name, value] : values_) names.push_back(name);
  for (const std::string& name : names) {
    const SettingFact* fact = FindFact(name);
    if (fact != nullptr && facts::HasFlag(*fact, "NO_RESET_ALL")) continue;
    Reset(name);
  }
}

std::optional<std::string> Settings::Show(std::string_view name, bool missing_ok) const {
  const SettingFact* fact = FindFact(name);
  if (fact == nullptr) {
    const auto found = values_.find(Lower(name));
    if (found != values_.end()) return Current(Lower(name));
    if (EqualFold(name, kDefaultWithOids)) return "off";
    if (missing_ok) return std::nullopt;
    ThrowUnrecognized(name);
  }
  return WithUnit(*fact, Current(Lower(fact->name)));
}

void Settings::Changed(const std::string& name) {
  Apply(name, Current(name));
  if (IsReported(name)) changed_reports_.push_back(name);
}

void Settings::Apply(const std::string& name, const std::string& value) {
  types::IoSettings& io = effective_.io;
  if (name == "datestyle") {
    CanonicalDateStyle(*FindFact(name), value, &io);
  } else if (name == "intervalstyle") {
    io.interval_style = value == "postgres_verbose" ? types::IntervalStyle::kPostgresVerbose
                        : value == "sql_standard"   ? types::IntervalStyle::kSqlStandard
                        : value == "iso_8601"       ? types::IntervalStyle::kIso8601
                                                    : types::IntervalStyle::kPostgres;
  } else if (name == "timezone") {
    io.time_zone = types::FindTimeZone(value);
  } else if (name == "bytea_output") {
    io.bytea_output =
        value == "escape" ? types::ByteaOutput::kEscape : types::ByteaOutput::kHex;
  } else if (name == "xmloption") {
    io.xml_option = value == "document" ? types::XmlOption::kDocument : types::XmlOption::kContent;
  } else if (name == "extra_float_digits") {
    io.extra_float_digits = std::stoi(value);
  } else if (name == "statement_timeout") {
    effective_.statement_timeout_ms = std::stoll(value);
  } else if (name == "idle_in_transaction_session_timeout") {
    effective_.idle_in_transaction_timeout_ms = std::stoll(value);
  } else if (name == "idle_session_timeout") {
    effective_.idle_session_timeout_ms = std::stoll(value);
  } else if (name == "client_connection_check_interval") {
    effective_.client_check_interval_ms = std::stoll(value);
  } else if (name == "lock_timeout") {
    effective_.locks.lock_timeout_ms = std::stoll(value);
  } else if (name == "deadlock_timeout") {
    effective_.locks.deadlock_timeout_ms = std::stoll(value);
  } else if (name == "synchronous_commit" || name == "fsync") {
    const bool waits = Current("synchronous_commit") != "off" && Current("fsync") == "on";
    effective_.transaction_defaults.commit_sync =
        waits ? storage::SyncMode::kSync : storage::SyncMode::kNone;
  } else if (name == "default_transaction_isolation") {
    effective_.transaction_defaults.isolation = ParseIsolation(value);
  } else if (name == "default_transaction_read_only") {
    effective_.transaction_defaults.read_only = value == "on";
  } else if (name == "default_transaction_deferrable") {
    effective_.transaction_defaults.deferrable = value == "on";
  } else if (name == "client_min_messages") {
    effective_.client_min_messages = ParseSeverity(value);
  } else if (name == "work_mem") {
    effective_.work_memory_bytes = std::stoll(value) * 1024;
    effective_.transaction_defaults.write_memory_bytes =
        kWorkMemoriesOfWrites * static_cast<size_t>(effective_.work_memory_bytes);
    effective_.work_memory_is_default = SourceOf(name) == "default";
  } else if (name == kBatchRowsMax) {
    effective_.batch_rows_max = ParseRowCount(value);
  } else if (name == kStatementMemoryMax) {
    effective_.statement_memory_max = ParseMemoryLimit(value);
  } else if (name == "min_parallel_table_scan_size") {
    effective_.parallel_always = value == "0";
  } else if (name == kDisabledRules) {
    effective_.disabled_rules = planner::RuleSet::Parse(value);
  } else if (name == "hash_mem_multiplier") {
    effective_.hash_memory_multiplier = std::stod(value);
  } else if (name == "temp_file_limit") {
    const int64_t kilobytes = std::stoll(value);
    effective_.temporary_bytes_max = kilobytes < 0 ? -1 : kilobytes * 1024;
  } else if (name == "max_parallel_workers_per_gather") {
    effective_.parallel_workers_max = std::stoi(value);
  } else if (name == "search_path") {
    effective_.search_path_names = catalog::SplitIdentifierList(value).value_or(
        std::vector<std::string>{});
    effective_.version += 1;
    return;
  }
  effective_.version += 1;
}

std::vector<std::string> Settings::TakeChangedReports() {
  std::vector<std::string> names;
  std::swap(names, changed_reports_);
  return names;
}

void Settings::BeginTransaction() { undo_.clear(); }

void Settings::UndoTo(size_t position) {
  while (undo_.size() > position) {
    Undo undo = std::move(undo_.back());
    undo_.pop_back();
    values_[undo.name] = std::move(undo.before);
    Changed(undo.name);
  }
}

void Settings::Commit() {
  if (undo_.empty()) return;
  for (const Undo& undo : undo_) {
    Value& value = values_[undo.name];
    if (!value.local.has_value()) continue;
    value.local.reset();
    Changed(undo.name);
  }
  undo_.clear();
}

void Settings::Rollback() { UndoTo(0); }

}  // namespace grizzly::session
