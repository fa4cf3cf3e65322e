// The server log: one line per event on standard error, as text or as JSON.
//
// TEXT     log_line_prefix, severity, two spaces, message; then DETAIL:, HINT:, CONTEXT: and
//          STATEMENT: lines, each with the prefix, as PostgreSQL writes them.
// JSON     one object per line, with the keys of PostgreSQL's jsonlog.
// LEVELS   log_min_messages in PostgreSQL's order: DEBUG < INFO < NOTICE < WARNING < ERROR < LOG <
//          FATAL < PANIC.
// THREADS  everything is safe from any thread; Configure takes effect with the next line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error/sql_error.h"

namespace grizzly::log {

enum class Format : uint8_t { kText, kJson };

struct Settings {
  Format format = Format::kText;
  Severity severity_min = Severity::kWarning;
  std::string line_prefix = "%m [%p] ";  // %m %t %p %u %d %a %h %r %q %%
};

// Whose event it is. Empty fields are unknown.
struct Origin {
  int32_t session_id = 0;  // 0: the server itself
  std::string_view user;
  std::string_view database;
  std::string_view application;
  std::string_view client_address;
  int client_port = 0;
};

void Configure(const Settings& settings);
// "debug1", "log", ... as log_min_messages takes them.
std::optional<Severity> ParseSeverity(std::string_view name);

bool IsEnabled(Severity severity);
void Write(Severity severity, std::string_view message, const Origin& origin = {});
// `statement` becomes the STATEMENT line.
void Write(const Diagnostic& diagnostic, const Origin& origin = {}, std::string_view statement = {});

// What Write puts out, without the line end. `time_us` is µs since 1970 UTC.
std::string FormatLine(const Settings& settings, const Diagnostic& diagnostic, const Origin& origin,
                       std::string_view statement, int64_t time_us);

}  // namespace grizzly::log
