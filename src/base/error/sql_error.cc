#include "base/error/sql_error.h"

#include <utility>

namespace grizzly {

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kDebug: return "DEBUG";
    case Severity::kLog: return "LOG";
    case Severity::kInfo: return "INFO";
    case Severity::kNotice: return "NOTICE";
    case Severity::kWarning: return "WARNING";
    case Severity::kError: return "ERROR";
    case Severity::kFatal: return "FATAL";
    case Severity::kPanic: return "PANIC";
  }
  return "ERROR";
}

SqlError::SqlError(SqlState state, std::string message, std::source_location thrown_at) {
  diagnostic_.state = state;
  diagnostic_.message = std::move(message);
  diagnostic_.file = thrown_at.file_name();
  diagnostic_.line = static_cast<int>(thrown_at.line());
  diagnostic_.routine = thrown_at.function_name();
}

SqlError&& SqlError::Detail(std::string text) && {
  diagnostic_.detail = std::move(text);
  return std::move(*this);
}
SqlError&& SqlError::Hint(std::string text) && {
  diagnostic_.hint = std::move(text);
  return std::move(*this);
}
SqlError&& SqlError::Context(std::string text) && {
  diagnostic_.context = std::move(text);
  return std::move(*this);
}
SqlError&& SqlError::Schema(std::string name) && {
  diagnostic_.schema = std::move(name);
  return std::move(*this);
}
SqlError&& SqlError::Table(std::string name) && {
  diagnostic_.table = std::move(name);
  return std::move(*this);
}
SqlError&& SqlError::Column(std::string name) && {
  diagnostic_.column = std::move(name);
  return std::move(*this);
}
SqlError&& SqlError::DataType(std::string name) && {
  diagnostic_.data_type = std::move(name);
  return std::move(*this);
}
SqlError&& SqlError::Constraint(std::string name) && {
  diagnostic_.constraint = std::move(name);
  return std::move(*this);
}
SqlError&& SqlError::At(int byte_offset) && {
  byte_offset_ = byte_offset;
  return std::move(*this);
}
SqlError&& SqlError::Fatal() && {
  diagnostic_.severity = Severity::kFatal;
  return std::move(*this);
}

void SqlError::AddLocation(int byte_offset) {
  if (byte_offset_ < 0) byte_offset_ = byte_offset;
}

void SqlError::AddContext(std::string_view line) {
  if (!diagnostic_.context.empty()) diagnostic_.context += '\n';
  diagnostic_.context += line;
}

void ThrowNotSupported(std::string_view what, int byte_offset, std::source_location at) {
  throw SqlError(SqlState::kFeatureNotSupported, std::string(what) + " is not supported", at)
      .At(byte_offset);
}

}  // namespace grizzly
