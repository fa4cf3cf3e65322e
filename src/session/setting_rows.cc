// pg_show_all_settings(): what pg_settings shows.
#include "facts/settings.h"
#include "facts/types.h"
#include "session/client_session.h"
#include "session/system_rows.h"
#include "types/array.h"

namespace grizzly::session {
namespace {

std::optional<std::string> TextOrNull(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> TextArray(std::span<const std::string_view> items) {
  if (items.empty()) return std::nullopt;
  Arena arena;
  types::ArrayBuilder array(facts::kTextOid, types::PhysicalType::kString);
  for (std::string_view item : items) array.AddString(item);
  std::string text;
  types::BuiltinTypeIo(facts::kTextArrayOid)
      ->Output(types::Datum::Of(array.Finish(arena)), types::IoSettings(), text);
  return text;
}

}  // namespace

std::vector<functions::SystemRow> SettingRows(const SystemCall& call) {
  const Settings& settings = call.session.settings();
  std::vector<functions::SystemRow> rows;
  for (const facts::SettingFact& fact : facts::AllSettings()) {
    if (facts::HasFlag(fact, "NO_SHOW_ALL")) continue;
    rows.push_back({std::string(fact.name), settings.Raw(fact.name), TextOrNull(fact.unit),
                    std::string(fact.category), std::string(fact.short_desc),
                    TextOrNull(fact.extra_desc), std::string(fact.context),
                    std::string(fact.vartype), std::string(settings.SourceOf(fact.name)),
                    TextOrNull(fact.min_val), TextOrNull(fact.max_val), TextArray(fact.enumvals),
                    Settings::BootValue(fact.name), settings.ResetValue(fact.name), std::nullopt,
                    std::nullopt, "f"});
  }
  return rows;
}

}  // namespace grizzly::session
