#pragma once

#include "collector/logs/log_reader.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

/// Plain statements separated by semicolons. `-- quern: calls=1200 mean_ms=3.4` above a statement
/// sets its weight (default: one call, untimed); also `user=`, `database=`, `application=`. A line
/// that begins with a backslash (psql) is skipped.
class WeightedSqlReader final : public LogReader {
 public:
  WeightedSqlReader(Aggregator& aggregator, ReadTally& tally)
      : aggregator_{aggregator}, tally_{tally} {}

  void line(std::string_view text, std::uint64_t number, bool cut) override;
  void finish() override;

  [[nodiscard]] std::uint64_t records() const override { return statements_; }

  [[nodiscard]] bool begins_record(std::string_view) const override { return true; }

 private:
  void take_statements(bool at_end);
  void statement(std::string_view sql, std::uint64_t line);

  Aggregator& aggregator_;
  ReadTally& tally_;
  std::string text_ = {};
  std::uint64_t first_line_ = 1;
  std::size_t scanned_lines_ = 0;
  std::uint64_t statements_ = 0;
};

}  // namespace quern::collector
