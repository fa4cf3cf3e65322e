// Shows: an arena charges its tracker for blocks, keeps one on Reset, and gives all back at its end.
#include "base/memory/arena.h"

#include <gtest/gtest.h>

#include "base/error/sql_error.h"

namespace grizzly {
namespace {

TEST(ArenaTest, ChargesTrackerAndReturnsIt) {
  MemoryTracker tracker("test", nullptr);
  {
    Arena arena(&tracker);
    arena.Allocate(10);
    EXPECT_EQ(tracker.used_bytes(), static_cast<int64_t>(kArenaBlockBytesMin));
    arena.Allocate(100'000);
    EXPECT_GT(tracker.used_bytes(), 100'000);
    arena.Reset();
    EXPECT_EQ(tracker.used_bytes(), static_cast<int64_t>(kArenaBlockBytesMin));
  }
  EXPECT_EQ(tracker.used_bytes(), 0);
}

TEST(ArenaTest, LimitThrowsOutOfMemoryAndReservesNothing) {
  MemoryTracker server("server", nullptr, 4096);
  MemoryTracker statement("statement", &server);
  Arena arena(&statement);
  try {
    arena.Allocate(10'000);
    FAIL() << "the limit was not enforced";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kOutOfMemory);
  }
  EXPECT_EQ(server.used_bytes(), 0);
}

TEST(ArenaTest, RespectsAlignment) {
  Arena arena;
  arena.Allocate(3, 1);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.Allocate(16, 16)) % 16, 0u);
}

}  // namespace
}  // namespace grizzly
