// Functions of point, lseg and line.
#include <numbers>

#include "base/error/sql_error.h"
#include "functions/type_families.h"
#include "functions/geometry/typed.h"

namespace grizzly::functions {
namespace {

using namespace geometry;  // NOLINT: a family's own names

// ---- point ----
Point MakePoint(double x, double y) { return {x, y}; }
bool PointLeft(const Point& a, const Point& b) { return Below(a.x, b.x); }
bool PointRight(const Point& a, const Point& b) { return Above(a.x, b.x); }
bool PointAbove(const Point& a, const Point& b) { return Above(a.y, b.y); }
bool PointBelow(const Point& a, const Point& b) { return Below(a.y, b.y); }
bool PointUpright(const Point& a, const Point& b) { return Same(a.x, b.x); }
bool PointLevel(const Point& a, const Point& b) { return Same(a.y, b.y); }
bool PointNotEqual(const Point& a, const Point& b) { return !SamePoint(a, b); }

// ---- lseg ----
Lseg MakeLseg(const Point& a, const Point& b) { return {{a, b}}; }
double LsegSlope(const Lseg& s) { return Slope(s.p[0], s.p[1]); }
double LsegLength(const Lseg& s) { return Distance(s.p[0], s.p[1]); }
bool LsegParallel(const Lseg& a, const Lseg& b) { return Same(LsegSlope(a), LsegSlope(b)); }
bool LsegPerpendicular(const Lseg& a, const Lseg& b) {
  return Same(LsegSlope(a), InverseSlope(b.p[0], b.p[1]));
}
bool LsegUpright(const Lseg& s) { return Same(s.p[0].x, s.p[1].x); }
bool LsegLevel(const Lseg& s) { return Same(s.p[0].y, s.p[1].y); }
bool LsegEqual(const Lseg& a, const Lseg& b) {
  return SamePoint(a.p[0], b.p[0]) && SamePoint(a.p[1], b.p[1]);
}
bool LsegNotEqual(const Lseg& a, const Lseg& b) { return !LsegEqual(a, b); }
template <bool (*kOrder)(double, double)>
bool ByLength(const Lseg& a, const Lseg& b) {
  return kOrder(LsegLength(a), LsegLength(b));
}
Point LsegCenter(const Lseg& s) {
  return {Div(Add(s.p[0].x, s.p[1].x), 2.0), Div(Add(s.p[0].y, s.p[1].y), 2.0)};
}
std::optional<Point> LsegCrossing(const Lseg& a, const Lseg& b) { return Cross(a, b); }
bool LsegsCross(const Lseg& a, const Lseg& b) { return Cross(a, b).has_value(); }
double LsegDistance(const Lseg& a, const Lseg& b) { return ClosestOn(a, b).distance; }

// ---- line ----
Line LineOfPoints(const Point& a, const Point& b) {
  if (SamePoint(a, b)) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   "invalid line specification: must be two distinct points");
  }
  return LineOf(a, Slope(a, b));
}
bool LinesCross(const Line& a, const Line& b) { return Cross(a, b).has_value(); }
bool LinesParallel(const Line& a, const Line& b) { return !Cross(a, b).has_value(); }
bool LinesPerpendicular(const Line& a, const Line& b) {
  if (IsZero(a.a)) return IsZero(b.b);
  if (IsZero(b.a)) return IsZero(a.b);
  if (IsZero(a.b)) return IsZero(b.a);
  if (IsZero(b.b)) return IsZero(a.a);
  return Same(Div(Mul(a.a, b.a), Mul(a.b, b.b)), -1.0);
}
bool LineUpright(const Line& line) { return IsZero(line.b); }
bool LineLevel(const Line& line) { return IsZero(line.a); }
bool LineEqual(const Line& a, const Line& b) {
  const auto has_nan = [](const Line& l) {
    return std::isnan(l.a) || std::isnan(l.b) || std::isnan(l.c);
  };
  if (has_nan(a) || has_nan(b)) {
    const auto same = [](double x, double y) { return std::isnan(x) ? std::isnan(y) : x == y; };
    return same(a.a, b.a) && same(a.b, b.b) && same(a.c, b.c);
  }
  double ratio = 1;
  if (!IsZero(b.a)) {
    ratio = Div(a.a, b.a);
  } else if (!IsZero(b.b)) {
    ratio = Div(a.b, b.b);
  } else if (!IsZero(b.c)) {
    ratio = Div(a.c, b.c);
  }
  return Same(a.a, Mul(ratio, b.a)) && Same(a.b, Mul(ratio, b.b)) && Same(a.c, Mul(ratio, b.c));
}
std::optional<Point> LineCrossing(const Line& a, const Line& b) { return Cross(a, b); }
double LineDistance(const Line& a, const Line& b) {
  if (Cross(a, b).has_value()) return 0;
  double ratio = 1;
  const auto counts = [](double x) { return !IsZero(x) && !std::isnan(x); };
  if (counts(a.a) && counts(b.a)) {
    ratio = Div(a.a, b.a);
  } else if (counts(a.b) && counts(b.b)) {
    ratio = Div(a.b, b.b);
  }
  return Div(std::fabs(Sub(a.c, Mul(ratio, b.c))), Hypot(a.a, a.b));
}

// ---- between kinds ----
double PointToLine(const Point& p, const Line& line) { return ClosestOn(line, p).distance; }
double LineToPoint(const Line& line, const Point& p) { return ClosestOn(line, p).distance; }
double PointToLseg(const Point& p, const Lseg& s) { return ClosestOn(s, p).distance; }
double LsegToPoint(const Lseg& s, const Point& p) { return ClosestOn(s, p).distance; }
double LsegToLine(const Lseg& s, const Line& line) { return ClosestOn(s, line).distance; }
double LineToLseg(const Line& line, const Lseg& s) { return ClosestOn(s, line).distance; }
bool PointOnLine(const Point& p, const Line& line) { return OnLine(line, p); }
bool PointOnLseg(const Point& p, const Lseg& s) { return OnLseg(s, p); }
bool LsegOnLine(const Lseg& s, const Line& line) {
  return OnLine(line, s.p[0]) && OnLine(line, s.p[1]);
}
bool LsegCrossesLine(const Lseg& s, const Line& line) { return Cross(s, line).has_value(); }

std::optional<Point> PointOf(const Closest& closest) {
  if (std::isnan(closest.distance)) return std::nullopt;
  return closest.point;
}
std::optional<Point> CloseOnLine(const Point& p, const Line& line) {
  return PointOf(ClosestOn(line, p));
}
std::optional<Point> CloseOnLseg(const Point& p, const Lseg& s) { return PointOf(ClosestOn(s, p)); }
std::optional<Point> CloseLsegs(const Lseg& a, const Lseg& b) {
  if (LsegSlope(a) == LsegSlope(b)) return std::nullopt;
  return PointOf(ClosestOn(b, a));
}
std::optional<Point> CloseLineOnLseg(const Line& line, const Lseg& s) {
  if (LsegSlope(s) == SlopeOf(line)) return std::nullopt;
  return PointOf(ClosestOn(s, line));
}

void RegisterPoints(Registry& registry) {
  registry.AddScalar("construct_point", Geometric<&MakePoint>);
  registry.AddScalar("point_left", Geometric<&PointLeft>);
  registry.AddScalar("point_right", Geometric<&PointRight>);
  registry.AddScalar("point_above", Geometric<&PointAbove>);
  registry.AddScalar("point_below", Geometric<&PointBelow>);
  registry.AddScalar("point_vert", Geometric<&PointUpright>);
  registry.AddScalar("point_horiz", Geometric<&PointLevel>);
  registry.AddScalar("point_eq", Geometric<&SamePoint>);
  registry.AddScalar("point_ne", Geometric<&PointNotEqual>);
  registry.AddScalar("point_distance", Geometric<&Distance>);
  registry.AddScalar("point_slope", Geometric<&Slope>);
  registry.AddScalar("point_add", Geometric<&AddPoints>);
  registry.AddScalar("point_sub", Geometric<&SubPoints>);
  registry.AddScalar("point_mul", Geometric<&MulPoints>);
  registry.AddScalar("point_div", Geometric<&DivPoints>);
}

void RegisterLsegs(Registry& registry) {
  registry.AddScalar("lseg_construct", Geometric<&MakeLseg>);
  registry.AddScalar("lseg_intersect", Geometric<&LsegsCross>);
  registry.AddScalar("lseg_parallel", Geometric<&LsegParallel>);
  registry.AddScalar("lseg_perp", Geometric<&LsegPerpendicular>);
  registry.AddScalar("lseg_vertical", Geometric<&LsegUpright>);
  registry.AddScalar("lseg_horizontal", Geometric<&LsegLevel>);
  registry.AddScalar("lseg_eq", Geometric<&LsegEqual>);
  registry.AddScalar("lseg_ne", Geometric<&LsegNotEqual>);
  registry.AddScalar("lseg_lt", Geometric<&ByLength<&Below>>);
  registry.AddScalar("lseg_le", Geometric<&ByLength<&BelowOrSame>>);
  registry.AddScalar("lseg_gt", Geometric<&ByLength<&Above>>);
  registry.AddScalar("lseg_ge", Geometric<&ByLength<&AboveOrSame>>);
  registry.AddScalar("lseg_length", Geometric<&LsegLength>);
  registry.AddScalar("lseg_center", Geometric<&LsegCenter>);
  registry.AddScalar("lseg_interpt", Geometric<&LsegCrossing>);
  registry.AddScalar("lseg_distance", Geometric<&LsegDistance>);
  registry.AddScalar("close_ps", Geometric<&CloseOnLseg>);
  registry.AddScalar("close_lseg", Geometric<&CloseLsegs>);
  registry.AddScalar("on_ps", Geometric<&PointOnLseg>);
  registry.AddScalar("dist_ps", Geometric<&PointToLseg>);
  registry.AddScalar("dist_sp", Geometric<&LsegToPoint>);
}

}  // namespace

void RegisterPointsAndLines(Registry& registry) {
  RegisterPoints(registry);
  RegisterLsegs(registry);
  registry.AddScalar("line_construct_pp", Geometric<&LineOfPoints>);
  registry.AddScalar("line_intersect", Geometric<&LinesCross>);
  registry.AddScalar("line_parallel", Geometric<&LinesParallel>);
  registry.AddScalar("line_perp", Geometric<&LinesPerpendicular>);
  registry.AddScalar("line_vertical", Geometric<&LineUpright>);
  registry.AddScalar("line_horizontal", Geometric<&LineLevel>);
  registry.AddScalar("line_eq", Geometric<&LineEqual>);
  registry.AddScalar("line_interpt", Geometric<&LineCrossing>);
  registry.AddScalar("line_distance", Geometric<&LineDistance>);
  registry.AddScalar("dist_pl", Geometric<&PointToLine>);
  registry.AddScalar("dist_lp", Geometric<&LineToPoint>);
  registry.AddScalar("dist_sl", Geometric<&LsegToLine>);
  registry.AddScalar("dist_ls", Geometric<&LineToLseg>);
  registry.AddScalar("on_pl", Geometric<&PointOnLine>);
  registry.AddScalar("on_sl", Geometric<&LsegOnLine>);
  registry.AddScalar("inter_sl", Geometric<&LsegCrossesLine>);
  registry.AddScalar("close_pl", Geometric<&CloseOnLine>);
  registry.AddScalar("close_ls", Geometric<&CloseLineOnLseg>);
}

}  // namespace grizzly::functions
