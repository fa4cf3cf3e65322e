// pg_snapshot and txid_snapshot: which transactions had ended when somebody looked.
//
// FORMAT  in memory and on the wire: int32 count, int64 xmin, int64 xmax, int64 running[count], big-endian; text
//         "xmin:xmax:running,running"
// SOURCE  PostgreSQL 15 docs, table 9.77 "Snapshot Components", and the running server for its errors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace grizzly::types {

struct XidSnapshot {
  uint64_t xmin = 0;  // the lowest that was running; all below had ended
  uint64_t xmax = 0;  // this one and all above had not begun
  std::vector<uint64_t> running;  // ascending, in [xmin, xmax)

  bool Sees(uint64_t transaction) const;
};

// Throws 22P02.
XidSnapshot ParseXidSnapshot(std::string_view text);
std::string XidSnapshotText(const XidSnapshot& snapshot);
std::string XidSnapshotBytes(const XidSnapshot& snapshot);
// Throws 22P03 for bytes that are none.
XidSnapshot ReadXidSnapshot(std::string_view bytes);

}  // namespace grizzly::types
