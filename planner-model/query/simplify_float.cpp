// Functions of double precision over constants: float.c.
#include <cmath>
#include <numbers>

#include <math.h>

#include "planner-model/query/listed_functions.hpp"

namespace quern::planner_model {

namespace {

/// Nothing where the server would say that it is out of range, or that the input is.
std::optional<Value> finite(double number) {
  return std::isfinite(number) ? std::optional{make_float(number)} : std::nullopt;
}

template <double (*function)(double)>
std::optional<Value> of_one(Arguments args, Oid, const FoldContext&) {
  return finite(function(args[0].number));
}

template <double (*function)(double, double)>
std::optional<Value> of_two(Arguments args, Oid, const FoldContext&) {
  return finite(function(args[0].number, args[1].number));
}

double sign(double number) {
  return number > 0 ? 1 : number < 0 ? -1 : 0;
}

constexpr double kRadiansPerDegree = std::numbers::pi / 180;

double degrees(double radians) {
  return radians / kRadiansPerDegree;
}

double radians(double degrees) {
  return degrees * kRadiansPerDegree;
}

double cotangent(double radians) {
  return 1 / std::tan(radians);
}

}  // namespace

const FunctionList& float_functions() {
  static const FunctionList list{
      {"sqrt", "f", of_one<::sqrt>},
      {"dsqrt", "f", of_one<::sqrt>},
      {"cbrt", "f", of_one<::cbrt>},
      {"dcbrt", "f", of_one<::cbrt>},
      {"exp", "f", of_one<::exp>},
      {"dexp", "f", of_one<::exp>},
      {"ln", "f", of_one<::log>},
      {"dlog1", "f", of_one<::log>},
      {"log", "f", of_one<::log10>},
      {"log10", "f", of_one<::log10>},
      {"dlog10", "f", of_one<::log10>},
      {"round", "f", of_one<::rint>},
      {"dround", "f", of_one<::rint>},
      {"trunc", "f", of_one<::trunc>},
      {"dtrunc", "f", of_one<::trunc>},
      {"sign", "f", of_one<sign>},
      {"degrees", "f", of_one<degrees>},
      {"radians", "f", of_one<radians>},
      {"sin", "f", of_one<::sin>},
      {"cos", "f", of_one<::cos>},
      {"tan", "f", of_one<::tan>},
      {"cot", "f", of_one<cotangent>},
      {"asin", "f", of_one<::asin>},
      {"acos", "f", of_one<::acos>},
      {"atan", "f", of_one<::atan>},
      {"atan2", "ff", of_two<::atan2>},
      {"sinh", "f", of_one<::sinh>},
      {"cosh", "f", of_one<::cosh>},
      {"tanh", "f", of_one<::tanh>},
      {"asinh", "f", of_one<::asinh>},
      {"acosh", "f", of_one<::acosh>},
      {"atanh", "f", of_one<::atanh>},
      {"pow", "ff", of_two<::pow>},
      {"power", "ff", of_two<::pow>},
      {"dpow", "ff", of_two<::pow>},
      {"pi", "", [](Arguments, Oid, const FoldContext&) { return finite(std::numbers::pi); }},
  };
  return list;
}

}  // namespace quern::planner_model
