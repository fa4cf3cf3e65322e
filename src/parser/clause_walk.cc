#include "parser/clause_walk.h"

#include <protobuf-c/protobuf-c.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error/sql_error.h"
#include "facts/clauses.h"

namespace grizzly::parser {
namespace {

using facts::ClauseFact;
using facts::ClauseHandling;

// What to look at in a field; made once from the facts, so that walking a tree compares no names.
struct FieldRule {
  const ProtobufCFieldDescriptor* field = nullptr;
  bool may_be_refused = false;      // some row of it is: look the value up
  bool false_may_be_refused = false;
  bool is_message = false;
};

struct MessageRule {
  const ClauseFact* refused = nullptr;  // the message as a whole
  const ProtobufCFieldDescriptor* location = nullptr;
  const ProtobufCFieldDescriptor* one_of = nullptr;  // every field is in one oneof: look at its case
  std::vector<FieldRule> fields;        // those worth looking at
};

using Rules = std::unordered_map<const ProtobufCMessageDescriptor*, MessageRule>;

// "pg_query.A_Expr" without the package; the short name has lost the underscore.
std::string_view MessageName(const ProtobufCMessageDescriptor& message) {
  return std::string_view(message.name).substr(sizeof("pg_query.") - 1);
}

FieldRule MakeFieldRule(const ProtobufCMessageDescriptor& message,
                        const ProtobufCFieldDescriptor& field) {
  FieldRule rule;
  rule.field = &field;
  rule.is_message = field.type == PROTOBUF_C_TYPE_MESSAGE;
  for (const ClauseFact& fact : facts::ClausesOf(MessageName(message))) {
    if (fact.field != field.name || fact.handling != ClauseHandling::kRefused) continue;
    (fact.value == "false" ? rule.false_may_be_refused : rule.may_be_refused) = true;
  }
  return rule;
}

void AddRules(Rules& rules, const ProtobufCMessageDescriptor& message) {
  if (rules.contains(&message)) return;
  MessageRule made;
  const ClauseFact* whole = facts::FindClause(MessageName(message));
  if (whole != nullptr && whole->handling == ClauseHandling::kRefused) made.refused = whole;
  bool all_one_of = message.n_fields > 0;
  for (unsigned i = 0; i < message.n_fields; ++i) {
    const ProtobufCFieldDescriptor& field = message.fields[i];
    if (std::string_view(field.name) == "location") made.location = &field;
    all_one_of = all_one_of && (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    const FieldRule rule = MakeFieldRule(message, field);
    if (rule.may_be_refused || rule.false_may_be_refused || rule.is_message) {
      made.fields.push_back(rule);
    }
  }
  // What a statement says itself is refused by its own name before what is in it.
  std::stable_partition(made.fields.begin(), made.fields.end(),
                        [](const FieldRule& rule) { return !rule.is_message; });
  if (all_one_of) made.one_of = &message.fields[0];
  rules.emplace(&message, std::move(made));
  for (unsigned i = 0; i < message.n_fields; ++i) {
    if (message.fields[i].type != PROTOBUF_C_TYPE_MESSAGE) continue;
    AddRules(rules, *static_cast<const ProtobufCMessageDescriptor*>(message.fields[i].descriptor));
  }
}

const Rules& AllRules() {
  static const Rules rules = [] {
    Rules made;
    AddRules(made, pg_query__node__descriptor);
    return made;
  }();
  return rules;
}

template <typename T>
T Read(const ProtobufCMessage& message, unsigned offset) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(&message) + offset);
}

// A scalar field as facts write its value; empty when it is not set.
std::string ScalarText(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
  switch (field.type) {
    case PROTOBUF_C_TYPE_BOOL:
      return Read<protobuf_c_boolean>(message, field.offset) != 0 ? "true" : "";
    case PROTOBUF_C_TYPE_ENUM: {
      const int value = Read<int>(message, field.offset);
      if (value == 0) return "";
      const auto* descriptor = static_cast<const ProtobufCEnumDescriptor*>(field.descriptor);
      const ProtobufCEnumValue* named = protobuf_c_enum_descriptor_get_value(descriptor, value);
      return named == nullptr ? std::to_string(value) : named->name;
    }
    case PROTOBUF_C_TYPE_STRING: {
      const char* text = Read<const char*>(message, field.offset);
      return text == nullptr ? "" : text;
    }
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64: {
      const auto value = Read<int64_t>(message, field.offset);
      return value == 0 ? "" : std::to_string(value);
    }
    default: {
      const auto value = Read<int32_t>(message, field.offset);
      return value == 0 ? "" : std::to_string(value);
    }
  }
}

class Walker {
 public:
  void Walk(const ProtobufCMessage& message, int location) {
    const MessageRule& rule = AllRules().at(message.descriptor);
    if (rule.location != nullptr) location = Read<int32_t>(message, rule.location->offset);
    if (rule.refused != nullptr) Refuse(*rule.refused, location);
    if (rule.one_of != nullptr) return WalkOneOf(message, *rule.one_of, location);
    for (const FieldRule& field : rule.fields) WalkField(message, field, location);
  }

 private:
  [[noreturn]] static void Refuse(const ClauseFact& fact, int location) {
    ThrowNotSupported(fact.note, location);
  }

  void WalkOneOf(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& any,
                 int location) {
    const auto set = Read<uint32_t>(message, any.quantifier_offset);
    if (set == 0) return;
    const auto* field = protobuf_c_message_descriptor_get_field(message.descriptor, set);
    if (field == nullptr || field->type != PROTOBUF_C_TYPE_MESSAGE) return;
    const auto* child = Read<const ProtobufCMessage*>(message, field->offset);
    if (child != nullptr) Walk(*child, location);
  }

  void Descend(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field,
               int location) {
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
      const auto count = Read<size_t>(message, field.quantifier_offset);
      const auto* children = Read<ProtobufCMessage* const*>(message, field.offset);
      for (size_t i = 0; i < count; ++i) Walk(*children[i], location);
      return;
    }
    if ((field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
        Read<uint32_t>(message, field.quantifier_offset) != field.id) {
      return;
    }
    const auto* child = Read<const ProtobufCMessage*>(message, field.offset);
    if (child != nullptr) Walk(*child, location);
  }

  void WalkField(const ProtobufCMessage& message, const FieldRule& rule, int location) {
    const ProtobufCFieldDescriptor& field = *rule.field;
    const std::string_view name = MessageName(*message.descriptor);
    if (rule.false_may_be_refused && ScalarText(message, field).empty()) {
      const ClauseFact* fact = facts::FindClauseOfValue(name, field.name, "false");
      if (fact != nullptr && fact->handling == ClauseHandling::kRefused) Refuse(*fact, location);
    }
    if (rule.may_be_refused) {
      const bool is_scalar =
          field.label != PROTOBUF_C_LABEL_REPEATED && field.type != PROTOBUF_C_TYPE_MESSAGE;
      const std::string value = is_scalar ? ScalarText(message, field) : "";
      const ClauseFact* fact = facts::FindClause(name, field.name, value);
      if (fact != nullptr && fact->handling == ClauseHandling::kRefused &&
          IsSet(message, field, value)) {
        Refuse(*fact, location);
      }
    }
    if (rule.is_message) Descend(message, field, location);
  }

  static bool IsSet(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field,
                    const std::string& scalar) {
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
      return Read<size_t>(message, field.quantifier_offset) != 0;
    }
    if (field.type != PROTOBUF_C_TYPE_MESSAGE) return !scalar.empty();
    return Read<const ProtobufCMessage*>(message, field.offset) != nullptr;
  }
};

}  // namespace

void RefuseUnsupportedClauses(const ast::Node& statement) { Walker().Walk(statement.base, -1); }

}  // namespace grizzly::parser
