// Functions about the server that need no session: types of arguments, sizes as text, encodings,
// keywords, time zones, sleeping.
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

#include "base/blocking/blocking_section.h"
#include "base/error/sql_error.h"
#include "facts/collations.h"
#include "facts/keywords.h"
#include "facts/time_zones.h"
#include "facts/types.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/session/encoding_names.h"
#include "functions/session_services.h"
#include "functions/set/set_rows.h"
#include "functions/string/quoting.h"
#include "types/array.h"
#include "types/collation.h"
#include "types/interval.h"
#include "types/numeric.h"
#include "types/timestamp.h"
#include "types/type_name.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;
using Values = std::span<const Datum>;
using ScanPointer = std::unique_ptr<SetScan>;

Datum TypeOf(FunctionContext&, const CallSite& call, Values) {
  return Datum::Of(call.argument_types.at(0).oid);
}

Datum CollationFor(FunctionContext& context, const CallSite& call, Values) {
  const facts::TypeFact* type = facts::FindType(call.argument_types.at(0).oid);
  if (type != nullptr && type->typcollation == 0) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("collations are not supported by type {}",
                               types::TypeName(call.argument_types[0].oid)));
  }
  const facts::CollationFact* collation = facts::FindCollation(call.collation);
  if (collation == nullptr) {
    if (call.collation < kFirstUserOid || call.collation == types::kConflictingCollation) {
      return Datum::Null();
    }
    return Datum::OfString(
        context.session->FormatRegName(facts::kRegcollationOid, call.collation),
        *context.result_heap);
  }
  return Datum::OfString(fmt::format("\"{}\"", collation->collname), *context.result_heap);
}

void Sleep(FunctionContext& context, double seconds) {
  if (!(seconds > 0)) return;
  const auto until = std::chrono::steady_clock::now() +
                     std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                         std::chrono::duration<double>(std::min(seconds, 1e9)));
  std::mutex mutex;
  std::condition_variable wake;
  bool canceled = false;
  auto cancel = [&] {
    std::lock_guard lock(mutex);
    canceled = true;
    wake.notify_all();
  };
  BlockingSection blocking;
  std::optional<CancelToken::WakeScope> scope;
  if (context.cancel != nullptr) {
    scope.emplace(const_cast<CancelToken&>(*context.cancel), cancel);
  }
  {
    std::unique_lock lock(mutex);
    wake.wait_until(lock, until, [&] { return canceled; });
  }
  scope.reset();
  if (context.cancel != nullptr) context.cancel->Check();
}

// ---- encodings ----

constexpr View kEncodingNames[] = {
    "SQL_ASCII", "EUC_JP",     "EUC_CN",     "EUC_KR",     "EUC_TW",  "EUC_JIS_2004", "UTF8",
    "MULE_INTERNAL", "LATIN1", "LATIN2",     "LATIN3",     "LATIN4",  "LATIN5",       "LATIN6",
    "LATIN7",    "LATIN8",     "LATIN9",     "LATIN10",    "WIN1256", "WIN1258",      "WIN866",
    "WIN874",    "KOI8R",      "WIN1251",    "WIN1252",    "ISO_8859_5", "ISO_8859_6",
    "ISO_8859_7", "ISO_8859_8", "WIN1250",   "WIN1253",    "WIN1254", "WIN1255",      "WIN1257",
    "KOI8U",     "SJIS",       "BIG5",       "GBK",        "UHC",     "GB18030",      "JOHAB",
    "SHIFT_JIS_2004"};

}  // namespace

std::string_view EncodingName(int32_t encoding) {
  if (encoding < 0 || static_cast<size_t>(encoding) >= std::size(kEncodingNames)) return {};
  return kEncodingNames[encoding];
}

namespace {

// Other names that PostgreSQL knows them by, besides windowsN for winN.
struct EncodingAlias {
  View alias;  // letters and digits, in upper case
  View name;
};
constexpr EncodingAlias kEncodingAliases[] = {
    {"UNICODE", "UTF8"},         {"ISO88591", "LATIN1"},   {"ISO88592", "LATIN2"},
    {"ISO88593", "LATIN3"},      {"ISO88594", "LATIN4"},   {"ISO88599", "LATIN5"},
    {"ISO885910", "LATIN6"},     {"ISO885913", "LATIN7"},  {"ISO885914", "LATIN8"},
    {"ISO885915", "LATIN9"},     {"ISO885916", "LATIN10"}, {"ABC", "WIN1258"},
    {"TCVN", "WIN1258"},         {"TCVN5712", "WIN1258"},  {"VSCII", "WIN1258"},
    {"ALT", "WIN866"},           {"KOI8", "KOI8R"},        {"WIN", "WIN1251"},
    {"MSKANJI", "SJIS"},         {"SHIFTJIS", "SJIS"},     {"WIN932", "SJIS"},
    {"WIN950", "BIG5"},          {"WIN936", "GBK"},        {"WIN949", "UHC"}};

View WithoutAlias(std::string& plain) {
  constexpr View kWindows = "WINDOWS";
  if (plain.starts_with(kWindows) && plain.size() > kWindows.size()) {
    plain = "WIN" + plain.substr(kWindows.size());
  }
  for (const EncodingAlias& entry : kEncodingAliases) {
    if (entry.alias == plain) return entry.name;
  }
  return plain;
}

}  // namespace

int32_t EncodingNumber(std::string_view name) {
  std::string wanted;
  for (char c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) wanted += c;
  }
  const View known = WithoutAlias(wanted);
  for (size_t i = 0; i < std::size(kEncodingNames); ++i) {
    std::string plain;
    for (char c : kEncodingNames[i]) {
      if (c != '_') plain += c;
    }
    if (plain == known) return static_cast<int32_t>(i);
  }
  return -1;
}

namespace {

std::optional<int32_t> EncodingBytesMax(int32_t encoding) {
  if (EncodingName(encoding).empty()) return std::nullopt;
  constexpr int32_t kUtf8 = 6;
  if (encoding == kUtf8 || encoding == 7 || encoding == 39 || encoding == 4) return 4;
  if (encoding == 1 || encoding == 2 || encoding == 3 || encoding == 5 || encoding == 40) return 3;
  return encoding >= 35 ? 2 : 1;
}

// ---- sizes ----

struct SizeUnit {
  View name;
  uint32_t limit;  // below twice this many half units the next one is not used
  int bits;        // of the unit, as a power of two
};
constexpr SizeUnit kSizeUnits[] = {{"bytes", 10 * 1024, 0},       {"kB", 20 * 1024 - 1, 10},
                                   {"MB", 20 * 1024 - 1, 20},     {"GB", 20 * 1024 - 1, 30},
                                   {"TB", 20 * 1024 - 1, 40},     {"PB", 20 * 1024 - 1, 50}};

// Each step keeps one bit more than the unit, for rounding half away from zero.
std::string PrettySize(int64_t size) {
  int shifted = 0;
  for (size_t i = 0; i < std::size(kSizeUnits); ++i) {
    const SizeUnit& unit = kSizeUnits[i];
    const bool is_last = i + 1 == std::size(kSizeUnits);
    const uint64_t magnitude =
        size < 0 ? 0 - static_cast<uint64_t>(size) : static_cast<uint64_t>(size);
    if (is_last || magnitude < unit.limit) {
      if (i > 0) size = (size + (size > 0 ? 1 : (size < 0 ? -1 : 0))) / 2;
      return fmt::format("{} {}", size, unit.name);
    }
    const int keep = kSizeUnits[i + 1].bits - 1;  // half units of the next
    size /= int64_t{1} << (keep - shifted);
    shifted = keep;
  }
  return {};
}

std::string PrettyNumericSize(FunctionContext&, View bytes) {
  Arena arena;
  StringRef size = StringRef::Copy(bytes, arena);
  const auto half = [&](const StringRef& value) {
    const types::NumericRef ref(value);
    const StringRef one = types::NumericFromInt8(ref.sign() < 0 ? -1 : 1, arena);
    const StringRef two = types::NumericFromInt8(2, arena);
    const StringRef next = types::NumericAdd(ref, one, arena);
    return types::NumericDivideTruncated(next, two, arena);
  };
  int shifted = 0;
  for (size_t i = 0; i < std::size(kSizeUnits); ++i) {
    const SizeUnit& unit = kSizeUnits[i];
    const StringRef magnitude = types::NumericAbs(size, arena);
    const StringRef limit = types::NumericFromInt8(static_cast<int64_t>(unit.limit), arena);
    const bool is_last = i + 1 == std::size(kSizeUnits);
    if (is_last || types::NumericCompare(magnitude, limit) < 0) {
      if (i > 0) size = half(size);
      return fmt::format("{} {}", types::NumericText(size), unit.name);
    }
    const int keep = kSizeUnits[i + 1].bits - 1;
    const StringRef divisor = types::NumericFromInt8(int64_t{1} << (keep - shifted), arena);
    size = types::NumericDivideTruncated(size, divisor, arena);
    shifted = keep;
  }
  return {};
}

// The clock's time, as C's asctime writes it, with microseconds and the zone.
std::string ClockText(FunctionContext& context) {
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const int64_t unix_us = std::chrono::duration_cast<std::chrono::microseconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count();
  const int64_t now = unix_us + types::kUnixEpochUs;
  const types::ZoneOffset offset = types::OffsetAt(types::ZoneOf(*context.io), now);
  const types::DateTimeFields local =
      types::SplitTimestamp(now + offset.seconds_east * types::kUsPerSecond);
  const int64_t day = types::DayFromCivil(local.year, local.month, local.day);
  return fmt::format("{} {} {:02} {:02}:{:02}:{:02}.{:06} {} {}", kDays[types::DayOfWeek(day)],
                     kMonths[local.month - 1], local.day, local.hour, local.minute, local.second,
                     local.microsecond, local.year, offset.abbreviation);
}

std::string VectorTypes(FunctionContext& context, View oids) {
  const types::ArrayRef array(oids);
  std::string names;
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (i > 0) names += ", ";
    const auto oid = array.Value<uint32_t>(i);
    if (context.session != nullptr) {
      names += context.session->FormatType(oid, types::kNoTypmod);
    } else {
      names += types::TypeName(oid);
    }
  }
  return names;
}

// ---- sets ----

ScanPointer Keywords(FunctionContext&, const CallSite&, Values) {
  const auto keywords = facts::AllKeywords();
  return MakeRowsScan(keywords.size(), [keywords](size_t i, types::Batch& out, uint32_t row) {
    out.column(0).SetString(row, keywords[i].word);
    out.column(1).SetDatum(row, Datum::Of(keywords[i].catcode));
    out.column(2).SetDatum(row, Datum::Of(keywords[i].barelabel));
    out.column(3).SetString(row, keywords[i].catdesc);
    out.column(4).SetString(row, keywords[i].baredesc);
  });
}

types::IntervalValue OfSeconds(int32_t seconds) {
  return {int64_t{seconds} * types::kUsPerSecond, 0, 0};
}

ScanPointer ZoneNames(FunctionContext& context, const CallSite&, Values) {
  const auto names = facts::AllTimezoneNames();
  const int64_t now = context.io->transaction_time_us;
  return MakeRowsScan(names.size(), [names, now](size_t i, types::Batch& out, uint32_t row) {
    const types::TimeZone* zone = types::FindTimeZone(names[i].name);
    if (zone == nullptr) zone = types::UtcTimeZone();
    const types::ZoneOffset offset = types::OffsetAt(*zone, now);
    out.column(0).SetString(row, names[i].name);
    out.column(1).SetString(row, offset.abbreviation);
    out.column(2).SetDatum(row, Datum::Of(OfSeconds(offset.seconds_east)));
    out.column(3).SetDatum(row, Datum::Of(offset.is_dst));
  });
}
ScanPointer ZoneAbbreviations(FunctionContext&, const CallSite&, Values) {
  const auto all = facts::AllTimezoneAbbreviations();
  return MakeRowsScan(all.size(), [all](size_t i, types::Batch& out, uint32_t row) {
    out.column(0).SetString(row, all[i].abbrev);
    out.column(1).SetDatum(row, Datum::Of(OfSeconds(all[i].utc_offset_seconds)));
    out.column(2).SetDatum(row, Datum::Of(all[i].is_dst));
  });
}
// "name=value" texts as two columns.
ScanPointer Options(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  const Datum& array = values[0];
  return MakeRowsScan(
      types::ArrayRef::Of(array).size(), [&array](size_t i, types::Batch& out, uint32_t row) {
        const types::ArrayRef options = types::ArrayRef::Of(array);
        const View option = options.String(static_cast<uint32_t>(i));
        const size_t equals = option.find('=');
        out.column(0).SetString(row, option.substr(0, equals));
        if (equals == View::npos) {
          out.column(1).SetDatum(row, Datum::Null());
        } else {
          out.column(1).SetString(row, option.substr(equals + 1));
        }
      });
}

bool Never() { return false; }
int32_t Zero() { return 0; }

}  // namespace

void RegisterServer(Registry& registry) {
  registry.AddScalar("pg_typeof", DatumsNullable<&TypeOf>);
  registry.AddScalar("pg_collation_for", DatumsNullable<&CollationFor>);
  registry.AddScalar("pg_sleep", PerRow<&Sleep>);
  registry.AddScalar("PG_encoding_to_char", Cold<&EncodingName>);
  registry.AddScalar("PG_char_to_encoding", Cold<&EncodingNumber>);
  registry.AddScalar("pg_encoding_max_length_sql", Cold<&EncodingBytesMax>);
  registry.AddScalar("pg_size_pretty", Cold<&PrettySize>);
  registry.AddScalar("pg_size_pretty_numeric", Cold<&PrettyNumericSize>);
  registry.AddScalar("timeofday", PerRow<&ClockText>);
  registry.AddScalar("oidvectortypes", Cold<&VectorTypes>);
  registry.AddScalar("pg_jit_available", Cold<&Never>);
  registry.AddScalar("pg_trigger_depth", Cold<&Zero>);
  registry.AddSet("pg_get_keywords", &Keywords);
  registry.AddSet("pg_timezone_names", &ZoneNames);
  registry.AddSet("pg_timezone_abbrevs", &ZoneAbbreviations);
  registry.AddSet("pg_options_to_table", &Options);
}

}  // namespace grizzly::functions
