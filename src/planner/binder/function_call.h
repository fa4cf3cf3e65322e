// A function call on its way from raw to bound; shared by the files that finish its kinds.
#pragma once

#include "planner/binder/expression_binder.h"

namespace grizzly::planner {

struct ExpressionBinder::Call {
  const PgQuery__FuncCall* node = nullptr;
  std::vector<std::string_view> name;
  int location = -1;
  std::vector<ExprPtr> arguments;
  FunctionArguments signature;
  const facts::ProcFact* function = nullptr;
  Candidate candidate;
  std::vector<Oid> declared;  // by argument, polymorphic types resolved
  SqlType result;
  bool variadic_array = false;

  std::string Written() const { return Dotted(name); }
};

// The columns a set-returning (or composite) function gives: names, types. One, named after the
// function, when it returns a scalar.
struct FunctionColumns {
  std::vector<std::string> names;
  std::vector<SqlType> types;
  bool is_scalar = true;
};
FunctionColumns ColumnsOfFunction(BindState& state, const facts::ProcFact& function,
                                  const SqlType& result, std::span<const Oid> actual);

}  // namespace grizzly::planner
