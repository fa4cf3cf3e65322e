#include "executor/column_gather.h"

namespace grizzly::executor {

using types::Batch;
using types::kBatchRowsMax;
using types::PhysicalType;
using types::StringRef;
using types::Vector;

namespace {

// Where a column's values and validity lie, chunk by chunk. Chunks are flat.
template <typename T>
class ColumnChunks {
 public:
  ColumnChunks(const RowStore& store, size_t column)
      : chunks_(store.View(column).chunks.data()), has_nulls_(store.View(column).has_nulls) {}

  bool has_nulls() const { return has_nulls_; }
  const T& At(uint32_t row) const {
    return reinterpret_cast<const T*>(chunks_[row / kBatchRowsMax].data)[row % kBatchRowsMax];
  }
  bool IsNull(uint32_t row) const {
    const uint64_t* validity = chunks_[row / kBatchRowsMax].validity;
    const uint32_t place = row % kBatchRowsMax;
    return validity != nullptr && ((validity[place >> 6] >> (place & 63)) & 1) == 0;
  }

 private:
  const RowStore::ChunkView* chunks_;
  bool has_nulls_;
};

// Values of larger stores are asked for so many rows before they are read.
constexpr size_t kCachedChunks = 8;
constexpr size_t kRowsAhead = 16;

template <typename T>
void GatherTyped(const RowStore& store, size_t column, std::span<const uint32_t> rows,
                 Vector& out) {
  const ColumnChunks<T> chunks(store, column);
  T* data = out.Data<T>();
  const auto count = static_cast<uint32_t>(rows.size());
  uint32_t done = 0;
  if (store.chunk_count() > kCachedChunks) {
    for (; done + kRowsAhead < count; ++done) {
      __builtin_prefetch(&chunks.At(rows[done + kRowsAhead]));
      data[done] = chunks.At(rows[done]);
    }
  }
  for (; done < count; ++done) data[done] = chunks.At(rows[done]);
  if (!chunks.has_nulls()) return;
  for (uint32_t i = 0; i < count; ++i) {
    if (chunks.IsNull(rows[i])) out.SetNull(i);
  }
}

template <typename T>
bool AreEqual(const T& a, const T& b) {
  return a == b;
}
bool AreEqualPadded(const StringRef& a, const StringRef& b) {
  return a == b || KeyColumns::WithoutBlanks(a) == KeyColumns::WithoutBlanks(b);
}

template <typename T, bool (*Equal)(const T&, const T&) = &AreEqual<T>>
size_t KeepTyped(const Vector& a, const RowStore& store, size_t column, bool nulls_are_equal,
                 uint32_t* a_rows, uint32_t* b_rows, size_t count) {
  const ColumnChunks<T> chunks(store, column);
  const auto reader = a.Reader<T>();
  const bool may_be_null = a.MayHaveNulls() || chunks.has_nulls();
  const size_t prefetched = store.chunk_count() > kCachedChunks && count > kRowsAhead ? count - kRowsAhead : 0;
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t row_a = a_rows[i], row_b = b_rows[i];
    if (i < prefetched) __builtin_prefetch(&chunks.At(b_rows[i + kRowsAhead]));
    bool equal;
    if (may_be_null && (reader.IsNull(row_a) || chunks.IsNull(row_b))) {
      equal = nulls_are_equal && reader.IsNull(row_a) && chunks.IsNull(row_b);
    } else {
      equal = Equal(reader[row_a], chunks.At(row_b));
    }
    a_rows[kept] = row_a;
    b_rows[kept] = row_b;
    kept += equal ? 1 : 0;
  }
  return kept;
}

size_t KeepGeneral(const KeyColumns& keys, size_t key, const Vector& a, const RowStore& store,
                   size_t column, bool nulls_are_equal, uint32_t* a_rows, uint32_t* b_rows,
                   size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    const Vector& b = store.chunk(b_rows[i] / kBatchRowsMax).column(column);
    const bool equal = (nulls_are_equal || !a.IsNull(a_rows[i])) &&
                       keys.Equal(key, a, a_rows[i], b, b_rows[i] % kBatchRowsMax);
    a_rows[kept] = a_rows[i];
    b_rows[kept] = b_rows[i];
    kept += equal ? 1 : 0;
  }
  return kept;
}

}  // namespace

void GatherColumn(const RowStore& store, size_t column, std::span<const uint32_t> rows,
                  Vector& out) {
  switch (types::PhysicalWidth(out.physical())) {
    case 1: return GatherTyped<uint8_t>(store, column, rows, out);
    case 2: return GatherTyped<uint16_t>(store, column, rows, out);
    case 4: return GatherTyped<uint32_t>(store, column, rows, out);
    case 8: return GatherTyped<uint64_t>(store, column, rows, out);
    default: return GatherTyped<types::Fixed16>(store, column, rows, out);
  }
}

size_t KeepEqualPairs(const KeyColumns& keys, size_t key, const Vector& a, const RowStore& store,
                      size_t column, bool nulls_are_equal, uint32_t* a_rows, uint32_t* b_rows,
                      size_t count) {
  if (keys.IsString(key)) {
    return KeepTyped<StringRef>(a, store, column, nulls_are_equal, a_rows, b_rows, count);
  }
  if (keys.IsBlankPadded(key)) {
    return KeepTyped<StringRef, &AreEqualPadded>(a, store, column, nulls_are_equal, a_rows, b_rows,
                                                 count);
  }
  if (keys.IsBytes(key)) {
    switch (types::PhysicalWidth(a.physical())) {
      case 1: return KeepTyped<uint8_t>(a, store, column, nulls_are_equal, a_rows, b_rows, count);
      case 2: return KeepTyped<uint16_t>(a, store, column, nulls_are_equal, a_rows, b_rows, count);
      case 4: return KeepTyped<uint32_t>(a, store, column, nulls_are_equal, a_rows, b_rows, count);
      case 8: return KeepTyped<uint64_t>(a, store, column, nulls_are_equal, a_rows, b_rows, count);
      default: break;
    }
  }
  return KeepGeneral(keys, key, a, store, column, nulls_are_equal, a_rows, b_rows, count);
}

}  // namespace grizzly::executor
