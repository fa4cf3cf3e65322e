// Sequences give each value once, stop or cycle at their limits in PostgreSQL's words, and skip but
// never repeat values when the process ends without warning.
#include "catalog/sequence.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/error/sql_error.h"

namespace grizzly::catalog {
namespace {

class SequenceTest : public testing::Test {
 protected:
  SequenceTest() {
    storage::StoreOptions options;
    options.medium = storage::StoreMedium::kMemory;
    options.directory = "/sequence_test";
    store_ = storage::Store::Open(options);
    sequence_.name = "s";
    sequence_.kind = RelationKind::kSequence;
    sequence_.tenant = TenantId(5);
    sequence_.storage = StorageId(70);
    sequence_.sequence.emplace();
  }

  std::string ErrorOf(const std::function<void()>& action, SqlState state) {
    try {
      action();
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), state);
      return error.what();
    }
    return "no error";
  }

  std::unique_ptr<storage::Store> store_;
  Relation sequence_;
};

TEST_F(SequenceTest, CountsFromStartAndAfterSet) {
  Sequences sequences(*store_);
  sequence_.sequence->start = 10;
  sequence_.sequence->increment = 3;
  EXPECT_FALSE(sequences.Read(sequence_).is_called);
  EXPECT_EQ(sequences.Read(sequence_).last_value, 10);
  EXPECT_EQ(sequences.Next(sequence_).first, 10);
  EXPECT_EQ(sequences.Next(sequence_).first, 13);
  sequences.Set(sequence_, 100, true);
  EXPECT_EQ(sequences.Next(sequence_).first, 103);
  sequences.Set(sequence_, 100, false);
  EXPECT_EQ(sequences.Next(sequence_).first, 100);
  EXPECT_EQ(ErrorOf([&] { sequences.Set(sequence_, 0, true); },
                    SqlState::kNumericValueOutOfRange),
            "setval: value 0 is out of bounds for sequence \"s\" (1..9223372036854775807)");
}

TEST_F(SequenceTest, LimitsAndCycle) {
  Sequences sequences(*store_);
  sequence_.sequence->maximum = 3;
  for (int64_t value = 1; value <= 3; ++value) EXPECT_EQ(sequences.Next(sequence_).first, value);
  EXPECT_EQ(ErrorOf([&] { sequences.Next(sequence_); },
                    SqlState::kSequenceGeneratorLimitExceeded),
            "nextval: reached maximum value of sequence \"s\" (3)");
  sequence_.sequence->cycle = true;
  for (const int64_t value : {1, 2, 3, 1, 2}) EXPECT_EQ(sequences.Next(sequence_).first, value);
  Relation down = sequence_;
  down.storage = StorageId(71);
  down.sequence = SequenceDefinition{.start = -1, .increment = -1, .minimum = -2, .maximum = -1};
  EXPECT_EQ(sequences.Next(down).first, -1);
  EXPECT_EQ(sequences.Next(down).first, -2);
  EXPECT_EQ(ErrorOf([&] { sequences.Next(down); }, SqlState::kSequenceGeneratorLimitExceeded),
            "nextval: reached minimum value of sequence \"s\" (-2)");
}

TEST_F(SequenceTest, CacheHandsOutRuns) {
  Sequences sequences(*store_);
  sequence_.sequence->cache = 10;
  sequence_.sequence->maximum = 25;
  const SequenceValues first = sequences.Next(sequence_);
  EXPECT_EQ(first.first, 1);
  EXPECT_EQ(first.last, 10);
  EXPECT_TRUE(first.logged);
  EXPECT_EQ(sequences.Next(sequence_).first, 11);
  const SequenceValues third = sequences.Next(sequence_);
  EXPECT_EQ(third.first, 21);
  EXPECT_EQ(third.last, 25);
}

TEST_F(SequenceTest, RestartSkipsButNeverRepeats) {
  std::set<int64_t> seen;
  {
    auto lost = std::make_unique<Sequences>(*store_);
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(seen.insert(lost->Next(sequence_).first).second);
    static Sequences* killed = nullptr;  // as if killed: nothing is flushed
    killed = lost.release();
    ASSERT_NE(killed, nullptr);
  }
  {
    Sequences after_crash(*store_);
    const int64_t value = after_crash.Next(sequence_).first;
    EXPECT_GT(value, 50);
    EXPECT_LE(value, 50 + kValuesLogged + 1);
    EXPECT_TRUE(seen.insert(value).second);
  }
  Sequences after_shutdown(*store_);
  EXPECT_EQ(after_shutdown.Next(sequence_).first, *seen.rbegin() + 1);
}

TEST_F(SequenceTest, ThreadsNeverShareAValue) {
  Sequences sequences(*store_);
  std::vector<std::vector<int64_t>> taken(4);
  std::vector<std::thread> threads;
  for (auto& values : taken) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) values.push_back(sequences.Next(sequence_).first);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<int64_t> all;
  for (const auto& values : taken) all.insert(values.begin(), values.end());
  EXPECT_EQ(all.size(), 2000u);
  EXPECT_EQ(*all.rbegin(), 2000);
}

TEST_F(SequenceTest, ANewStorageStartsOverUnlessCopied) {
  Sequences sequences(*store_);
  for (int i = 0; i < 5; ++i) sequences.Next(sequence_);
  Relation restarted = sequence_;
  restarted.storage = StorageId(80);
  EXPECT_EQ(sequences.Next(restarted).first, 1);
  Relation altered = sequence_;
  altered.storage = StorageId(81);
  sequences.Copy(sequence_, altered);
  EXPECT_EQ(sequences.Next(altered).first, 6);
}

}  // namespace
}  // namespace grizzly::catalog
