#include "functions/variadic.h"

#include <algorithm>

#include "functions/session_services.h"
#include "types/array.h"

namespace grizzly::functions {

bool SpreadArray(FunctionContext& context, const CallSite& call, std::span<const Datum> values,
                 CallSite& spread_call, std::vector<Datum>& spread_values) {
  if (values.back().is_null()) return false;
  const size_t fixed = values.size() - 1;
  const types::ArrayRef array = types::ArrayRef::Of(values.back());
  const Oid element = array.element_oid();
  types::SqlType type;
  const types::TypeIo* io = types::BuiltinTypeIo(element);
  if (io != nullptr || context.session == nullptr) {
    type = types::BuiltinType(element);
  } else {
    type = context.session->ResolveType(element, types::kNoTypmod);
    io = context.session->FindTypeIo(element);
  }
  spread_call = call;
  spread_call.variadic_array = false;
  spread_call.argument_types.resize(fixed);
  spread_call.argument_io.resize(std::min(fixed, spread_call.argument_io.size()));
  const bool has_io = spread_call.argument_io.size() == fixed;
  spread_values.assign(values.begin(), values.end() - 1);
  for (uint32_t i = 0; i < array.size(); ++i) {
    spread_values.push_back(array.Get(i));
    spread_call.argument_types.push_back(type);
    if (has_io) spread_call.argument_io.push_back(io);
  }
  return true;
}

}  // namespace grizzly::functions
