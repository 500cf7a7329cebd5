#include <string>
#include <utility>
#include <vector>

#include "collector/logs/envelopes/entry.hpp"

namespace quern::collector {

namespace {

/// CSV (or TSV) whose first line names the columns: exports of Azure's Log Analytics, BigQuery,
/// CloudWatch Insights, Kibana, Grafana.
class CsvUnwrapper final : public Unwrapper {
 public:
  void line(std::string_view text, UnwrappedSink& sink) override {
    if (text_.size() + text.size() >= kMaximumRecord) {
      text_.clear();
      sink.foreign("CSV entry longer than 16 MiB");
      return;
    }
    text_.append(text_.empty() ? "" : "\n").append(text);
    if (!split()) {
      return;  // within quotes: the next line belongs to it
    }
    text_.clear();
    if (names_.empty()) {
      names_ = values_;
      sink.foreign("header line");
      return;
    }
    EntryFields fields;
    for (std::size_t i = 0; i < std::min(names_.size(), values_.size()); ++i) {
      fields.push_back({names_[i], values_[i]});
    }
    entries_.read(fields, sink);
  }

  void finish(UnwrappedSink& sink) override {
    if (!text_.empty()) {
      text_.clear();
      sink.foreign("CSV entry without its end");
    }
    entries_.finish(sink);
  }

  [[nodiscard]] std::unique_ptr<Unwrapper> fresh() const override {
    auto other = std::make_unique<CsvUnwrapper>();
    other->names_ = names_;
    other->separator_ = separator_;
    return other;
  }

 private:
  /// False: a quote is open at the end.
  bool split() {
    values_.clear();
    if (names_.empty()) {
      separator_ = text_.find(',') == std::string::npos && text_.find('\t') != std::string::npos
                       ? '\t'
                       : ',';
    }
    std::size_t i = 0;
    for (;;) {
      std::string& value = values_.emplace_back();
      if (i < text_.size() && text_[i] == '"') {
        for (++i;; ++i) {
          const std::size_t quote = text_.find('"', i);
          if (quote == std::string::npos) {
            return false;
          }
          value.append(text_, i, quote - i);
          i = quote + 1;
          if (i >= text_.size() || text_[i] != '"') {
            break;
          }
          value.push_back('"');
        }
      }
      const std::size_t end = std::min(text_.find(separator_, i), text_.size());
      value.append(text_, i, end - i);
      if (end >= text_.size()) {
        return true;
      }
      i = end + 1;
    }
  }

  std::vector<std::string> names_, values_;
  std::string text_;
  char separator_ = ',';
  EntryReader entries_;
};

}  // namespace

std::unique_ptr<Unwrapper> make_csv_unwrapper() {
  return std::make_unique<CsvUnwrapper>();
}

}  // namespace quern::collector
