#include "collector/plans/text_properties.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "collector/plans/explain_formats.hpp"

namespace quern::collector {

namespace {

bool digit(char c) {
  return c >= '0' && c <= '9';
}

/// The number that stands at the front: `25kB` is 25.
std::string_view number_in(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (digit(text[end]) || text[end] == '.')) {
    ++end;
  }
  return text.substr(0, end);
}

/// Parts between two blanks: `Buckets: 1024  Batches: 1  Memory Usage: 9kB`.
std::vector<std::pair<std::string_view, std::string_view>> figures(std::string_view line) {
  std::vector<std::pair<std::string_view, std::string_view>> parts;
  while (!line.empty()) {
    const std::size_t end = line.find("  ");
    const std::string_view part = line.substr(0, end);
    line = end == std::string_view::npos
               ? std::string_view{}
               : line.substr(std::min(line.find_first_not_of(' ', end), line.size()));
    const std::size_t colon = part.find(": ");
    if (colon != std::string_view::npos) {
      parts.emplace_back(part.substr(0, colon), part.substr(colon + 2));
    }
  }
  return parts;
}

/// An expression list, at the commas outside of quotes and parentheses.
PlanValue list_of(std::string_view text) {
  PlanValue list = PlanValue::list({});
  int depth = 0;
  char quote = '\0';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      quote = c == quote ? '\0' : quote;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(' || c == '[') {
      ++depth;
    } else if (c == ')' || c == ']') {
      --depth;
    } else if (c == ',' && depth == 0 && text.substr(i, 2) == ", ") {
      list.items.push_back(PlanValue::text(text.substr(from, i - from)));
      from = i + 2;
    }
  }
  list.items.push_back(PlanValue::text(text.substr(from)));
  return list;
}

/// `shared hit=3 read=1, temp written=2`: a word, then what is counted of it.
void counters(std::string_view text, PlanValue& node, std::string_view what) {
  std::string scope;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" ,");
    const std::string_view word = text.substr(0, end);
    text = end == std::string_view::npos
               ? std::string_view{}
               : text.substr(std::min(text.find_first_not_of(" ,", end), text.size()));
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
      scope = word;
      scope[0] = static_cast<char>(scope[0] - 32);
      continue;
    }
    std::string name{word.substr(0, equals)};
    name[0] = static_cast<char>(name[0] >= 'a' && name[0] <= 'z' ? name[0] - 32 : name[0]);
    const PlanValue value = PlanValue::number(word.substr(equals + 1));
    if (what == "Blocks") {
      node.add(scope + " " + name + " Blocks", value);
    } else if (what == "Time") {
      node.add((scope == "Temp"    ? "Temp I/O "
                : scope == "Local" ? "Local I/O "
                                   : "I/O ") +
                   name + " Time",
               value);
    } else {
      node.add("WAL " + (name == "Fpi" ? std::string{"FPI"} : name), value);
    }
  }
}

void sort_figures(std::string_view line, PlanValue& node) {
  for (const auto& [name, value] : figures(line)) {
    if (name == "Sort Method") {
      node.add(name, PlanValue::text(value));
    } else {  // Memory, Disk
      node.add("Sort Space Used", PlanValue::number(number_in(value)));
      node.add("Sort Space Type", PlanValue::text(name));
    }
  }
}

/// `Full-sort Groups: 4  Sort Method: quicksort  Average Memory: 26kB  Peak Memory: 26kB`
void sort_groups(std::string_view line, PlanValue& node) {
  PlanValue groups = PlanValue::object();
  std::string label;
  PlanValue space = PlanValue::object();
  for (const auto& [name, value] : figures(line)) {
    if (name.find("Groups") != std::string_view::npos) {
      label = name;
      groups.add("Group Count", PlanValue::number(value));
    } else if (name.substr(0, 11) == "Sort Method") {
      groups.add("Sort Methods Used", list_of(value));
    } else {
      const std::size_t blank = name.find(' ');
      space.add(std::string{name.substr(0, blank)} + " Sort Space Used",
                PlanValue::number(number_in(value)));
      if (name.substr(0, blank) == "Peak") {
        groups.add("Sort Space " + std::string{name.substr(blank + 1)},
                   std::exchange(space, PlanValue::object()));
      }
    }
  }
  node.add(label, std::move(groups));
}

/// `Buckets: 2048 (originally 1024)  Batches: 1 (originally 1)  Memory Usage: 40kB`
void hash_figures(std::string_view line, PlanValue& node) {
  for (const auto& [name, value] : figures(line)) {
    if (name == "Memory Usage") {
      node.add("Peak Memory Usage", PlanValue::number(number_in(value)));
      continue;
    }
    const std::string label = "Hash " + std::string{name};
    node.add(label, PlanValue::number(number_in(value)));
    const std::size_t before = value.find("(originally ");
    node.add("Original " + label,
             PlanValue::number(
                 number_in(before == std::string_view::npos ? value : value.substr(before + 12))));
  }
}

void renamed_figures(std::string_view line, PlanValue& node) {
  struct Name {
    std::string_view text, json;
  };

  constexpr std::array<Name, 6> kNames = {{{"Hits", "Cache Hits"},
                                           {"Misses", "Cache Misses"},
                                           {"Evictions", "Cache Evictions"},
                                           {"Overflows", "Cache Overflows"},
                                           {"Memory Usage", "Peak Memory Usage"},
                                           {"Batches", "HashAgg Batches"}}};
  for (const auto& [name, value] : figures(line)) {
    const auto known = std::find_if(kNames.begin(), kNames.end(),
                                    [&, label = name](const Name& n) { return n.text == label; });
    node.add(known == kNames.end() ? name : known->json, value.empty() || !digit(value.front())
                                                             ? PlanValue::text(value)
                                                             : PlanValue::number(number_in(value)));
  }
}

bool is_list(std::string_view name) {
  constexpr std::array<std::string_view, 7> kLists = {
      "Output",           "Sort Key", "Group Key", "Presorted Key", "Conflict Arbiter Indexes",
      "Params Evaluated", "Hash Key"};
  return std::find(kLists.begin(), kLists.end(), name) != kLists.end();
}

bool starts(std::string_view line, std::string_view word) {
  return line.substr(0, word.size()) == word;
}

}  // namespace

void add_text_property(std::string_view line, PlanValue& node) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos || starts(line, "Worker ")) {
    return;
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = line.substr(colon + 2);
  if (name == "Buffers") {
    counters(value, node, "Blocks");
  } else if (name == "I/O Timings") {
    counters(value, node, "Time");
  } else if (name == "WAL") {
    counters(value, node, "WAL");
  } else if (name == "Sort Method") {
    sort_figures(line, node);
  } else if (name == "Full-sort Groups" || name == "Pre-sorted Groups") {
    sort_groups(line, node);
  } else if (name == "Buckets") {
    hash_figures(line, node);
  } else if (name == "Hits" || name == "Batches" || name == "Planned Partitions" ||
             name == "Storage") {
    renamed_figures(line, node);
  } else if (name == "Heap Blocks") {
    for (const std::string_view kind : {"exact", "lossy"}) {
      const std::size_t at = value.find(std::string{kind} + "=");
      if (at != std::string_view::npos) {
        node.add(kind == "exact" ? "Exact Heap Blocks" : "Lossy Heap Blocks",
                 PlanValue::number(number_in(value.substr(at + 6))));
      }
    }
  } else if (is_list(name)) {
    node.add(name, list_of(value));
  } else if (is_bool_property(name)) {
    node.add(name, {PlanValue::Kind::Bool, std::string{value}});
  } else if (is_number_property(name, value)) {
    node.add(name, PlanValue::number(value));
  } else {
    node.add(name, PlanValue::text(value));
  }
}

}  // namespace quern::collector
