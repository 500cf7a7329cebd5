#include "reports/json/calibration_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"

namespace quern::reports {

namespace {

using advisor::Calibration;
using advisor::Coefficient;
using advisor::Component;
using Json = nlohmann::json;  // std::map inside: keys sorted

std::string key_of(std::size_t component) {
  return std::string{advisor::component_key(static_cast<Component>(component))};
}

/// A price is a price: not negative, and within its interval.
Coefficient read_coefficient(const Json& json) {
  const Coefficient read{.milliseconds = json.at("ms").get<double>(),
                         .low = json.at("low").get<double>(),
                         .high = json.at("high").get<double>(),
                         .amount = json.at("amount").get<double>(),
                         .nodes = json.at("nodes").get<std::size_t>(),
                         .assumed = json.at("assumed").get<bool>()};
  if (!(read.low >= 0 && read.low <= read.milliseconds && read.milliseconds <= read.high)) {
    throw UserError{"a component's ms does not lie between its low and high, from 0 on"};
  }
  return read;
}

}  // namespace

std::string calibration_json(const Calibration& calibration) {
  Json components = Json::object();
  for (std::size_t k = 0; k < advisor::kComponents; ++k) {
    const Coefficient& one = calibration.coefficients[k];
    components[key_of(k)] = {{"ms", one.milliseconds}, {"low", one.low},
                             {"high", one.high},       {"amount", one.amount},
                             {"nodes", one.nodes},     {"assumed", one.assumed}};
  }
  const Json json{{"format", "quern-calibration"},
                  {"version", Calibration::kFormatVersion},
                  {"components", components},
                  {"plans", calibration.plans},
                  {"nodes", calibration.nodes},
                  {"r_squared", calibration.r_squared},
                  {"median_error", calibration.median_error},
                  {"scatter", calibration.scatter},
                  {"statement_ms", calibration.statement_ms},
                  {"pages_read", calibration.pages_read}};
  return json.dump(2) + "\n";
}

Calibration read_calibration(const std::string& text, const std::string& path) {
  try {
    const Json json = Json::parse(text);
    if (json.value("format", "") != "quern-calibration") {
      throw UserError{"not a calibration document (quern calibrate -o writes one)"};
    }
    if (json.value("version", 0) != Calibration::kFormatVersion) {
      throw UserError{"a calibration of another version: run quern calibrate again"};
    }
    Calibration calibration{.plans = json.at("plans").get<std::size_t>(),
                            .nodes = json.at("nodes").get<std::size_t>(),
                            .r_squared = json.at("r_squared").get<double>(),
                            .median_error = json.at("median_error").get<double>(),
                            .scatter = json.at("scatter").get<double>(),
                            .statement_ms = json.at("statement_ms").get<double>(),
                            .pages_read = json.at("pages_read").get<double>()};
    for (std::size_t k = 0; k < advisor::kComponents; ++k) {
      calibration.coefficients[k] = read_coefficient(json.at("components").at(key_of(k)));
    }
    return calibration;
  } catch (const Json::exception& error) {
    throw UserError{fmt::format("{}: not a complete calibration document: {}", path, error.what())};
  } catch (const UserError& error) {
    throw UserError{fmt::format("{}: {}", path, error.what())};
  }
}

}  // namespace quern::reports
