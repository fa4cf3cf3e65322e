// Walking the raw parse tree without knowing its kinds of nodes.
#pragma once

#include <functional>

#include "parser/ast.h"

namespace grizzly::parser {

// Calls `visit` with each message directly below `message`; a Node is passed as what it holds.
void ForEachPart(const ProtobufCMessage& message,
                 const std::function<void(const ProtobufCMessage&)>& visit);

// The message as that kind; null when it is another.
template <typename T>
const T* As(const ProtobufCMessage& message, const ProtobufCMessageDescriptor& kind) {
  return message.descriptor == &kind ? reinterpret_cast<const T*>(&message) : nullptr;
}

}  // namespace grizzly::parser
