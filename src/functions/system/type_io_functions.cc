// The input, output, send and receive functions of the types, called by name: int4in('5'), int4send(5).
#include "base/error/sql_error.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "functions/kernel.h"
#include "functions/type_families.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

// The type that is read: the result's, or the one the second argument names (array_in, enum_in ...).
Datum Input(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  Oid type = call.result_type.oid;
  const bool is_named = types::AnyKindOf(type) == 'p' && type != facts::kCstringOid;
  if (is_named && values.size() > 1) type = values[1].As<Oid>();
  const int32_t typmod =
      values.size() > 2 && call.argument_types[2].oid == facts::kInt4Oid ? values[2].As<int32_t>()
                                                                         : types::kNoTypmod;
  const types::TypeIo* io = types::FindAnyTypeIo(type);
  if (io == nullptr) ThrowNotSupported("input of type " + types::AnyTypeName(type));
  return io->Input(values[0].AsString(), typmod, *context.io, *context.result_heap);
}

const types::TypeIo& IoOfArgument(const CallSite& call) {
  const Oid type = call.argument_types[0].oid;
  const types::TypeIo* io = types::FindAnyTypeIo(type);
  if (io == nullptr) ThrowNotSupported("output of type " + types::AnyTypeName(type));
  return *io;
}
Datum Output(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  std::string text;
  IoOfArgument(call).Output(values[0], *context.io, text);
  return Datum::OfString(text, *context.result_heap);
}
Datum Send(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  std::string bytes;
  IoOfArgument(call).Send(values[0], *context.io, bytes);
  return Datum::OfString(bytes, *context.result_heap);
}
// Takes an internal buffer, which no SQL value is: a call is refused before it comes here.
Datum Receive(FunctionContext&, const CallSite&, std::span<const Datum>) {
  throw SqlError(SqlState::kFeatureNotSupported, "cannot accept a value of type internal");
}

void Add(Registry& registry, Oid function, ScalarKernel kernel) {
  const facts::ProcFact* proc = facts::FindProc(function);
  if (proc != nullptr && proc->prolang == facts::kInternalLanguageOid) {
    registry.AddScalar(proc->prosrc, kernel);
  }
}

}  // namespace

void RegisterTypeInputOutput(Registry& registry) {
  for (const facts::TypeFact& type : facts::AllTypes()) {
    if (type.typtype == 'p' && type.oid != facts::kRecordOid && type.oid != facts::kCstringOid &&
        type.oid != facts::kAnyarrayOid && type.oid != facts::kAnyenumOid &&
        type.oid != facts::kAnyrangeOid && type.oid != facts::kAnymultirangeOid) {
      continue;
    }
    Add(registry, type.typinput, Datums<&Input>);
    Add(registry, type.typoutput, Datums<&Output>);
    Add(registry, type.typreceive, Datums<&Receive>);
    Add(registry, type.typsend, Datums<&Send>);
  }
}

}  // namespace grizzly::functions
