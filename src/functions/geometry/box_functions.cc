// Functions of box and circle.
#include <numbers>

#include "functions/type_families.h"
#include "functions/geometry/typed.h"

namespace grizzly::functions {
namespace {

using namespace geometry;  // NOLINT: a family's own names

// ---- box ----
bool BoxSame(const Box& a, const Box& b) {
  return SamePoint(a.high, b.high) && SamePoint(a.low, b.low);
}
bool BoxesOverlap(const Box& a, const Box& b) { return Overlap(a, b); }
bool BoxLeft(const Box& a, const Box& b) { return Below(a.high.x, b.low.x); }
bool BoxOverLeft(const Box& a, const Box& b) { return BelowOrSame(a.high.x, b.high.x); }
bool BoxRight(const Box& a, const Box& b) { return Above(a.low.x, b.high.x); }
bool BoxOverRight(const Box& a, const Box& b) { return AboveOrSame(a.low.x, b.low.x); }
bool BoxBelow(const Box& a, const Box& b) { return Below(a.high.y, b.low.y); }
bool BoxOverBelow(const Box& a, const Box& b) { return BelowOrSame(a.high.y, b.high.y); }
bool BoxAbove(const Box& a, const Box& b) { return Above(a.low.y, b.high.y); }
bool BoxOverAbove(const Box& a, const Box& b) { return AboveOrSame(a.low.y, b.low.y); }
bool BoxBelowEqual(const Box& a, const Box& b) { return BelowOrSame(a.high.y, b.low.y); }
bool BoxAboveEqual(const Box& a, const Box& b) { return AboveOrSame(a.low.y, b.high.y); }
bool BoxContains(const Box& a, const Box& b) { return Contains(a, b); }
bool BoxContained(const Box& a, const Box& b) { return Contains(b, a); }
bool BoxContainsPoint(const Box& box, const Point& p) { return Contains(box, p); }
bool PointInBox(const Point& p, const Box& box) { return Contains(box, p); }
double Width(const Box& box) { return Sub(box.high.x, box.low.x); }
double Height(const Box& box) { return Sub(box.high.y, box.low.y); }
double BoxArea(const Box& box) { return Mul(Width(box), Height(box)); }
template <bool (*kOrder)(double, double)>
bool BoxByArea(const Box& a, const Box& b) {
  return kOrder(BoxArea(a), BoxArea(b));
}
Point BoxCenter(const Box& box) { return Center(box); }
double BoxDistance(const Box& a, const Box& b) { return Distance(Center(a), Center(b)); }
std::optional<Box> BoxIntersection(const Box& a, const Box& b) {
  if (!Overlap(a, b)) return std::nullopt;
  return Box{{Least(a.high.x, b.high.x), Least(a.high.y, b.high.y)},
             {Greatest(a.low.x, b.low.x), Greatest(a.low.y, b.low.y)}};
}
Lseg Diagonal(const Box& box) { return {{box.high, box.low}}; }
Box PointsBox(const Point& a, const Point& b) { return BoxOf(a, b); }
Box PointBox(const Point& p) { return {p, p}; }
Box BoundingBox(const Box& a, const Box& b) {
  return {{Greatest(a.high.x, b.high.x), Greatest(a.high.y, b.high.y)},
          {Least(a.low.x, b.low.x), Least(a.low.y, b.low.y)}};
}
Box BoxAdd(const Box& box, const Point& p) { return {AddPoints(box.high, p), AddPoints(box.low, p)}; }
Box BoxSub(const Box& box, const Point& p) { return {SubPoints(box.high, p), SubPoints(box.low, p)}; }
Box BoxMul(const Box& box, const Point& p) {
  return BoxOf(MulPoints(box.high, p), MulPoints(box.low, p));
}
Box BoxDiv(const Box& box, const Point& p) {
  return BoxOf(DivPoints(box.high, p), DivPoints(box.low, p));
}
double PointToBox(const Point& p, const Box& box) { return ClosestOn(box, p).distance; }
double BoxToPoint(const Box& box, const Point& p) { return ClosestOn(box, p).distance; }
double LsegToBox(const Lseg& s, const Box& box) { return ClosestOn(box, s).distance; }
double BoxToLseg(const Box& box, const Lseg& s) { return ClosestOn(box, s).distance; }
std::optional<Point> ClosePointOnBox(const Point& p, const Box& box) {
  const Closest closest = ClosestOn(box, p);
  if (std::isnan(closest.distance)) return std::nullopt;
  return closest.point;
}
std::optional<Point> CloseLsegOnBox(const Lseg& s, const Box& box) {
  const Closest closest = ClosestOn(box, s);
  if (std::isnan(closest.distance)) return std::nullopt;
  return closest.point;
}
bool LsegInBox(const Lseg& s, const Box& box) {
  return Contains(box, s.p[0]) && Contains(box, s.p[1]);
}
bool LsegCrossesBox(const Lseg& s, const Box& box) { return Cross(box, s).has_value(); }
bool LineCrossesBox(const Line& line, const Box& box) {
  for (const Lseg& side : SidesOf(box)) {
    if (Cross(side, line).has_value()) return true;
  }
  return false;
}

// ---- circle ----
bool CircleSame(const Circle& a, const Circle& b) {
  const bool same_radius =
      (std::isnan(a.radius) && std::isnan(b.radius)) || Same(a.radius, b.radius);
  return same_radius && SamePoint(a.center, b.center);
}
bool CirclesOverlap(const Circle& a, const Circle& b) {
  return BelowOrSame(Distance(a.center, b.center), Add(a.radius, b.radius));
}
double RightOf(const Circle& c) { return Add(c.center.x, c.radius); }
double LeftOf(const Circle& c) { return Sub(c.center.x, c.radius); }
double TopOf(const Circle& c) { return Add(c.center.y, c.radius); }
double BottomOf(const Circle& c) { return Sub(c.center.y, c.radius); }
bool CircleOverLeft(const Circle& a, const Circle& b) { return BelowOrSame(RightOf(a), RightOf(b)); }
bool CircleLeft(const Circle& a, const Circle& b) { return Below(RightOf(a), LeftOf(b)); }
bool CircleRight(const Circle& a, const Circle& b) { return Above(LeftOf(a), RightOf(b)); }
bool CircleOverRight(const Circle& a, const Circle& b) { return AboveOrSame(LeftOf(a), LeftOf(b)); }
bool CircleBelow(const Circle& a, const Circle& b) { return Below(TopOf(a), BottomOf(b)); }
bool CircleAbove(const Circle& a, const Circle& b) { return Above(BottomOf(a), TopOf(b)); }
bool CircleOverBelow(const Circle& a, const Circle& b) { return BelowOrSame(TopOf(a), TopOf(b)); }
bool CircleOverAbove(const Circle& a, const Circle& b) {
  return AboveOrSame(BottomOf(a), BottomOf(b));
}
bool CircleContained(const Circle& a, const Circle& b) {
  return BelowOrSame(Distance(a.center, b.center), Sub(b.radius, a.radius));
}
bool CircleContains(const Circle& a, const Circle& b) { return CircleContained(b, a); }
double CircleArea(const Circle& c) { return Mul(Mul(c.radius, c.radius), std::numbers::pi); }
template <bool (*kOrder)(double, double)>
bool CircleByArea(const Circle& a, const Circle& b) {
  return kOrder(CircleArea(a), CircleArea(b));
}
bool AreasDiffer(double a, double b) { return !Same(a, b); }
Circle CircleAdd(const Circle& c, const Point& p) { return {AddPoints(c.center, p), c.radius}; }
Circle CircleSub(const Circle& c, const Point& p) { return {SubPoints(c.center, p), c.radius}; }
Circle CircleMul(const Circle& c, const Point& p) {
  return {MulPoints(c.center, p), Mul(c.radius, Hypot(p.x, p.y))};
}
Circle CircleDiv(const Circle& c, const Point& p) {
  return {DivPoints(c.center, p), Div(c.radius, Hypot(p.x, p.y))};
}
double Radius(const Circle& c) { return c.radius; }
double Diameter(const Circle& c) { return Mul(c.radius, 2.0); }
Point CircleCenter(const Circle& c) { return c.center; }
double NotNegative(double distance) { return distance < 0 ? 0 : distance; }
double CircleDistance(const Circle& a, const Circle& b) {
  return NotNegative(Sub(Distance(a.center, b.center), Add(a.radius, b.radius)));
}
double PointToCircle(const Point& p, const Circle& c) {
  return NotNegative(Sub(Distance(p, c.center), c.radius));
}
double CircleToPoint(const Circle& c, const Point& p) { return PointToCircle(p, c); }
bool CircleContainsPoint(const Circle& c, const Point& p) {
  return Distance(c.center, p) <= c.radius;
}
bool PointInCircle(const Point& p, const Circle& c) { return CircleContainsPoint(c, p); }
Circle MakeCircle(const Point& center, double radius) { return {center, radius}; }
Circle BoxCircle(const Box& box) {
  const Point center = Center(box);
  return {center, Distance(center, box.high)};
}
Box CircleBox(const Circle& c) {
  const double delta = Div(c.radius, std::sqrt(2.0));
  return {{Add(c.center.x, delta), Add(c.center.y, delta)},
          {Sub(c.center.x, delta), Sub(c.center.y, delta)}};
}

void RegisterBoxPlaces(Registry& registry) {
  registry.AddScalar("box_same", Geometric<&BoxSame>);
  registry.AddScalar("box_overlap", Geometric<&BoxesOverlap>);
  registry.AddScalar("box_left", Geometric<&BoxLeft>);
  registry.AddScalar("box_overleft", Geometric<&BoxOverLeft>);
  registry.AddScalar("box_right", Geometric<&BoxRight>);
  registry.AddScalar("box_overright", Geometric<&BoxOverRight>);
  registry.AddScalar("box_below", Geometric<&BoxBelow>);
  registry.AddScalar("box_overbelow", Geometric<&BoxOverBelow>);
  registry.AddScalar("box_above", Geometric<&BoxAbove>);
  registry.AddScalar("box_overabove", Geometric<&BoxOverAbove>);
  registry.AddScalar("box_below_eq", Geometric<&BoxBelowEqual>);
  registry.AddScalar("box_above_eq", Geometric<&BoxAboveEqual>);
  registry.AddScalar("box_contain", Geometric<&BoxContains>);
  registry.AddScalar("box_contained", Geometric<&BoxContained>);
  registry.AddScalar("box_contain_pt", Geometric<&BoxContainsPoint>);
  registry.AddScalar("on_pb", Geometric<&PointInBox>);
  registry.AddScalar("on_sb", Geometric<&LsegInBox>);
  registry.AddScalar("inter_sb", Geometric<&LsegCrossesBox>);
  registry.AddScalar("inter_lb", Geometric<&LineCrossesBox>);
}

void RegisterBoxes(Registry& registry) {
  RegisterBoxPlaces(registry);
  registry.AddScalar("box_eq", Geometric<&BoxByArea<&Same>>);
  registry.AddScalar("box_lt", Geometric<&BoxByArea<&Below>>);
  registry.AddScalar("box_le", Geometric<&BoxByArea<&BelowOrSame>>);
  registry.AddScalar("box_gt", Geometric<&BoxByArea<&Above>>);
  registry.AddScalar("box_ge", Geometric<&BoxByArea<&AboveOrSame>>);
  registry.AddScalar("box_area", Geometric<&BoxArea>);
  registry.AddScalar("box_width", Geometric<&Width>);
  registry.AddScalar("box_height", Geometric<&Height>);
  registry.AddScalar("box_center", Geometric<&BoxCenter>);
  registry.AddScalar("box_distance", Geometric<&BoxDistance>);
  registry.AddScalar("box_intersect", Geometric<&BoxIntersection>);
  registry.AddScalar("box_diagonal", Geometric<&Diagonal>);
  registry.AddScalar("points_box", Geometric<&PointsBox>);
  registry.AddScalar("point_box", Geometric<&PointBox>);
  registry.AddScalar("boxes_bound_box", Geometric<&BoundingBox>);
  registry.AddScalar("box_add", Geometric<&BoxAdd>);
  registry.AddScalar("box_sub", Geometric<&BoxSub>);
  registry.AddScalar("box_mul", Geometric<&BoxMul>);
  registry.AddScalar("box_div", Geometric<&BoxDiv>);
  registry.AddScalar("dist_pb", Geometric<&PointToBox>);
  registry.AddScalar("dist_bp", Geometric<&BoxToPoint>);
  registry.AddScalar("dist_sb", Geometric<&LsegToBox>);
  registry.AddScalar("dist_bs", Geometric<&BoxToLseg>);
  registry.AddScalar("close_pb", Geometric<&ClosePointOnBox>);
  registry.AddScalar("close_sb", Geometric<&CloseLsegOnBox>);
}

void RegisterCirclePlaces(Registry& registry) {
  registry.AddScalar("circle_same", Geometric<&CircleSame>);
  registry.AddScalar("circle_overlap", Geometric<&CirclesOverlap>);
  registry.AddScalar("circle_overleft", Geometric<&CircleOverLeft>);
  registry.AddScalar("circle_left", Geometric<&CircleLeft>);
  registry.AddScalar("circle_right", Geometric<&CircleRight>);
  registry.AddScalar("circle_overright", Geometric<&CircleOverRight>);
  registry.AddScalar("circle_below", Geometric<&CircleBelow>);
  registry.AddScalar("circle_above", Geometric<&CircleAbove>);
  registry.AddScalar("circle_overbelow", Geometric<&CircleOverBelow>);
  registry.AddScalar("circle_overabove", Geometric<&CircleOverAbove>);
  registry.AddScalar("circle_contained", Geometric<&CircleContained>);
  registry.AddScalar("circle_contain", Geometric<&CircleContains>);
  registry.AddScalar("circle_contain_pt", Geometric<&CircleContainsPoint>);
  registry.AddScalar("pt_contained_circle", Geometric<&PointInCircle>);
}

}  // namespace

void RegisterBoxesAndCircles(Registry& registry) {
  RegisterBoxes(registry);
  RegisterCirclePlaces(registry);
  registry.AddScalar("circle_eq", Geometric<&CircleByArea<&Same>>);
  registry.AddScalar("circle_ne", Geometric<&CircleByArea<&AreasDiffer>>);
  registry.AddScalar("circle_lt", Geometric<&CircleByArea<&Below>>);
  registry.AddScalar("circle_le", Geometric<&CircleByArea<&BelowOrSame>>);
  registry.AddScalar("circle_gt", Geometric<&CircleByArea<&Above>>);
  registry.AddScalar("circle_ge", Geometric<&CircleByArea<&AboveOrSame>>);
  registry.AddScalar("circle_area", Geometric<&CircleArea>);
  registry.AddScalar("circle_diameter", Geometric<&Diameter>);
  registry.AddScalar("circle_radius", Geometric<&Radius>);
  registry.AddScalar("circle_center", Geometric<&CircleCenter>);
  registry.AddScalar("circle_distance", Geometric<&CircleDistance>);
  registry.AddScalar("circle_add_pt", Geometric<&CircleAdd>);
  registry.AddScalar("circle_sub_pt", Geometric<&CircleSub>);
  registry.AddScalar("circle_mul_pt", Geometric<&CircleMul>);
  registry.AddScalar("circle_div_pt", Geometric<&CircleDiv>);
  registry.AddScalar("cr_circle", Geometric<&MakeCircle>);
  registry.AddScalar("box_circle", Geometric<&BoxCircle>);
  registry.AddScalar("circle_box", Geometric<&CircleBox>);
  registry.AddScalar("dist_pc", Geometric<&PointToCircle>);
  registry.AddScalar("dist_cpoint", Geometric<&CircleToPoint>);
}

}  // namespace grizzly::functions
