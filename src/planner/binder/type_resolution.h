// Which of several functions or operators a call means: PostgreSQL 15 docs, chapter 10.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "facts/operators.h"
#include "facts/procs.h"
#include "planner/binder/bind_state.h"
#include "planner/binder/coerce.h"

namespace grizzly::planner {

// One overload, seen with as many arguments as the call has.
struct Candidate {
  const facts::ProcFact* function = nullptr;
  const facts::OperatorFact* op = nullptr;
  std::vector<Oid> types;          // of the arguments as the call's list has them
  uint32_t variadic_count = 0;     // > 0: so many last arguments become an array
  uint32_t default_count = 0;      // so many arguments are left to their defaults
  std::vector<int> argument_of;    // named notation: parameter number of each call argument
};

enum class Choice : uint8_t { kNone, kOne, kAmbiguous };

// Steps 3 and 4 of docs 10.2 and 10.3 over candidates that the arguments can be coerced to.
Choice SelectCandidate(TypeLookup& types, std::span<const Oid> arguments,
                       std::vector<Candidate>& candidates);

// ---- functions ----

struct FunctionArguments {
  std::vector<Oid> types;
  std::vector<std::string_view> names;  // of the last ones, when named
  bool variadic = false;                // VARIADIC written
};

struct FunctionChoice {
  Choice choice = Choice::kNone;
  Candidate candidate;
  // f(x) is really a cast: x::type.
  Oid cast_to = kInvalidOid;
};

// All overloads visible under the name that take so many arguments.
std::vector<Candidate> FunctionCandidates(BindState& state,
                                          std::span<const std::string_view> name,
                                          const FunctionArguments& arguments);
FunctionChoice ChooseFunction(BindState& state, std::span<const std::string_view> name,
                              const FunctionArguments& arguments, bool may_be_cast);

// ---- operators ----

// `left` is 0 for a prefix operator. Null when there is none or no best one.
const facts::OperatorFact* ChooseOperator(BindState& state, std::span<const std::string_view> name,
                                          Oid left, Oid right, Choice* choice);
[[noreturn]] void ThrowNoOperator(BindState& state, std::string_view name, Oid left, Oid right,
                                  Choice choice, int location);

// The < (or >, =) that ordering (or grouping) by a type uses; 0 when it has none.
Oid OrderingOperator(TypeLookup& types, Oid type, bool descending);
Oid EqualityOperator(TypeLookup& types, Oid type);
Oid RequireOrderingOperator(BindState& state, Oid type, bool descending, int location);
Oid RequireEqualityOperator(BindState& state, Oid type, int location);

// ---- polymorphic types ----

// Whether actual types fit the polymorphic ones among the declared types together.
bool FitsPolymorphic(TypeLookup& types, std::span<const Oid> actual, std::span<const Oid> declared);
// Replaces polymorphic declared types by what they stand for in this call; returns the result type
// for `result`. Throws 42804 when they do not agree or nothing says what they are.
Oid ResolvePolymorphic(BindState& state, std::span<const Oid> actual, std::vector<Oid>& declared,
                       Oid result);

}  // namespace grizzly::planner
