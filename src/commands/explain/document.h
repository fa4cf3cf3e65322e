// A tree of labelled values, and its three spellings: JSON, YAML, XML as PostgreSQL's EXPLAIN writes
// them.
#pragma once

#include <string>
#include <vector>

#include "commands/explain/explain_options.h"

namespace grizzly::commands {

struct DocumentMember;
using DocumentGroup = std::vector<DocumentMember>;

struct DocumentValue {
  enum class Kind : uint8_t { kText, kRaw, kTexts, kGroup, kGroups };
  Kind kind = Kind::kText;
  std::string text;                   // kText, kRaw (numbers, booleans)
  std::vector<std::string> texts;     // kTexts
  DocumentGroup group;                // kGroup
  std::vector<DocumentGroup> groups;  // kGroups
  std::string member_name;            // kGroups: what XML calls each

  static DocumentValue Text(std::string value);
  static DocumentValue Raw(std::string value);
  static DocumentValue Texts(std::vector<std::string> values);
  static DocumentValue Group(DocumentGroup members);
  static DocumentValue Groups(std::string member_name, std::vector<DocumentGroup> members);
};

struct DocumentMember {
  std::string label;
  DocumentValue value;
};

// One EXPLAIN's answer; `format` is not kText. A null query: a utility statement.
std::string WriteDocument(const DocumentGroup* query, ExplainFormat format);

}  // namespace grizzly::commands
