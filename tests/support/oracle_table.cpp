// What a comparison prints: tables of percentages, lines of cases, plans side by side.

#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tests/support/oracle.hpp"

namespace quern::testing {

namespace {

struct Tally {
  int cases = 0;
  int planned = 0;
  int exact = 0;
  int within_1 = 0;
  int within_5 = 0;
  int within_10 = 0;
  int rows = 0;
  int rows_within_10 = 0;
  int scans = 0;
  int joins = 0;
  int indexes = 0;
  int text = 0;
  int unmodelled = 0;

  void add(const OracleCase& one) {
    ++cases;
    planned += one.model.has_value();
    exact += one.exact();
    within_1 += one.within(0.01);
    within_5 += one.within(0.05);
    within_10 += one.within(0.10);
    rows += one.same_rows();
    rows_within_10 += one.rows_within(0.10);
    scans += one.same_scans();
    joins += one.same_joins();
    indexes += one.same_indexes();
    text += one.same_text();
    unmodelled += !one.unmodelled.empty();
  }
};

std::string percent(int part, int whole) {
  return whole == 0 ? "-" : fmt::format("{:.1f} %", 100.0 * part / whole);
}

void print_head(std::ostream& out, std::string_view what) {
  out << fmt::format(
      "{:<28} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10} {:>7}\n",
      what, "plans", "cost=", "<= 1 %", "<= 5 %", "<= 10 %", "rows=", "<= 10 %",
      "scans=", "joins=", "indexes=", "text=", "unmodelled", "failed");
}

void print_tally(std::ostream& out, const std::string& name, const Tally& tally) {
  const auto share = [&](int part) { return percent(part, tally.cases); };
  out << fmt::format(
      "{:<28} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10} {:>7}\n",
      name, tally.cases, share(tally.exact), share(tally.within_1), share(tally.within_5),
      share(tally.within_10), share(tally.rows), share(tally.rows_within_10), share(tally.scans),
      share(tally.joins), share(tally.indexes), share(tally.text), tally.unmodelled,
      tally.cases - tally.planned);
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result(1);
  for (const char c : text) {
    if (c == '\n') {
      result.emplace_back();
    } else {
      result.back() += c;
    }
  }
  return result;
}

/// Longest common subsequence: plans are short.
void print_diff(std::ostream& out, const std::string& server, const std::string& model) {
  const auto a = lines(server);
  const auto b = lines(model);
  std::vector<std::vector<int>> common(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      common[i][j] =
          a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      out << "    " << a[i] << '\n';
      ++i;
      ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      out << "  - " << a[i++] << '\n';
    } else {
      out << "  + " << b[j++] << '\n';
    }
  }
}

std::string differences(const OracleCase& one) {
  if (!one.model) {
    return "error: " + one.error;
  }
  std::string result;
  const auto note = [&](bool same, std::string_view what) {
    if (!same) {
      result.append(result.empty() ? "" : " ").append(what);
    }
  };
  note(one.same_rows(), "rows");
  note(one.same_scans(), "scans");
  note(one.same_joins(), "joins");
  note(one.same_indexes(), "indexes");
  note(!result.empty() || one.same_text(), "text");
  if (!one.unmodelled.empty()) {
    result += fmt::format(" unmodelled: {}", fmt::join(one.unmodelled, "; "));
  }
  return result.empty() ? "same" : result;
}

}  // namespace

void print_table(std::ostream& out, const std::vector<OracleCase>& cases) {
  print_head(out, "index set");
  Tally all;
  std::vector<std::pair<std::string, Tally>> sets;
  for (const OracleCase& one : cases) {
    if (sets.empty() || sets.back().first != one.set) {
      sets.emplace_back(one.set, Tally{});
    }
    sets.back().second.add(one);
    all.add(one);
  }
  for (const auto& [name, tally] : sets) {
    print_tally(out, name, tally);
  }
  print_tally(out, "all", all);
}

void print_constructs(std::ostream& out, const std::vector<OracleCase>& cases) {
  std::map<std::string, Tally> tallies;
  Tally all;
  for (const OracleCase& one : cases) {
    for (const std::string& construct : one.constructs) {
      tallies[construct].add(one);
    }
    all.add(one);
  }
  print_head(out, "construct");
  for (const auto& [name, tally] : tallies) {
    print_tally(out, name, tally);
  }
  print_tally(out, "all", all);
}

void print_cases(std::ostream& out, const std::vector<OracleCase>& cases) {
  for (const OracleCase& one : cases) {
    out << fmt::format(
        "{:<34} {:<24} model {:>12} server {:>12.2f} ratio {:>7.4f} rows {:>8} / {:<8.0f} {}\n",
        one.query, one.set, one.model ? fmt::format("{:.2f}", one.model->total.value()) : "-",
        one.server.total.value(), one.cost_ratio(),
        one.model ? fmt::format("{:.0f}", one.model->rows.value()) : "-", one.server.rows.value(),
        differences(one));
  }
}

void print_worst(std::ostream& out, const std::vector<OracleCase>& cases, std::size_t count) {
  std::vector<const OracleCase*> order;
  for (const OracleCase& one : cases) {
    if (!one.same_text()) {
      order.push_back(&one);
    }
  }
  std::stable_sort(order.begin(), order.end(), [](const OracleCase* a, const OracleCase* b) {
    return distance(*a) > distance(*b);
  });
  order.resize(std::min(order.size(), count));
  for (const OracleCase* one : order) {
    out << fmt::format("\n== {} under {}: ratio {:.4f}, {}\n", one->query, one->set,
                       one->cost_ratio(), differences(*one));
    if (!one->constructs.empty()) {
      out << "   " << one->sql << '\n';
    }
    print_diff(out, planner_model::explain_text(one->server),
               one->model ? planner_model::explain_text(*one->model) : one->error);
  }
}

}  // namespace quern::testing
