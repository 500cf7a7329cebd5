#include "collector/plans/explain_output.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "collector/plans/explain_formats.hpp"

namespace quern::collector {

namespace {

std::string_view trimmed_right(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r");
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

bool drop_front(std::string_view& text, std::string_view word) {
  const bool there = text.substr(0, word.size()) == word;
  text.remove_prefix(there ? word.size() : 0);
  return there;
}

bool drop_back(std::string_view& text, std::string_view word) {
  const bool there = text.size() >= word.size() && text.substr(text.size() - word.size()) == word;
  text.remove_suffix(there ? word.size() : 0);
  return there;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  drop_front(text, "\xEF\xBB\xBF");
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(trimmed_right(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Of dashes and corners alone: ----, +----+, ┌────┐.
bool is_rule(std::string_view line) {
  constexpr std::array<std::string_view, 14> kMarks = {"-", "+", "|", " ", "─", "┌", "┐",
                                                       "└", "┘", "├", "┤", "│", "═", "╪"};
  bool any = false;
  while (!line.empty()) {
    const auto mark = std::find_if(kMarks.begin(), kMarks.end(), [&](std::string_view m) {
      return line.substr(0, m.size()) == m;
    });
    if (mark == kMarks.end()) {
      return false;
    }
    any = any || *mark == "-" || *mark == "─" || *mark == "═";
    line.remove_prefix(mark->size());
  }
  return any;
}

/// (12 rows), in any language.
bool is_row_count(std::string_view line) {
  return line.size() > 4 && line.front() == '(' && line.back() == ')' && line[1] >= '0' &&
         line[1] <= '9' && line.find('=') == std::string_view::npos;
}

/// psql -x, before each row.
bool is_record(std::string_view line) {
  return line.substr(0, 10) == "-[ RECORD " || line.substr(0, 12) == "─[ RECORD ";
}

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return trimmed_right(text);
}

bool is_heading(std::string_view line) {
  for (const std::string_view side : {"|", "│", "\""}) {
    line = without_blanks(line);
    drop_front(line, side);
    drop_back(line, side);
  }
  return without_blanks(line) == "QUERY PLAN";
}

/// psql -x writes the heading before each row, or before the first of a value.
void drop_expanded_heading(std::string_view& line) {
  for (const std::string_view heading :
       {"QUERY PLAN | ", "QUERY PLAN │ ", "           | ", "           │ "}) {
    if (drop_front(line, heading)) {
      return;
    }
  }
}

struct Frame {
  bool heading = false;  ///< QUERY PLAN
  bool sides = false;    ///< bars left and right
  bool quoted = false;   ///< each line in quotes
  bool blank = false;    ///< psql's blank before each row
  bool goes_on = false;  ///< one value of several lines: psql marks all but the last with +
};

Frame frame_of(const std::vector<std::string_view>& lines) {
  Frame frame;
  std::size_t rows = 0;
  std::size_t sides = 0, quotes = 0, blanks = 0, marked = 0;
  for (const std::string_view line : lines) {
    if (is_heading(line)) {
      frame.heading = true;
    } else if (!line.empty() && !is_rule(line) && !is_row_count(line) && !is_record(line)) {
      ++rows;
      frame.heading = frame.heading || line.substr(0, 12) == "QUERY PLAN |";  // psql -x
      sides += line.front() == '|' || line.substr(0, 3) == "│" ? 1 : 0;
      quotes += line.front() == '"' && line.back() == '"' && line.size() > 1 ? 1 : 0;
      blanks += line.front() == ' ' ? 1 : 0;
      const std::string_view end = line.substr(line.size() - std::min<std::size_t>(2, line.size()));
      marked += end.back() == '+' || end == "+|" ? 1 : 0;
    }
  }
  frame.sides = rows > 0 && sides == rows;
  frame.quoted = rows > 1 && quotes == rows;
  frame.goes_on = rows > 1 && marked + 1 >= rows;
  frame.blank = frame.heading && blanks == rows;
  return frame;
}

std::string_view bare(std::string_view line, const Frame& frame) {
  if (frame.sides) {
    drop_front(line, "| ");
    drop_front(line, "│ ");
  }
  drop_expanded_heading(line);
  if (frame.heading) {
    drop_back(line, "|");
    drop_back(line, "│");
    line = trimmed_right(line);
    if (frame.goes_on) {
      drop_back(line, "+");
    }
    drop_back(line, "↵");
    line = trimmed_right(line);
  }
  if (frame.blank) {
    drop_front(line, " ");
  }
  if (frame.quoted) {
    line.remove_prefix(1);
    line.remove_suffix(1);
  }
  return line;
}

/// pgAdmin's CSV: the whole in quotes, those within doubled.
std::string unquoted(std::string text) {
  const std::size_t first = text.find_first_not_of(" \n");
  const std::size_t last = text.find_last_not_of(" \n");
  const bool document = first != std::string::npos && last > first && text[first] == '"' &&
                        text[last] == '"' && text.find("\"\"") != std::string::npos;
  if (!document) {
    return text;
  }
  std::string plain;
  for (std::size_t i = first + 1; i < last; ++i) {
    plain += text[i];
    i += text[i] == '"' && text[i + 1] == '"' ? 1 : 0;
  }
  return plain;
}

}  // namespace

std::string without_frame(std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(text);
  const Frame frame = frame_of(lines);
  std::string plain;
  for (const std::string_view line : lines) {
    const bool frames =
        is_heading(line) || is_row_count(line) || is_record(line) || (is_rule(line) && line != "-");
    if (!frames) {
      plain.append(bare(line, frame)) += '\n';
    }
  }
  return unquoted(std::move(plain));
}

std::optional<PlanValue> read_explain_output(std::string_view text) {
  const std::string plain = without_frame(text);
  const std::size_t first = plain.find_first_not_of(" \n");
  if (first == std::string::npos) {
    return std::nullopt;
  }
  const std::string_view body = std::string_view{plain}.substr(first);
  const bool yaml = body.substr(0, 2) == "- " || body.substr(0, 5) == "Plan:" ||
                    body.substr(0, 13) == "Query Text: \"";
  const std::size_t xml = plain.find("<explain");
  auto document = body.front() == '{' || body.front() == '[' ? read_explain_json(body)
                  : xml != std::string::npos                 ? read_explain_xml(plain)
                  : yaml                                     ? read_explain_yaml(body)
                                                             : read_explain_text_document(plain);
  return document && top_node(*document) != nullptr ? std::move(document) : std::nullopt;
}

}  // namespace quern::collector
