#include "facts/time_zones.h"

#include "facts/table.h"

namespace grizzly::facts {

const TimezoneAbbreviationFact* FindTimezoneAbbreviation(std::string_view abbrev) {
  return table::Find(AllTimezoneAbbreviations(), abbrev,
                     [](const TimezoneAbbreviationFact& row) { return row.abbrev; });
}

}  // namespace grizzly::facts
