// The bits of WindowDef.frame_options: how a window's frame was written.
#pragma once

namespace grizzly::planner {

enum FrameBit : int {
  kNonDefault = 0x1, kRangeMode = 0x2, kRowsMode = 0x4, kGroupsMode = 0x8, kBetween = 0x10,
  kStartUnboundedPreceding = 0x20, kEndUnboundedPreceding = 0x40, kStartUnboundedFollowing = 0x80,
  kEndUnboundedFollowing = 0x100, kStartCurrentRow = 0x200, kEndCurrentRow = 0x400,
  kStartOffsetPreceding = 0x800, kEndOffsetPreceding = 0x1000, kStartOffsetFollowing = 0x2000,
  kEndOffsetFollowing = 0x4000, kExcludeCurrentRow = 0x8000, kExcludeGroup = 0x10000,
  kExcludeTies = 0x20000,
};

}  // namespace grizzly::planner
