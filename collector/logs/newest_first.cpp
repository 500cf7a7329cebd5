#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "collector/logs/log_reader.hpp"

namespace quern::collector {

namespace {

/// Holds the entries of an export and reads them from the last to the first. A longer export is
/// read in windows, each in the right order.
class NewestFirstReader final : public LogReader {
 public:
  NewestFirstReader(LogLayout layout, LogRecordSink& sink, ReadTally& tally) : tally_{tally} {
    layout.newest_first = false;
    json_ = !layout.envelopes.empty() && layout.envelopes.front() == Envelope::JsonEntries;
    quotes_ = layout.envelopes.empty() ? layout.format == LogFormat::Csv
                                       : layout.envelopes.front() == Envelope::CsvEntries;
    header_ = !layout.envelopes.empty() && quotes_;
    messages_ = layout.envelopes.empty() && layout.format == LogFormat::Stderr;
    inner_ = make_reader(layout, sink, tally);
  }

  void line(std::string_view text, std::uint64_t number, bool cut) override {
    if (header_) {
      header_ = false;
      inner_->line(text, number, cut);
      return;
    }
    const bool fresh = messages_ ? inner_->begins_record(text) : !within_;
    if (entries_.empty() || fresh) {
      entries_.emplace_back();
    }
    follow(text);
    entries_.back().push_back({std::string{text}, number, cut});
    bytes_ += text.size() + sizeof(Line);
    if (bytes_ > kMostBytes) {
      tally_.note("newest-first export beyond 256 MiB, put in order piece by piece", number);
      read_back();
    }
  }

  void finish() override {
    read_back();
    inner_->finish();
  }

  [[nodiscard]] std::uint64_t records() const override { return inner_->records(); }

  [[nodiscard]] bool begins_record(std::string_view text) const override {
    return inner_->begins_record(text);
  }

  [[nodiscard]] bool continues_record(std::string_view text) const override {
    return inner_->continues_record(text);
  }

  /// The oldest entry stands last, so nothing goes on in the stream that follows.
  [[nodiscard]] OpenMessage suspend() override {
    finish();
    return {};
  }

 private:
  static constexpr std::size_t kMostBytes = 256U << 20U;

  struct Line {
    std::string text;
    std::uint64_t number;
    bool cut;
  };

  /// Whether the entry goes on after this line.
  void follow(std::string_view text) {
    if (quotes_) {
      within_ = within_ != (std::count(text.begin(), text.end(), '"') % 2 != 0);
    }
    if (!json_) {
      return;
    }
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (in_string && c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = !in_string;
      } else if (!in_string) {
        depth_ += c == '{' ? 1 : c == '}' ? -1 : 0;
      }
    }
    depth_ = std::max(depth_, 0);
    within_ = depth_ > 0;
  }

  void read_back() {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      for (const Line& line : *entry) {
        inner_->line(line.text, line.number, line.cut);
      }
    }
    entries_.clear();
    bytes_ = 0;
  }

  ReadTally& tally_;
  std::unique_ptr<LogReader> inner_;
  std::vector<std::vector<Line>> entries_;
  std::size_t bytes_ = 0;
  int depth_ = 0;
  bool json_ = false;      ///< entries are JSON objects, over any number of lines
  bool quotes_ = false;    ///< an entry ends where no quote is open
  bool header_ = false;    ///< the first line names the columns
  bool messages_ = false;  ///< an entry is a message with its further lines
  bool within_ = false;
};

}  // namespace

std::unique_ptr<LogReader> make_newest_first_reader(const LogLayout& layout, LogRecordSink& sink,
                                                    ReadTally& tally) {
  return std::make_unique<NewestFirstReader>(layout, sink, tally);
}

}  // namespace quern::collector
