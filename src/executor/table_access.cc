#include "executor/table_access.h"

#include <cstring>

namespace grizzly::executor {

std::string RowKeyHead(const catalog::Relation& table) {
  std::string head;
  storage::AppendKeyHead(&head, table.tenant, table.storage, IndexId{0});
  return head;
}

std::string IndexKeyHead(const catalog::Relation& table, const catalog::IndexDefinition& index) {
  std::string head;
  storage::AppendKeyHead(&head, table.tenant, table.storage, index.index_id);
  return head;
}

std::string FillLockKey(const catalog::Relation& table, const catalog::IndexDefinition& index,
                        std::string_view suffix) {
  std::string key = IndexKeyHead(table, index);
  key += '\xFF';  // no field starts with it
  key += suffix;
  return key;
}

uint64_t TimestampOfMark(std::string_view mark) {
  uint64_t timestamp;
  std::memcpy(&timestamp, mark.data(), sizeof(timestamp));
  return timestamp;
}

void AppendTimestamp(uint64_t timestamp, std::string* out) {
  char bytes[sizeof(timestamp)];
  std::memcpy(bytes, &timestamp, sizeof(timestamp));
  out->append(bytes, sizeof(bytes));
}

}  // namespace grizzly::executor
