#include "facts/procs.h"

#include "facts/table.h"

namespace grizzly::facts {

namespace table {
extern const std::span<const ProcFact> kProcs;
extern const std::span<const uint16_t> kProcsByOid;
extern const std::span<const uint16_t> kProcsBySource;
}  // namespace table

const ProcFact* FindProc(Oid oid) {
  return table::Find(table::kProcs, table::kProcsByOid, oid,
                     [](const ProcFact& proc) { return proc.oid; });
}

std::span<const ProcFact> FindProcsByName(std::string_view proname) {
  return table::FindRun(table::kProcs, proname, [](const ProcFact& proc) { return proc.proname; });
}

std::vector<const ProcFact*> FindProcsBySource(std::string_view prosrc) {
  std::vector<const ProcFact*> procs;
  for (uint16_t position : table::FindRun(table::kProcsBySource, prosrc,
                                          [](uint16_t p) { return table::kProcs[p].prosrc; })) {
    procs.push_back(&table::kProcs[position]);
  }
  return procs;
}

}  // namespace grizzly::facts
