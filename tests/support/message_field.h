// A field of a protobuf-c message of any type.
#pragma once

#include <protobuf-c/protobuf-c.h>

namespace grizzly::test {

// `offset`: the field descriptor's.
template <typename T>
T& FieldAt(ProtobufCMessage& message, unsigned offset) {
  return *reinterpret_cast<T*>(reinterpret_cast<char*>(&message) + offset);
}

}  // namespace grizzly::test
