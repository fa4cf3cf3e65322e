// JSON text: the reader under json and jsonb.
//
// json keeps its text as it was written, checked; jsonb (jsonb.h) is built from the reader's events.
// ERRORS  22P02 "invalid input syntax for type json" with PostgreSQL's detail and context line,
//         22P05 for \u0000 and 54001 for nesting beyond kJsonDepthMax.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace grizzly::types {

inline constexpr int kJsonDepthMax = 12'000;

enum class JsonEventKind : uint8_t {
  kObjectStart, kObjectEnd, kArrayStart, kArrayEnd, kKey, kString, kNumber, kTrue, kFalse, kNull,
};

struct JsonEvent {
  JsonEventKind kind;
  std::string_view text;  // kKey, kString: without quotes and escapes; kNumber: as written
  size_t begin;           // where the token lies in the input
  size_t end;
};

class JsonHandler {
 public:
  virtual ~JsonHandler() = default;
  virtual void OnEvent(const JsonEvent& event) = 0;
};

// Reads one JSON value. Without a handler it only checks: escapes are looked at, not decoded.
void ParseJson(std::string_view text, JsonHandler* handler);
// "a\"b" in quotes, escaped as PostgreSQL's escape_json does.
void AppendJsonString(std::string& out, std::string_view text);
// Whether the text is a JSON number (as to_json() asks of "NaN" and the like).
bool IsJsonNumber(std::string_view text);

}  // namespace grizzly::types
