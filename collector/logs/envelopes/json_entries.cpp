#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <simdjson.h>

#include "collector/base/utf8.hpp"
#include "collector/logs/envelopes/entry.hpp"

namespace quern::collector {

namespace {

namespace dom = simdjson::dom;

constexpr int kMostDepth = 24;
constexpr std::size_t kMostFields = 2000;

/// Keys under which a batch holds its entries.
bool holds_entries(std::string_view key) {
  constexpr std::array<std::string_view, 10> kKeys = {
      "records",   "events",     "logEvents", "entries", "resourceLogs",
      "scopeLogs", "logRecords", "hits",      "result",  "streams"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

std::int64_t time_of(const dom::element& element) {
  dom::array pair;
  dom::object object;
  dom::element time;
  if (element.get(pair) == simdjson::SUCCESS && pair.at(0).get(time) == simdjson::SUCCESS) {
    return read_entry_time(simdjson::minify(time));
  }
  if (element.get(object) == simdjson::SUCCESS) {
    for (const char* key : {"timestamp", "time", "timeUnixNano", "ts", "@timestamp"}) {
      if (object[key].get(time) == simdjson::SUCCESS) {
        return read_entry_time(simdjson::minify(time));
      }
    }
  }
  return 0;
}

/// Some services answer with the newest entry first.
std::vector<dom::element> in_order_of_time(const dom::array& list) {
  std::vector<dom::element> elements;
  for (const dom::element one : list) {
    elements.push_back(one);
  }
  if (elements.size() > 1) {
    const std::int64_t first = time_of(elements.front());
    const std::int64_t last = time_of(elements.back());
    if (last != 0 && last < first) {
      std::reverse(elements.begin(), elements.end());
    }
  }
  return elements;
}

/// The text of a list of bytes: how journalctl writes what is no clean UTF-8.
std::string bytes_of(const dom::array& list) {
  std::string bytes;
  for (const dom::element element : list) {
    std::int64_t byte = 0;
    if (element.get(byte) != simdjson::SUCCESS || byte < 0 || byte > 255) {
      return {};
    }
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

/// Puts the fields of a JSON value into a flat list.
class Flattener {
 public:
  EntryFields fields;

  void value(const std::string& path, const dom::element& element, int depth) {
    if (depth > kMostDepth || fields.size() >= kMostFields) {
      return;
    }
    std::string_view text;
    dom::object object;
    dom::array list;
    if (element.get(text) == simdjson::SUCCESS) {
      fields.push_back({path, std::string{text}});
    } else if (element.get(object) == simdjson::SUCCESS) {
      members(path, object, depth);
    } else if (element.get(list) == simdjson::SUCCESS) {
      if (std::string bytes = bytes_of(list); !bytes.empty()) {
        fields.push_back({path, std::move(bytes)});
      } else {
        named_values(path, list, depth);
      }
    } else if (element.is_number()) {
      fields.push_back({path, simdjson::minify(element), true});
    }
  }

  void members(const std::string& path, const dom::object& object, int depth) {
    for (const auto [key, member] : object) {
      // OpenTelemetry wraps values by their type.
      const bool typed = key == "stringValue" || key == "intValue" || key == "doubleValue";
      const bool list = key == "kvlistValue" || key == "values";
      value(typed || list  ? path
            : path.empty() ? std::string{key}
                           : path + '.' + std::string{key},
            member, depth + 1);
    }
  }

 private:
  /// [{"key": "pid", "value": {"intValue": "7"}}, ...]
  void named_values(const std::string& path, const dom::array& list, int depth) {
    for (const dom::element element : list) {
      dom::object pair;
      std::string_view key;
      dom::element its;
      if (element.get(pair) == simdjson::SUCCESS && pair["key"].get(key) == simdjson::SUCCESS &&
          pair["value"].get(its) == simdjson::SUCCESS) {
        value(path.empty() ? std::string{key} : path + '.' + std::string{key}, its, depth + 1);
      }
    }
  }
};

/// Entries of JSON, one a line, one over several lines, or in lists: the braces tell.
class JsonUnwrapper final : public Unwrapper {
 public:
  void line(std::string_view text, UnwrappedSink& sink) override {
    if (depth_ == 0 && text.substr(0, 1) != "{" && !may_begin(text)) {
      sink.foreign(text.find_first_not_of(" \t,[]") == std::string_view::npos
                       ? "line between entries"
                       : "not a JSON entry");
      return;
    }
    if (text_.size() + text.size() >= kMaximumRecord) {
      reset();
      sink.foreign("JSON entry longer than 16 MiB");
      return;
    }
    const std::size_t from = text_.size();
    text_.append(text).push_back('\n');
    scan(from, sink);
  }

  void finish(UnwrappedSink& sink) override {
    if (depth_ > 0) {
      reset();
      sink.foreign("JSON entry without its end");
    }
    entries_.finish(sink);
    parts_.clear();
  }

  [[nodiscard]] bool begins_entry(std::string_view text) const override {
    const std::size_t first = text.find_first_not_of(" \t,[");
    return first != std::string_view::npos && text[first] == '{' && first <= 4;
  }

  [[nodiscard]] std::string suspend() override {
    std::string held = std::exchange(parts_, {}) + text_;
    reset();
    entries_.forget();
    return held;
  }

  [[nodiscard]] std::unique_ptr<Unwrapper> fresh() const override {
    return std::make_unique<JsonUnwrapper>();
  }

 private:
  static bool may_begin(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t,[\r\xEF\xBB\xBF");
    return first != std::string_view::npos && text[first] == '{';
  }

  void reset() {
    text_.clear();
    depth_ = 0;
    in_string_ = escaped_ = false;
    begin_ = 0;
  }

  /// Goes on from `at`; every object that ends at the outermost level is an entry.
  void scan(std::size_t at, UnwrappedSink& sink) {
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      if (in_string_) {
        in_string_ = escaped_ || c != '"';
        escaped_ = !escaped_ && c == '\\';
      } else if (c == '"') {
        in_string_ = depth_ > 0;
      } else if (c == '{') {
        begin_ = depth_ == 0 ? at : begin_;
        ++depth_;
      } else if (c == '}' && depth_ > 0 && --depth_ == 0) {
        object(std::string_view{text_}.substr(begin_, at + 1 - begin_), sink);
      }
    }
    if (depth_ == 0) {
      if (entries_.holds_part()) {
        parts_.append(text_);
      } else {
        parts_.clear();
      }
      reset();
    }
  }

  void object(std::string_view text, UnwrappedSink& sink) {
    std::string clean;
    if (!is_clean_utf8(text)) {
      clean = to_clean_utf8(text, R"(\\x)");
      text = clean;
    }
    dom::object object;
    if (parser_.parse(text.data(), text.size()).get(object) != simdjson::SUCCESS) {
      sink.foreign("not valid JSON");
      return;
    }
    entry("", object, EntryFields{}, sink, 0);
  }

  /// An entry, or a batch that holds entries; those know what the batch says of itself.
  void entry(const std::string& path, const dom::object& object, const EntryFields& outer,
             UnwrappedSink& sink, int depth) {
    Flattener flat;
    bool batch = false;
    for (const auto [key, member] : object) {
      batch = batch || (member.is_array() && holds_entries(key)) ||
              (member.is_object() && (key == "hits" || key == "data") && depth < 4 &&
               batch_inside(member));
    }
    if (!batch) {
      flat.members(path, object, 0);
      flat.fields.insert(flat.fields.end(), outer.begin(), outer.end());
      if (!streams(object, flat.fields, sink)) {
        entries_.read(flat.fields, sink);
      }
      return;
    }
    for (const auto [key, member] : object) {
      if (!holds_entries(key) && key != "data") {
        flat.value(std::string{key}, member, 0);
      }
    }
    for (const auto [key, member] : object) {
      if (holds_entries(key) || key == "data") {
        inside(member, flat.fields, sink, depth + 1);
      }
    }
  }

  static bool batch_inside(const dom::element& element) {
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS) {
      return false;
    }
    for (const auto [key, member] : object) {
      if (holds_entries(key) && member.is_array()) {
        return true;
      }
    }
    return false;
  }

  void inside(const dom::element& element, const EntryFields& outer, UnwrappedSink& sink,
              int depth) {
    if (depth > kMostDepth) {
      return;
    }
    dom::array list;
    dom::object object;
    if (element.get(list) == simdjson::SUCCESS) {
      for (const dom::element& one : in_order_of_time(list)) {
        inside(one, outer, sink, depth + 1);
      }
    } else if (element.get(object) == simdjson::SUCCESS) {
      entry("", object, outer, sink, depth + 1);
    }
  }

  /// Loki's query result: {"stream": {...}, "values": [["1700000000000000000", "text"], ...]}
  bool streams(const dom::object& object, const EntryFields& outer, UnwrappedSink& sink) {
    dom::array values;
    dom::object labels;
    if (object["values"].get(values) != simdjson::SUCCESS ||
        object["stream"].get(labels) != simdjson::SUCCESS) {
      return false;
    }
    for (const dom::element& one : in_order_of_time(values)) {
      dom::array pair;
      std::string_view time;
      std::string_view text;
      if (one.get(pair) == simdjson::SUCCESS && pair.at(0).get(time) == simdjson::SUCCESS &&
          pair.at(1).get(text) == simdjson::SUCCESS) {
        EntryFields fields = {{"timestamp", std::string{time}}, {"line", std::string{text}}};
        fields.insert(fields.end(), outer.begin(), outer.end());
        entries_.read(fields, sink);
      }
    }
    return true;
  }

  dom::parser parser_;
  EntryReader entries_;
  std::string text_;   ///< of the object that is not at its end
  std::string parts_;  ///< lines of entries that hold the start of a line only
  std::size_t begin_ = 0;
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace

std::unique_ptr<Unwrapper> make_json_unwrapper() {
  return std::make_unique<JsonUnwrapper>();
}

}  // namespace quern::collector
