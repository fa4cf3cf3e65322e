// Which functions the session answers by prosrc; session/ has one handler for each.
#pragma once

#include <span>
#include <string_view>

namespace grizzly::functions {

// Besides these: has_*_privilege, pg_has_role and the counters pg_stat_get_*.
std::span<const std::string_view> SessionCallSources();
std::span<const std::string_view> SessionSetSources();

}  // namespace grizzly::functions
