// Reads and prints values through BuiltinTypeIo, for the table tests of this folder.
#pragma once

#include <string>
#include <string_view>

#include "base/error/sql_error.h"
#include "types/type_io.h"

namespace grizzly::types {

// What PostgreSQL prints for 'text'::type, or "SQLSTATE message" (and " | detail").
inline std::string Probe(Oid oid, std::string_view text, int32_t typmod = kNoTypmod,
                         const IoSettings& settings = {}) {
  Arena arena;
  const TypeIo* io = BuiltinTypeIo(oid);
  if (io == nullptr) return "no TypeIo";
  try {
    const Datum value = io->Input(text, typmod, settings, arena);
    std::string out;
    io->Output(value, settings, out);
    // The binary form must bring the same value back.
    std::string binary, again;
    io->Send(value, settings, binary);
    io->Output(io->Receive(binary, typmod, settings, arena), settings, again);
    return again == out ? out : out + " but through binary " + again;
  } catch (const SqlError& error) {
    const auto code = facts::SqlStateText(error.state());
    std::string said(code.data(), code.size());
    said += ' ';
    said += error.diagnostic().message;
    if (!error.diagnostic().detail.empty()) said += " | " + error.diagnostic().detail;
    return said;
  }
}

struct IoCase {
  Oid oid;
  std::string_view text;
  std::string_view expected;
  int32_t typmod = kNoTypmod;
};

}  // namespace grizzly::types
