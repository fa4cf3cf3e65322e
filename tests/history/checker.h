// Searches a history for what its level forbids.
//
// ANY LEVEL        G0, G1a (a value of an aborted transaction), G1b (a value that its writer replaced),
//                  G1c; a committed write that is lost; a list whose reads cannot be one after the other
// REPEATABLE READ  cycles without two anti-dependencies in a row (snapshot isolation), two reads in one
//                  transaction that differ
// SERIALIZABLE     any cycle
#pragma once

#include <string>

#include "history/history.h"

namespace grizzly::history {

// A sentence that names the anomaly, or empty.
std::string FindAnomaly(const History& history);

}  // namespace grizzly::history
