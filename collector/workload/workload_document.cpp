#include "collector/workload/workload_document.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/in_parallel.hpp"
#include "collector/base/json_numbers.hpp"
#include "collector/base/json_text.hpp"
#include "collector/input/byte_source.hpp"
#include "collector/workload/class_text.hpp"
#include "collector/workload/told_json.hpp"
#include "collector/workload/workload_json.hpp"

namespace quern {

namespace {

using nlohmann::json;

constexpr const char* kFormat = "quern-workload";

/// One element a line, so that documents can be compared by eye and by diff.
template <class Item, class Append>
std::string lines_of(const std::vector<Item>& items, Append append) {
  std::string text = "[";
  for (const Item& item : items) {
    text += text.size() == 1 ? "\n" : ",\n";
    append(item, text);
  }
  return text + (items.empty() ? "]" : "\n]");
}

/// The parts that take time.
struct Parts {
  std::vector<std::string> classes;  ///< runs of them, the list's end included
  std::string ends;
  std::string writes;
};

Parts parts_of(const Workload& w, const std::function<std::string()>& ends, std::size_t threads) {
  constexpr std::size_t kRun = 16;  // classes that are written together
  Parts parts;
  parts.classes.resize((w.classes.size() + kRun - 1) / kRun);
  const auto write_run = [&](std::size_t run) {
    for (std::size_t i = run * kRun; i < std::min(w.classes.size(), (run + 1) * kRun); ++i) {
      parts.classes[run] += i == 0 ? "[\n" : ",\n";
      append_class(w.classes[i], w.bucket_seconds, parts.classes[run]);
    }
  };
  in_parallel(
      parts.classes.size() + 2,
      [&](std::size_t i) {
        if (i == 0) {
          parts.ends = ends ? ends() : std::string{};
        } else if (i == 1) {
          parts.writes = json_text(writes_json(w));
        } else {
          write_run(i - 2);
        }
      },
      {}, threads);
  parts.classes.emplace_back(w.classes.empty() ? "[]" : "\n]");
  return parts;
}

/// A large document stands in memory once: what was taken over is let go.
void move_into(std::string& text, std::vector<std::string>& runs) {
  std::size_t size = text.size();
  for (const std::string& run : runs) {
    size += run.size();
  }
  text.reserve(size + size / 8);
  for (std::string& run : runs) {
    text += run;
    run = {};
  }
}

void check_header(const json& document, const std::string& name) {
  if (!document.is_object() || !document.contains("format") ||
      document["format"] != json(kFormat)) {
    const std::string found =
        document.is_object() && document.contains("format") && document["format"].is_string()
            ? fmt::format("a {} document", document["format"].get<std::string>())
            : "some other JSON";
    throw UserError{fmt::format(
        "{}: not a workload document but {}; `quern collect LOG... -o w.workload.json` makes one",
        name, found)};
  }
  const json version = document.value("version", json(0));
  if (!version.is_number_integer() || version.get<std::int64_t>() < 1) {
    throw UserError{fmt::format("{}: the workload document has no valid version", name)};
  }
  if (version.get<std::int64_t>() > Workload::kFormatVersion) {
    throw UserError{fmt::format(
        "{}: workload version {} is newer than this program understands ({}); use a newer quern",
        name, version.get<std::int64_t>(), Workload::kFormatVersion)};
  }
}

}  // namespace

std::string workload_text(const Workload& w, const std::function<std::string()>& ends,
                          std::size_t threads) {
  const auto add_chatty = [](const auto& c, std::string& out) { append_json(chatty_json(c), out); };
  const auto add_pattern = [](const auto& p, std::string& out) {
    append_json(pattern_json(p), out);
  };
  Parts parts = parts_of(w, ends, threads);
  std::string text = "{\n";
  text += fmt::format("\"bucket_seconds\": {},\n", w.bucket_seconds);
  text += "\"chatty\": " + lines_of(w.chatty, add_chatty) + ",\n";
  text += "\"classes\": ";
  move_into(text, parts.classes);
  text += ",\n";
  if (!parts.ends.empty()) {
    text.append("\"ends\": ").append(parts.ends).append(",\n");
  }
  text += "\"events\": " + json_text(events_json(w.events)) + ",\n";
  text += fmt::format("\"format\": \"{}\",\n", kFormat);
  text += "\"formats\": " + json_text(json(w.formats)) + ",\n";
  text += fmt::format("\"from_us\": {},\n", w.from_us);
  text += "\"input\": " + json_text(input_json(w.input)) + ",\n";
  text += "\"patterns\": " + lines_of(w.patterns, add_pattern) + ",\n";
  text += "\"skipped\": " + json_text(skipped_json(w.skipped)) + ",\n";
  text += fmt::format("\"until_us\": {},\n", w.until_us);
  text += fmt::format("\"version\": {},\n", Workload::kFormatVersion);
  return text.append("\"writes\": ").append(parts.writes).append("\n}\n");
}

std::string write_workload(const Workload& workload, std::size_t threads) {
  return workload_text(workload, {}, threads);
}

json workload_document(std::string_view text, const std::string& name) {
  json document;
  try {
    document = json::parse(text);
  } catch (const json::parse_error& error) {
    if (error.byte > text.size() && (text.empty() || text.front() == '{')) {
      throw UserError{fmt::format(
          "{}: the workload document ends in the middle (after {} bytes): the file was cut; copy "
          "or collect it again",
          name, text.size())};
    }
    throw UserError{
        fmt::format("{}: not a workload document (no JSON at byte {}); `quern collect LOG... -o "
                    "w.workload.json` makes one",
                    name, error.byte)};
  } catch (const json::exception& error) {
    throw UserError{fmt::format("{}: the workload document is damaged: {}", name, error.what())};
  }
  check_header(document, name);
  if (!numbers_fit_64_bits(document)) {
    throw UserError{
        fmt::format("{}: the workload document is damaged: a number beyond 64 bits", name)};
  }
  return document;
}

Workload read_workload(std::string_view text, const std::string& name) {
  const json document = workload_document(text, name);
  try {
    return workload_of(document);
  } catch (const json::exception& error) {
    throw UserError{fmt::format("{}: the workload document is damaged: {}", name, error.what())};
  } catch (const UserError& error) {
    throw UserError{fmt::format("{}: the workload document is damaged: {}", name, error.what())};
  }
}

Workload load_workload(const std::string& path) {
  return read_workload(collector::read_document(path), path);
}

}  // namespace quern
