// Text and binary formats of the date and time types.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/codec_io.h"
#include "types/interval.h"
#include "types/timestamp.h"

namespace grizzly::types {
namespace {

[[noreturn]] void ThrowOutOfRange(const char* what) {
  throw SqlError(SqlState::kDatetimeValueOutOfRange, fmt::format("{} out of range", what));
}

struct DateCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings& settings, Arena&) {
    return Datum::Of(ParseDate(text, settings));
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    AppendDate(out, value.As<int32_t>(), settings);
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    const auto date = reader.Read<int32_t>();
    if (IsFiniteDate(date) && !IsValidDate(date)) ThrowOutOfRange("date");
    return Datum::Of(date);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    AppendBinary(out, value.As<int32_t>());
  }
};

struct TimeCodec {
  static Datum Input(std::string_view text, int32_t typmod, const IoSettings& settings, Arena&) {
    return Datum::Of(ParseTime(text, typmod, settings));
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendTime(out, value.As<int64_t>());
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings&, Arena&) {
    const auto time = reader.Read<int64_t>();
    if (time < 0 || time > kUsPerDay) ThrowOutOfRange("time");
    return Datum::Of(RoundToPrecision(time, typmod));
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    AppendBinary(out, value.As<int64_t>());
  }
};

struct TimeTzCodec {
  static Datum Input(std::string_view text, int32_t typmod, const IoSettings& settings, Arena&) {
    return Datum::Of(ParseTimeTz(text, typmod, settings));
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    AppendTimeTz(out, value.As<TimeTzValue>());
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings&, Arena&) {
    constexpr int32_t kZoneLimit = 16 * 3600;
    TimeTzValue value;
    value.microseconds = reader.Read<int64_t>();
    if (value.microseconds < 0 || value.microseconds > kUsPerDay) ThrowOutOfRange("time");
    value.zone_seconds = reader.Read<int32_t>();
    if (value.zone_seconds <= -kZoneLimit || value.zone_seconds >= kZoneLimit) {
      throw SqlError(SqlState::kInvalidTimeZoneDisplacementValue,
                     "time zone displacement out of range");
    }
    return Datum::Of(RoundTimeTz(value, typmod));
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const auto time = value.As<TimeTzValue>();
    AppendBinary(out, time.microseconds);
    AppendBinary(out, time.zone_seconds);
  }
};

template <bool with_zone>
struct TimestampCodec {
  static Datum Input(std::string_view text, int32_t typmod, const IoSettings& settings, Arena&) {
    return Datum::Of(with_zone ? ParseTimestampTz(text, typmod, settings)
                               : ParseTimestamp(text, typmod, settings));
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    if constexpr (with_zone) {
      AppendTimestampTz(out, value.As<int64_t>(), settings);
    } else {
      AppendTimestamp(out, value.As<int64_t>(), settings);
    }
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings&, Arena&) {
    const auto us = reader.Read<int64_t>();
    if (IsFiniteTimestamp(us) && !IsValidTimestamp(us)) ThrowTimestampOutOfRange();
    return Datum::Of(RoundToPrecision(us, typmod));
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    AppendBinary(out, value.As<int64_t>());
  }
};

struct IntervalCodec {
  static Datum Input(std::string_view text, int32_t typmod, const IoSettings& settings, Arena&) {
    return Datum::Of(ParseInterval(text, typmod, settings));
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    AppendInterval(out, value.As<IntervalValue>(), settings.interval_style);
  }
  static Datum Receive(BinaryReader& reader, int32_t typmod, const IoSettings&, Arena&) {
    IntervalValue value;
    value.microseconds = reader.Read<int64_t>();
    value.days = reader.Read<int32_t>();
    value.months = reader.Read<int32_t>();
    return Datum::Of(ApplyIntervalTypmod(value, typmod));
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const auto interval = value.As<IntervalValue>();
    AppendBinary(out, interval.microseconds);
    AppendBinary(out, interval.days);
    AppendBinary(out, interval.months);
  }
};

}  // namespace

const TypeIo* DateTimeIo(Oid oid) {
  switch (oid) {
    case facts::kDateOid: return CodecIo<DateCodec>::Instance();
    case facts::kTimeOid: return CodecIo<TimeCodec>::Instance();
    case facts::kTimetzOid: return CodecIo<TimeTzCodec>::Instance();
    case facts::kTimestampOid: return CodecIo<TimestampCodec<false>>::Instance();
    case facts::kTimestamptzOid: return CodecIo<TimestampCodec<true>>::Instance();
    case facts::kIntervalOid: return CodecIo<IntervalCodec>::Instance();
    default: return nullptr;
  }
}

}  // namespace grizzly::types
