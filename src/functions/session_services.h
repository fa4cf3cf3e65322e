// What functions that know more than their arguments ask: the session, catalog and transaction above.
// Implemented in session/; functions/ only sees this interface.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "types/datum.h"
#include "types/sql_type.h"
#include "types/type_io.h"

namespace grizzly::functions {

class RandomState;  // functions/math/random_state.h

// One row of a set-returning system function, each value in its type's text form; nullopt: NULL.
using SystemRow = std::vector<std::optional<std::string>>;

class SessionServices {
 public:
  virtual ~SessionServices() = default;

  // The session's own generator, so that setseed() holds; null: one per thread.
  virtual RandomState* Random() { return nullptr; }

  virtual std::string_view CurrentUser() = 0;
  virtual std::string_view SessionUser() = 0;
  virtual std::string_view CurrentDatabase() = 0;
  virtual std::vector<std::string> CurrentSchemas(bool include_implicit) = 0;
  virtual SessionId BackendId() = 0;
  virtual int64_t TransactionTimeUs() = 0;  // µs since 2000-01-01 UTC: now()
  virtual int64_t StatementTimeUs() = 0;
  virtual uint64_t CurrentTransactionId() = 0;
  // Nothing: there is no such setting, and that is `missing_ok`.
  virtual std::optional<std::string> ShowSetting(std::string_view name, bool missing_ok) = 0;
  virtual void SetSetting(std::string_view name, std::string_view value, bool local) = 0;

  // Sequences. Errors: 55000 not yet defined in this session, 2200H limit exceeded.
  virtual int64_t NextValue(Oid sequence) = 0;
  virtual int64_t CurrentValue(Oid sequence) = 0;
  virtual int64_t LastValue() = 0;
  virtual void SetValue(Oid sequence, int64_t value, bool is_called) = 0;

  // Names and definitions (regclass and friends, pg_get_*def, format_type ...). Input resolves as
  // PostgreSQL's reg* input functions do and throws their errors; output quotes and qualifies as
  // needed. `kind` is the reg* type's oid.
  virtual Oid ResolveRegName(Oid kind, std::string_view text, bool missing_ok) = 0;
  virtual std::string FormatRegName(Oid kind, Oid object) = 0;
  virtual std::string FormatType(Oid type, int32_t typmod) = 0;
  // pg_table_is_visible ...; nothing: there is no such object.
  virtual std::optional<bool> IsVisible(Oid catalog, Oid object) = 0;
  // pg_get_viewdef, pg_get_constraintdef, pg_get_indexdef, ... : `function` is the pg_proc oid.
  // Nullopt: NULL.
  virtual std::optional<std::string> Definition(Oid function, Oid object, int32_t column,
                                                bool pretty) = 0;
  virtual std::string_view RoleName(Oid role) = 0;  // empty: unknown
  virtual const types::TypeIo* FindTypeIo(Oid type) = 0;
  virtual types::SqlType ResolveType(Oid type, int32_t typmod) = 0;
  // Everything else that belongs to a session or the catalog (advisory locks, backend control, sizes,
  // privileges ...): by pg_proc oid, arguments as datums.
  virtual types::Datum CallSessionFunction(Oid function, std::span<const types::Datum> arguments,
                                           Arena& arena) = 0;
  // The rows behind pg_settings, pg_locks, pg_stat_activity ...: one value per OUT column.
  virtual std::vector<SystemRow> SystemRows(Oid function,
                                            std::span<const types::Datum> arguments) = 0;

  // Sends a notice to the client, at once.
  virtual void Notice(std::string_view message) { (void)message; }
};

}  // namespace grizzly::functions
