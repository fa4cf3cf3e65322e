// Geometric values as functions see them, and what they share: arithmetic that overflows aloud, comparison
// within an epsilon, and the distance and crossing of points, segments and lines.
//
// SOURCE   PostgreSQL 15 docs, 8.8 and 9.11, and the answers of a running server: two numbers within
//          kEpsilon are equal to most operators.
#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "types/geometry.h"

namespace grizzly::functions::geometry {

using Point = types::GeometryPoint;
using Line = types::GeometryLine;
using Circle = types::GeometryCircle;
using Path = types::GeometryPath;

struct Lseg {
  Point p[2];
};
struct Box {
  Point high, low;
};
struct Polygon {
  std::vector<Point> points;
};

// ---- numbers ----
inline constexpr double kEpsilon = 1.0E-06;
inline bool IsZero(double a) { return std::fabs(a) <= kEpsilon; }
inline bool Same(double a, double b) { return a == b || std::fabs(a - b) <= kEpsilon; }
inline bool Below(double a, double b) { return a + kEpsilon < b; }
inline bool BelowOrSame(double a, double b) { return a <= b + kEpsilon; }
inline bool Above(double a, double b) { return a > b + kEpsilon; }
inline bool AboveOrSame(double a, double b) { return a + kEpsilon >= b; }

// Throw 22003 (overflow, underflow), 22012.
double Add(double a, double b);
double Sub(double a, double b);
double Mul(double a, double b);
double Div(double a, double b);
double Hypot(double x, double y);
// NaN is above everything.
double Least(double a, double b);
double Greatest(double a, double b);

// ---- points ----
bool SamePoint(const Point& a, const Point& b);
double Distance(const Point& a, const Point& b);
double Slope(const Point& a, const Point& b);         // infinite: upright
double InverseSlope(const Point& a, const Point& b);  // of what stands upright on it
Point AddPoints(const Point& a, const Point& b);
Point SubPoints(const Point& a, const Point& b);
Point MulPoints(const Point& a, const Point& b);  // as complex numbers
Point DivPoints(const Point& a, const Point& b);

// ---- lines and segments ----
Line LineOf(const Point& point, double slope);
double SlopeOf(const Line& line);
double InverseSlopeOf(const Line& line);
std::optional<Point> Cross(const Line& a, const Line& b);
bool OnLine(const Line& line, const Point& point);
bool OnLseg(const Lseg& lseg, const Point& point);
std::optional<Point> Cross(const Lseg& lseg, const Line& line);
std::optional<Point> Cross(const Lseg& a, const Lseg& b);

// The closest point, and how far it is from the other side; NaN: there is none.
struct Closest {
  double distance = 0;
  Point point;
};
Closest ClosestOn(const Line& line, const Point& point);
Closest ClosestOn(const Lseg& lseg, const Point& point);
Closest ClosestOn(const Lseg& lseg, const Line& line);
Closest ClosestOn(const Lseg& on, const Lseg& to);

// ---- boxes ----
Box BoxOf(const Point& a, const Point& b);
Point Center(const Box& box);
bool Overlap(const Box& a, const Box& b);
bool Contains(const Box& box, const Point& point);
bool Contains(const Box& outer, const Box& inner);
std::optional<Point> Cross(const Box& box, const Lseg& lseg);
Closest ClosestOn(const Box& box, const Point& point);
Closest ClosestOn(const Box& box, const Lseg& lseg);
// Left, top, bottom and right.
std::vector<Lseg> SidesOf(const Box& box);

// ---- polygons ----
Box BoundsOf(const std::vector<Point>& points);
// 0 outside, 1 inside, 2 on the edge.
int Inside(const Point& point, const std::vector<Point>& polygon);
bool Contains(const Polygon& outer, const Polygon& inner);
bool Overlap(const Polygon& a, const Polygon& b);
// From one point to the next, and from the last to the first when closed.
std::vector<Lseg> SegmentsOf(const std::vector<Point>& points, bool is_closed);

}  // namespace grizzly::functions::geometry
