#include "collector/catalog/read_samples.hpp"

#include <utility>

#include <fmt/format.h>

#include "collector/catalog/sample_queries.hpp"
#include "collector/catalog/snapshot_queries.hpp"
#include "collector/postgres/session.hpp"

namespace quern::collector {

namespace {

/// Samples of a database, table by table.
class Sampler {
 public:
  Sampler(std::string dsn, std::chrono::seconds most)
      : dsn_{std::move(dsn)}, end_{std::chrono::steady_clock::now() + most} {}

  /// Parts of the section "samples".
  std::vector<std::string> run() {
    plan();
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < queries_.size();) {
      const std::string table = queries_[i].front().value_or("");
      std::size_t last = i;
      while (last < queries_.size() && queries_[last].front().value_or("") == table) {
        ++last;
      }
      read_table(i, last, parts);
      i = last;
    }
    return parts;
  }

  [[nodiscard]] std::vector<std::string> caveats() const {
    std::vector<std::string> all = caveats_;
    if (refused_ > 0) {
      all.push_back(
          fmt::format("{} samples of columns could not be taken (first: {})", refused_, refusal_));
    }
    if (late_ > 0) {
      all.push_back(fmt::format(
          "{} samples of columns were not taken: the time for samples was over", late_));
    }
    return all;
  }

 private:
  [[nodiscard]] ReadOnlySession session() const {
    auto settings = snapshot_session_settings();
    settings.insert(settings.end(), sample_settings().begin(), sample_settings().end());
    return ReadOnlySession{dsn_, settings};
  }

  void plan() {
    ReadOnlySession one = session();
    queries_ = one.query(sample_queries());
    for (const auto& row : one.query(unsampled_query())) {
      caveats_.push_back(fmt::format("columns not sampled: {} ({})", row.at(0).value_or(""),
                                     row.at(1).value_or("")));
    }
  }

  void read_table(std::size_t first, std::size_t last, std::vector<std::string>& parts) {
    if (std::chrono::steady_clock::now() >= end_) {
      late_ += last - first;
      return;
    }
    ReadOnlySession one = session();
    for (std::size_t i = first; i < last; ++i) {
      std::string refusal;
      const auto rows = one.try_query(queries_[i].at(1).value_or(""), refusal);
      if (rows) {
        parts.push_back(rows->empty() ? "null" : rows->front().front().value_or("null"));
      } else if (refused_++ == 0) {
        refusal_ = refusal;
      }
    }
  }

  std::string dsn_;
  std::chrono::steady_clock::time_point end_;
  std::vector<ReadOnlySession::Row> queries_ = {};
  std::vector<std::string> caveats_ = {};
  std::string refusal_ = {};
  std::size_t refused_ = 0;
  std::size_t late_ = 0;
};

}  // namespace

std::vector<std::string> read_samples(const std::string& dsn, std::chrono::seconds most,
                                      std::vector<std::string>& caveats) {
  Sampler sampler{dsn, most};
  std::vector<std::string> parts = sampler.run();
  caveats = sampler.caveats();
  return parts;
}

}  // namespace quern::collector
