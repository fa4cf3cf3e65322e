// Values to and from the outside: PostgreSQL's text and binary formats, one TypeIo per type.
//
// A TypeIo is immutable and shared between threads. Built-in ones come from BuiltinTypeIo; arrays,
// domains, enums, composites and ranges of user types are composed by the catalog from these.
// Errors are PostgreSQL's: 22P02 invalid_text_representation, 22003, 22007, 22008, 22P03 ...
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "types/datum.h"
#include "types/io_settings.h"
#include "types/sql_type.h"

namespace grizzly::types {

class TypeIo {
 public:
  virtual ~TypeIo() = default;

  // Text in, with the length coercion of `typmod` NOT applied except where PostgreSQL's input
  // function does it itself (bit, timestamp(p), numeric(p,s), varchar(n) ... when typmod is given).
  virtual Datum Input(std::string_view text, int32_t typmod, const IoSettings& settings,
                      Arena& arena) const = 0;
  // Appends the text form. Never called with NULL.
  virtual void Output(const Datum& value, const IoSettings& settings, std::string& out) const = 0;
  // Binary in: exactly the value's bytes. Throws 22P03 when they are malformed.
  virtual Datum Receive(std::string_view bytes, int32_t typmod, const IoSettings& settings,
                        Arena& arena) const = 0;
  // Appends the binary form (network byte order).
  virtual void Send(const Datum& value, const IoSettings& settings, std::string& out) const = 0;
};

// The TypeIo of a built-in type, arrays of built-in types included; null when we do not have it.
const TypeIo* BuiltinTypeIo(Oid oid);

}  // namespace grizzly::types
