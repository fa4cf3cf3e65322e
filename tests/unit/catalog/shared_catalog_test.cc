// Databases come and go at once and durably, roles with their transaction; a thousand databases cost
// little to have and to reopen.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <chrono>

#include "base/error/sql_error.h"
#include "catalog/record.h"
#include "catalog/virtual_table.h"
#include "catalog_test_base.h"

namespace grizzly::catalog {
namespace {

class SharedCatalogTest : public CatalogTestBase {
 protected:
  Database Named(std::string name) {
    Database database;
    database.name = std::move(name);
    database.owner = 10;
    return database;
  }
};

TEST_F(SharedCatalogTest, AFreshStoreHasPostgresqlsObjects) {
  for (const bool restarted : {false, true}) {
    if (restarted) Reopen();
    EXPECT_EQ(shared_->FindDatabase("postgres")->oid, 5u);
    EXPECT_EQ(shared_->FindDatabase("template1")->oid, 1u);
    EXPECT_FALSE(shared_->FindDatabase("template0")->allow_connections);
    EXPECT_EQ(shared_->Databases().size(), 3u);
    EXPECT_TRUE(shared_->FindRole("postgres")->superuser);
    EXPECT_EQ(shared_->FindRole("pg_monitor")->oid, 3373u);
  }
}

TEST_F(SharedCatalogTest, DatabasesAreMadeAndDropped) {
  const Database made = shared_->CreateDatabase(Named("d"));
  EXPECT_GE(made.oid, kFirstUserOid);
  EXPECT_EQ(made.tenant.value, made.oid);
  try {
    shared_->CreateDatabase(Named("d"));
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kDuplicateDatabase);
    EXPECT_STREQ(error.what(), "database \"d\" already exists");
  }
  Database renamed = made;
  renamed.name = "e";
  shared_->AlterDatabase(renamed);
  Reopen();
  EXPECT_EQ(shared_->FindDatabase("d"), nullptr);
  ASSERT_NE(shared_->FindDatabase("e"), nullptr);
  const auto batch = store_->NewBatch();
  batch->Put(TenantPrefix(made.tenant) + "row", "value");
  store_->Write(*batch, storage::SyncMode::kNone);
  shared_->DropDatabase(made.oid);
  EXPECT_EQ(shared_->FindDatabase("e"), nullptr);
  storage::PinnedValue value;
  EXPECT_FALSE(store_->Get(nullptr, TenantPrefix(made.tenant) + "row", &value));
  Reopen();
  EXPECT_EQ(shared_->FindDatabase(made.oid), nullptr);
}

TEST_F(SharedCatalogTest, ADatabaseStartsAsItsTemplate) {
  {
    const auto template1 = shared_->OpenCatalog(kTemplate1Tenant);
    const auto transaction = Begin();
    const auto editor = template1->NewEditor(*transaction);
    Schema schema{.oid = editor->NewOid(), .name = "s", .owner = 10};
    editor->PutSchema(schema);
    transaction->Commit();
  }
  const Database copy = shared_->CreateDatabase(Named("copy"));
  const Database empty = shared_->CreateDatabase(Named("empty"), TenantId(4));
  EXPECT_NE(shared_->OpenCatalog(copy.tenant)->Latest()->FindSchema("s"), nullptr);
  EXPECT_EQ(shared_->OpenCatalog(empty.tenant)->Latest()->FindSchema("s"), nullptr);
}

TEST_F(SharedCatalogTest, AThousandDatabasesOpenFast) {
  for (int i = 0; i < 1000; ++i) shared_->CreateDatabase(Named(fmt::format("d{}", i)));
  const auto start = std::chrono::steady_clock::now();
  Reopen();
  const auto taken = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(shared_->Databases().size(), 1003u);
  EXPECT_LT(taken, std::chrono::seconds(1));
}

TEST_F(SharedCatalogTest, RolesFollowTheirTransaction) {
  Role role;
  role.oid = shared_->NewSharedOid();
  role.name = "r";
  {
    const auto transaction = Begin();
    shared_->PutRole(*transaction, role);
    EXPECT_NE(shared_->FindRole("r", *transaction), nullptr);
    EXPECT_EQ(shared_->FindRole("r"), nullptr);
    const size_t depth = transaction->PushSavepoint();
    Role second = role;
    second.oid = shared_->NewSharedOid();
    second.name = "second";
    shared_->PutRole(*transaction, second);
    transaction->RollbackToSavepoint(depth);
    EXPECT_EQ(shared_->FindRole("second", *transaction), nullptr);
    EXPECT_NE(shared_->FindRole("r", *transaction), nullptr);
    transaction->Commit();
  }
  EXPECT_NE(shared_->FindRole("r"), nullptr);
  EXPECT_EQ(shared_->FindRole("second"), nullptr);
  {
    const auto transaction = Begin();
    Role same = role;
    same.oid = shared_->NewSharedOid();
    try {
      shared_->PutRole(*transaction, same);
      FAIL();
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kDuplicateObject);
      EXPECT_STREQ(error.what(), "role \"r\" already exists");
    }
    shared_->DropRole(*transaction, role.oid);
    EXPECT_EQ(shared_->FindRole("r", *transaction), nullptr);
    transaction->Rollback();
  }
  Reopen();
  EXPECT_NE(shared_->FindRole("r"), nullptr);
  const auto transaction = Begin();
  shared_->DropRole(*transaction, role.oid);
  transaction->Commit();
  EXPECT_EQ(shared_->FindRole("r"), nullptr);
}

TEST_F(SharedCatalogTest, VirtualTablesListThem) {
  Database database = Named("d");
  database.comment = "a comment";
  database.settings = {{"work_mem", "1MB"}};
  shared_->CreateDatabase(database);
  VirtualTableInput input;
  input.catalog = shared_->OpenCatalog(TenantId(5))->Latest();
  input.shared = shared_.get();
  const auto count = [&](Oid table) {
    size_t rows = 0;
    FindCatalogTable(table)->Produce(input, {}, [&](auto) { ++rows; });
    return rows;
  };
  EXPECT_EQ(count(kDatabaseClass), 4u);
  EXPECT_EQ(count(kRoleClass), shared_->Roles().size());
  EXPECT_EQ(count(2396), 4u);  // pg_shdescription
  EXPECT_EQ(count(2964), 1u);  // pg_db_role_setting
}

TEST_F(SharedCatalogTest, TenantsDoNotSeeEachOther) {
  const Database one = shared_->CreateDatabase(Named("one"));
  const Database two = shared_->CreateDatabase(Named("two"));
  const auto transaction = Begin();
  const auto catalog = shared_->OpenCatalog(one.tenant);
  catalog->NewEditor(*transaction)->PutSchema({.oid = 20000, .name = "s", .owner = 10});
  transaction->Commit();
  EXPECT_NE(shared_->OpenCatalog(one.tenant)->Latest()->FindSchema("s"), nullptr);
  EXPECT_EQ(shared_->OpenCatalog(two.tenant)->Latest()->FindSchema("s"), nullptr);
  EXPECT_EQ(shared_->OpenCatalog(one.tenant), catalog);
}

}  // namespace
}  // namespace grizzly::catalog
