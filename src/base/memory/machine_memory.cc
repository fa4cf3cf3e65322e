#include "base/memory/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

namespace grizzly {
namespace {

namespace fs = std::filesystem;

// "max" and what is not there are no limit.
int64_t ReadLimit(const fs::path& file, int64_t none) {
  std::ifstream in(file);
  int64_t bytes = 0;
  return in >> bytes && bytes > 0 ? bytes : none;
}

// Limits of a group and of those around it, up to the folder that all groups are in.
int64_t SmallestLimit(const fs::path& groups, fs::path group, std::string_view file, int64_t bytes) {
  for (; group.has_relative_path(); group = group.parent_path()) {
    bytes = std::min(bytes, ReadLimit(groups / group.relative_path() / file, bytes));
  }
  return std::min(bytes, ReadLimit(groups / file, bytes));
}

bool HasController(std::string_view controllers, std::string_view wanted) {
  while (!controllers.empty()) {
    const size_t comma = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, comma) == wanted) return true;
    controllers.remove_prefix(std::min(comma + 1, controllers.size()));
  }
  return false;
}

}  // namespace

int64_t LimitOfControlGroups(const fs::path& root, int64_t physical_bytes) {
  const fs::path groups = root / "sys/fs/cgroup";
  int64_t bytes = physical_bytes;
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {  // number:controllers:group
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string_view controllers = std::string_view(line).substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) {
      bytes = SmallestLimit(groups, group, "memory.max", bytes);
    } else if (HasController(controllers, "memory")) {
      bytes = SmallestLimit(groups / "memory", group, "memory.limit_in_bytes", bytes);
    }
  }
  return bytes;
}

int64_t MachineMemoryBytes() {
  static const int64_t bytes = LimitOfControlGroups(
      "/", static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE));
  return bytes;
}

}  // namespace grizzly
