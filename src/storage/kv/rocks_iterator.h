// Bounded iteration over RocksDB. Internal to storage/kv.
#pragma once

#include <rocksdb/db.h>

#include "storage/kv/store.h"

namespace grizzly::storage {

class RocksIterator final : public StoreIterator {
 public:
  RocksIterator(rocksdb::DB* db, const rocksdb::Snapshot* snapshot, std::string_view from,
                std::string_view to, bool fill_cache);

  bool Valid() const override;
  void Seek(std::string_view key) override;
  void SeekForPrev(std::string_view key) override;
  void SeekToLastBefore(std::string_view key) override;
  void Next() override { iterator_->Next(); }
  void Prev() override { iterator_->Prev(); }
  std::string_view key() const override { return iterator_->key().ToStringView(); }
  std::string_view value() const override { return iterator_->value().ToStringView(); }

 private:
  const std::string from_;
  const std::string to_;
  rocksdb::Slice lower_;  // what RocksDB's options point at
  rocksdb::Slice upper_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace grizzly::storage
