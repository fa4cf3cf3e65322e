// How the text of regclass, regtype, regproc ... becomes an oid and back: a catalog and a search path
// know it, so the session implements this and hands it down in IoSettings.
#pragma once

#include <string>
#include <string_view>

#include "base/error/sql_error.h"
#include "base/ids/ids.h"

namespace grizzly::types {

class RegNames {
 public:
  virtual ~RegNames() = default;
  // `kind` is the reg* type's oid. Throws as PostgreSQL's input functions do: 42P01, 42704, 42883 ...
  virtual Oid Resolve(Oid kind, std::string_view text) = 0;
  // Quoted, and qualified when the search path needs it; the number when there is no such object.
  virtual std::string Format(Oid kind, Oid object) = 0;
  // A WARNING to the client.
  virtual void Warn(SqlState state, std::string message) = 0;
};

}  // namespace grizzly::types
