// A write set against a std::map of histories: puts, deletes, commands, savepoints undone, reads at
// every command, iteration both ways.
#include "txn/write_set.h"

#include <map>

#include "model.h"

namespace grizzly::model {
namespace {

using txn::WriteSet;

struct Write {
  std::string key;
  bool deleted;
  std::string value;
  uint32_t command;
};

struct Model {
  std::vector<Write> history;

  // The newest write of each key before `command`; deleted ones included.
  std::map<std::string, Write> VisibleTo(uint32_t command) const {
    std::map<std::string, Write> visible;
    for (const Write& write : history) {
      if (write.command < command) visible[write.key] = write;
    }
    return visible;
  }
};

std::string RandomKey(Random& random, bool ascending, uint32_t step) {
  if (ascending) return std::to_string(100'000 + step);
  std::string key;
  for (uint64_t n = Below(random, 5); n > 0; --n) key += static_cast<char>("ab\0\xFF"[Below(random, 4)]);
  return key;
}

std::string Show(const WriteSet::Node* node, uint32_t command) {
  const WriteSet::Version* version = WriteSet::VersionOf(node, command);
  if (version == nullptr) return "";
  std::string text(WriteSet::KeyOf(node));
  return text + (version->is_deleted() ? "-" : "=" + std::string(version->bytes())) + ";";
}

void Compare(const WriteSet& writes, const Model& model, uint32_t command, Random& random) {
  std::string expected, forward, backward;
  const auto visible = model.VisibleTo(command);
  for (const auto& [key, write] : visible) {
    expected += key + (write.deleted ? "-" : "=" + write.value) + ";";
    const WriteSet::Version* found = writes.Find(key, command);
    Expect(found != nullptr && found->is_deleted() == write.deleted, "find " + key);
  }
  for (auto* node = writes.First(); node != nullptr; node = WriteSet::Next(node)) {
    forward += Show(node, command);
  }
  const std::string above(10, '\xFF');
  for (auto* node = writes.LastBefore(above); node != nullptr; node = WriteSet::Previous(node)) {
    backward = Show(node, command) + backward;
  }
  Expect(forward == expected, "forward at command " + std::to_string(command));
  Expect(backward == expected, "backward at command " + std::to_string(command));
  const std::string probe = RandomKey(random, false, 0);
  auto* at = writes.FirstAtOrAfter(probe);
  while (at != nullptr && WriteSet::VersionOf(at, command) == nullptr) at = WriteSet::Next(at);
  const auto model_at = visible.lower_bound(probe);
  Expect((at == nullptr) == (model_at == visible.end()), "first at or after " + probe);
  if (at != nullptr) Expect(WriteSet::KeyOf(at) == model_at->first, "first at or after " + probe);
}

}  // namespace

const uint64_t kSeedCount = 200;

void RunModel(uint64_t seed) {
  Random random(seed);
  MemoryTracker tracker("model", nullptr);
  WriteSet writes;
  Model model;
  std::vector<size_t> savepoints;
  uint32_t command = 1;
  const bool ascending = Below(random, 4) == 0;
  writes.Open(&tracker);
  for (uint32_t step = 0; step < 300; ++step) {
    switch (Below(random, 12)) {
      case 0: ++command; break;
      case 1: savepoints.push_back(writes.position()); break;
      case 2:
        if (savepoints.empty()) break;
        savepoints.resize(1 + Below(random, savepoints.size()));
        writes.UndoTo(savepoints.back());
        model.history.resize(savepoints.back());
        break;
      case 3:
        Compare(writes, model, 1 + static_cast<uint32_t>(Below(random, command + 1)), random);
        break;
      default: {
        Write write{RandomKey(random, ascending, step), Below(random, 4) == 0,
                    std::to_string(step), command};
        if (write.deleted) {
          writes.Delete(write.key, command);
        } else {
          writes.Put(write.key, write.value, command);
        }
        model.history.push_back(write);
      }
    }
    Expect(writes.position() == model.history.size(), "position");
  }
  Compare(writes, model, UINT32_MAX, random);
  writes.UndoTo(0);
  Expect(writes.empty() && writes.byte_count() == 0, "empty after undo");
  writes.Clear();
  Expect(tracker.used_bytes() == 0, "memory given back");
}

}  // namespace grizzly::model
