#include "base/memory/heap_keeper.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace grizzly {
namespace {

// Freed pages stay for the next statement, and leave the process once they are given back. Under a sanitizer malloc is
// not glibc's.
TEST(HeapKeeperTest, FreedMemoryStaysUntilGivenBack) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's malloc";
#endif
  constexpr size_t kPieceBytes = 64 << 10, kPieces = 6400;  // 400 MB
  constexpr int64_t kMostBytes = 300 << 20;
  const HeapKeeper keeper;
  const int64_t before = HeapKeeper::FreeResidentBytes();
  std::unique_ptr<char[]> last;
  std::thread statement([&] {
    std::vector<std::unique_ptr<char[]>> pieces(kPieces);
    for (auto& piece : pieces) {
      piece = std::make_unique<char[]>(kPieceBytes);
      std::memset(piece.get(), 1, kPieceBytes);
    }
    EXPECT_LT(HeapKeeper::FreeResidentBytes() - before, kMostBytes);
    last = std::move(pieces.back());  // holds the heap's end, as a cached block would
  });
  statement.join();
  EXPECT_GT(HeapKeeper::FreeResidentBytes() - before, kMostBytes);
  HeapKeeper::GiveBack();
  EXPECT_LT(HeapKeeper::FreeResidentBytes() - before, 100 << 20);
}

}  // namespace
}  // namespace grizzly
