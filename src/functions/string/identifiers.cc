// parse_ident.
//
// ERRORS  22023 string is not a valid identifier
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/array.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool StartsIdentifier(char c) {
  return c == '_' || (c & 0x80) != 0 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}
bool ContinuesIdentifier(char c) { return StartsIdentifier(c) || (c >= '0' && c <= '9') || c == '$'; }

class IdentifierReader {
 public:
  IdentifierReader(View text, bool is_strict) : text_(text), is_strict_(is_strict) {}

  std::vector<std::string> Run() {
    std::vector<std::string> names;
    bool after_dot = false;
    SkipSpace();
    while (true) {
      names.push_back(Name(after_dot));
      SkipSpace();
      if (at_ >= text_.size()) return names;
      if (text_[at_] != '.') {
        if (is_strict_) Fail();
        return names;
      }
      after_dot = true;
      ++at_;
      SkipSpace();
    }
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }
  [[noreturn]] void Fail(const char* detail = nullptr) const {
    SqlError error(SqlState::kInvalidParameterValue,
                   fmt::format("string is not a valid identifier: \"{}\"", text_));
    if (detail != nullptr) throw std::move(error).Detail(detail);
    throw error;
  }

  std::string Name(bool after_dot) {
    if (at_ < text_.size() && text_[at_] == '"') return Quoted();
    if (at_ >= text_.size() || !StartsIdentifier(text_[at_])) {
      if (at_ < text_.size() && text_[at_] == '.') Fail("No valid identifier before \".\".");
      if (after_dot) Fail("No valid identifier after \".\".");
      Fail();
    }
    std::string name;
    for (; at_ < text_.size() && ContinuesIdentifier(text_[at_]); ++at_) {
      const char c = text_[at_];
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return name;
  }
  std::string Quoted() {
    std::string name;
    for (++at_;; ++at_) {
      if (at_ >= text_.size()) Fail("String has unclosed double quotes.");
      if (text_[at_] != '"') {
        name += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        name += text_[at_++];
      } else {
        break;
      }
    }
    ++at_;
    if (name.empty()) Fail("Quoted identifier must not be empty.");
    return name;
  }

  const View text_;
  const bool is_strict_;
  size_t at_ = 0;
};

Datum ParseIdentifier(FunctionContext& context, View text, bool is_strict) {
  types::ArrayBuilder array(facts::kTextOid, types::PhysicalType::kString);
  for (const std::string& name : IdentifierReader(text, is_strict).Run()) array.AddString(name);
  return Datum::Of(array.Finish(*context.result_heap));
}

}  // namespace

void RegisterIdentifiers(Registry& registry) {
  registry.AddScalar("parse_ident", Cold<&ParseIdentifier>);
}

}  // namespace grizzly::functions
