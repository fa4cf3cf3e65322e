// The end of a statement, and of a transaction: what was put off is checked.
//
// Checks run in the order the rows were changed; what an action of a foreign key changes is checked
// after them, in a round of its own, and so on until nothing is left. Rounds, not recursion: a chain of
// cascades may be as long as the data has it.
//
// ERRORS   23503, 23505, 23P01, and what the rows that actions change violate.
#pragma once

#include "executor/constraint/check_queue.h"
#include "executor/exec_context.h"

namespace grizzly::executor {

// Runs the statement's own checks. Call once all its rows are written.
void FinishStatement(ExecContext& context);

// Runs checks that were owed, and all that comes of them.
void RunOwedChecks(ExecContext& context, const CheckQueue& owed);

}  // namespace grizzly::executor
