#include "functions/geometry/shapes.h"

#include "base/error/sql_error.h"
#include "types/value_error.h"

namespace grizzly::functions::geometry {
namespace {

double Positive(double zero_or_not) { return zero_or_not == 0 ? 0 : zero_or_not; }

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool SameNumber(double a, double b) { return std::isnan(a) ? std::isnan(b) : a == b; }
bool HasNan(const Point& p) { return std::isnan(p.x) || std::isnan(p.y); }

}  // namespace

double Add(double a, double b) {
  const double sum = a + b;
  if (std::isinf(sum) && !std::isinf(a) && !std::isinf(b)) types::ThrowFloatOverflow();
  return sum;
}
double Sub(double a, double b) {
  const double difference = a - b;
  if (std::isinf(difference) && !std::isinf(a) && !std::isinf(b)) types::ThrowFloatOverflow();
  return difference;
}
double Mul(double a, double b) {
  const double product = a * b;
  if (std::isinf(product) && !std::isinf(a) && !std::isinf(b)) types::ThrowFloatOverflow();
  if (product == 0 && a != 0 && b != 0) types::ThrowFloatUnderflow();
  return product;
}
double Div(double a, double b) {
  if (b == 0 && !std::isnan(a)) types::ThrowDivisionByZero();
  const double quotient = a / b;
  if (std::isinf(quotient) && !std::isinf(a)) types::ThrowFloatOverflow();
  if (quotient == 0 && a != 0 && !std::isinf(b)) types::ThrowFloatUnderflow();
  return quotient;
}

double Hypot(double x, double y) {
  if (std::isinf(x) || std::isinf(y)) return kInfinity;
  if (std::isnan(x) || std::isnan(y)) return std::numeric_limits<double>::quiet_NaN();
  x = std::fabs(x);
  y = std::fabs(y);
  if (x < y) std::swap(x, y);
  if (y == 0) return x;
  const double ratio = y / x;
  const double length = x * std::sqrt(1.0 + (ratio * ratio));
  if (std::isinf(length)) types::ThrowFloatOverflow();
  if (length == 0) types::ThrowFloatUnderflow();
  return length;
}

double Least(double a, double b) {
  if (std::isnan(a)) return b;
  return std::isnan(b) || a < b ? a : b;
}
double Greatest(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  return a > b ? a : b;
}

// ---- points ----

bool SamePoint(const Point& a, const Point& b) {
  if (HasNan(a) || HasNan(b)) return SameNumber(a.x, b.x) && SameNumber(a.y, b.y);
  return Same(a.x, b.x) && Same(a.y, b.y);
}

double Distance(const Point& a, const Point& b) { return Hypot(Sub(a.x, b.x), Sub(a.y, b.y)); }

double Slope(const Point& a, const Point& b) {
  if (Same(a.x, b.x)) return kInfinity;
  if (Same(a.y, b.y)) return 0;
  return Div(Sub(a.y, b.y), Sub(a.x, b.x));
}

double InverseSlope(const Point& a, const Point& b) {
  if (Same(a.x, b.x)) return 0;
  if (Same(a.y, b.y)) return kInfinity;
  return Div(Sub(a.x, b.x), Sub(b.y, a.y));
}

Point AddPoints(const Point& a, const Point& b) { return {Add(a.x, b.x), Add(a.y, b.y)}; }
Point SubPoints(const Point& a, const Point& b) { return {Sub(a.x, b.x), Sub(a.y, b.y)}; }
Point MulPoints(const Point& a, const Point& b) {
  return {Sub(Mul(a.x, b.x), Mul(a.y, b.y)), Add(Mul(a.x, b.y), Mul(a.y, b.x))};
}
Point DivPoints(const Point& a, const Point& b) {
  const double square = Add(Mul(b.x, b.x), Mul(b.y, b.y));
  return {Div(Add(Mul(a.x, b.x), Mul(a.y, b.y)), square),
          Div(Sub(Mul(a.y, b.x), Mul(a.x, b.y)), square)};
}

// ---- lines and segments ----

Line LineOf(const Point& point, double slope) {
  if (std::isinf(slope)) return {-1, 0, point.x};
  if (slope == 0) return {0, -1, point.y};
  return {slope, -1, Positive(Sub(point.y, Mul(slope, point.x)))};
}

double SlopeOf(const Line& line) {
  if (IsZero(line.a)) return 0;
  if (IsZero(line.b)) return kInfinity;
  return Div(line.a, -line.b);
}
double InverseSlopeOf(const Line& line) {
  if (IsZero(line.a)) return kInfinity;
  if (IsZero(line.b)) return 0;
  return Div(line.b, line.a);
}

namespace {

// `first` is not upright.
std::optional<Point> CrossFrom(const Line& first, const Line& second) {
  if (Same(second.a, Mul(first.a, Div(second.b, first.b)))) return std::nullopt;
  const double x = Div(Sub(Mul(first.b, second.c), Mul(second.b, first.c)),
                       Sub(Mul(first.a, second.b), Mul(second.a, first.b)));
  const double y = Div(-Add(Mul(first.a, x), first.c), first.b);
  return Point{Positive(x), Positive(y)};
}

}  // namespace

std::optional<Point> Cross(const Line& a, const Line& b) {
  if (!IsZero(a.b)) return CrossFrom(a, b);
  if (!IsZero(b.b)) return CrossFrom(b, a);
  return std::nullopt;
}

bool OnLine(const Line& line, const Point& point) {
  return IsZero(Add(Add(Mul(line.a, point.x), Mul(line.b, point.y)), line.c));
}

bool OnLseg(const Lseg& lseg, const Point& point) {
  return Same(Add(Distance(point, lseg.p[0]), Distance(point, lseg.p[1])),
              Distance(lseg.p[0], lseg.p[1]));
}

std::optional<Point> Cross(const Lseg& lseg, const Line& line) {
  const auto at = Cross(LineOf(lseg.p[0], Slope(lseg.p[0], lseg.p[1])), line);
  if (!at.has_value() || !OnLseg(lseg, *at)) return std::nullopt;
  // An end that is as good as the crossing is the crossing.
  if (SamePoint(lseg.p[0], *at)) return lseg.p[0];
  if (SamePoint(lseg.p[1], *at)) return lseg.p[1];
  return at;
}

std::optional<Point> Cross(const Lseg& a, const Lseg& b) {
  const auto at = Cross(a, LineOf(b.p[0], Slope(b.p[0], b.p[1])));
  if (!at.has_value() || !OnLseg(b, *at)) return std::nullopt;
  return at;
}

Closest ClosestOn(const Line& line, const Point& point) {
  const auto at = Cross(LineOf(point, InverseSlopeOf(line)), line);
  if (!at.has_value()) return {std::numeric_limits<double>::quiet_NaN(), point};
  return {Distance(*at, point), *at};
}

Closest ClosestOn(const Lseg& lseg, const Point& point) {
  const Line upright = LineOf(point, InverseSlope(lseg.p[0], lseg.p[1]));
  const Closest closest = ClosestOn(lseg, upright);
  return {Distance(closest.point, point), closest.point};
}

Closest ClosestOn(const Lseg& lseg, const Line& line) {
  if (const auto at = Cross(lseg, line)) return {0, *at};
  const double first = ClosestOn(line, lseg.p[0]).distance;
  const double second = ClosestOn(line, lseg.p[1]).distance;
  return first < second ? Closest{first, lseg.p[0]} : Closest{second, lseg.p[1]};
}

Closest ClosestOn(const Lseg& on, const Lseg& to) {
  if (const auto at = Cross(on, to)) return {0, *at};
  Closest best = ClosestOn(on, to.p[0]);
  const auto consider = [&](const Closest& other) {
    if (other.distance < best.distance) best = other;
  };
  consider(ClosestOn(on, to.p[1]));
  consider({ClosestOn(to, on.p[0]).distance, on.p[0]});
  consider({ClosestOn(to, on.p[1]).distance, on.p[1]});
  return best;
}

// ---- boxes ----

Box BoxOf(const Point& a, const Point& b) {
  Box box;
  const bool x = std::isnan(a.x) ? !std::isnan(b.x) : a.x > b.x;
  const bool y = std::isnan(a.y) ? !std::isnan(b.y) : a.y > b.y;
  box.high = {x ? a.x : b.x, y ? a.y : b.y};
  box.low = {x ? b.x : a.x, y ? b.y : a.y};
  return box;
}

Point Center(const Box& box) {
  return {Div(Add(box.high.x, box.low.x), 2.0), Div(Add(box.high.y, box.low.y), 2.0)};
}

bool Overlap(const Box& a, const Box& b) {
  return BelowOrSame(a.low.x, b.high.x) && BelowOrSame(b.low.x, a.high.x) &&
         BelowOrSame(a.low.y, b.high.y) && BelowOrSame(b.low.y, a.high.y);
}

bool Contains(const Box& box, const Point& p) {
  return box.high.x >= p.x && box.low.x <= p.x && box.high.y >= p.y && box.low.y <= p.y;
}

bool Contains(const Box& outer, const Box& inner) {
  return AboveOrSame(outer.high.x, inner.high.x) && BelowOrSame(outer.low.x, inner.low.x) &&
         AboveOrSame(outer.high.y, inner.high.y) && BelowOrSame(outer.low.y, inner.low.y);
}

std::vector<Lseg> SidesOf(const Box& box) {
  const Point top_left{box.low.x, box.high.y};
  const Point bottom_right{box.high.x, box.low.y};
  return {{{box.low, top_left}},
          {{box.high, top_left}},
          {{box.low, bottom_right}},
          {{box.high, bottom_right}}};
}

std::optional<Point> Cross(const Box& box, const Lseg& lseg) {
  const Box around{{Greatest(lseg.p[0].x, lseg.p[1].x), Greatest(lseg.p[0].y, lseg.p[1].y)},
                   {Least(lseg.p[0].x, lseg.p[1].x), Least(lseg.p[0].y, lseg.p[1].y)}};
  if (!Overlap(around, box)) return std::nullopt;
  bool crosses = Contains(box, lseg.p[0]) || Contains(box, lseg.p[1]);
  for (const Lseg& side : SidesOf(box)) crosses = crosses || Cross(side, lseg).has_value();
  if (!crosses) return std::nullopt;
  return ClosestOn(lseg, Center(box)).point;
}

Closest ClosestOn(const Box& box, const Point& point) {
  if (Contains(box, point)) return {0, point};
  std::optional<Closest> best;
  for (const Lseg& side : SidesOf(box)) {
    const Closest closest = ClosestOn(side, point);
    if (!best.has_value() || closest.distance < best->distance) best = closest;
  }
  return *best;
}

Closest ClosestOn(const Box& box, const Lseg& lseg) {
  if (const auto at = Cross(box, lseg)) return {0, *at};
  std::optional<Closest> best;
  for (const Lseg& side : SidesOf(box)) {
    const Closest closest = ClosestOn(side, lseg);
    if (!best.has_value() || closest.distance < best->distance) best = closest;
  }
  return *best;
}

// ---- polygons ----

Box BoundsOf(const std::vector<Point>& points) {
  Box bounds{points[0], points[0]};
  for (const Point& p : points) {
    bounds.low = {p.x < bounds.low.x ? p.x : bounds.low.x, p.y < bounds.low.y ? p.y : bounds.low.y};
    bounds.high = {p.x > bounds.high.x ? p.x : bounds.high.x,
                   p.y > bounds.high.y ? p.y : bounds.high.y};
  }
  return bounds;
}

namespace {

constexpr int kOnEdge = INT32_MAX;

// Whether the segment crosses the positive x axis: 0 no, +-1 touches, +-2 crosses; or kOnEdge. Seen from
// the point as the origin.
int CrossingOfAxis(const Point& to, const Point& from) {
  if (IsZero(to.y)) {
    if (IsZero(to.x)) return kOnEdge;
    if (Above(to.x, 0)) {
      if (IsZero(from.y)) return Above(from.x, 0) ? 0 : kOnEdge;
      return Below(from.y, 0) ? 1 : -1;
    }
    if (IsZero(from.y)) return Below(from.x, 0) ? 0 : kOnEdge;
    return 0;
  }
  const int sign = Above(to.y, 0) ? 1 : -1;
  if (IsZero(from.y)) return Below(from.x, 0) ? 0 : sign;
  if ((sign < 0 && Below(from.y, 0)) || (sign > 0 && Above(from.y, 0))) return 0;
  if (AboveOrSame(to.x, 0) && Above(from.x, 0)) return 2 * sign;
  if (Below(to.x, 0) && BelowOrSame(from.x, 0)) return 0;
  const double side = Sub(Mul(Sub(to.x, from.x), to.y), Mul(Sub(to.y, from.y), to.x));
  if (IsZero(side)) return kOnEdge;
  if ((sign < 0 && Below(side, 0)) || (sign > 0 && Above(side, 0))) return 0;
  return 2 * sign;
}

bool LsegInside(const Point& a, const Point& b, const std::vector<Point>& polygon, size_t start,
                int depth);

// `a` lies on the side `s`: go on with the rest of the segment.
bool TouchedInside(const Point& a, const Point& b, const Lseg& s,
                   const std::vector<Point>& polygon, size_t start, int depth) {
  const Lseg t{{a, b}};
  if (SamePoint(a, s.p[0])) {
    if (OnLseg(t, s.p[1])) return LsegInside(b, s.p[1], polygon, start, depth);
  } else if (SamePoint(a, s.p[1])) {
    if (OnLseg(t, s.p[0])) return LsegInside(b, s.p[0], polygon, start, depth);
  } else if (OnLseg(t, s.p[0])) {
    return LsegInside(b, s.p[0], polygon, start, depth);
  } else if (OnLseg(t, s.p[1])) {
    return LsegInside(b, s.p[1], polygon, start, depth);
  }
  return true;
}

constexpr int kDepthMax = 10'000;

// Each level starts behind the side that cut the segment.
bool LsegInside(const Point& a, const Point& b, const std::vector<Point>& polygon, size_t start, int depth) {
  if (depth > kDepthMax) {
    throw SqlError(SqlState::kStatementTooComplex, "stack depth limit exceeded");
  }
  const Lseg t{{a, b}};
  Lseg s;
  s.p[0] = polygon[start == 0 ? polygon.size() - 1 : start - 1];
  bool inside = true;
  for (size_t i = start; i < polygon.size() && inside; ++i) {
    s.p[1] = polygon[i];
    if (OnLseg(s, t.p[0])) {
      if (OnLseg(s, t.p[1])) return true;
      inside = TouchedInside(t.p[0], t.p[1], s, polygon, i + 1, depth + 1);
    } else if (OnLseg(s, t.p[1])) {
      inside = TouchedInside(t.p[1], t.p[0], s, polygon, i + 1, depth + 1);
    } else if (const auto at = Cross(t, s)) {
      return LsegInside(t.p[0], *at, polygon, i + 1, depth + 1) && LsegInside(t.p[1], *at, polygon, i + 1, depth + 1);
    }
    s.p[0] = s.p[1];
  }
  if (!inside) return false;
  const Point middle{Div(Add(a.x, b.x), 2.0), Div(Add(a.y, b.y), 2.0)};
  return Inside(middle, polygon) != 0;
}

}  // namespace

int Inside(const Point& point, const std::vector<Point>& polygon) {
  int crossings = 0;
  const Point first = SubPoints(polygon[0], point);
  Point from = first;
  for (size_t i = 1; i <= polygon.size(); ++i) {
    const Point to = i == polygon.size() ? first : SubPoints(polygon[i], point);
    const int crossing = CrossingOfAxis(to, from);
    if (crossing == kOnEdge) return 2;
    crossings += crossing;
    from = to;
  }
  return crossings != 0 ? 1 : 0;
}

bool Contains(const Polygon& outer, const Polygon& inner) {
  if (!Contains(BoundsOf(outer.points), BoundsOf(inner.points))) return false;
  Point from = inner.points.back();
  for (const Point& to : inner.points) {
    if (!LsegInside(from, to, outer.points, 0, 0)) return false;
    from = to;
  }
  return true;
}

bool Overlap(const Polygon& a, const Polygon& b) {
  if (!Overlap(BoundsOf(a.points), BoundsOf(b.points))) return false;
  for (const Lseg& first : SegmentsOf(a.points, true)) {
    for (const Lseg& second : SegmentsOf(b.points, true)) {
      if (Cross(first, second).has_value()) return true;
    }
  }
  return Inside(a.points[0], b.points) != 0 || Inside(b.points[0], a.points) != 0;
}

std::vector<Lseg> SegmentsOf(const std::vector<Point>& points, bool is_closed) {
  std::vector<Lseg> segments;
  if (is_closed && !points.empty()) segments.push_back({{points.back(), points.front()}});
  for (size_t i = 1; i < points.size(); ++i) segments.push_back({{points[i - 1], points[i]}});
  return segments;
}

}  // namespace grizzly::functions::geometry
