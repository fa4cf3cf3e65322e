// The text search dictionaries and configurations that users made: a type directory may know them.
//
// THREADS  as the directory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids/ids.h"

namespace grizzly::types {

struct TextSearchDictionary {
  Oid template_oid = kInvalidOid;
  std::string options;  // as pg_ts_dict.dictinitoption
};

// One of the dictionaries that a configuration asks for tokens of a type, in their order.
struct TextSearchMapping {
  int32_t token_type = 0;
  Oid dictionary = kInvalidOid;
};

class TextSearchSource {
 public:
  // Nullopt: users made none of the oid.
  virtual std::optional<TextSearchDictionary> DictionaryOf(Oid dictionary) const = 0;
  virtual std::optional<std::vector<TextSearchMapping>> MappingsOf(Oid configuration) const = 0;

 protected:
  ~TextSearchSource() = default;
};

}  // namespace grizzly::types
