#include "storage/column/zone_map.h"

namespace grizzly::storage {
namespace {

void AppendSized(std::string_view bytes, std::string* out) {
  AppendValue(out, static_cast<uint32_t>(bytes.size()));
  out->append(bytes);
}

}  // namespace

void AppendZoneMap(const ZoneMap& zone, std::string* out) {
  AppendValue(out, zone.null_count);
  AppendValue(out, zone.kind);
  switch (zone.kind) {
    case ZoneKind::kNone: break;
    case ZoneKind::kNumeric:
      AppendValue(out, zone.scale);
      [[fallthrough]];
    case ZoneKind::kInteger:
      AppendValue(out, zone.least);
      AppendValue(out, zone.greatest);
      break;
    case ZoneKind::kFloat:
      AppendValue(out, zone.least_float);
      AppendValue(out, zone.greatest_float);
      break;
    case ZoneKind::kBytes:
      AppendSized(zone.least_bytes, out);
      AppendSized(zone.greatest_bytes, out);
      AppendValue(out, static_cast<uint8_t>(zone.greatest_is_cut));
      break;
  }
}

ZoneMap ReadZoneMap(ByteCursor& in) {
  ZoneMap zone;
  zone.null_count = in.Read<uint32_t>();
  zone.kind = in.Read<ZoneKind>();
  switch (zone.kind) {
    case ZoneKind::kNone: return zone;
    case ZoneKind::kNumeric:
      zone.scale = in.Read<uint8_t>();
      [[fallthrough]];
    case ZoneKind::kInteger:
      zone.least = in.Read<int64_t>();
      zone.greatest = in.Read<int64_t>();
      return zone;
    case ZoneKind::kFloat:
      zone.least_float = in.Read<double>();
      zone.greatest_float = in.Read<double>();
      return zone;
    case ZoneKind::kBytes:
      zone.least_bytes = in.TakeSized();
      zone.greatest_bytes = in.TakeSized();
      zone.greatest_is_cut = in.Read<uint8_t>() != 0;
      return zone;
  }
  ThrowDamagedSegment("unknown kind of zone map");
}

}  // namespace grizzly::storage
