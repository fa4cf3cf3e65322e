// Functions of path and polygon.
#include <algorithm>
#include <numbers>

#include "base/error/sql_error.h"
#include "functions/type_families.h"
#include "functions/geometry/typed.h"

namespace grizzly::functions {
namespace {

using namespace geometry;  // NOLINT: a family's own names

// The least of a distance over pairs; nullopt when there are none.
class Shortest {
 public:
  void Add(double distance) {
    if (!best_.has_value() || distance < *best_) best_ = distance;
  }
  std::optional<double> value() const { return best_; }

 private:
  std::optional<double> best_;
};

std::vector<Lseg> Segments(const Path& path) { return SegmentsOf(path.points, path.is_closed); }
std::vector<Lseg> Sides(const Polygon& polygon) { return SegmentsOf(polygon.points, true); }

// ---- path ----
template <bool (*kOrder)(size_t, size_t)>
bool ByCount(const Path& a, const Path& b) {
  return kOrder(a.points.size(), b.points.size());
}
bool Fewer(size_t a, size_t b) { return a < b; }
bool More(size_t a, size_t b) { return a > b; }
bool AsMany(size_t a, size_t b) { return a == b; }
bool AtMost(size_t a, size_t b) { return a <= b; }
bool AtLeast(size_t a, size_t b) { return a >= b; }

bool PathsCross(const Path& a, const Path& b) {
  if (!Overlap(BoundsOf(a.points), BoundsOf(b.points))) return false;
  for (const Lseg& first : Segments(a)) {
    for (const Lseg& second : Segments(b)) {
      if (Cross(first, second).has_value()) return true;
    }
  }
  return false;
}
std::optional<double> PathDistance(const Path& a, const Path& b) {
  Shortest shortest;
  for (const Lseg& first : Segments(a)) {
    for (const Lseg& second : Segments(b)) shortest.Add(ClosestOn(first, second).distance);
  }
  return shortest.value();
}
double PathToPoint(const Path& path, const Point& p) {
  Shortest shortest;
  for (const Lseg& segment : Segments(path)) shortest.Add(ClosestOn(segment, p).distance);
  return shortest.value().value_or(0);
}
double PointToPath(const Point& p, const Path& path) { return PathToPoint(path, p); }
bool PointOnPath(const Point& p, const Path& path) {
  if (path.is_closed) return Inside(p, path.points) != 0;
  for (const Lseg& segment : Segments(path)) {
    if (OnLseg(segment, p)) return true;
  }
  return false;
}
std::optional<double> PathArea(const Path& path) {
  if (!path.is_closed) return std::nullopt;
  double area = 0;
  for (size_t i = 0; i < path.points.size(); ++i) {
    const Point& a = path.points[i];
    const Point& b = path.points[(i + 1) % path.points.size()];
    area = Sub(Add(area, Mul(a.x, b.y)), Mul(a.y, b.x));
  }
  return Div(std::fabs(area), 2.0);
}
double PathLength(const Path& path) {
  double length = 0;
  for (const Lseg& segment : Segments(path)) length = Add(length, Distance(segment.p[0], segment.p[1]));
  return length;
}
bool IsClosed(const Path& path) { return path.is_closed; }
bool IsOpen(const Path& path) { return !path.is_closed; }
int32_t PathCount(const Path& path) { return static_cast<int32_t>(path.points.size()); }
Path Closed(const Path& path) { return {true, path.points}; }
Path Opened(const Path& path) { return {false, path.points}; }
std::optional<Path> PathConcat(const Path& a, const Path& b) {
  if (a.is_closed || b.is_closed) return std::nullopt;
  Path joined = a;
  joined.points.insert(joined.points.end(), b.points.begin(), b.points.end());
  return joined;
}
template <Point (*kMove)(const Point&, const Point&)>
Path Moved(const Path& path, const Point& by) {
  Path moved = path;
  for (Point& point : moved.points) point = kMove(point, by);
  return moved;
}

// ---- polygon ----
bool PolygonSame(const Polygon& a, const Polygon& b) {
  const size_t count = a.points.size();
  if (count != b.points.size()) return false;
  for (size_t start = 0; start < count; ++start) {
    bool forward = true;
    bool backward = true;
    for (size_t i = 0; i < count && (forward || backward); ++i) {
      forward = forward && SamePoint(a.points[i], b.points[(start + i) % count]);
      backward = backward && SamePoint(a.points[i], b.points[(start + count - i) % count]);
    }
    if (forward || backward) return true;
  }
  return false;
}
template <bool (*kPlace)(const Box&, const Box&)>
bool ByBounds(const Polygon& a, const Polygon& b) {
  return kPlace(BoundsOf(a.points), BoundsOf(b.points));
}
bool BoundsLeft(const Box& a, const Box& b) { return a.high.x < b.low.x; }
bool BoundsOverLeft(const Box& a, const Box& b) { return a.high.x <= b.high.x; }
bool BoundsRight(const Box& a, const Box& b) { return a.low.x > b.high.x; }
bool BoundsOverRight(const Box& a, const Box& b) { return a.low.x >= b.low.x; }
bool BoundsBelow(const Box& a, const Box& b) { return a.high.y < b.low.y; }
bool BoundsOverBelow(const Box& a, const Box& b) { return a.high.y <= b.high.y; }
bool BoundsAbove(const Box& a, const Box& b) { return a.low.y > b.high.y; }
bool BoundsOverAbove(const Box& a, const Box& b) { return a.low.y >= b.low.y; }
bool PolygonContains(const Polygon& a, const Polygon& b) { return Contains(a, b); }
bool PolygonContained(const Polygon& a, const Polygon& b) { return Contains(b, a); }
bool PolygonsOverlap(const Polygon& a, const Polygon& b) { return Overlap(a, b); }
bool PolygonContainsPoint(const Polygon& polygon, const Point& p) {
  return Inside(p, polygon.points) != 0;
}
bool PointInPolygon(const Point& p, const Polygon& polygon) {
  return Inside(p, polygon.points) != 0;
}
int32_t PolygonCount(const Polygon& polygon) { return static_cast<int32_t>(polygon.points.size()); }
Box PolygonBox(const Polygon& polygon) { return BoundsOf(polygon.points); }
Path PolygonPath(const Polygon& polygon) { return {true, polygon.points}; }
Polygon PathPolygon(const Path& path) {
  if (!path.is_closed) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   "open path cannot be converted to polygon");
  }
  return {path.points};
}
Polygon BoxPolygon(const Box& box) {
  return {{box.low, {box.low.x, box.high.y}, box.high, {box.high.x, box.low.y}}};
}
Circle PolygonCircle(const Polygon& polygon) {
  const auto count = static_cast<double>(polygon.points.size());
  Circle circle;
  for (const Point& point : polygon.points) circle.center = AddPoints(circle.center, point);
  circle.center = {Div(circle.center.x, count), Div(circle.center.y, count)};
  for (const Point& point : polygon.points) {
    circle.radius = Add(circle.radius, Distance(point, circle.center));
  }
  circle.radius = Div(circle.radius, count);
  return circle;
}
Point PolygonCenter(const Polygon& polygon) { return PolygonCircle(polygon).center; }
Polygon CirclePolygon(int32_t count, const Circle& circle) {
  constexpr int32_t kPointsMax = 67'108'860;  // what fits in PostgreSQL's polygon
  if (IsZero(circle.radius)) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "cannot convert circle with radius zero to polygon");
  }
  if (count < 2) {
    throw SqlError(SqlState::kInvalidParameterValue, "must request at least 2 points");
  }
  if (count > kPointsMax) {
    throw SqlError(SqlState::kProgramLimitExceeded, "too many points requested");
  }
  Polygon polygon;
  const double step = Div(2.0 * std::numbers::pi, count);
  for (int32_t i = 0; i < count; ++i) {
    const double angle = Mul(step, i);
    polygon.points.push_back({Sub(circle.center.x, Mul(circle.radius, std::cos(angle))),
                              Add(circle.center.y, Mul(circle.radius, std::sin(angle)))});
  }
  return polygon;
}
double PointToPolygon(const Point& p, const Polygon& polygon) {
  if (Inside(p, polygon.points) != 0) return 0;
  Shortest shortest;
  // The side that closes it goes from the first point to the last: the other way it rounds otherwise.
  shortest.Add(ClosestOn(Lseg{{polygon.points.front(), polygon.points.back()}}, p).distance);
  for (const Lseg& side : SegmentsOf(polygon.points, false)) shortest.Add(ClosestOn(side, p).distance);
  return *shortest.value();
}
double PolygonToPoint(const Polygon& polygon, const Point& p) { return PointToPolygon(p, polygon); }
double CircleToPolygon(const Circle& circle, const Polygon& polygon) {
  const double distance = Sub(PointToPolygon(circle.center, polygon), circle.radius);
  return distance < 0 ? 0 : distance;
}
double PolygonToCircle(const Polygon& polygon, const Circle& circle) {
  return CircleToPolygon(circle, polygon);
}
double PolygonDistance(const Polygon& a, const Polygon& b) {
  if (Overlap(a, b)) return 0;
  Shortest shortest;
  for (const Lseg& first : Sides(a)) {
    for (const Lseg& second : Sides(b)) shortest.Add(ClosestOn(first, second).distance);
  }
  return *shortest.value();
}

void RegisterPaths(Registry& registry) {
  registry.AddScalar("path_n_lt", Geometric<&ByCount<&Fewer>>);
  registry.AddScalar("path_n_gt", Geometric<&ByCount<&More>>);
  registry.AddScalar("path_n_eq", Geometric<&ByCount<&AsMany>>);
  registry.AddScalar("path_n_le", Geometric<&ByCount<&AtMost>>);
  registry.AddScalar("path_n_ge", Geometric<&ByCount<&AtLeast>>);
  registry.AddScalar("path_inter", Geometric<&PathsCross>);
  registry.AddScalar("path_distance", Geometric<&PathDistance>);
  registry.AddScalar("dist_ppath", Geometric<&PointToPath>);
  registry.AddScalar("dist_pathp", Geometric<&PathToPoint>);
  registry.AddScalar("on_ppath", Geometric<&PointOnPath>);
  registry.AddScalar("path_area", Geometric<&PathArea>);
  registry.AddScalar("path_length", Geometric<&PathLength>);
  registry.AddScalar("path_isclosed", Geometric<&IsClosed>);
  registry.AddScalar("path_isopen", Geometric<&IsOpen>);
  registry.AddScalar("path_npoints", Geometric<&PathCount>);
  registry.AddScalar("path_close", Geometric<&Closed>);
  registry.AddScalar("path_open", Geometric<&Opened>);
  registry.AddScalar("path_add", Geometric<&PathConcat>);
  registry.AddScalar("path_add_pt", Geometric<&Moved<&AddPoints>>);
  registry.AddScalar("path_sub_pt", Geometric<&Moved<&SubPoints>>);
  registry.AddScalar("path_mul_pt", Geometric<&Moved<&MulPoints>>);
  registry.AddScalar("path_div_pt", Geometric<&Moved<&DivPoints>>);
  registry.AddScalar("path_poly", Geometric<&PathPolygon>);
}

}  // namespace

void RegisterPathsAndPolygons(Registry& registry) {
  RegisterPaths(registry);
  registry.AddScalar("poly_same", Geometric<&PolygonSame>);
  registry.AddScalar("poly_left", Geometric<&ByBounds<&BoundsLeft>>);
  registry.AddScalar("poly_overleft", Geometric<&ByBounds<&BoundsOverLeft>>);
  registry.AddScalar("poly_right", Geometric<&ByBounds<&BoundsRight>>);
  registry.AddScalar("poly_overright", Geometric<&ByBounds<&BoundsOverRight>>);
  registry.AddScalar("poly_below", Geometric<&ByBounds<&BoundsBelow>>);
  registry.AddScalar("poly_overbelow", Geometric<&ByBounds<&BoundsOverBelow>>);
  registry.AddScalar("poly_above", Geometric<&ByBounds<&BoundsAbove>>);
  registry.AddScalar("poly_overabove", Geometric<&ByBounds<&BoundsOverAbove>>);
  registry.AddScalar("poly_contain", Geometric<&PolygonContains>);
  registry.AddScalar("poly_contained", Geometric<&PolygonContained>);
  registry.AddScalar("poly_overlap", Geometric<&PolygonsOverlap>);
  registry.AddScalar("poly_contain_pt", Geometric<&PolygonContainsPoint>);
  registry.AddScalar("pt_contained_poly", Geometric<&PointInPolygon>);
  registry.AddScalar("poly_npoints", Geometric<&PolygonCount>);
  registry.AddScalar("poly_center", Geometric<&PolygonCenter>);
  registry.AddScalar("poly_box", Geometric<&PolygonBox>);
  registry.AddScalar("poly_path", Geometric<&PolygonPath>);
  registry.AddScalar("box_poly", Geometric<&BoxPolygon>);
  registry.AddScalar("poly_circle", Geometric<&PolygonCircle>);
  registry.AddScalar("circle_poly", Geometric<&CirclePolygon>);
  registry.AddScalar("poly_distance", Geometric<&PolygonDistance>);
  registry.AddScalar("dist_ppoly", Geometric<&PointToPolygon>);
  registry.AddScalar("dist_polyp", Geometric<&PolygonToPoint>);
  registry.AddScalar("dist_cpoly", Geometric<&CircleToPolygon>);
  registry.AddScalar("dist_polyc", Geometric<&PolygonToCircle>);
}

}  // namespace grizzly::functions
