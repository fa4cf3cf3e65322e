// Functions by name and arguments: PostgreSQL 15 docs, 10.3.
#include <fmt/format.h>

#include "facts/namespaces.h"
#include "planner/binder/range_constructor.h"
#include "planner/binder/type_resolution.h"

namespace grizzly::planner {
namespace {

// The parameters a caller can fill (in, inout, variadic), by name.
std::vector<std::string_view> InputNames(const facts::ProcFact& function) {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < function.proargnames.size(); ++i) {
    const char mode = i < function.proargmodes.size() ? function.proargmodes[i] : 'i';
    if (mode == 'i' || mode == 'b' || mode == 'v') names.push_back(function.proargnames[i]);
  }
  return names;
}

// Positional arguments first, then named ones in any order; the rest must have defaults.
bool MatchNamed(const facts::ProcFact& function, const FunctionArguments& call,
                Candidate& candidate) {
  const size_t positional = call.types.size() - call.names.size();
  const auto inputs = static_cast<size_t>(function.pronargs);
  if (call.types.size() > inputs || function.provariadic != kInvalidOid) return false;
  const std::vector<std::string_view> names = InputNames(function);
  if (names.size() != inputs) return false;
  std::vector<bool> given(inputs);
  for (size_t i = 0; i < positional; ++i) {
    given[i] = true;
    candidate.argument_of.push_back(static_cast<int>(i));
  }
  for (const std::string_view name : call.names) {
    size_t at = 0;
    while (at < inputs && names[at] != name) ++at;
    if (at == inputs || given[at]) return false;
    given[at] = true;
    candidate.argument_of.push_back(static_cast<int>(at));
  }
  const size_t first_default = inputs - static_cast<size_t>(function.pronargdefaults);
  for (size_t i = 0; i < inputs; ++i) {
    if (!given[i] && i < first_default) return false;
    if (!given[i]) ++candidate.default_count;
  }
  for (const int at : candidate.argument_of) candidate.types.push_back(function.proargtypes[at]);
  return true;
}

bool MatchPositional(const facts::ProcFact& function, const FunctionArguments& call,
                     Candidate& candidate) {
  const size_t count = call.types.size();
  const auto inputs = static_cast<size_t>(function.pronargs);
  const bool spread = function.provariadic != kInvalidOid && !call.variadic;
  if (spread && count >= inputs) {
    candidate.types.assign(function.proargtypes.begin(), function.proargtypes.end());
    candidate.types.back() = function.provariadic;
    candidate.types.resize(count, function.provariadic);
    candidate.variadic_count = static_cast<uint32_t>(count - inputs + 1);
    return true;
  }
  if (count > inputs || (call.variadic && function.provariadic == kInvalidOid)) return false;
  if (count < inputs) {
    if (inputs - count > static_cast<size_t>(function.pronargdefaults)) return false;
    candidate.default_count = static_cast<uint32_t>(inputs - count);
  }
  candidate.types.assign(function.proargtypes.begin(), function.proargtypes.begin() + count);
  return true;
}

bool SameTypes(const Candidate& a, const Candidate& b) { return a.types == b.types; }

// Of two overloads that look alike to this call, the plain one hides the variadic or defaulted one.
void AddCandidate(std::vector<Candidate>& candidates, Candidate candidate) {
  for (Candidate& other : candidates) {
    if (!SameTypes(other, candidate)) continue;
    const uint32_t other_extras = other.variadic_count + other.default_count;
    if (candidate.variadic_count + candidate.default_count < other_extras) {
      other = std::move(candidate);
    }
    return;
  }
  candidates.push_back(std::move(candidate));
}

bool IsVisible(BindState& state, const facts::ProcFact& function,
               std::span<const std::string_view> name) {
  if (name.size() == 1) return state.search_path().PositionOf(function.pronamespace) >= 0;
  const catalog::Schema* schema = state.catalog().FindSchema(name[name.size() - 2]);
  return schema != nullptr && schema->oid == function.pronamespace;
}

std::optional<Candidate> FindExact(std::vector<Candidate>& candidates,
                                   const std::vector<Oid>& types) {
  for (Candidate& candidate : candidates) {
    if (candidate.types == types) return candidate;
  }
  return std::nullopt;
}

// int4('12'), text(5): the name of a type, applied to one argument that casts without work.
Oid CastTarget(BindState& state, std::span<const std::string_view> name, Oid source) {
  std::shared_ptr<const catalog::Type> type;
  if (name.size() == 1) {
    type = state.search_path().FindType(state.catalog(), name[0]);
  } else if (const auto* schema = state.catalog().FindSchema(name[name.size() - 2])) {
    type = state.catalog().FindType(schema->oid, name.back());
  }
  if (type == nullptr) return kInvalidOid;
  if (source == facts::kUnknownOid) return type->oid;
  const CastPath path =
      FindCastPath(state.types(), type->oid, source, CoercionKind::kExplicit);
  if (path.kind == CastPath::Kind::kRelabel) return type->oid;
  const bool from_row = state.types().IsRow(source);
  if (path.kind == CastPath::Kind::kIo && !(from_row && type->category == 'S')) return type->oid;
  return kInvalidOid;
}

}  // namespace

std::vector<Candidate> FunctionCandidates(BindState& state,
                                          std::span<const std::string_view> name,
                                          const FunctionArguments& arguments) {
  std::vector<Candidate> candidates;
  for (const facts::ProcFact& function : facts::FindProcsByName(name.back())) {
    if (!IsVisible(state, function, name)) continue;
    Candidate candidate;
    candidate.function = &function;
    const bool matches = arguments.names.empty() ? MatchPositional(function, arguments, candidate)
                                                 : MatchNamed(function, arguments, candidate);
    if (matches) AddCandidate(candidates, std::move(candidate));
  }
  for (const facts::ProcFact* function : RangeConstructors(state, name)) {
    Candidate candidate;
    candidate.function = function;
    if (arguments.names.empty() && MatchPositional(*function, arguments, candidate)) {
      AddCandidate(candidates, std::move(candidate));
    }
  }
  return candidates;
}

FunctionChoice ChooseFunction(BindState& state, std::span<const std::string_view> name,
                              const FunctionArguments& arguments, bool may_be_cast) {
  FunctionChoice chosen;
  std::vector<Candidate> candidates = FunctionCandidates(state, name, arguments);
  if (auto exact = FindExact(candidates, arguments.types)) {
    chosen.choice = Choice::kOne;
    chosen.candidate = std::move(*exact);
    return chosen;
  }
  if (may_be_cast && arguments.types.size() == 1) {
    chosen.cast_to = CastTarget(state, name, arguments.types[0]);
    if (chosen.cast_to != kInvalidOid) return chosen;
  }
  std::erase_if(candidates, [&](const Candidate& candidate) {
    return !CanCoerceAll(state.types(), arguments.types, candidate.types,
                         CoercionKind::kImplicit) ||
           !FitsPolymorphic(state.types(), arguments.types, candidate.types);
  });
  chosen.choice = SelectCandidate(state.types(), arguments.types, candidates);
  if (chosen.choice == Choice::kOne) chosen.candidate = std::move(candidates[0]);
  return chosen;
}

}  // namespace grizzly::planner
