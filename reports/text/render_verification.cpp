#include "reports/text/render_verification.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "reports/words.hpp"

namespace quern::reports {

namespace {

using advisor::VerifiedClass;

std::string number(double value) {
  return value >= 99'950 ? fmt::format("{:.2e}", value)
         : value >= 1000 ? fmt::format("{:.0f}", value)
                         : fmt::format("{:.4g}", value);
}

struct Sums {
  double predicted_before = 0;
  double predicted_after = 0;
  double before = 0;
  double after = 0;
  double blocks_before = 0;
  double blocks_after = 0;
  double time_before = 0;
  double time_after = 0;
  std::size_t agree = 0;
};

Sums sums_of(const advisor::Verification& verification) {
  Sums sums;
  for (const VerifiedClass& one : verification.classes) {
    const double calls = one.predicted.calls;
    sums.predicted_before += calls * one.predicted.before;
    sums.predicted_after += calls * one.predicted.after;
    sums.before += calls * one.before.cost;
    sums.after += calls * one.after.cost;
    sums.blocks_before += calls * one.before.blocks.value_or(0);
    sums.blocks_after += calls * one.after.blocks.value_or(0);
    sums.time_before += calls * one.before.milliseconds.value_or(0);
    sums.time_after += calls * one.after.milliseconds.value_or(0);
    sums.agree += one.agrees ? 1 : 0;
  }
  return sums;
}

std::string change(double before, double after) {
  return before <= 0 ? "" : fmt::format(" ({:+.1f} %)", 100 * (after / before - 1));
}

std::string row(const VerifiedClass& one, bool real, std::size_t columns) {
  std::string text =
      fmt::format("{:>8} {:>8} {:>8}  {:>8} {:>8} {}", number(one.predicted.calls),
                  number(one.predicted.before), number(one.predicted.after),
                  number(one.before.cost), number(one.after.cost), one.agrees ? " " : "!");
  if (real) {
    text += fmt::format(" {:>7} {:>7}  {:>7} {:>7}", number(one.before.blocks.value_or(0)),
                        number(one.after.blocks.value_or(0)),
                        number(one.before.milliseconds.value_or(0)),
                        number(one.after.milliseconds.value_or(0)));
  }
  text += "  ";
  const std::size_t room = columns > text.size() + 12 ? columns - text.size() : 12;
  return text + one_line(one.sql, room) + "\n";
}

}  // namespace

std::string render_verification(const advisor::Verification& verification, std::size_t columns) {
  const bool real = verification.real;
  std::string text = fmt::format("Prediction beside the server, {}\n\n",
                                 real ? "indexes really built and statements run, then rolled back"
                                      : "with HypoPG's hypothetical indexes");
  text += fmt::format("{:>8} {:>17}  {:>17}  ", "", "predicted cost", "server's cost");
  text += real ? fmt::format(" {:>15}  {:>15}\n", "blocks", "milliseconds") : "\n";
  text += fmt::format("{:>8} {:>8} {:>8}  {:>8} {:>8}  ", "calls", "before", "after", "before",
                      "after");
  text +=
      real ? fmt::format(" {:>7} {:>7}  {:>7} {:>7}  query\n", "before", "after", "before", "after")
           : " query\n";
  for (const VerifiedClass& one : verification.classes) {
    text += row(one, real, columns);
  }
  const Sums sums = sums_of(verification);
  text += fmt::format("\nOver all calls: predicted {} to {}{}, server {} to {}{}\n",
                      number(sums.predicted_before), number(sums.predicted_after),
                      change(sums.predicted_before, sums.predicted_after), number(sums.before),
                      number(sums.after), change(sums.before, sums.after));
  if (real) {
    text += fmt::format("Blocks {} to {}{}, milliseconds {} to {}{}\n", number(sums.blocks_before),
                        number(sums.blocks_after), change(sums.blocks_before, sums.blocks_after),
                        number(sums.time_before), number(sums.time_after),
                        change(sums.time_before, sums.time_after));
  }
  text += fmt::format(
      "{} of {} query classes cost what was predicted within 10 % or a page, before and after",
      sums.agree, verification.classes.size());
  text += sums.agree < verification.classes.size() ? "; the others are marked !\n" : "\n";
  for (const std::string& name : verification.unused) {
    text += fmt::format("No plan of the server's reads {}\n", name);
  }
  for (const std::string& refused : verification.refused) {
    text += wrap(one_line(refused, 300), "Left out: ", "  ", columns) + "\n";
  }
  return text;
}

}  // namespace quern::reports
