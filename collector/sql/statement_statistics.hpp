#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/logs/log_reader.hpp"
#include "collector/workload/add_statistics.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

/// A dump of pg_stat_statements, of any version: CSV (also with ; or tabs) with a header line, what
/// psql prints, a JSON array, or a JSON object a line. Columns are told by their names; calls, the
/// total time and the query or its id are needed, under the names before PostgreSQL 13 or since.
class StatementStatisticsReader {
 public:
  StatementStatisticsReader(Aggregator& aggregator, ReadTally& tally)
      : aggregator_{aggregator}, tally_{tally} {}

  /// The first lines of a file look like such a dump.
  [[nodiscard]] static bool recognizes(const std::vector<std::string_view>& lines);

  void line(std::string_view text, std::uint64_t number, bool cut);
  void finish();

  [[nodiscard]] std::uint64_t records() const { return records_; }

  /// The rows without a text that tell a query id.
  [[nodiscard]] std::vector<HiddenStatement>& hidden() { return hidden_; }

 private:
  using Row = std::map<std::string, std::string>;

  void csv_record();
  void take_aligned();
  void json_document();
  void take(const Row& row, std::uint64_t line);
  void execute(std::string_view sql, const Row& row, std::uint64_t calls, std::uint64_t line);

  void hide(const Row& row, std::uint64_t calls, std::uint64_t line);

  Aggregator& aggregator_;
  ReadTally& tally_;
  bool json_ = false;
  char separator_ = '\0';  ///< until the header is read
  std::vector<std::string> names_;
  std::string text_;  ///< a record that goes over several lines, or the whole of a JSON dump
  bool quoted_ = false;
  std::uint64_t first_line_ = 0;
  std::uint64_t records_ = 0;
  Row aligned_ = {};  ///< psql's last row: its query may go on
  std::uint64_t aligned_line_ = 0;
  std::vector<HiddenStatement> hidden_ = {};
};

}  // namespace quern::collector
