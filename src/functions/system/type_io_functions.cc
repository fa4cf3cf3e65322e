// The input, output, send and receive functions of the types, called by name: int4in('5'), int4send(5).
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "functions/kernel.h"
#include "functions/session_services.h"
#include "functions/type_families.h"
#include "types/array.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

[[noreturn]] void ThrowNotOfKind(Oid type, const char* kind) {
  throw SqlError(SqlState::kInternalError, fmt::format("type {} is not a {} type", type, kind));
}

// That the type which a call of domain_in, range_in ... names is of its kind.
void CheckNamedKind(Oid kind_of_types, Oid type, std::string_view text) {
  const char kind = types::AnyKindOf(type);
  if (kind_of_types == facts::kAnyenumOid) {
    if (kind == 'e') return;
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   fmt::format("invalid input value for enum {}: \"{}\"", types::AnyTypeName(type), text));
  }
  if (kind == '\0') {
    throw SqlError(SqlState::kUndefinedObject, fmt::format("type with OID {} does not exist", type));
  }
  const std::string name = types::AnyTypeName(type);
  switch (kind_of_types) {
    case facts::kRecordOid:
      if (kind == 'c' || type == facts::kRecordOid) return;
      throw SqlError(SqlState::kWrongObjectType, fmt::format("type {} is not composite", name));
    case facts::kAnyOid:
      if (kind == 'd') return;
      throw SqlError(SqlState::kDatatypeMismatch, fmt::format("type {} is not a domain", name));
    case facts::kAnyrangeOid:
      if (kind != 'r') ThrowNotOfKind(type, "range");
      return;
    case facts::kAnymultirangeOid:
      if (kind != 'm') ThrowNotOfKind(type, "multirange");
      return;
    default: return;
  }
}

// The type that is read: the function's result, or the one its second argument names, by its element for array_in.
Oid TypeRead(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  const facts::ProcFact& proc = *facts::FindProc(call.function);
  const Oid result = proc.prorettype;
  // anyrange_in and its like refuse whatever type is named.
  const bool is_named = types::AnyKindOf(result) == 'p' && result != facts::kCstringOid &&
                        !proc.prosrc.starts_with("any");
  if (!is_named || values.size() < 2) return result;
  const Oid named = values[1].As<Oid>();
  if (result != facts::kAnyarrayOid) {
    CheckNamedKind(result, named, values[0].AsString());
    return named;
  }
  if (types::AnyKindOf(named) == '\0') {
    throw SqlError(SqlState::kInternalError, fmt::format("cache lookup failed for type {}", named));
  }
  if (named < kFirstUserOid) return types::ArrayOidOf(named);
  return context.session->ResolveRegName(
      facts::kRegtypeOid, context.session->FormatType(named, types::kNoTypmod) + "[]", false);
}

Datum Input(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  const Oid type = TypeRead(context, call, values);
  const int32_t typmod =
      values.size() > 2 && call.argument_types[2].oid == facts::kInt4Oid ? values[2].As<int32_t>()
                                                                         : types::kNoTypmod;
  const types::TypeIo* io = types::FindAnyTypeIo(type);
  if (io == nullptr) ThrowNotSupported("input of type " + types::AnyTypeName(type));
  const Datum value = io->Input(values[0].AsString(), typmod, *context.io, *context.result_heap);
  const Oid result = call.result_type.oid;
  if (result != facts::kAnyrangeOid && result != facts::kAnymultirangeOid) return value;
  // Of no type but that one: all that can be done with it is to show it.
  std::string text;
  io->Output(value, *context.io, text);
  return Datum::OfString(text, *context.result_heap);
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
