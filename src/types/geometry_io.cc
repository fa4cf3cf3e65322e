// Text and binary formats of the geometric types.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/codec_io.h"
#include "types/floating.h"
#include "types/geometry.h"

namespace grizzly::types {
namespace {

GeometryPoint ReceivePoint(BinaryReader& reader) {
  GeometryPoint point;
  point.x = reader.ReadFloat8();
  point.y = reader.ReadFloat8();
  return point;
}

void SendPoints(std::string& out, const std::vector<GeometryPoint>& points) {
  for (const GeometryPoint& point : points) {
    AppendBinaryFloat8(out, point.x);
    AppendBinaryFloat8(out, point.y);
  }
}

std::vector<GeometryPoint> ReceivePoints(BinaryReader& reader, const char* type) {
  const auto count = reader.Read<int32_t>();
  if (count <= 0 || static_cast<size_t>(count) > reader.remaining() / sizeof(GeometryPoint)) {
    throw SqlError(SqlState::kInvalidBinaryRepresentation,
                   fmt::format("invalid number of points in external \"{}\" value", type));
  }
  std::vector<GeometryPoint> points;
  for (int32_t i = 0; i < count; ++i) points.push_back(ReceivePoint(reader));
  return points;
}

struct PointCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(GeometryBytes(ParsePoint(text)), arena);
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    AppendPoint(out, ReadGeometry<GeometryPoint>(value.AsString()), settings.extra_float_digits);
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(GeometryBytes(ReceivePoint(reader)), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    SendPoints(out, ReadPoints(value.AsString()));
  }
};

template <bool is_box>
struct TwoPointsCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(PointsBytes(is_box ? ParseBox(text) : ParseLseg(text)), arena);
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    if (!is_box) out += '[';
    AppendPoints(out, ReadPoints(value.AsString()), settings.extra_float_digits);
    if (!is_box) out += ']';
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    std::vector<GeometryPoint> points;
    points.push_back(ReceivePoint(reader));
    points.push_back(ReceivePoint(reader));
    if (is_box) SortCorners(points);
    return Datum::OfString(PointsBytes(points), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    SendPoints(out, ReadPoints(value.AsString()));
  }
};

struct LineCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(GeometryBytes(ParseLine(text)), arena);
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    const auto line = ReadGeometry<GeometryLine>(value.AsString());
    char before = '{';
    for (const double number : {line.a, line.b, line.c}) {
      out += before;
      AppendFloat8(out, number, settings.extra_float_digits);
      before = ',';
    }
    out += '}';
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    GeometryLine line;
    line.a = reader.ReadFloat8();
    line.b = reader.ReadFloat8();
    line.c = reader.ReadFloat8();
    if (line.a == 0 && line.b == 0) {
      throw SqlError(SqlState::kInvalidBinaryRepresentation,
                     "invalid line specification: A and B cannot both be zero");
    }
    return Datum::OfString(GeometryBytes(line), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const auto line = ReadGeometry<GeometryLine>(value.AsString());
    for (const double number : {line.a, line.b, line.c}) AppendBinaryFloat8(out, number);
  }
};

struct CircleCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(GeometryBytes(ParseCircle(text)), arena);
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    const auto circle = ReadGeometry<GeometryCircle>(value.AsString());
    out += '<';
    AppendPoint(out, circle.center, settings.extra_float_digits);
    out += ',';
    AppendFloat8(out, circle.radius, settings.extra_float_digits);
    out += '>';
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    GeometryCircle circle;
    circle.center = ReceivePoint(reader);
    circle.radius = reader.ReadFloat8();
    if (circle.radius < 0) {
      throw SqlError(SqlState::kInvalidBinaryRepresentation,
                     "invalid radius in external \"circle\" value");
    }
    return Datum::OfString(GeometryBytes(circle), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const auto circle = ReadGeometry<GeometryCircle>(value.AsString());
    for (const double number : {circle.center.x, circle.center.y, circle.radius}) {
      AppendBinaryFloat8(out, number);
    }
  }
};

struct PathCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(PathBytes(ParsePath(text)), arena);
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    const GeometryPath path = ReadPath(value.AsString());
    out += path.is_closed ? '(' : '[';
    AppendPoints(out, path.points, settings.extra_float_digits);
    out += path.is_closed ? ')' : ']';
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    GeometryPath path;
    path.is_closed = reader.Read<uint8_t>() != 0;
    path.points = ReceivePoints(reader, "path");
    return Datum::OfString(PathBytes(path), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const GeometryPath path = ReadPath(value.AsString());
    out += path.is_closed ? '\1' : '\0';
    AppendBinary(out, static_cast<int32_t>(path.points.size()));
    SendPoints(out, path.points);
  }
};

struct PolygonCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(PointsBytes(ParsePolygon(text)), arena);
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    out += '(';
    AppendPoints(out, ReadPoints(value.AsString()), settings.extra_float_digits);
    out += ')';
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(PointsBytes(ReceivePoints(reader, "polygon")), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    const std::vector<GeometryPoint> points = ReadPoints(value.AsString());
    AppendBinary(out, static_cast<int32_t>(points.size()));
    SendPoints(out, points);
  }
};

}  // namespace

const TypeIo* GeometryIo(Oid oid) {
  switch (oid) {
    case facts::kPointOid: return CodecIo<PointCodec>::Instance();
    case facts::kLsegOid: return CodecIo<TwoPointsCodec<false>>::Instance();
    case facts::kBoxOid: return CodecIo<TwoPointsCodec<true>>::Instance();
    case facts::kLineOid: return CodecIo<LineCodec>::Instance();
    case facts::kCircleOid: return CodecIo<CircleCodec>::Instance();
    case facts::kPathOid: return CodecIo<PathCodec>::Instance();
    case facts::kPolygonOid: return CodecIo<PolygonCodec>::Instance();
    default: return nullptr;
  }
}

}  // namespace grizzly::types
