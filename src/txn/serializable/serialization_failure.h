// The one error of this folder, in PostgreSQL's words. Internal to txn/serializable.
#pragma once

#include <string>

#include "base/error/sql_error.h"

namespace grizzly::txn {

inline constexpr char kPivotWhileReading[] =
    "Canceled on identification as a pivot, during conflict out checking.";
inline constexpr char kPivotWhileWriting[] =
    "Canceled on identification as a pivot, during conflict in checking.";
inline constexpr char kPivotByWrite[] = "Canceled on identification as a pivot, during write.";
inline constexpr char kPivotAtCommit[] =
    "Canceled on identification as a pivot, during commit attempt.";
inline constexpr char kPreparedPivot[] =
    "Canceled on commit attempt with conflict in from prepared pivot.";
inline constexpr char kOldPivot[] = "Canceled on conflict out to old pivot.";

[[noreturn]] inline void ThrowSerializationFailure(const std::string& reason) {
  throw SqlError(SqlState::kTRSerializationFailure,
                 "could not serialize access due to read/write dependencies among transactions")
      .Detail("Reason code: " + reason)
      .Hint("The transaction might succeed if retried.");
}

}  // namespace grizzly::txn
