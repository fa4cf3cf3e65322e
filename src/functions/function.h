// What a built-in function is: a kernel over vectors, and what it may ask of its surroundings.
//
// A kernel gets `row_count` rows in `arguments` (any vector kind) and fills `result` (flat, or
// constant when every argument is) for rows [0, row_count). Kernels of strict functions set NULL
// where an argument is NULL and do not look at such rows. Errors are SqlErrors with PostgreSQL's
// wording; the evaluator adds the position.
//
// THREADS  kernels are pure functions of their arguments and FunctionContext, callable from any
//          thread; a FunctionContext belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/cancel/cancel_token.h"
#include "base/ids/ids.h"
#include "base/memory/memory_tracker.h"
#include "types/batch.h"
#include "types/io_settings.h"
#include "types/type_io.h"

namespace grizzly::functions {

// What functions may ask of the session they run in; implemented in session/.
class SessionServices;  // functions/session_services.h

struct FunctionContext {
  const types::IoSettings* io = nullptr;
  const CancelToken* cancel = nullptr;
  MemoryTracker* memory = nullptr;
  SessionServices* session = nullptr;  // null only in unit tests
  // Where string results of the running kernel go: the result vector's heap.
  Arena* result_heap = nullptr;
  // Emptied by the evaluator after each batch.
  Arena* scratch = nullptr;
};

// One place in a plan where a function is called; immutable, shared between executions.
struct CallSite {
  Oid function = kInvalidOid;
  types::SqlType result_type;
  std::vector<types::SqlType> argument_types;  // the actual ones where the function is polymorphic
  Oid collation = kInvalidOid;
  bool variadic_array = false;  // called with VARIADIC array
  int location = -1;
  // For functions that go through a type's I/O (casts by text, array_to_string, to_json ...).
  const types::TypeIo* result_io = nullptr;
  std::vector<const types::TypeIo*> argument_io;
};

using ScalarKernel = void (*)(FunctionContext& context, const CallSite& call,
                              std::span<const types::Vector* const> arguments, uint32_t row_count,
                              types::Vector& result);

// ---- aggregates ----

// Ordered-set aggregates get their rows sorted; their arguments are the WITHIN GROUP ones, then the
// direct ones (the same in each row).
// States live in the operator's arena, `state_bytes` each, aligned to 8. Bigger state hangs off it,
// allocated from the arena (freed as a whole) or owned (then `destroy` frees it).
struct AggregateInput {
  FunctionContext* context;
  const CallSite* call;
  Arena* arena;
  std::span<const types::Vector* const> arguments;
  uint32_t row_count;
};

struct AggregateFunction {
  uint32_t state_bytes = 0;
  void (*init)(char* state) = nullptr;
  // Row i goes to states[i].
  void (*update)(const AggregateInput& input, char* const* states) = nullptr;
  // Every row goes to one state; null: `update` is used.
  void (*update_single)(const AggregateInput& input, char* state) = nullptr;
  // Adds `source` to `target` (parallel and partitioned aggregation).
  void (*combine)(const AggregateInput& input, const char* source, char* target) = nullptr;
  void (*finalize)(FunctionContext& context, const CallSite& call, char* const* states,
                   uint32_t count, types::Vector& result, uint32_t first_row) = nullptr;
  void (*destroy)(char* state) = nullptr;
  // Removes a row again (moving window frames); null: the frame is recomputed.
  void (*inverse)(const AggregateInput& input, char* state) = nullptr;
};

// ---- set-returning functions ----

class SetScan {
 public:
  virtual ~SetScan() = default;
  // Fills `out` (Reset before) with the next rows; false, with none, at the end.
  virtual bool Next(FunctionContext& context, types::Batch& out) = 0;
};
// `arguments` stay valid until the scan is destroyed. Null: an empty set (a strict function).
using SetFunction = std::unique_ptr<SetScan> (*)(FunctionContext& context, const CallSite& call,
                                                 std::span<const types::Datum> arguments);

// ---- window functions proper (row_number, lag ...); aggregates over frames are the operator's ----

struct WindowPartition;  // functions/window/window_partition.h
using WindowFunction = void (*)(FunctionContext& context, const CallSite& call,
                                WindowPartition& partition, types::Vector& result,
                                uint32_t first_row, uint32_t row_count);

}  // namespace grizzly::functions
