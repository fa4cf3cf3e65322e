// Who has written what, of the serializable transactions that run or ran beside one that does.
//
// Keys in order, so that the reader of a range finds the writers in it. A transaction with more than
// `per_index_max` keys in an index has written all of it from then on.
//
// THREADS  the caller's mutex.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "txn/serializable/serializable_transaction.h"

namespace grizzly::txn {

class WriteRegistry {
 public:
  explicit WriteRegistry(size_t per_index_max) : per_index_max_(per_index_max) {}

  void AddKey(SerializableTransaction& writer, std::string_view key);
  // Every key that starts with `head`, a key's head or a storage's.
  void AddWhole(SerializableTransaction& writer, std::string_view head);
  // Forgets the keys added since it had `key_count` of them.
  void UndoTo(SerializableTransaction& writer, size_t key_count);
  void Remove(SerializableTransaction& writer);
  // What `from` has written counts as written by `to`.
  void Move(SerializableTransaction& from, SerializableTransaction& to);

  using Visitor = std::function<void(SerializableTransaction&)>;
  // The visitor changes nothing here; it may be called more than once for one writer.
  void ForEachWriterOf(std::string_view key, const Visitor& visit) const;
  void ForEachWriterIn(std::string_view from, std::string_view to, const Visitor& visit) const;

 private:
  void VisitWhole(std::string_view key, const Visitor& visit) const;

  const size_t per_index_max_;
  WriterMap keys_;
  std::multimap<std::string, SerializableTransaction*, std::less<>> whole_;
};

}  // namespace grizzly::txn
