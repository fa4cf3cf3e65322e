#include "history/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "history/dependency_graph.h"

namespace grizzly::history {
namespace {

// An anomaly ends the search.
struct Anomaly {
  std::string text;
};

class Checker {
 public:
  explicit Checker(const History& history) : history_(history), graph_(history.txns.size()) {}

  void Run() {
    FindWriters();
    CheckFinalState();
    for (size_t i = 0; i < history_.txns.size(); ++i) {
      if (IsCommitted(i)) CheckTxn(static_cast<int>(i));
    }
    AddWriteOrders();
    FindCycles();
  }

 private:
  struct Write {
    int txn = -1;
    int key = 0;
    OpKind kind = OpKind::kAppend;
    bool undone = false;
    int replaced = 0;
  };

  bool IsCommitted(size_t txn) const { return history_.txns[txn].outcome == Outcome::kCommitted; }
  static bool Writes(const Op& op) {
    return op.kind == OpKind::kAppend || op.kind == OpKind::kWriteRegister ||
           op.kind == OpKind::kInsert;
  }

  void FindWriters() {
    for (size_t i = 0; i < history_.txns.size(); ++i) {
      for (const Op& op : history_.txns[i].ops) {
        if (Writes(op)) {
          writes_[op.value] = {static_cast<int>(i), op.key, op.kind,
                               op.undone || !op.done, op.replaced};
        }
      }
    }
  }

  // The writer of a value somebody saw; reader -1 is the look at the end.
  const Write& WriterOf(int value, int reader, OpKind kind, int key) const {
    const auto found = writes_.find(value);
    if (found == writes_.end()) throw Anomaly{fmt::format("nobody wrote {}", value)};
    const Write& write = found->second;
    if (write.kind != kind || (key >= 0 && write.key != key)) {
      throw Anomaly{fmt::format("{} is where it was not written", value)};
    }
    if (write.txn == reader) return write;
    if (write.undone || !IsCommitted(static_cast<size_t>(write.txn))) {
      throw Anomaly{fmt::format("G1a: T{} saw {}, of T{} that took it back", reader, value, write.txn)};
    }
    return write;
  }

  // ---- the end: the order of the writes of lists and registers ----

  void CheckFinalState() {
    for (int key = 0; key < kListCount; ++key) {
      std::set<int> seen;
      for (const int value : history_.final_lists[static_cast<size_t>(key)]) {
        WriterOf(value, -1, OpKind::kAppend, key);
        if (!seen.insert(value).second) throw Anomaly{fmt::format("{} was appended twice", value)};
      }
    }
    for (const int value : history_.final_values) WriterOf(value, -1, OpKind::kInsert, -1);
    for (const auto& [value, write] : writes_) {
      if (write.undone || !IsCommitted(static_cast<size_t>(write.txn))) continue;
      if (write.kind == OpKind::kAppend) RequireIn(ListAtEnd(write.key), value);
      if (write.kind == OpKind::kInsert) RequireIn(history_.final_values, value);
      if (write.kind == OpKind::kWriteRegister) {
        const auto [other, is_first] =
            successors_.try_emplace({write.key, write.replaced}, value);
        if (!is_first) {
          throw Anomaly{fmt::format("lost update: {} and {} both replaced {} in register {}",
                                    other->second, value, write.replaced, write.key)};
        }
      }
    }
    CheckRegisterChains();
  }

  const std::vector<int>& ListAtEnd(int key) const {
    return history_.final_lists[static_cast<size_t>(key)];
  }

  static void RequireIn(const std::vector<int>& values, int value) {
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      throw Anomaly{fmt::format("lost update: {} was committed and is gone", value)};
    }
  }

  // From the first value every register comes to its last one.
  void CheckRegisterChains() const {
    for (int key = 0; key < kRegisterCount; ++key) {
      int value = 0;
      for (auto next = successors_.find({key, value}); next != successors_.end();
           next = successors_.find({key, value})) {
        value = next->second;
      }
      const int last = history_.final_registers[static_cast<size_t>(key)];
      if (value != last) {
        throw Anomaly{fmt::format("register {} ends with {} instead of {}", key, last, value)};
      }
    }
  }

  // ---- one transaction's reads ----

  void CheckTxn(int reader) {
    const Txn& txn = history_.txns[static_cast<size_t>(reader)];
    for (const Op& op : txn.ops) {
      if (!op.done) continue;
      switch (op.kind) {
        case OpKind::kReadList: CheckListRead(reader, op.key, op.lists[0]); break;
        case OpKind::kReadAllLists:
          for (int key = 0; key < kListCount; ++key) {
            CheckListRead(reader, key, op.lists[static_cast<size_t>(key)]);
          }
          break;
        case OpKind::kReadRegister: CheckRegisterRead(reader, op.key, op.values[0]); break;
        case OpKind::kReadAllRegisters:
          for (int key = 0; key < kRegisterCount; ++key) {
            CheckRegisterRead(reader, key, op.values[static_cast<size_t>(key)]);
          }
          break;
        case OpKind::kReadBuckets: CheckBucketRead(reader, op); break;
        case OpKind::kWriteRegister:
          if (!op.undone) CheckRegisterRead(reader, op.key, op.replaced);
          break;
        default: break;
      }
    }
  }

  // What others have of a list must be the beginning of what it is at the end.
  void CheckListRead(int reader, int key, const std::vector<int>& seen) {
    const std::vector<int>& whole = ListAtEnd(key);
    std::vector<int> foreign;
    for (const int value : seen) {
      if (WriterOf(value, reader, OpKind::kAppend, key).txn != reader) foreign.push_back(value);
    }
    size_t at = 0;
    for (; at < foreign.size(); ++at) {
      if (at >= whole.size() || whole[at] != foreign[at]) {
        throw Anomaly{fmt::format("list {}: T{} saw an order that is not the one at the end", key,
                                  reader)};
      }
    }
    if (!foreign.empty()) CheckLastOfItsWriter(reader, key, foreign.back(), whole, at);
    if (seen.size() != foreign.size()) return;  // with own values on top
    if (at < whole.size()) {
      graph_.Add(reader, writes_.at(whole[at]).txn, EdgeKind::kRw,
                 fmt::format("list {} before {}", key, whole[at]));
    }
  }

  void CheckLastOfItsWriter(int reader, int key, int value, const std::vector<int>& whole,
                            size_t next) {
    const int writer = writes_.at(value).txn;
    if (next < whole.size() && writes_.at(whole[next]).txn == writer) {
      throw Anomaly{fmt::format("G1b: T{} saw list {} between two writes of T{}", reader, key, writer)};
    }
    graph_.Add(writer, reader, EdgeKind::kWr, fmt::format("list {} with {}", key, value));
  }

  void CheckRegisterRead(int reader, int key, int value) {
    if (value != 0) {
      const Write& write = WriterOf(value, reader, OpKind::kWriteRegister, key);
      if (write.txn == reader) return;
      const auto next = successors_.find({key, value});
      if (next != successors_.end() && writes_.at(next->second).txn == write.txn) {
        throw Anomaly{fmt::format("G1b: T{} saw {} of register {} that T{} replaced", reader, value,
                                  key, write.txn)};
      }
      graph_.Add(write.txn, reader, EdgeKind::kWr, fmt::format("register {} is {}", key, value));
    }
    const auto next = successors_.find({key, value});
    if (next == successors_.end()) return;
    graph_.Add(reader, writes_.at(next->second).txn, EdgeKind::kRw,
               fmt::format("register {} before {}", key, next->second));
  }

  void CheckBucketRead(int reader, const Op& op) {
    const std::set<int> seen(op.values.begin(), op.values.end());
    for (const int value : seen) {
      const Write& write = WriterOf(value, reader, OpKind::kInsert, -1);
      graph_.Add(write.txn, reader, EdgeKind::kWr, fmt::format("{} in its bucket", value));
    }
    for (const int value : history_.final_values) {
      const Write& write = writes_.at(value);
      if (write.key < op.key || write.key >= op.key_end || seen.contains(value)) continue;
      graph_.Add(reader, write.txn, EdgeKind::kRw, fmt::format("{} not yet in its bucket", value));
    }
  }

  // ---- cycles ----

  void AddWriteOrders() {
    for (int key = 0; key < kListCount; ++key) {
      const std::vector<int>& whole = ListAtEnd(key);
      for (size_t i = 1; i < whole.size(); ++i) {
        graph_.Add(writes_.at(whole[i - 1]).txn, writes_.at(whole[i]).txn, EdgeKind::kWw,
                   fmt::format("list {}: {} {}", key, whole[i - 1], whole[i]));
      }
    }
    for (const auto& [place, value] : successors_) {
      if (place.second == 0) continue;
      const Write& before = WriterOf(place.second, writes_.at(value).txn, OpKind::kWriteRegister,
                                     place.first);
      graph_.Add(before.txn, writes_.at(value).txn, EdgeKind::kWw,
                 fmt::format("register {}: {} {}", place.first, place.second, value));
    }
  }

  void FindCycles() const {
    const auto require_none = [](std::string_view name, const std::string& cycle) {
      if (!cycle.empty()) throw Anomaly{fmt::format("{}: {}", name, cycle)};
    };
    require_none("G0", graph_.FindG0());
    require_none("G1c", graph_.FindG1c());
    if (history_.level == Level::kReadCommitted) return;
    require_none("G-single", graph_.FindNonAdjacent());
    if (history_.level == Level::kRepeatableRead) return;
    require_none("G2", graph_.FindAny());
  }

  const History& history_;
  std::map<int, Write> writes_;                          // by value
  std::map<std::pair<int, int>, int> successors_;        // (register, value) -> the next value
  DependencyGraph graph_;
};

}  // namespace

std::string FindAnomaly(const History& history) {
  try {
    Checker(history).Run();
    return {};
  } catch (const Anomaly& anomaly) {
    return anomaly.text;
  }
}

}  // namespace grizzly::history
