#include "facts/system_views.h"

#include "facts/table.h"

namespace grizzly::facts {

namespace table {
extern const std::span<const uint16_t> kSystemViewsByName;
}  // namespace table

const SystemViewFact* FindSystemView(Oid oid) {
  return table::Find(AllSystemViews(), oid, [](const SystemViewFact& row) { return row.oid; });
}

const SystemViewFact* FindSystemViewByName(Oid relnamespace, std::string_view relname) {
  const auto run = table::FindRun(table::kSystemViewsByName, relname,
                                  [](uint16_t p) { return AllSystemViews()[p].relname; });
  for (uint16_t position : run) {
    const SystemViewFact& row = AllSystemViews()[position];
    if (row.relnamespace == relnamespace) return &row;
  }
  return nullptr;
}

}  // namespace grizzly::facts
