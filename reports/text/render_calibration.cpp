#include "reports/text/render_calibration.hpp"

#include <cmath>

#include <fmt/format.h>

#include "reports/text/wrap.hpp"

namespace quern::reports {

std::string render_calibration(const advisor::Calibration& calibration, std::size_t columns) {
  std::string out = wrap(
      fmt::format("Fitted to {} nodes of {} executed plans. They explain {:.1f} % of the variance "
                  "of the nodes' times; half of the plans are predicted within {:.0f} %, and 95 % "
                  "within a factor of {:.1f}. {:.1f} % of the pages were not in shared buffers. A "
                  "statement takes {:.3f} ms before it does any work.",
                  calibration.nodes, calibration.plans, 100 * calibration.r_squared,
                  100 * calibration.median_error, std::exp(1.96 * calibration.scatter),
                  100 * calibration.pages_read, calibration.statement_ms),
      "", "", columns);
  out += fmt::format("\n{:<28}{:>12}{:>24}{:>8}\n", "", "us each", "95 %", "nodes");
  for (std::size_t k = 0; k < advisor::kComponents; ++k) {
    const advisor::Coefficient& one = calibration.coefficients[k];
    out += fmt::format("{:<28}{:>12.4f}{:>24}{:>8}{}\n",
                       advisor::component_words(static_cast<advisor::Component>(k)),
                       1000 * one.milliseconds,
                       fmt::format("{:.4f} to {:.4f}", 1000 * one.low, 1000 * one.high), one.nodes,
                       one.assumed ? "  assumed" : "");
  }
  out += "\n" + wrap(
                    "assumed: too few nodes had it; priced at the planner's ratios, at the rate of "
                    "what was seen.",
                    "", "", columns);
  return out;
}

}  // namespace quern::reports
