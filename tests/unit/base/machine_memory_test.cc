#include "base/memory/machine_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace grizzly {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kPhysical = 16'000'000'000;

class MachineMemoryTest : public testing::Test {
 protected:
  ~MachineMemoryTest() override { fs::remove_all(root_); }
  void Write(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  int64_t Limit() const { return LimitOfControlGroups(root_, kPhysical); }

 private:
  const fs::path root_ = fs::path(testing::TempDir()) / ("machine_memory_" + std::to_string(::getpid()));
};

// Without control groups, and without limits in them, it is the machine's memory.
TEST_F(MachineMemoryTest, NoLimit) {
  EXPECT_EQ(Limit(), kPhysical);
  Write("proc/self/cgroup", "0::/\nnot a line\n3:cpu,cpuacct:/docker/a\n");
  Write("sys/fs/cgroup/memory.max", "max\n");
  EXPECT_EQ(Limit(), kPhysical);
  EXPECT_GT(MachineMemoryBytes(), 1 << 20);
}

// The smallest of the group's and those around it, in both versions; none above what there is.
TEST_F(MachineMemoryTest, Limits) {
  Write("proc/self/cgroup", "4:blkio,memory:/docker/a\n0::/system.slice/grizzly.service\n");
  Write("sys/fs/cgroup/system.slice/grizzly.service/memory.max", "4000000000\n");
  EXPECT_EQ(Limit(), 4'000'000'000);
  Write("sys/fs/cgroup/system.slice/memory.max", "2000000000\n");
  EXPECT_EQ(Limit(), 2'000'000'000);
  Write("sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes", "536870912\n");
  EXPECT_EQ(Limit(), 536'870'912);
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Limit(), 536'870'912);
}

}  // namespace
}  // namespace grizzly
