#include "facts/descriptions.h"

#include <tuple>

#include "facts/table.h"

namespace grizzly::facts {

std::string_view FindDescription(Oid classoid, Oid objoid) {
  const DescriptionFact* found = table::Find(
      AllDescriptions(), std::tuple(classoid, objoid, 0), [](const DescriptionFact& row) {
        return std::tuple(row.classoid, row.objoid, row.objsubid);
      });
  return found == nullptr ? std::string_view() : found->description;
}

}  // namespace grizzly::facts
