#include "types/json.h"

#include <fmt/format.h>

#include <vector>

#include "base/error/sql_error.h"
#include "types/json_lexer.h"

namespace grizzly::types {
namespace {

// One loop and an explicit stack: nesting costs no stack of the thread.
class JsonParser {
 public:
  JsonParser(std::string_view text, JsonHandler* handler)
      : lexer_(text, handler != nullptr), handler_(handler) {}

  void Run() {
    lexer_.Next();
    do {
      Value();
      while (!stack_.empty() && AfterValue()) {
      }
    } while (!stack_.empty());
    if (lexer_.token() != JsonToken::kEnd) lexer_.ThrowExpected("end of input");
  }

 private:
  enum class Container : uint8_t { kObject, kArray };

  void Emit(JsonEventKind kind, std::string_view text = {}) {
    if (handler_ == nullptr) return;
    handler_->OnEvent({kind, text, lexer_.token_start(), lexer_.token_end()});
  }

  void Scalar(JsonEventKind kind, std::string_view text = {}) {
    Emit(kind, text);
    lexer_.Next();
    complete_ = true;
  }

  // Reads a scalar, or the beginning of a container up to its first value.
  void Value() {
    complete_ = false;
    switch (lexer_.token()) {
      case JsonToken::kString: Scalar(JsonEventKind::kString, lexer_.string()); return;
      case JsonToken::kNumber: Scalar(JsonEventKind::kNumber, lexer_.token_text()); return;
      case JsonToken::kTrue: Scalar(JsonEventKind::kTrue); return;
      case JsonToken::kFalse: Scalar(JsonEventKind::kFalse); return;
      case JsonToken::kNull: Scalar(JsonEventKind::kNull); return;
      case JsonToken::kObjectStart:
        Open(Container::kObject, JsonEventKind::kObjectStart);
        if (lexer_.token() == JsonToken::kObjectEnd) {
          Close(JsonEventKind::kObjectEnd);
        } else if (lexer_.token() == JsonToken::kString) {
          Key();
        } else {
          lexer_.ThrowExpected("string or \"}\"");
        }
        return;
      case JsonToken::kArrayStart:
        Open(Container::kArray, JsonEventKind::kArrayStart);
        if (lexer_.token() == JsonToken::kArrayEnd) Close(JsonEventKind::kArrayEnd);
        return;
      default: lexer_.ThrowExpected("JSON value");
    }
  }

  // True while what follows closes containers; false when a value must come (or all is done).
  bool AfterValue() {
    if (!complete_) return false;
    const bool in_object = stack_.back() == Container::kObject;
    if (lexer_.token() == JsonToken::kComma) {
      lexer_.Next();
      if (in_object) {
        if (lexer_.token() != JsonToken::kString) lexer_.ThrowExpected("string");
        Key();
      }
      complete_ = false;
      return false;
    }
    if (in_object && lexer_.token() == JsonToken::kObjectEnd) {
      Close(JsonEventKind::kObjectEnd);
    } else if (!in_object && lexer_.token() == JsonToken::kArrayEnd) {
      Close(JsonEventKind::kArrayEnd);
    } else {
      lexer_.ThrowExpected(in_object ? "\",\" or \"}\"" : "\",\" or \"]\"");
    }
    return true;
  }

  void Key() {
    Emit(JsonEventKind::kKey, lexer_.string());
    lexer_.Next();
    if (lexer_.token() != JsonToken::kColon) lexer_.ThrowExpected("\":\"");
    lexer_.Next();
  }

  void Open(Container container, JsonEventKind kind) {
    if (stack_.size() == kJsonDepthMax) {
      throw SqlError(SqlState::kStatementTooComplex, "stack depth limit exceeded")
          .Hint("Increase the configuration parameter \"max_stack_depth\" (currently 2048kB), "
                "after ensuring the platform's stack depth limit is adequate.");
    }
    Emit(kind);
    stack_.push_back(container);
    lexer_.Next();
  }

  void Close(JsonEventKind kind) {
    Emit(kind);
    stack_.pop_back();
    lexer_.Next();
    complete_ = true;
  }

  JsonLexer lexer_;
  JsonHandler* const handler_;
  std::vector<Container> stack_;
  bool complete_ = false;  // a value has just ended
};

}  // namespace

void ParseJson(std::string_view text, JsonHandler* handler) { JsonParser(text, handler).Run(); }

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<uint8_t>(c) < 32) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<uint8_t>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace grizzly::types
