#include "types/geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error/sql_error.h"
#include "types/floating.h"
#include "types/integer.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

constexpr double kEpsilon = 1.0e-6;  // coordinates closer than this are the same

bool SameCoordinate(double a, double b) { return a == b || std::fabs(a - b) <= kEpsilon; }

class GeometryReader {
 public:
  GeometryReader(std::string_view text, const char* type) : text_(text), type_(type) {}

  [[noreturn]] void Fail() const { ThrowInvalidSyntax(type_, text_); }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char PeekAfterBlanks(size_t from) const {
    while (from < text_.size() && IsBlank(text_[from])) ++from;
    return from < text_.size() ? text_[from] : '\0';
  }
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }
  bool Skip(char c) {
    if (Peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void Expect(char c) {
    if (!Skip(c)) Fail();
  }
  void ExpectEnd() {
    if (at_ != text_.size()) Fail();
  }
  bool IsLastParenthesis() const { return text_.find('(', at_ + 1) == std::string_view::npos; }

  double Number() {
    size_t used = 0;
    const double number = ParseFloat8Prefix(text_.substr(at_), type_, text_, &used);
    at_ += used;
    return number;
  }

  // x,y or (x,y)
  GeometryPoint Pair() {
    SkipBlanks();
    const bool delimited = Skip('(');
    GeometryPoint point;
    point.x = Number();
    Expect(',');
    point.y = Number();
    if (delimited) {
      Expect(')');
      SkipBlanks();
    }
    return point;
  }

  // `count` pairs, maybe in parentheses, or in brackets when those are allowed.
  std::vector<GeometryPoint> Pairs(size_t count, bool may_be_open, bool* is_open) {
    int depth = 0;
    SkipBlanks();
    *is_open = Peek() == '[';
    if (*is_open) {
      if (!may_be_open) Fail();
      ++depth;
      ++at_;
    } else if (Peek() == '(') {
      if (PeekAfterBlanks(at_ + 1) == '(' || IsLastParenthesis()) {
        ++depth;
        ++at_;
        SkipBlanks();
      }
    }
    std::vector<GeometryPoint> points;
    for (size_t i = 0; i < count; ++i) {
      points.push_back(Pair());
      Skip(',');
    }
    while (depth > 0) {
      if (!Skip(')') && !(*is_open && depth == 1 && Skip(']'))) Fail();
      --depth;
      SkipBlanks();
    }
    return points;
  }

  // Pairs in the text, by its commas; 0 when their number is wrong.
  size_t PairCount() const {
    const auto commas = std::count(text_.begin(), text_.end(), ',');
    return commas % 2 == 1 ? static_cast<size_t>(commas + 1) / 2 : 0;
  }

 private:
  const std::string_view text_;
  const char* const type_;
  size_t at_ = 0;
};

}  // namespace

GeometryPoint ParsePoint(std::string_view text) {
  GeometryReader reader(text, "point");
  const GeometryPoint point = reader.Pair();
  reader.ExpectEnd();
  return point;
}

std::vector<GeometryPoint> ParseLseg(std::string_view text) {
  GeometryReader reader(text, "lseg");
  bool is_open;
  std::vector<GeometryPoint> points = reader.Pairs(2, /*may_be_open=*/true, &is_open);
  reader.ExpectEnd();
  return points;
}

std::vector<GeometryPoint> ParseBox(std::string_view text) {
  GeometryReader reader(text, "box");
  bool is_open;
  std::vector<GeometryPoint> corners = reader.Pairs(2, /*may_be_open=*/false, &is_open);
  reader.ExpectEnd();
  SortCorners(corners);
  return corners;
}

void SortCorners(std::vector<GeometryPoint>& corners) {
  // NaN counts as the largest number.
  const auto less = [](double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); };
  if (less(corners[0].x, corners[1].x)) std::swap(corners[0].x, corners[1].x);
  if (less(corners[0].y, corners[1].y)) std::swap(corners[0].y, corners[1].y);
}

GeometryLine LineThrough(const GeometryPoint& a, const GeometryPoint& b) {
  if (SameCoordinate(a.x, b.x) && SameCoordinate(a.y, b.y)) {
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   "invalid line specification: must be two distinct points");
  }
  if (SameCoordinate(a.x, b.x)) return {-1, 0, a.x};
  if (SameCoordinate(a.y, b.y)) return {0, -1, a.y};
  const double slope = (a.y - b.y) / (a.x - b.x);
  double constant = a.y - slope * a.x;
  if (constant == 0) constant = 0;  // no minus zero
  return {slope, -1, constant};
}

GeometryLine ParseLine(std::string_view text) {
  GeometryReader reader(text, "line");
  reader.SkipBlanks();
  if (!reader.Skip('{')) {
    bool is_open;
    const std::vector<GeometryPoint> points = reader.Pairs(2, /*may_be_open=*/true, &is_open);
    reader.ExpectEnd();
    return LineThrough(points[0], points[1]);
  }
  GeometryLine line;
  line.a = reader.Number();
  reader.Expect(',');
  line.b = reader.Number();
  reader.Expect(',');
  line.c = reader.Number();
  reader.Expect('}');
  reader.SkipBlanks();
  reader.ExpectEnd();
  if (SameCoordinate(line.a, 0) && SameCoordinate(line.b, 0)) {
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   "invalid line specification: A and B cannot both be zero");
  }
  return line;
}

GeometryCircle ParseCircle(std::string_view text) {
  GeometryReader reader(text, "circle");
  int depth = 0;
  reader.SkipBlanks();
  if (reader.Skip('<')) {
    ++depth;
  } else if (reader.Peek() == '(') {
    GeometryReader ahead = reader;
    ahead.Skip('(');
    ahead.SkipBlanks();
    if (ahead.Peek() == '(') {  // the first of two
      ++depth;
      reader.Skip('(');
    }
  }
  GeometryCircle circle;
  circle.center = reader.Pair();
  reader.Skip(',');
  circle.radius = reader.Number();
  if (circle.radius < 0) reader.Fail();
  while (depth > 0) {
    if (!reader.Skip(')') && !(depth == 1 && reader.Skip('>'))) reader.Fail();
    --depth;
    reader.SkipBlanks();
  }
  reader.ExpectEnd();
  return circle;
}

GeometryPath ParsePath(std::string_view text) {
  GeometryReader reader(text, "path");
  const size_t count = reader.PairCount();
  if (count == 0) reader.Fail();
  reader.SkipBlanks();
  const bool single = reader.Peek() == '(' && reader.IsLastParenthesis();
  if (single) reader.Skip('(');
  bool is_open;
  GeometryPath path;
  path.points = reader.Pairs(count, /*may_be_open=*/true, &is_open);
  path.is_closed = !is_open;
  if (single) {
    reader.Expect(')');
    reader.SkipBlanks();
  }
  reader.ExpectEnd();
  return path;
}

std::vector<GeometryPoint> ParsePolygon(std::string_view text) {
  GeometryReader reader(text, "polygon");
  const size_t count = reader.PairCount();
  if (count == 0) reader.Fail();
  bool is_open;
  std::vector<GeometryPoint> points = reader.Pairs(count, /*may_be_open=*/false, &is_open);
  reader.ExpectEnd();
  return points;
}

void AppendPoint(std::string& out, const GeometryPoint& point, int extra_float_digits) {
  out += '(';
  AppendFloat8(out, point.x, extra_float_digits);
  out += ',';
  AppendFloat8(out, point.y, extra_float_digits);
  out += ')';
}

void AppendPoints(std::string& out, const std::vector<GeometryPoint>& points,
                  int extra_float_digits) {
  for (size_t i = 0; i < points.size(); ++i) {
    if (i > 0) out += ',';
    AppendPoint(out, points[i], extra_float_digits);
  }
}

GeometryPath ReadPath(std::string_view bytes) {
  GeometryPath path;
  path.is_closed = bytes[0] != 0;
  path.points = ReadPoints(bytes.substr(8));
  return path;
}

std::string PointsBytes(const std::vector<GeometryPoint>& points) {
  return std::string(reinterpret_cast<const char*>(points.data()),
                     points.size() * sizeof(GeometryPoint));
}

std::string PathBytes(const GeometryPath& path) {
  std::string bytes(8, '\0');
  bytes[0] = path.is_closed ? 1 : 0;
  return bytes + PointsBytes(path.points);
}

}  // namespace grizzly::types
