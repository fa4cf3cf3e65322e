// How much memory there is to share out: the machine's, or less where a control group (a container) is given less.
//
// SOURCE  Linux: Documentation/admin-guide/cgroup-v2.rst (memory.max), cgroup-v1/memory.rst (memory.limit_in_bytes)
#pragma once

#include <cstdint>
#include <filesystem>

namespace grizzly {

// Read once, at the first call.
int64_t MachineMemoryBytes();

// The smallest limit of the process's control groups, as /proc/self/cgroup and /sys/fs/cgroup below `root` tell it;
// `physical_bytes` where there is none.
int64_t LimitOfControlGroups(const std::filesystem::path& root, int64_t physical_bytes);

}  // namespace grizzly
