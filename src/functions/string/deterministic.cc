#include "functions/string/deterministic.h"

#include <algorithm>
#include <iterator>

#include "facts/procs.h"
#include "types/collation.h"

namespace grizzly::functions {
namespace {

constexpr std::string_view kLike = "LIKE", kILike = "ILIKE", kRegex = "regular expressions",
                           kSearch = "substring searches";

struct Need {
  std::string_view source;  // the head of pg_proc.prosrc
  std::string_view purpose;
};
constexpr Need kNeeds[] = {
    {"textlike", kLike},          {"textnlike", kLike},         {"namelike", kLike},
    {"namenlike", kLike},         {"bpcharlike", kLike},        {"bpcharnlike", kLike},
    {"texticlike", kILike},       {"texticnlike", kILike},      {"nameiclike", kILike},
    {"nameicnlike", kILike},      {"textregex", kRegex},        {"texticregex", kRegex},
    {"nameregex", kRegex},        {"nameicregex", kRegex},      {"regexp_", kRegex},
    {"textpos", kSearch},         {"text_starts_with", kSearch}, {"replace_text", kSearch},
    {"split_part", kSearch},      {"text_to_array", kSearch},   {"text_to_table", kSearch}};

}  // namespace

std::string_view DeterministicPurpose(const CallSite& call) {
  // Built-in collations are deterministic.
  if (call.collation < kFirstUserOid || call.collation == types::kConflictingCollation) return {};
  const facts::ProcFact* proc = facts::FindProc(call.function);
  if (proc == nullptr) return {};
  const auto need = std::find_if(std::begin(kNeeds), std::end(kNeeds), [&](const Need& candidate) {
    return proc->prosrc.starts_with(candidate.source);
  });
  return need == std::end(kNeeds) ? std::string_view() : need->purpose;
}

}  // namespace grizzly::functions
