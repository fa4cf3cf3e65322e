#include "parser/ast_walk.h"

namespace grizzly::parser {
namespace {

using Visitor = std::function<void(const ProtobufCMessage&)>;

template <typename T>
T Read(const ProtobufCMessage& message, unsigned offset) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(&message) + offset);
}

void VisitField(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field,
                const Visitor& visit);

// What is set of a oneof has its number in the quantifier.
bool IsSet(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
  return (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 ||
         Read<uint32_t>(message, field.quantifier_offset) == field.id;
}

void VisitMessage(const ProtobufCMessage* message, const Visitor& visit) {
  if (message == nullptr) return;
  if (message->descriptor == &pg_query__node__descriptor) return ForEachPart(*message, visit);
  visit(*message);
}

void VisitField(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field,
                const Visitor& visit) {
  if (field.label != PROTOBUF_C_LABEL_REPEATED) {
    return VisitMessage(Read<const ProtobufCMessage*>(message, field.offset), visit);
  }
  const auto count = Read<size_t>(message, field.quantifier_offset);
  const auto* parts = Read<ProtobufCMessage* const*>(message, field.offset);
  for (size_t i = 0; i < count; ++i) VisitMessage(parts[i], visit);
}

}  // namespace

void ForEachPart(const ProtobufCMessage& message, const Visitor& visit) {
  // A Node has hundreds of fields, one of them set.
  if (message.descriptor == &pg_query__node__descriptor) {
    const auto& node = reinterpret_cast<const ast::Node&>(message);
    const auto* field = protobuf_c_message_descriptor_get_field(
        message.descriptor, static_cast<unsigned>(node.node_case));
    if (field != nullptr && field->type == PROTOBUF_C_TYPE_MESSAGE) {
      VisitField(message, *field, visit);
    }
    return;
  }
  for (unsigned i = 0; i < message.descriptor->n_fields; ++i) {
    const ProtobufCFieldDescriptor& field = message.descriptor->fields[i];
    if (field.type == PROTOBUF_C_TYPE_MESSAGE && IsSet(message, field)) {
      VisitField(message, field, visit);
    }
  }
}

}  // namespace grizzly::parser
