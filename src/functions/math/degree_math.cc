// Trigonometry in degrees, exact where the answer is: sind(30) is 0.5.
//
// Everything is made of sine and cosine over the first third of a quadrant, scaled so that the ends
// of that range come out exactly; symmetry does the rest.
// ERRORS  22003 input is out of range
#include <cmath>
#include <numbers>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"

namespace grizzly::functions {
namespace {

constexpr double kRadians = std::numbers::pi / 180.0;

// Computed at run time, by the same library functions as the values they scale.
struct Scales {
  double sin_30, one_minus_cos_60, asin_half, acos_half, atan_1;
};
const Scales& ScaleOf() {
  static const Scales scales = [] {
    volatile double thirty = 30.0;
    volatile double sixty = 60.0;
    volatile double half = 0.5;
    volatile double one = 1.0;
    return Scales{std::sin(thirty * kRadians), 1.0 - std::cos(sixty * kRadians), std::asin(half),
                  std::acos(half), std::atan(one)};
  }();
  return scales;
}

void CheckFinite(double degrees) {
  if (std::isinf(degrees)) {
    throw SqlError(SqlState::kNumericValueOutOfRange, "input is out of range");
  }
}

double SinTo30(double degrees) { return std::sin(degrees * kRadians) / ScaleOf().sin_30 / 2.0; }
double CosTo60(double degrees) {
  return 1.0 - (1.0 - std::cos(degrees * kRadians)) / ScaleOf().one_minus_cos_60 / 2.0;
}
double QuadrantSin(double degrees) {
  return degrees <= 30.0 ? SinTo30(degrees) : CosTo60(90.0 - degrees);
}
double QuadrantCos(double degrees) {
  return degrees <= 60.0 ? CosTo60(degrees) : SinTo30(90.0 - degrees);
}

// An angle of the first quadrant, and the signs that its reflections there cost.
struct Folded {
  double degrees;
  int sine_sign, cosine_sign;
};
Folded Fold(double degrees) {
  Folded folded{std::fmod(degrees, 360.0), 1, 1};
  if (folded.degrees < 0) {
    folded.degrees = -folded.degrees;
    folded.sine_sign = -folded.sine_sign;
  }
  if (folded.degrees > 180.0) {
    folded.degrees = 360.0 - folded.degrees;
    folded.sine_sign = -folded.sine_sign;
  }
  if (folded.degrees > 90.0) {
    folded.degrees = 180.0 - folded.degrees;
    folded.cosine_sign = -folded.cosine_sign;
  }
  return folded;
}

double Sind(double degrees) {
  if (std::isnan(degrees)) return degrees;
  CheckFinite(degrees);
  const Folded folded = Fold(degrees);
  return folded.sine_sign * QuadrantSin(folded.degrees);
}
double Cosd(double degrees) {
  if (std::isnan(degrees)) return degrees;
  CheckFinite(degrees);
  const Folded folded = Fold(degrees);
  return folded.cosine_sign * QuadrantCos(folded.degrees);
}
double WithoutNegativeZero(double value) { return value == 0.0 ? 0.0 : value; }
double Tand(double degrees) {
  if (std::isnan(degrees)) return degrees;
  CheckFinite(degrees);
  const Folded folded = Fold(degrees);
  const double tangent = QuadrantSin(folded.degrees) / QuadrantCos(folded.degrees);
  const double tangent_45 = QuadrantSin(45.0) / QuadrantCos(45.0);
  return WithoutNegativeZero(folded.sine_sign * folded.cosine_sign * (tangent / tangent_45));
}
double Cotd(double degrees) {
  if (std::isnan(degrees)) return degrees;
  CheckFinite(degrees);
  const Folded folded = Fold(degrees);
  const double cotangent = QuadrantCos(folded.degrees) / QuadrantSin(folded.degrees);
  const double cotangent_45 = QuadrantCos(45.0) / QuadrantSin(45.0);
  return WithoutNegativeZero(folded.sine_sign * folded.cosine_sign * (cotangent / cotangent_45));
}

void CheckUnit(double value) {
  if (value < -1.0 || value > 1.0) {
    throw SqlError(SqlState::kNumericValueOutOfRange, "input is out of range");
  }
}
double LowArcSine(double value) { return std::asin(value) / ScaleOf().asin_half * 30.0; }
double HighArcCosine(double value) { return std::acos(value) / ScaleOf().acos_half * 60.0; }
double QuadrantArcSine(double value) {
  return value <= 0.5 ? LowArcSine(value) : 90.0 - HighArcCosine(value);
}
double QuadrantArcCosine(double value) {
  return value <= 0.5 ? 90.0 - LowArcSine(value) : HighArcCosine(value);
}
double Asind(double value) {
  if (std::isnan(value)) return value;
  CheckUnit(value);
  return value >= 0.0 ? QuadrantArcSine(value) : -QuadrantArcSine(-value);
}
double Acosd(double value) {
  if (std::isnan(value)) return value;
  CheckUnit(value);
  return value >= 0.0 ? QuadrantArcCosine(value) : 90.0 + QuadrantArcSine(-value);
}
double Atand(double value) { return std::atan(value) / ScaleOf().atan_1 * 45.0; }
double Atan2d(double y, double x) { return std::atan2(y, x) / ScaleOf().atan_1 * 45.0; }

}  // namespace

void RegisterDegreeMath(Registry& registry) {
  registry.AddScalar("dsind", Cold<&Sind>);
  registry.AddScalar("dcosd", Cold<&Cosd>);
  registry.AddScalar("dtand", Cold<&Tand>);
  registry.AddScalar("dcotd", Cold<&Cotd>);
  registry.AddScalar("dasind", Cold<&Asind>);
  registry.AddScalar("dacosd", Cold<&Acosd>);
  registry.AddScalar("datand", Cold<&Atand>);
  registry.AddScalar("datan2d", Cold<&Atan2d>);
}

}  // namespace grizzly::functions
