#include "history/tables.h"

#include <fmt/format.h>

namespace grizzly::history {
namespace {

std::string DdlStatement(int choice, int number) {
  switch (choice % 5) {
    case 0: return fmt::format("CREATE INDEX extra_{} ON lists (v)", number);
    case 1: return fmt::format("CREATE INDEX extra_{} ON buckets (h, b, v)", number);
    case 2: return fmt::format("ALTER TABLE buckets ADD COLUMN extra_{} int DEFAULT 7", number);
    case 3: return fmt::format("CREATE INDEX extra_{} ON registers (h, v)", number);
    default: return "DROP INDEX IF EXISTS buckets_by_bucket";
  }
}

}  // namespace

std::string ShapeName(Shape shape) {
  switch (shape) {
    case Shape::kPrimaryKeys: return "primary keys";
    case Shape::kIndexes: return "indexes";
    case Shape::kPartitions: return "partitions";
    case Shape::kColumnar: return "columnar";
  }
  return "";
}

std::string CreateTables(Shape shape) {
  const std::string_view key =
      shape == Shape::kIndexes ? "UNIQUE (h, k)" : "PRIMARY KEY (h, k)";
  const std::string_view partitioned = shape == Shape::kPartitions ? " PARTITION BY LIST (k)" : "";
  const std::string_view method = shape == Shape::kColumnar ? " USING columnar" : "";
  std::string sql = "DROP TABLE IF EXISTS lists, registers, buckets;";
  sql += fmt::format("CREATE TABLE lists (h int, k int, v text, {}){}{};", key, partitioned, method);
  sql += fmt::format("CREATE TABLE registers (h int, k int, v int, before int, {}){}{};", key,
                     partitioned, method);
  if (shape == Shape::kPartitions) {
    for (const char* table : {"lists", "registers"}) {
      sql += fmt::format(
          "CREATE TABLE {0}_0 PARTITION OF {0} FOR VALUES IN (0);"
          "CREATE TABLE {0}_1 PARTITION OF {0} DEFAULT;",
          table);
    }
  }
  if (shape == Shape::kPrimaryKeys) {
    sql += "CREATE TABLE buckets (h int, b int, v int, PRIMARY KEY (h, b, v));";
  } else {
    sql += fmt::format("CREATE TABLE buckets (h int, b int, v int){};", method);
    sql += "CREATE INDEX buckets_by_bucket ON buckets (h, b);";
  }
  return sql;
}

std::string PrepareHistory(int history) {
  return fmt::format("INSERT INTO registers SELECT {}, k, 0, 0 FROM generate_series(0, {}) k",
                     history, kRegisterCount - 1);
}

std::string StatementOf(const Op& op, int history, int ddl_number) {
  switch (op.kind) {
    case OpKind::kAppend:
      return fmt::format(
          "INSERT INTO lists (h, k, v) VALUES ({}, {}, ',{}') "
          "ON CONFLICT (h, k) DO UPDATE SET v = lists.v || excluded.v",
          history, op.key, op.value);
    case OpKind::kReadList:
      return fmt::format("SELECT k, v FROM lists WHERE h = {} AND k = {}", history, op.key);
    case OpKind::kReadAllLists: return fmt::format("SELECT k, v FROM lists WHERE h = {}", history);
    case OpKind::kWriteRegister:
      return fmt::format(
          "UPDATE registers SET before = v, v = {} WHERE h = {} AND k = {} RETURNING k, before",
          op.value, history, op.key);
    case OpKind::kReadRegister:
      return fmt::format("SELECT k, v FROM registers WHERE h = {} AND k = {}", history, op.key);
    case OpKind::kReadAllRegisters:
      return fmt::format("SELECT k, v FROM registers WHERE h = {}", history);
    case OpKind::kInsert:
      return fmt::format("INSERT INTO buckets (h, b, v) VALUES ({}, {}, {})", history, op.key,
                         op.value);
    case OpKind::kReadBuckets:
      return fmt::format("SELECT b, v FROM buckets WHERE h = {} AND b >= {} AND b < {}", history,
                         op.key, op.key_end);
    case OpKind::kSavepoint: return "SAVEPOINT s";
    case OpKind::kRollbackToSavepoint: return "ROLLBACK TO SAVEPOINT s";
    case OpKind::kDdl: return DdlStatement(op.key, ddl_number);
  }
  return "";
}

}  // namespace grizzly::history
