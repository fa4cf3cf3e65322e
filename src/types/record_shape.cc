#include "types/record_shape.h"

#include <deque>
#include <mutex>
#include <unordered_map>

#include "types/hash_bytes.h"

namespace grizzly::types {
namespace {

uint64_t HashOf(const RecordShape& shape) {
  uint64_t hash = kHashSeed;
  for (const ShapeColumn& column : shape) {
    hash = CombineHash(hash, HashBytes(column.name));
    hash = CombineHash(hash, HashWord(column.type.oid));
    hash = CombineHash(hash, HashWord(static_cast<uint32_t>(column.type.typmod)));
  }
  return hash;
}

// A deque: what was handed out stays where it is.
struct Shapes {
  std::mutex mutex;
  std::deque<RecordShape> shapes;
  std::unordered_multimap<uint64_t, int32_t> by_hash;
};

Shapes& AllShapes() {
  static Shapes* const shapes = new Shapes();
  return *shapes;
}

}  // namespace

int32_t RegisterRecordShape(const RecordShape& shape) {
  Shapes& all = AllShapes();
  const uint64_t hash = HashOf(shape);
  const std::lock_guard lock(all.mutex);
  const auto [begin, end] = all.by_hash.equal_range(hash);
  for (auto known = begin; known != end; ++known) {
    if (all.shapes[static_cast<size_t>(known->second)] == shape) return known->second;
  }
  if (all.shapes.size() >= kRecordShapesMax) return kNoTypmod;
  const auto number = static_cast<int32_t>(all.shapes.size());
  all.shapes.push_back(shape);
  all.by_hash.emplace(hash, number);
  return number;
}

const RecordShape* FindRecordShape(int32_t typmod) {
  if (typmod < 0) return nullptr;
  Shapes& all = AllShapes();
  const std::lock_guard lock(all.mutex);
  const auto number = static_cast<size_t>(typmod);
  return number < all.shapes.size() ? &all.shapes[number] : nullptr;
}

}  // namespace grizzly::types
