// What a prepared serializable transaction has read and written, for its record in the store.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "txn/serializable/serializable_transaction.h"

namespace grizzly::txn {

struct SerializableImage {
  // Of one index, or of a whole storage when `head` is that short.
  struct Reads {
    std::string head;
    bool whole = false;
    std::vector<IndexReads::Prefix> prefixes;
    std::vector<std::pair<std::string, std::string>> ranges;  // [from, to)
  };
  bool read_only = false;
  std::vector<Reads> reads;
  std::vector<std::string> written_keys;
  std::vector<std::string> written_heads;  // whole indexes and storages
};

}  // namespace grizzly::txn
