// point, lseg, box, line, circle, path, polygon.
//
// FORMAT  bytes of a StringRef: doubles in a row
//         point x y; lseg four; box high point, low point; line A B C (Ax + By + C = 0);
//         circle center, radius; polygon its points; path is_closed:u64, then its points
// ERRORS  22P02; 22003 for a number that is no double.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "types/string_ref.h"

namespace grizzly::types {

struct GeometryPoint {
  double x = 0;
  double y = 0;
};

struct GeometryPath {
  bool is_closed = true;
  std::vector<GeometryPoint> points;
};

struct GeometryCircle {
  GeometryPoint center;
  double radius = 0;
};

struct GeometryLine {
  double a = 0, b = 0, c = 0;
};

GeometryPoint ParsePoint(std::string_view text);
// Two points.
std::vector<GeometryPoint> ParseLseg(std::string_view text);
// Two points: the upper right corner, the lower left one.
std::vector<GeometryPoint> ParseBox(std::string_view text);
GeometryLine ParseLine(std::string_view text);
GeometryCircle ParseCircle(std::string_view text);
GeometryPath ParsePath(std::string_view text);
std::vector<GeometryPoint> ParsePolygon(std::string_view text);

// The line through two points; throws when they are the same.
GeometryLine LineThrough(const GeometryPoint& a, const GeometryPoint& b);
// Upper right corner first.
void SortCorners(std::vector<GeometryPoint>& corners);

void AppendPoint(std::string& out, const GeometryPoint& point, int extra_float_digits);
// (x,y),(x,y),...
void AppendPoints(std::string& out, const std::vector<GeometryPoint>& points,
                  int extra_float_digits);

// ---- a value's bytes ----
inline std::vector<GeometryPoint> ReadPoints(std::string_view bytes) {
  std::vector<GeometryPoint> points(bytes.size() / sizeof(GeometryPoint));
  if (!points.empty()) std::memcpy(points.data(), bytes.data(), bytes.size());
  return points;
}
template <typename T>  // GeometryPoint, GeometryCircle, GeometryLine
T ReadGeometry(std::string_view bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}
GeometryPath ReadPath(std::string_view bytes);
std::string PointsBytes(const std::vector<GeometryPoint>& points);
std::string PathBytes(const GeometryPath& path);
template <typename T>
std::string GeometryBytes(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(T));
}

}  // namespace grizzly::types
