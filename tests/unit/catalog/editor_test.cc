// Catalog changes are their transaction's: seen by it at once, by others after commit, undone with a
// savepoint or a rollback, and there again after a restart.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <chrono>
#include <set>
#include <thread>

#include "catalog_test_base.h"
#include "sample_catalog.h"
#include "storage/row/row_layout.h"

namespace grizzly::catalog {
namespace {

class EditorTest : public CatalogTestBase {
 protected:
  EditorTest() { Open(); }

  void Open() { catalog_ = shared_->OpenCatalog(TenantId(5)); }
  void Restart() {
    catalog_.reset();
    Reopen();
    Open();
  }
  Relation NewTable(CatalogEditor& editor, const std::string& name) {
    Relation table = SampleRelation(editor.NewOid(), name, RelationKind::kTable);
    table.storage = editor.NewStorage();
    table.columns = {SampleColumn(1, "a", 23)};
    return table;
  }
  bool Sees(const SnapshotPtr& snapshot, const std::string& name) {
    return snapshot->FindRelation(kPublicSchema, name) != nullptr;
  }

  std::shared_ptr<Catalog> catalog_;
};

TEST_F(EditorTest, OwnChangesAtOnceOthersAfterCommit) {
  const auto transaction = Begin();
  const auto editor = catalog_->NewEditor(*transaction);
  const uint64_t before = catalog_->Latest()->version();
  EXPECT_FALSE(editor->has_changes());
  const RelationPtr made = editor->PutRelation(NewTable(*editor, "t"));
  EXPECT_EQ(made->oid, kFirstUserOid);
  EXPECT_EQ(made->storage, kFirstUserStorage);
  EXPECT_NE(made->row_layouts, nullptr);
  EXPECT_TRUE(Sees(editor->Current(), "t"));
  EXPECT_FALSE(Sees(catalog_->Latest(), "t"));
  transaction->Commit();
  EXPECT_TRUE(Sees(catalog_->Latest(), "t"));
  EXPECT_GT(catalog_->Latest()->version(), before);
  Restart();
  EXPECT_TRUE(Sees(catalog_->Latest(), "t"));
  const auto next = Begin();
  EXPECT_GT(catalog_->NewEditor(*next)->NewOid(), made->oid);
}

TEST_F(EditorTest, RollbackLeavesNothing) {
  {
    const auto transaction = Begin();
    const auto editor = catalog_->NewEditor(*transaction);
    editor->PutRelation(NewTable(*editor, "t"));
    transaction->Rollback();
  }
  EXPECT_FALSE(Sees(catalog_->Latest(), "t"));
  Restart();
  EXPECT_FALSE(Sees(catalog_->Latest(), "t"));
}

TEST_F(EditorTest, SavepointsUndoAndKeep) {
  const auto transaction = Begin();
  const auto editor = catalog_->NewEditor(*transaction);
  const auto save = [&] {
    const size_t depth = transaction->PushSavepoint();
    editor->PushSavepoint(depth);
    return depth;
  };
  const auto undo = [&](size_t depth) {
    transaction->RollbackToSavepoint(depth);
    editor->RollbackToSavepoint(depth);
  };
  const size_t outer = save();
  editor->PutRelation(NewTable(*editor, "gone"));
  undo(outer);  // takes the commit action with it
  EXPECT_FALSE(editor->has_changes());
  EXPECT_FALSE(Sees(editor->Current(), "gone"));
  editor->PutRelation(NewTable(*editor, "kept"));
  const size_t inner = save();
  editor->PutRelation(NewTable(*editor, "inner"));
  editor->DropRelation(editor->Current()->FindRelation(kPublicSchema, "kept")->oid);
  EXPECT_FALSE(Sees(editor->Current(), "kept"));
  undo(inner);
  EXPECT_TRUE(Sees(editor->Current(), "kept"));
  EXPECT_FALSE(Sees(editor->Current(), "inner"));
  transaction->ReleaseSavepoint(inner);
  editor->ReleaseSavepoint(inner);
  editor->PutRelation(NewTable(*editor, "last"));
  transaction->Commit();
  for (const bool restarted : {false, true}) {
    if (restarted) Restart();
    const SnapshotPtr latest = catalog_->Latest();
    EXPECT_TRUE(Sees(latest, "kept"));
    EXPECT_TRUE(Sees(latest, "last"));
    EXPECT_FALSE(Sees(latest, "gone"));
    EXPECT_FALSE(Sees(latest, "inner"));
  }
}

TEST_F(EditorTest, ConcurrentTransactionsMeet) {
  const auto first = Begin();
  const auto second = Begin();
  const auto a = catalog_->NewEditor(*first);
  const auto b = catalog_->NewEditor(*second);
  a->PutRelation(NewTable(*a, "a"));
  b->PutRelation(NewTable(*b, "b"));
  EXPECT_FALSE(Sees(b->Current(), "a"));
  first->Commit();
  EXPECT_TRUE(Sees(b->Current(), "a"));
  EXPECT_TRUE(Sees(b->Current(), "b"));
  second->Commit();
  EXPECT_TRUE(Sees(catalog_->Latest(), "a"));
  EXPECT_TRUE(Sees(catalog_->Latest(), "b"));
}

TEST_F(EditorTest, LayoutVersionsGrowWithColumns) {
  Oid oid;
  {
    const auto transaction = Begin();
    const auto editor = catalog_->NewEditor(*transaction);
    oid = editor->PutRelation(NewTable(*editor, "t"))->oid;
    transaction->Commit();
  }
  const auto transaction = Begin();
  const auto editor = catalog_->NewEditor(*transaction);
  Relation wider = *editor->Current()->FindRelation(oid);
  wider.columns.push_back(SampleColumn(2, "b", 25));
  wider.columns.back().default_value.sql = "'x'";
  const RelationPtr altered = editor->PutRelation(wider);
  EXPECT_EQ(altered->layout_column_counts, (std::vector<uint32_t>{1, 2}));
  EXPECT_NE(altered->columns[1].default_oid, kInvalidOid);
  Relation rewritten = *altered;
  rewritten.storage = editor->NewStorage();
  EXPECT_EQ(editor->PutRelation(rewritten)->layout_column_counts, (std::vector<uint32_t>{2}));
}

TEST_F(EditorTest, DependenciesAreStoredAndGoWithTheirObject) {
  const Dependency edge{kRelationClass, 17000, 0, kRelationClass, 16999, 1, 'n'};
  const auto transaction = Begin();
  const auto editor = catalog_->NewEditor(*transaction);
  Relation view = SampleRelation(17000, "v", RelationKind::kView);
  view.view.emplace();
  editor->PutRelation(view);
  editor->AddDependency(edge);
  editor->AddDependency(edge);
  EXPECT_EQ(editor->Current()->DependentsOn(kRelationClass, 16999).size(), 1u);
  transaction->Commit();
  Restart();
  EXPECT_EQ(catalog_->Latest()->DependentsOn(kRelationClass, 16999).size(), 1u);
  const auto dropping = Begin();
  const auto dropper = catalog_->NewEditor(*dropping);
  dropper->DropRelation(17000);
  dropping->Commit();
  Restart();
  EXPECT_EQ(catalog_->Latest()->DependentsOn(kRelationClass, 16999).size(), 0u);
}

TEST_F(EditorTest, SchemaPublicCanBeDropped) {
  const auto transaction = Begin();
  catalog_->NewEditor(*transaction)->DropSchema(kPublicSchema);
  transaction->Commit();
  EXPECT_EQ(catalog_->Latest()->FindSchema("public"), nullptr);
  Restart();
  EXPECT_EQ(catalog_->Latest()->FindSchema("public"), nullptr);
  EXPECT_NE(catalog_->Latest()->FindSchema("pg_catalog"), nullptr);
}

TEST_F(EditorTest, StatisticsSurvive) {
  EXPECT_EQ(catalog_->Statistics(16384).row_count, -1);
  catalog_->SetStatistics(16384, {.row_count = 1000, .byte_count = 8192});
  Restart();
  EXPECT_EQ(catalog_->Statistics(16384).row_count, 1000);
}

TEST_F(EditorTest, NumbersAreNeverGivenTwice) {
  std::set<Oid> seen;
  for (int restart = 0; restart < 3; ++restart) {
    const auto transaction = Begin();
    const auto editor = catalog_->NewEditor(*transaction);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(editor->NewOid()).second);
    transaction->Rollback();
    Restart();
  }
}

TEST_F(EditorTest, WritersAndReadersSideBySide) {
  constexpr int kTablesEach = 50;
  std::atomic<bool> done{false};
  std::vector<std::thread> readers, writers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      uint64_t last = 0;
      while (!done) {
        const SnapshotPtr snapshot = catalog_->Latest();
        EXPECT_GE(snapshot->version(), last);
        last = snapshot->version();
        snapshot->FindRelation(kPublicSchema, "w0_1");
      }
    });
    writers.emplace_back([&, i] {
      for (int n = 0; n < kTablesEach; ++n) {
        CancelToken cancel;
        const auto transaction = transactions_->Begin({}, cancel, nullptr, &lock_settings_);
        transaction->NextCommand();
        const auto editor = catalog_->NewEditor(*transaction);
        editor->PutRelation(NewTable(*editor, fmt::format("w{}_{}", i, n)));
        transaction->Commit();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  for (std::thread& reader : readers) reader.join();
  for (int i = 0; i < 2; ++i) {
    for (int n = 0; n < kTablesEach; ++n) {
      EXPECT_TRUE(Sees(catalog_->Latest(), fmt::format("w{}_{}", i, n)));
    }
  }
}

// What CREATE TABLE costs must not grow with the tables there are.
TEST_F(EditorTest, TenThousandTables) {
  {
    const auto transaction = Begin();
    const auto editor = catalog_->NewEditor(*transaction);
    for (int i = 0; i < 10000; ++i) editor->PutRelation(NewTable(*editor, fmt::format("t{}", i)));
    transaction->Commit();
  }
  Restart();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    const auto transaction = Begin();
    const auto editor = catalog_->NewEditor(*transaction);
    editor->PutRelation(NewTable(*editor, fmt::format("u{}", i)));
    transaction->Commit();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  EXPECT_TRUE(Sees(catalog_->Latest(), "t9999"));
  EXPECT_TRUE(Sees(catalog_->Latest(), "u99"));
}

}  // namespace
}  // namespace grizzly::catalog
