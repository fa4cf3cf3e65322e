// Binary search in the generated tables; for this module's .cc files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace grizzly::facts::table {

// The row of a table sorted by `key_of` whose key is `key`, or null.
template <typename Fact, typename KeyOf, typename Key>
const Fact* Find(std::span<const Fact> rows, const Key& key, KeyOf key_of) {
  auto at = std::lower_bound(rows.begin(), rows.end(), key,
                             [&](const Fact& row, const Key& k) { return key_of(row) < k; });
  return at != rows.end() && key_of(*at) == key ? &*at : nullptr;
}

// The same through an index: positions in `rows`, sorted by `key_of`.
template <typename Fact, typename KeyOf, typename Key>
const Fact* Find(std::span<const Fact> rows, std::span<const uint16_t> positions, const Key& key,
                 KeyOf key_of) {
  auto at = std::lower_bound(positions.begin(), positions.end(), key,
                             [&](uint16_t p, const Key& k) { return key_of(rows[p]) < k; });
  return at != positions.end() && key_of(rows[*at]) == key ? &rows[*at] : nullptr;
}

// The rows (or positions) whose key is `key`, as one run.
template <typename Element, typename KeyOf, typename Key>
std::span<const Element> FindRun(std::span<const Element> rows, const Key& key, KeyOf key_of) {
  auto first = std::lower_bound(rows.begin(), rows.end(), key,
                                [&](const Element& row, const Key& k) { return key_of(row) < k; });
  auto last = std::upper_bound(first, rows.end(), key,
                               [&](const Key& k, const Element& row) { return k < key_of(row); });
  return {first, last};
}

}  // namespace grizzly::facts::table
