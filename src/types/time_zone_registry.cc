// The zones found so far, by the name asked for.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "base/error/sql_error.h"
#include "facts/time_zones.h"
#include "types/time_zone.h"

namespace grizzly::types {
namespace {

constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo/";
constexpr size_t kZoneNameBytesMax = 255;
// Names come from users; past this many zones unknown spellings are parsed but not kept.
constexpr size_t kZonesMax = 10'000;

std::string ToLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

// The database's spelling of a name in any case.
std::string CanonicalName(std::string_view name) {
  static const auto* const names = [] {
    auto* made = new std::unordered_map<std::string, std::string>();
    for (const facts::TimezoneNameFact& fact : facts::AllTimezoneNames()) {
      made->emplace(ToLower(fact.name), std::string(fact.name));
    }
    return made;
  }();
  const auto found = names->find(ToLower(name));
  return found == names->end() ? std::string(name) : found->second;
}

std::unique_ptr<TimeZone> Load(const std::string& name) {
  if (name.find("..") == std::string::npos && name[0] != '/') {
    std::ifstream file(std::string(kZoneFolder) + name, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (bytes.starts_with("TZif")) {
      try {
        return TimeZone::FromTzif(name, bytes);
      } catch (const SqlError&) {
        return nullptr;  // a damaged file is no zone
      }
    }
  }
  std::string upper = name;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return TimeZone::FromPosix(upper, upper);
}

struct Registry {
  std::shared_mutex mutex;
  std::unordered_map<std::string, std::unique_ptr<TimeZone>> zones;  // guarded by mutex
};

Registry& TheRegistry() {
  static Registry* const registry = new Registry();
  return *registry;
}

}  // namespace

const TimeZone* FindTimeZone(std::string_view name) {
  if (name.empty() || name.size() > kZoneNameBytesMax) return nullptr;
  Registry& registry = TheRegistry();
  const std::string asked(name);
  {
    std::shared_lock lock(registry.mutex);
    const auto found = registry.zones.find(asked);
    if (found != registry.zones.end()) return found->second.get();
  }
  std::unique_ptr<TimeZone> zone = Load(CanonicalName(name));
  std::unique_lock lock(registry.mutex);
  if (zone == nullptr || registry.zones.size() >= kZonesMax) return nullptr;
  return registry.zones.try_emplace(asked, std::move(zone)).first->second.get();
}

const TimeZone* UtcTimeZone() {
  static const TimeZone* const utc = TimeZone::FromPosix("UTC", "UTC0").release();
  return utc;
}

const TimeZone* FixedOffsetTimeZone(int32_t seconds_east) {
  const int32_t magnitude = std::abs(seconds_east);
  std::string digits = fmt::format("{:02}", magnitude / 3600);
  if (magnitude % 3600 != 0) digits += fmt::format(":{:02}", magnitude / 60 % 60);
  if (magnitude % 60 != 0) digits += fmt::format(":{:02}", magnitude % 60);
  // POSIX counts to the west.
  return FindTimeZone(fmt::format("<{}{}>{}{}", seconds_east < 0 ? '-' : '+', digits,
                                  seconds_east < 0 ? '+' : '-', digits));
}

}  // namespace grizzly::types
