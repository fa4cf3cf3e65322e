// How much of the thread's stack is left: trees may be deeper than a build's frames allow.
#include <pthread.h>

#include "base/error/sql_error.h"
#include "planner/binder/expression_binder.h"

namespace grizzly::planner {
namespace {

// What whoever runs after the binder (optimizer, compiler of expressions, destructors) and one more
// level of it may need.
constexpr size_t kStackReserveBytes = 1 << 20;
constexpr size_t kStackReserveFraction = 4;  // of the whole stack, if that is less

// The lowest address this thread may use.
uintptr_t StackFloor() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* base = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &base, &size);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<uintptr_t>(base) +
         std::max(kStackReserveBytes, size / kStackReserveFraction);
}

}  // namespace

void CheckStackDepth() {
  thread_local const uintptr_t floor = StackFloor();
  const char here = 0;
  if (reinterpret_cast<uintptr_t>(&here) > floor) return;
  throw SqlError(SqlState::kStatementTooComplex, "stack depth limit exceeded")
      .Hint("Increase the configuration parameter \"max_stack_depth\" (currently 2048kB), after "
            "ensuring the platform's stack depth limit is adequate.");
}

}  // namespace grizzly::planner
