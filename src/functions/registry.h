// Which of PostgreSQL's functions exist here: implementations by pg_proc.prosrc.
//
// Families register tables of {prosrc, kernel}; facts/pg_proc gives names, argument and result
// types. pg_proc shows a fact only if its prosrc is implemented. SQL-language built-ins are inlined by
// the binder from their bodies.
//
// THREADS  immutable after BuildRegistry; read from any thread.
#pragma once

#include <string_view>

#include "functions/function.h"

namespace grizzly::functions {

struct Implementation {
  ScalarKernel scalar = nullptr;
  const AggregateFunction* aggregate = nullptr;
  SetFunction set = nullptr;
  WindowFunction window = nullptr;
};

class Registry {
 public:
  void AddScalar(std::string_view prosrc, ScalarKernel kernel);
  // Aggregates all have prosrc "aggregate_dummy": they are told apart by oid.
  void AddAggregate(Oid aggregate, const AggregateFunction* function);
  void AddSet(std::string_view prosrc, SetFunction function);
  void AddWindow(std::string_view prosrc, WindowFunction function);

  // By pg_proc oid of a built-in; null when we do not have it.
  const Implementation* Find(Oid function) const;
  size_t size() const;

  // Call once, after the last Add: resolves pg_proc's oids.
  void Seal();

  Registry();
  ~Registry();

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

// The registry of all families, built at first use.
const Registry& BuiltinRegistry();

}  // namespace grizzly::functions
