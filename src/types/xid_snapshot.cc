#include "types/xid_snapshot.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/binary_format.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

constexpr uint64_t kXidMax = INT64_MAX;  // as txid_snapshot shows them

// A number at the head of `rest`, which it is taken off. Nothing: there is none.
bool TakeXid(std::string_view& rest, uint64_t* xid) {
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), *xid);
  if (error != std::errc() || *xid > kXidMax) return false;
  rest.remove_prefix(static_cast<size_t>(end - rest.data()));
  return true;
}

bool TakeColon(std::string_view& rest) {
  if (!rest.starts_with(':')) return false;
  rest.remove_prefix(1);
  return true;
}

// The list behind the second colon; the same number twice is one.
bool TakeRunning(std::string_view rest, XidSnapshot* snapshot) {
  uint64_t last = 0;
  while (!rest.empty()) {
    uint64_t xid;
    if (!TakeXid(rest, &xid) || xid < snapshot->xmin || xid >= snapshot->xmax || xid < last) return false;
    if (xid != last) snapshot->running.push_back(xid);
    last = xid;
    if (rest.starts_with(',')) {
      rest.remove_prefix(1);
    } else if (!rest.empty()) {
      return false;
    }
  }
  return true;
}

[[noreturn]] void ThrowInvalidExternal() {
  throw SqlError(SqlState::kInvalidBinaryRepresentation, "invalid external pg_snapshot data");
}

}  // namespace

bool XidSnapshot::Sees(uint64_t transaction) const {
  if (transaction < xmin) return true;
  return transaction < xmax && !std::binary_search(running.begin(), running.end(), transaction);
}

XidSnapshot ParseXidSnapshot(std::string_view text) {
  XidSnapshot snapshot;
  std::string_view rest = text;
  const bool is_valid = TakeXid(rest, &snapshot.xmin) && TakeColon(rest) &&
                        TakeXid(rest, &snapshot.xmax) && TakeColon(rest) && snapshot.xmin != 0 &&
                        snapshot.xmin <= snapshot.xmax && TakeRunning(rest, &snapshot);
  if (!is_valid) ThrowInvalidSyntax("pg_snapshot", text);
  return snapshot;
}

std::string XidSnapshotText(const XidSnapshot& snapshot) {
  return fmt::format("{}:{}:{}", snapshot.xmin, snapshot.xmax, fmt::join(snapshot.running, ","));
}

std::string XidSnapshotBytes(const XidSnapshot& snapshot) {
  std::string bytes;
  AppendBinary(bytes, static_cast<int32_t>(snapshot.running.size()));
  AppendBinary(bytes, snapshot.xmin);
  AppendBinary(bytes, snapshot.xmax);
  for (const uint64_t xid : snapshot.running) AppendBinary(bytes, xid);
  return bytes;
}

XidSnapshot ReadXidSnapshot(std::string_view bytes) {
  BinaryReader reader(bytes);
  const auto count = reader.Read<int32_t>();
  XidSnapshot snapshot;
  snapshot.xmin = reader.Read<uint64_t>();
  snapshot.xmax = reader.Read<uint64_t>();
  const bool is_valid = count >= 0 && reader.remaining() / sizeof(uint64_t) >= static_cast<size_t>(count) &&
                        snapshot.xmin != 0 && snapshot.xmin <= snapshot.xmax && snapshot.xmax <= kXidMax;
  if (!is_valid) ThrowInvalidExternal();
  for (int32_t i = 0; i < count; ++i) {
    const auto xid = reader.Read<uint64_t>();
    const bool ascends = snapshot.running.empty() || xid >= snapshot.running.back();
    if (!ascends || xid < snapshot.xmin || xid >= snapshot.xmax) ThrowInvalidExternal();
    if (snapshot.running.empty() || xid != snapshot.running.back()) snapshot.running.push_back(xid);
  }
  reader.Finish();
  return snapshot;
}

}  // namespace grizzly::types
