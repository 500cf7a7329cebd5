#include <string>
#include <unordered_map>
#include <utility>

#include "collector/base/time_text.hpp"
#include "collector/logs/envelopes/unwrapper.hpp"

namespace quern::collector {

namespace {

/// A time by RFC 3339, as containers and clouds write it: with a T, and its zone at once after it.
/// The server's own times have a blank in both places.
std::optional<ReadTime> rfc3339(std::string_view text) {
  if (text.size() < 20 || text[10] != 'T') {
    return std::nullopt;
  }
  const std::size_t end = text.find_first_of(" \t");
  const auto time = read_time(text.substr(0, end));
  return time && end != std::string_view::npos && time->length == end ? time : std::nullopt;
}

/// Words before the time: `[pod/shop-1/postgres] ` (kubectl logs --prefix), `db-1  | ` (compose).
std::string_view without_source(std::string_view text, std::string_view& source) {
  if (text.substr(0, 5) == "[pod/") {
    const std::size_t end = text.find("] ");
    if (end != std::string_view::npos) {
      source = text.substr(0, end + 1);
      return text.substr(end + 2);
    }
  }
  constexpr std::size_t kLongestName = 64;
  const std::size_t bar = text.substr(0, kLongestName).find(" | ");
  if (bar != std::string_view::npos &&
      text.substr(0, bar).find_first_of("[:\"'") == std::string_view::npos) {
    source = text.substr(0, bar);
    return text.substr(bar + 3);
  }
  return text;
}

/// Lines with a time of their own before each: Kubernetes' CRI log files (`TIME stdout F text`,
/// where P marks a part of a line), kubectl and docker logs with timestamps, CloudWatch exports,
/// `aws logs tail` (a stream's name after the time).
class TimedLinesUnwrapper final : public Unwrapper {
 public:
  void line(std::string_view raw, UnwrappedSink& sink) override {
    std::string_view source;
    std::string_view text = without_source(raw, source);
    const auto time = rfc3339(text);
    if (!time && source.empty()) {
      sink.foreign(raw.empty() ? "empty line" : "line without the time that the others begin with");
      return;
    }
    LineFacts facts;
    if (time) {
      facts.at_us = time->at_us;
      text.remove_prefix(time->length + 1);
    }
    bool part = false;
    const bool cri = cri_mark(text, source, part);
    std::string& held = parts_[std::string{source}];
    if (part) {
      held.append(text);
      waiting_.append(raw).push_back('\n');
      if (held.size() < kMaximumRecord) {
        return;
      }
    } else if (cri && !held.empty()) {
      held.append(text);
    }
    if (!held.empty()) {
      const std::string whole = std::exchange(held, {});
      waiting_.clear();
      sink.server_line(whole, facts);
      return;
    }
    sink.server_line(stream_name_off(text, sink), facts);
  }

  void finish(UnwrappedSink& sink) override {
    for (auto& [source, text] : parts_) {
      if (!text.empty()) {
        sink.server_line(std::exchange(text, {}), {});
      }
    }
    waiting_.clear();
  }

  [[nodiscard]] std::string suspend() override {
    parts_.clear();
    return std::exchange(waiting_, {});
  }

  [[nodiscard]] std::unique_ptr<Unwrapper> fresh() const override {
    return std::make_unique<TimedLinesUnwrapper>();
  }

 private:
  static bool cri_mark(std::string_view& text, std::string_view& source, bool& part) {
    for (const std::string_view stream : {"stderr ", "stdout "}) {
      const std::string_view mark = text.substr(0, stream.size() + 2);
      if (mark.size() == stream.size() + 2 && mark.substr(0, stream.size()) == stream &&
          (mark[stream.size()] == 'F' || mark[stream.size()] == 'P') && mark.back() == ' ') {
        source = text.substr(0, stream.size() - 1);
        part = mark[stream.size()] == 'P';
        text.remove_prefix(mark.size());
        return true;
      }
    }
    return false;
  }

  /// `instance/shop-db.0 text` of aws logs tail.
  static std::string_view stream_name_off(std::string_view text, const UnwrappedSink& sink) {
    if (text.substr(0, 1) == "\t" || sink.begins_message(text)) {
      return text;
    }
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos || blank == 0 ||
        text.substr(0, blank).find('.') == std::string_view::npos) {
      return text;
    }
    const std::string_view rest = text.substr(blank + 1);
    return rest.substr(0, 1) == "\t" || sink.begins_message(rest) ? rest : text;
  }

  std::unordered_map<std::string, std::string> parts_;  ///< by stream
  std::string waiting_;
};

}  // namespace

std::unique_ptr<Unwrapper> make_timed_lines_unwrapper() {
  return std::make_unique<TimedLinesUnwrapper>();
}

}  // namespace quern::collector
