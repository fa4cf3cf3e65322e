#include "history/history.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace grizzly::history {
namespace {

std::string DescribeOp(const Op& op) {
  const std::string state = !op.done ? " (not done)" : op.undone ? " (undone)" : "";
  switch (op.kind) {
    case OpKind::kAppend: return fmt::format("append {} to list {}{}", op.value, op.key, state);
    case OpKind::kReadList:
      return fmt::format("list {} is {}{}", op.key, op.lists, state);
    case OpKind::kReadAllLists: return fmt::format("lists are {}{}", op.lists, state);
    case OpKind::kWriteRegister:
      return fmt::format("register {}: {} -> {}{}", op.key, op.replaced, op.value, state);
    case OpKind::kReadRegister: return fmt::format("register {} is {}{}", op.key, op.values, state);
    case OpKind::kReadAllRegisters: return fmt::format("registers are {}{}", op.values, state);
    case OpKind::kInsert: return fmt::format("insert {} into bucket {}{}", op.value, op.key, state);
    case OpKind::kReadBuckets:
      return fmt::format("buckets {} to {} have {}{}", op.key, op.key_end - 1, op.values, state);
    case OpKind::kSavepoint: return "savepoint" + state;
    case OpKind::kRollbackToSavepoint: return "rollback to savepoint" + state;
    case OpKind::kDdl: return fmt::format("ddl {}{}", op.key, state);
  }
  return "?";
}

}  // namespace

std::string LevelName(Level level) {
  switch (level) {
    case Level::kReadCommitted: return "READ COMMITTED";
    case Level::kRepeatableRead: return "REPEATABLE READ";
    case Level::kSerializable: return "SERIALIZABLE";
  }
  return "";
}

std::string Describe(const History& history) {
  std::string text;
  for (size_t i = 0; i < history.txns.size(); ++i) {
    const Txn& txn = history.txns[i];
    text += fmt::format("  T{} of session {}{}, {}\n", i, txn.session,
                        txn.read_only ? ", read only" : "",
                        txn.outcome == Outcome::kCommitted ? "committed" : "aborted " + txn.error);
    for (const Op& op : txn.ops) text += "    " + DescribeOp(op) + "\n";
  }
  return text + fmt::format("  at the end: lists {}, registers {}, buckets {}\n", history.final_lists,
                            history.final_registers, history.final_values);
}

}  // namespace grizzly::history
