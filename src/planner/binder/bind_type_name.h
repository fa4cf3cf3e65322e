// Type names with modifiers ("numeric(10,2)", "int4[]", "public.mood") and collation names.
#pragma once

#include <string_view>
#include <vector>

#include "planner/binder/bind_state.h"

namespace grizzly::planner {

// Throws 42704 when there is no such type, 42601 or 22023 for modifiers it does not take.
SqlType BindTypeName(BindState& state, const PgQuery__TypeName& name);
// Throws 42704.
Oid ResolveCollation(BindState& state, const std::vector<std::string_view>& name, int location);

// The typmod that modifiers give a built-in type (its typmodin function).
int32_t EncodeTypmod(Oid type, const std::vector<int64_t>& modifiers, int location);

}  // namespace grizzly::planner
