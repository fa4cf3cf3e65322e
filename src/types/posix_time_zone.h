// POSIX TZ specifications: "EST5EDT,M3.2.0,M11.1.0", "<+03>-3".
#pragma once

#include <optional>
#include <string_view>

#include "types/time_zone.h"

namespace grizzly::types {

// nullopt when it is none. A specification that names daylight saving without saying when it is
// gets the rule of the United States, as tzcode does.
std::optional<TimeZone::Rule> ParsePosixRule(std::string_view specification);

}  // namespace grizzly::types
