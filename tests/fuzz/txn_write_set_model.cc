// Pending writes, in memory and in runs, against a std::map of histories: puts, deletes, commands, savepoints
// undone, reads at every command, cursors both ways, cursors that stay open meanwhile.
#include "txn/pending_writes.h"

#include <map>

#include "model.h"

namespace grizzly::model {
namespace {

using namespace txn;

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

std::string Show(const WriteCursor& at) {
  return std::string(at.key()) + (at.is_deleted() ? "-" : "=" + std::string(at.value())) + ";";
}

std::string ShowAll(std::unique_ptr<WriteCursor> cursor, bool forward) {
  std::string text;
  for (; cursor != nullptr && cursor->Valid(); cursor->Next()) {
    text = forward ? text + Show(*cursor) : Show(*cursor) + text;
  }
  return text;
}

std::string Expected(const Model& model, const WriteRange& range) {
  std::string text;
  for (const auto& [key, write] : model.VisibleTo(range.command)) {
    if (key < range.from || key >= range.to) continue;
    text += key + (write.deleted ? "-" : "=" + write.value) + ";";
  }
  return text;
}

void Compare(const PendingWrites& writes, const Model& model, uint32_t command, Random& random) {
  for (const auto& [key, write] : model.VisibleTo(command)) {
    FoundWrite found;
    Expect(writes.Find(key, command, &found), "find " + key);
    Expect(found.deleted == write.deleted && found.command == write.command, "found " + key);
    Expect(found.deleted || found.value == write.value, "value of " + key);
  }
  std::string from = RandomKey(random, false, 0), to = RandomKey(random, false, 0);
  if (to < from) std::swap(from, to);
  for (const WriteRange& range : {WriteRange{"", std::string(10, '\xFF'), command},
                                  WriteRange{from, to, command}}) {
    const std::string expected = Expected(model, range);
    WriteRange backward = range;
    backward.direction = ScanDirection::kBackward;
    Expect(ShowAll(writes.NewCursor(range), true) == expected, "forward");
    Expect(ShowAll(writes.NewCursor(backward), false) == expected, "backward");
  }
}

// A cursor of an early command that goes on while later ones write.
struct OpenCursor {
  std::unique_ptr<WriteCursor> cursor;
  std::string left;

  void Step() {
    if (cursor == nullptr || !cursor->Valid()) {
      Expect(left.empty(), "a cursor ends early");
      return;
    }
    const std::string shown = Show(*cursor);
    Expect(left.starts_with(shown), "a cursor that stayed open");
    left.erase(0, shown.size());
    cursor->Next();
  }
};

// Opened once: opening it takes longer than a hundred tests, and a test leaves nothing in it.
storage::Store& TheStore() {
  static const auto store = [] {
    storage::StoreOptions options;
    options.directory = "/model";
    options.medium = storage::StoreMedium::kMemory;
    return storage::Store::Open(options);
  }();
  return *store;
}

}  // namespace

const uint64_t kSeedCount = 60;

void RunModel(Random& random) {
  MemoryTracker tracker("model", nullptr);
  PendingWrites writes(TheStore());
  Model model;
  std::vector<size_t> savepoints;
  uint32_t command = 1;
  OpenCursor open;
  const bool ascending = Below(random, 4) == 0;
  // Of four, one keeps all in memory and one moves every write to a run of its own.
  static constexpr size_t kShares[] = {SIZE_MAX, 1, 2000, 6000};
  writes.Open(&tracker, &kShares[Below(random, 4)]);
  for (uint32_t step = 0; step < 300; ++step) {
    switch (Below(random, 14)) {
      case 0: ++command; break;
      case 1: savepoints.push_back(writes.position()); break;
      case 2:
        if (savepoints.empty()) break;
        open = OpenCursor();
        savepoints.resize(1 + Below(random, savepoints.size()));
        writes.UndoTo(savepoints.back());
        model.history.resize(savepoints.back());
        break;
      case 3:
        Compare(writes, model, 1 + static_cast<uint32_t>(Below(random, command + 1)), random);
        break;
      case 4: {
        const WriteRange range{"", std::string(10, '\xFF'), ++command};
        open = {writes.NewCursor(range), Expected(model, range)};
        break;
      }
      case 5: open.Step(); break;
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
  open = OpenCursor();
  writes.UndoTo(0);
  Expect(writes.empty() && writes.byte_count() == 0 && !writes.has_runs(), "empty after undo");
  writes.Clear();
  Expect(tracker.used_bytes() == 0, "memory given back");
}

}  // namespace grizzly::model
