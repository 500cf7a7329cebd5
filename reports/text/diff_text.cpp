#include "reports/text/diff_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/text/wrap.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

std::string ratio_words(Microseconds before, Microseconds after) {
  if (before.count() == 0 || after.count() == 0) {
    return "-";
  }
  return fmt::format("x {:.2f}",
                     static_cast<double>(after.count()) / static_cast<double>(before.count()));
}

std::string certainty(const ClassChange& change) {
  const std::string p = change.p_value < 0.0001 ? std::string{"p < 0.0001"}
                                                : fmt::format("p = {:.4f}", change.p_value);
  return fmt::format("{}; {:.0f} % of the pairs took longer after", p,
                     change.later_is_longer * 100);
}

std::string row(const ClassChange& c, std::size_t columns) {
  const bool before = c.calls_before > 0;
  const bool after = c.calls_after > 0;
  const auto cell = [](bool there, std::string text) {
    return pad_left(there ? std::move(text) : std::string{"-"}, 10);
  };
  const auto count = [](std::uint64_t n) { return count_words(static_cast<double>(n)); };
  std::string text = "  ";
  text += cell(before, count(c.calls_before)) + cell(after, count(c.calls_after));
  text +=
      cell(before, duration_words(c.median_before)) + cell(after, duration_words(c.median_after));
  text += cell(before, duration_words(c.p95_before)) + cell(after, duration_words(c.p95_after));
  text += pad_left(ratio_words(c.mean_before, c.mean_after), 10) + '\n';
  text += "    " + one_line(c.sql, columns - 4) + '\n';
  return text;
}

std::string remarks(const ClassChange& c) {
  std::string text;
  if (c.trend == Trend::Slower || c.trend == Trend::Faster) {
    text += certainty(c);
  }
  if (c.plans_changed) {
    text += (text.empty() ? "" : "; ") + std::string{"most executions ran with another plan"};
  }
  if (c.errors_after > c.errors_before) {
    text += fmt::format("{}{} failed, {} before", text.empty() ? "" : "; ", c.errors_after,
                        c.errors_before);
  }
  return text;
}

std::string section(const std::vector<ClassChange>& changes, Trend trend, const char* title,
                    const DiffOptions& options) {
  std::string text;
  int shown = 0;
  std::size_t left = 0;
  for (const ClassChange& change : changes) {
    if (change.trend != trend) {
      continue;
    }
    if (++shown > options.top) {
      ++left;
      continue;
    }
    text += row(change, options.columns);
    if (const std::string more = remarks(change); !more.empty()) {
      text += wrap(more, "    ! ", "      ", options.columns);
    }
  }
  if (text.empty()) {
    return {};
  }
  if (left > 0) {
    text += fmt::format("    and {} more (--top)\n", left);
  }
  return fmt::format("\n{} ({})\n{}", title, static_cast<std::size_t>(shown), text);
}

const char* trend_name(Trend trend) {
  switch (trend) {
    case Trend::Slower:
      return "slower";
    case Trend::Faster:
      return "faster";
    case Trend::Unchanged:
      return "unchanged";
    case Trend::New:
      return "new";
    case Trend::Gone:
      return "gone";
    case Trend::TooFew:
      return "too-few";
  }
  return "unchanged";
}

}  // namespace

std::string diff_text(const std::vector<ClassChange>& changes, const DiffOptions& options) {
  const auto number = [&](Trend trend) {
    return std::count_if(changes.begin(), changes.end(),
                         [&](const ClassChange& c) { return c.trend == trend; });
  };
  std::string text = wrap(
      fmt::format("{} query classes: {} slower, {} faster, {} unchanged, {} with too few calls to "
                  "tell, {} new, {} gone",
                  changes.size(), number(Trend::Slower), number(Trend::Faster),
                  number(Trend::Unchanged), number(Trend::TooFew), number(Trend::New),
                  number(Trend::Gone)),
      "", "", options.columns);
  if (text.empty() || text.back() != '\n') {
    text += '\n';
  }
  text += "\n  " + pad_left("calls", 10) + pad_left("after", 10) + pad_left("median", 10) +
          pad_left("after", 10) + pad_left("p95", 10) + pad_left("after", 10) +
          pad_left("mean", 10) + '\n';
  text += section(changes, Trend::Slower, "Slower", options);
  text += section(changes, Trend::Faster, "Faster", options);
  text += section(changes, Trend::New, "New", options);
  text += section(changes, Trend::Gone, "Gone", options);
  return text;
}

std::string diff_json(const std::vector<ClassChange>& changes) {
  nlohmann::json classes = nlohmann::json::array();
  for (const ClassChange& c : changes) {
    const auto period = [](std::uint64_t calls, Microseconds mean, Microseconds median,
                           Microseconds p95, Microseconds total, std::uint64_t errors) {
      return nlohmann::json{
          {"calls", calls},        {"mean_us", mean.count()},   {"median_us", median.count()},
          {"p95_us", p95.count()}, {"total_us", total.count()}, {"errors", errors}};
    };
    classes.push_back({{"fingerprint", c.fingerprint},
                       {"sql", c.sql},
                       {"trend", trend_name(c.trend)},
                       {"p_value", c.p_value},
                       {"later_is_longer", c.later_is_longer},
                       {"plans_changed", c.plans_changed},
                       {"before", period(c.calls_before, c.mean_before, c.median_before,
                                         c.p95_before, c.total_before, c.errors_before)},
                       {"after", period(c.calls_after, c.mean_after, c.median_after, c.p95_after,
                                        c.total_after, c.errors_after)}});
  }
  const nlohmann::json document = {
      {"format", "quern-diff"}, {"version", 1}, {"classes", std::move(classes)}};
  return document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace quern::reports
