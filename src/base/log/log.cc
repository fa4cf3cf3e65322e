#include "base/log/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <ctime>

namespace grizzly::log {
namespace {

struct State {
  std::mutex mutex;
  Settings settings;                    // guarded by mutex
  std::atomic<int> rank_min{0};
  std::shared_ptr<spdlog::logger> logger;
};

int Rank(Severity severity) {
  switch (severity) {
    case Severity::kDebug: return 0;
    case Severity::kInfo: return 1;
    case Severity::kNotice: return 2;
    case Severity::kWarning: return 3;
    case Severity::kError: return 4;
    case Severity::kLog: return 5;
    case Severity::kFatal: return 6;
    case Severity::kPanic: return 7;
  }
  return 7;
}

State& TheLog() {
  static State& state = *[] {
    auto* made = new State;  // lives as long as the process: lines may come from any destructor
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    made->logger = std::make_shared<spdlog::logger>("server", std::move(sink));
    made->logger->set_pattern("%v");
    made->logger->set_level(spdlog::level::trace);
    made->logger->flush_on(spdlog::level::trace);
    made->rank_min = Rank(made->settings.severity_min);
    return made;
  }();
  return state;
}

std::string TimeText(int64_t time_us, bool milliseconds) {
  const std::time_t seconds = time_us / 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
  if (!milliseconds) return fmt::format("{} UTC", text);
  return fmt::format("{}.{:03} UTC", text, (time_us / 1000) % 1000);
}

std::string_view OrUnknown(std::string_view text) { return text.empty() ? "[unknown]" : text; }

std::string Prefix(const Settings& settings, const Origin& origin, int64_t time_us) {
  std::string prefix;
  const std::string_view pattern = settings.line_prefix;
  const bool is_session = origin.session_id != 0 || !origin.client_address.empty();
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      prefix += pattern[i];
      continue;
    }
    switch (pattern[++i]) {
      case 'm': prefix += TimeText(time_us, true); break;
      case 't': prefix += TimeText(time_us, false); break;
      case 'p':
        prefix += std::to_string(origin.session_id != 0 ? origin.session_id : ::getpid());
        break;
      case 'u': if (is_session) prefix += OrUnknown(origin.user); break;
      case 'd': if (is_session) prefix += OrUnknown(origin.database); break;
      case 'a': if (is_session) prefix += OrUnknown(origin.application); break;
      case 'h': prefix += origin.client_address; break;
      case 'r':
        prefix += origin.client_address;
        if (origin.client_port != 0) prefix += fmt::format("({})", origin.client_port);
        break;
      case 'q':
        if (!is_session) return prefix;
        break;
      case '%': prefix += '%'; break;
      default: break;
    }
  }
  return prefix;
}

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void AppendJsonField(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out += out.empty() ? '{' : ',';
  AppendJsonString(out, key);
  out += ':';
  AppendJsonString(out, value);
}

void AppendJsonNumber(std::string& out, std::string_view key, int64_t value) {
  if (value == 0) return;
  out += out.empty() ? '{' : ',';
  AppendJsonString(out, key);
  out += fmt::format(":{}", value);
}

std::string StateText(SqlState state) {
  const auto text = facts::SqlStateText(state);
  return std::string(text.data(), text.size());
}

std::string JsonLine(const Diagnostic& d, const Origin& origin, std::string_view statement,
                     int64_t time_us) {
  std::string out;
  AppendJsonField(out, "timestamp", TimeText(time_us, true));
  AppendJsonField(out, "user", origin.user);
  AppendJsonField(out, "dbname", origin.database);
  AppendJsonNumber(out, "pid", origin.session_id != 0 ? origin.session_id : ::getpid());
  AppendJsonField(out, "remote_host", origin.client_address);
  AppendJsonNumber(out, "remote_port", origin.client_port);
  AppendJsonField(out, "error_severity", SeverityName(d.severity));
  if (Rank(d.severity) >= Rank(Severity::kWarning) && d.severity != Severity::kLog) {
    AppendJsonField(out, "state_code", StateText(d.state));
  }
  AppendJsonField(out, "message", d.message);
  AppendJsonField(out, "detail", d.detail);
  AppendJsonField(out, "hint", d.hint);
  AppendJsonField(out, "internal_query", d.internal_query);
  AppendJsonNumber(out, "internal_position", d.internal_position);
  AppendJsonField(out, "context", d.context);
  AppendJsonField(out, "statement", statement);
  AppendJsonNumber(out, "cursor_position", d.position);
  const std::string_view file(d.file);
  AppendJsonField(out, "file_name", file.substr(file.rfind('/') + 1));
  AppendJsonNumber(out, "file_line_num", d.line);
  AppendJsonField(out, "application_name", origin.application);
  out += '}';
  return out;
}

// PostgreSQL indents the lines after the first of a text by a tab.
void AppendIndented(std::string& out, std::string_view text) {
  for (const char c : text) {
    out += c;
    if (c == '\n') out += '\t';
  }
}

void Emit(const Diagnostic& diagnostic, const Origin& origin, std::string_view statement) {
  State& state = TheLog();
  Settings settings;
  {
    std::lock_guard lock(state.mutex);
    settings = state.settings;
  }
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  state.logger->log(spdlog::level::info,
                    FormatLine(settings, diagnostic, origin, statement, now.count()));
}

}  // namespace

std::string FormatLine(const Settings& settings, const Diagnostic& diagnostic, const Origin& origin,
                       std::string_view statement, int64_t time_us) {
  if (settings.format == Format::kJson) return JsonLine(diagnostic, origin, statement, time_us);
  const std::string prefix = Prefix(settings, origin, time_us);
  std::string out;
  const auto line = [&](std::string_view head, std::string_view text) {
    if (text.empty()) return;
    if (!out.empty()) out += '\n';
    out += prefix;
    out += head;
    out += ":  ";
    AppendIndented(out, text);
  };
  std::string message = diagnostic.message;
  if (diagnostic.position > 0) message += fmt::format(" at character {}", diagnostic.position);
  line(SeverityName(diagnostic.severity), message);
  line("DETAIL", diagnostic.detail);
  line("HINT", diagnostic.hint);
  line("QUERY", diagnostic.internal_query);
  line("CONTEXT", diagnostic.context);
  line("STATEMENT", statement);
  return out;
}

void Configure(const Settings& settings) {
  State& state = TheLog();
  std::lock_guard lock(state.mutex);
  state.settings = settings;
  state.rank_min.store(Rank(settings.severity_min), std::memory_order_relaxed);
}

std::optional<Severity> ParseSeverity(std::string_view name) {
  static constexpr std::pair<std::string_view, Severity> kNames[] = {
      {"debug", Severity::kDebug},   {"debug1", Severity::kDebug}, {"debug2", Severity::kDebug},
      {"debug3", Severity::kDebug},  {"debug4", Severity::kDebug}, {"debug5", Severity::kDebug},
      {"info", Severity::kInfo},     {"notice", Severity::kNotice}, {"warning", Severity::kWarning},
      {"error", Severity::kError},   {"log", Severity::kLog},      {"fatal", Severity::kFatal},
      {"panic", Severity::kPanic}};
  for (const auto& [known, severity] : kNames) {
    if (known == name) return severity;
  }
  return std::nullopt;
}

bool IsEnabled(Severity severity) {
  return Rank(severity) >= TheLog().rank_min.load(std::memory_order_relaxed);
}

void Write(Severity severity, std::string_view message, const Origin& origin) {
  if (!IsEnabled(severity)) return;
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.state = SqlState::kSuccessfulCompletion;
  diagnostic.message = message;
  Emit(diagnostic, origin, {});
}

void Write(const Diagnostic& diagnostic, const Origin& origin, std::string_view statement) {
  if (IsEnabled(diagnostic.severity)) Emit(diagnostic, origin, statement);
}

}  // namespace grizzly::log
