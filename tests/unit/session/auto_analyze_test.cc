#include "session/auto_analyze.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "session/database_instance.h"
#include "session/silent_sink.h"

namespace grizzly::session {
namespace {

// A server without its own rounds of analyze, in memory.
class AutoAnalyzeTest : public testing::Test {
 protected:
  static InstanceOptions Options() {
    return {.medium = storage::StoreMedium::kMemory, .settings = {{"autovacuum", "off"}}};
  }

  std::unique_ptr<Session> Connect(const std::string& database, bool is_upkeep = false) {
    ConnectRequest request;
    request.user = "postgres";
    request.database = database;
    request.is_upkeep = is_upkeep;
    return instance_.Connect(request, sink_);
  }
  void Run(const std::string& database, const std::string& sql) { Connect(database)->Query(sql); }
  void RunOneRound() { AutoAnalyze(instance_, Settings(Options().settings)).RunOnce(); }

  double RowsOf(const std::string& database, const std::string& table) {
    const auto catalog =
        instance_.shared_catalog().OpenCatalog(instance_.shared_catalog().FindDatabase(database)->tenant);
    double rows = -2;
    catalog->Latest()->ForEachRelation([&](const catalog::RelationPtr& relation) {
      if (relation->name == table) rows = catalog->Statistics(relation->oid).row_count;
    });
    return rows;
  }

  DatabaseInstance instance_{Options()};
  SilentSink sink_{"test"};
};

constexpr const char* kFilledTable = "CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) AS i";

TEST_F(AutoAnalyzeTest, LooksAtDatabasesNobodyIsConnectedToAnyMore) {
  Run("postgres", kFilledTable);
  EXPECT_EQ(RowsOf("postgres", "t"), -1);
  RunOneRound();
  EXPECT_EQ(RowsOf("postgres", "t"), 1000);
}

TEST_F(AutoAnalyzeTest, FollowsRenamedAndForgetsDroppedDatabases) {
  Run("postgres", "CREATE DATABASE old");
  Run("postgres", "CREATE DATABASE gone");
  Run("old", kFilledTable);
  Run("gone", kFilledTable);
  Run("postgres", "ALTER DATABASE old RENAME TO fresh");
  Run("postgres", "DROP DATABASE gone");
  RunOneRound();
  EXPECT_EQ(RowsOf("fresh", "t"), 1000);
  for (const auto& tenant : instance_.TenantsOfLate()) EXPECT_NE(tenant->database->name, "gone");
}

TEST_F(AutoAnalyzeTest, MakesWayForDropDatabase) {
  Run("postgres", "CREATE DATABASE busy");
  std::unique_ptr<Session> worker = Connect("busy", /*is_upkeep=*/true);
  std::thread work([&] {
    worker->Query("SELECT pg_sleep(600)");
    worker.reset();
  });
  Run("postgres", "DROP DATABASE busy");
  EXPECT_EQ(instance_.shared_catalog().FindDatabase("busy"), nullptr);
  work.join();
}

}  // namespace
}  // namespace grizzly::session
