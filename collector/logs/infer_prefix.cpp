#include "collector/logs/infer_prefix.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "collector/base/time_text.hpp"

namespace quern::collector {

namespace {

/// Defaults of PostgreSQL, Debian and the hosting services, and what log analyzers recommend.
constexpr std::array kWellKnown = {
    "%m [%p] ",
    "%m [%p] %q%u@%d ",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: db=%d,user=%u,app=%a,client=%h ",
    "%m [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%m [%p] %q[user=%u,db=%d,app=%a] ",
    "%m [%p] %q[user=%u,db=%d,app=%a,host=%h] ",
    "%m [%p] %q%u@%d/%a ",
    "%m [%p] %q%u@%d %a ",
    "%t:%r:%u@%d:[%p]:",
    "%t:%h:%u@%d:[%p]:",
    "%t-%c-",
    "%m [%p][%v] : [%l-1] %q[app=%a] ",
    "%t [%p-%l] %q%u@%d ",
    "%t [%p]: [%l-1] user=%u,db=%d - PG-%e ",
    "%t [%p]: [%l-1] [trx_id=%x] user=%u,db=%d ",
    "%t [%p]: [%l-1] [%x] usr=%u,db=%d,appli=%a ",
    "%t [%p]: [%l-1] user=%u,db=%d ",
    "%t [%p]: [%l-1] ",
    "[%p]: [%l-1] db=%d,user=%u ",
    "%m %r %u %a [%c] [%p] ",
    "%m [%p]: [%l-1] db=%d,user=%u ",
    "pid=%p,user=%u,db=%d,app=%a,client=%h ",
    "user=%u,db=%d,app=%a,client=%h ",
    "%p-%s-%c-%l-%h-%u-%d-%m ",
    "%m [%p][%b][%v][%x] %q[user=%u,db=%d,app=%a] ",
    "%t [%p] %q%u@%d %h ",
    "%m [%p] [queryid=%Q] %u@%d ",
    " sql_error_code = %e ",
    // Heroku's log drains
    " sql_error_code = %e time_ms = \"%m\" pid=\"%p\" proc_start_time=\"%s\" session_id=\"%c\" "
    "vtid=\"%v\" tid=\"%x\" log_line=\"%l\" %qdatabase=\"%d\" connection_source=\"%r\" user=\"%u\" "
    "application_name=\"%a\" ",
    "'%t UTC [ db=%d user=%u pid=%p userid=%l xid=%x ]' ",  // Redshift
    "[POSTGRES] %m [%p] ",                                  // PlanetScale
    "%t ",
    "%m ",
    "%t [%p] ",
    "%t [%p] %u@%d ",
    "%m [%p] %u@%d ",
    "%n [%p] ",
};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

/// Which escape a name in `name=value` stands for; 0: none known.
char escape_of_name(std::string_view name) {
  struct Known {
    std::string_view name;
    char escape;
  };

  constexpr std::array kNames = {
      Known{"user", 'u'},
      Known{"usr", 'u'},
      Known{"username", 'u'},
      Known{"u", 'u'},
      Known{"db", 'd'},
      Known{"dbname", 'd'},
      Known{"database", 'd'},
      Known{"d", 'd'},
      Known{"app", 'a'},
      Known{"appli", 'a'},
      Known{"application", 'a'},
      Known{"application_name", 'a'},
      Known{"a", 'a'},
      Known{"client", 'h'},
      Known{"host", 'h'},
      Known{"remote", 'r'},
      Known{"addr", 'h'},
      Known{"h", 'h'},
      Known{"pid", 'p'},
      Known{"line", 'l'},
      Known{"session", 'c'},
      Known{"sid", 'c'},
      Known{"trx_id", 'x'},
      Known{"txid", 'x'},
      Known{"xid", 'x'},
      Known{"vxid", 'v'},
      Known{"queryid", 'Q'},
      Known{"query_id", 'Q'},
      Known{"sqlstate", 'e'},
      Known{"state", 'e'},
      Known{"err", 'e'},
      Known{"ps", 'i'},
      Known{"tag", 'i'},
      Known{"cmd", 'i'},
      Known{"backend", 'b'},
      Known{"type", 'b'},
      Known{"sql_error_code", 'e'},
      Known{"session_id", 'c'},
      Known{"vtid", 'v'},
      Known{"tid", 'x'},
      Known{"log_line", 'l'},
      Known{"connection_source", 'r'},
      Known{"proc", 'p'},
      Known{"process", 'p'},
      Known{"backend_type", 'b'},
      Known{"command_tag", 'i'},
      Known{"qid", 'Q'},
      Known{"start", 's'},
  };
  const auto* found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Known& k) { return k.name == name; });
  return found == kNames.end() ? '\0' : found->escape;
}

/// Where the message tag stands; npos when the line has none.
std::size_t tag_position(std::string_view line) {
  for (std::size_t at = line.find(':'); at != std::string_view::npos && at < 600;
       at = line.find(':', at + 1)) {
    std::size_t from = at;
    while (from > 0 &&
           (static_cast<unsigned char>(line[from - 1]) >= 'A' || digit(line[from - 1])) &&
           line[from - 1] != ']' && line[from - 1] != '[') {
      --from;
    }
    for (std::size_t start = from; start < at; ++start) {
      if (message_tag(line.substr(start))) {
        return start;
      }
    }
  }
  return std::string_view::npos;
}

/// Names that `connection authorized: user=web database=shop application_name=psql` tells.
struct KnownNames {
  std::set<std::string> users, databases, applications;

  explicit KnownNames(const std::vector<std::string_view>& lines) {
    for (const std::string_view line : lines) {
      const std::size_t at = line.find("connection authorized: user=");
      if (at != std::string_view::npos) {
        take(line.substr(at), "user=", users);
        take(line.substr(at), "database=", databases);
        take(line.substr(at), "application_name=", applications);
      }
    }
  }

 private:
  static void take(std::string_view text, std::string_view label, std::set<std::string>& names) {
    const std::size_t at = text.find(label);
    if (at != std::string_view::npos) {
      text.remove_prefix(at + label.size());
      names.emplace(text.substr(0, text.find_first_of(" \n")));
    }
  }
};

/// Reads the text before a tag from left to right and writes the escapes it would come from.
class Guess {
 public:
  /// `words`: a word that says nothing by its form may be another one in the next line.
  explicit Guess(std::string_view text, const KnownNames& names, bool words)
      : text_{text}, names_{names}, words_{words} {}

  std::string prefix() {
    while (position_ < text_.size()) {
      if (!(time() || named_value() || session_id() || bracketed() || number() || user_at_db() ||
            (words_ && word()))) {
        const char c = text_[position_++];
        result_ += c == '%' ? "%%" : std::string(1, c);
      }
    }
    return result_;
  }

 private:
  bool word_starts() const {
    return position_ == 0 || !(std::isalnum(static_cast<unsigned char>(text_[position_ - 1])) != 0);
  }

  bool time() {
    if (!word_starts()) {
      return false;
    }
    const auto time = read_time(text_.substr(position_));
    if (!time) {
      return false;
    }
    const bool fraction = text_.substr(position_, time->length).find('.') != std::string_view::npos;
    add(used_.count('m') + used_.count('t') > 0 ? 's' : fraction ? 'm' : 't');
    position_ += time->length;
    return true;
  }

  /// `user=web`, `user = "web"`, `user: web`, with what the setting has around the value.
  bool named_value() {
    if (!word_starts()) {
      return false;
    }
    std::size_t end = position_;
    while (end < text_.size() &&
           (std::isalpha(static_cast<unsigned char>(text_[end])) != 0 || text_[end] == '_')) {
      ++end;
    }
    const char escape = escape_of_name(text_.substr(position_, end - position_));
    std::size_t value = after_blanks(end);
    const bool named = value < text_.size() && (text_[value] == '=' || text_[value] == ':');
    value += named ? 1 : 0;
    if (text_.substr(value, 1) == " " && text_.substr(after_blanks(value), 1) != "") {
      value = after_blanks(value);
    }
    while (text_.substr(value, 1) == "\"") {
      ++value;
    }
    const std::string_view joint = text_.substr(end, value - end);
    if (escape == 0 || !named) {
      return false;
    }
    result_ += text_.substr(position_, value - position_);
    const bool empty_quotes = joint.size() > 1 && joint.substr(joint.size() - 2) == "\"\"";
    if (empty_quotes) {
      result_.pop_back();
      --value;
    }
    const bool quoted = joint.back() == '"';
    // [local] and [unknown] are values.
    const std::size_t from = text_.substr(value, 1) == "["
                                 ? std::min(text_.find(']', value), text_.size() - 1) + 1
                                 : value;
    position_ = std::min(text_.find_first_of(quoted ? "\"" : ",;|] ", from), text_.size());
    if (empty_quotes) {
      position_ = value;
    }
    add(escape);
    return true;
  }

  [[nodiscard]] std::size_t after_blanks(std::size_t from) const {
    return std::min(text_.find_first_not_of(' ', from), text_.size());
  }

  /// 6b00f997.4328
  bool session_id() {
    if (!word_starts()) {
      return false;
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    const std::size_t dot = text_.find_first_not_of(kHex, position_);
    if (dot == std::string_view::npos || text_[dot] != '.' || dot - position_ != 8) {
      return false;
    }
    const std::size_t end = std::min(text_.find_first_not_of(kHex, dot + 1), text_.size());
    if (end == dot + 1) {
      return false;
    }
    position_ = end;
    add('c');
    return true;
  }

  /// The first number is the process, one after it the line; others are left to be transactions.
  bool number() {
    if (!word_starts() || !digit(text_[position_])) {
      return false;
    }
    std::size_t end = position_;
    while (end < text_.size() && digit(text_[end])) {
      ++end;
    }
    if (end < text_.size() && (text_[end] == '/' || text_[end] == '.')) {
      const std::size_t stop = std::min(text_.find_first_not_of("0123456789/.", end), text_.size());
      const bool virtual_xid = text_[end] == '/';
      const bool epoch = !virtual_xid && end - position_ == 10;
      position_ = stop;
      add(virtual_xid ? 'v' : epoch ? 'n' : 'h');
      return true;
    }
    if (end < text_.size() && std::isalpha(static_cast<unsigned char>(text_[end])) != 0) {
      return false;
    }
    // `-1` after the line number stands in the setting as it is.
    const bool literal = position_ > 0 && text_[position_ - 1] == '-' && used_.count('l') > 0;
    if (literal) {
      result_ += text_.substr(position_, end - position_);
      position_ = end;
      return true;
    }
    const std::string padding = padding_of(end - position_, end);
    position_ = end;
    add(used_.count('p') == 0 ? 'p' : used_.count('l') == 0 ? 'l' : 'x', padding);
    return true;
  }

  /// `[    36]` is `[%6p]`, `[36    ]` is `[%-6p]`: the width, and the blanks as part of it.
  std::string padding_of(std::size_t digits, std::size_t& end) {
    std::size_t before = 0;
    while (before < result_.size() && result_[result_.size() - 1 - before] == ' ') {
      ++before;
    }
    const bool opened = before < result_.size() && result_[result_.size() - 1 - before] == '[';
    before -= opened || before == 0 ? 0 : 1;
    if (before > 0) {
      result_.erase(result_.size() - before);
      return std::to_string(before + digits);
    }
    std::size_t after = std::min(text_.find_first_not_of(' ', end), text_.size()) - end;
    const bool closed = end + after < text_.size() && text_[end + after] == ']';
    after -= closed || after == 0 ? 0 : 1;
    if (after == 0) {
      return {};
    }
    const std::size_t width = digits + after;
    end += after;
    return "-" + std::to_string(width);
  }

  bool bracketed() {
    if (text_[position_] != '[') {
      return false;
    }
    const std::size_t end = text_.find(']', position_);
    if (end != position_ + 1) {
      return false;
    }
    result_ += "[%v]";  // empty in background processes
    position_ = end + 1;
    return true;
  }

  bool user_at_db() {
    if (!word_starts()) {
      return false;
    }
    const std::size_t end = std::min(text_.find_first_of(" :,[]/", position_), text_.size());
    const std::string_view word = text_.substr(position_, end - position_);
    const std::size_t at = word.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == word.size()) {
      return false;
    }
    add('u');
    result_ += '@';
    add('d');
    position_ = end;
    if (text_.substr(end, 1) == "/") {
      result_ += '/';
      add('a');
      position_ = std::min(text_.find_first_of(" :,[]", end), text_.size());
    }
    return true;
  }

  /// A name that the log's own messages tell is a user's or a database's, or any word.
  bool word() {
    const auto part = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    };
    std::size_t end = position_;
    while (end < text_.size() && part(text_[end])) {
      ++end;
    }
    if (!word_starts() || end == position_) {
      return false;
    }
    const std::string word{text_.substr(position_, end - position_)};
    // Blanks that pad a value are none of the setting's own; the matcher leaves them out.
    const std::size_t after = std::min(text_.find_first_not_of(' ', end), text_.size());
    const bool pads = after - end > 1 || (after > end && text_.substr(after, 1) == "|");
    position_ = !pads ? end : text_.substr(after, 1) == "|" ? after : after - 1;
    const std::size_t before = result_.find_last_not_of(' ') + 1;
    if (result_.size() - before > 1 || (before > 0 && result_[before - 1] == '|')) {
      const bool field = before > 0 && result_[before - 1] == '|';
      result_.erase(before + (field ? 0 : 1));
    }
    add(names_.users.count(word) > 0 && used_.count('u') == 0          ? 'u'
        : names_.databases.count(word) > 0 && used_.count('d') == 0    ? 'd'
        : names_.applications.count(word) > 0 && used_.count('a') == 0 ? 'a'
                                                                       : 'i');
    return true;
  }

  void add(char escape, const std::string& padding = {}) {
    result_ += '%' + padding;
    result_ += escape;
    used_.insert(escape);
  }

  std::string_view text_;
  const KnownNames& names_;
  bool words_;
  std::size_t position_ = 0;
  std::string result_;
  std::multiset<char> used_;
};

struct Score {
  std::size_t matches = 0;
  std::size_t informative = 0;  ///< values that it told
};

Score score(const LogLinePrefix& prefix, const std::vector<std::string_view>& lines) {
  Score score;
  PrefixFields fields;
  for (const std::string_view line : lines) {
    if (prefix.match(line, fields)) {
      ++score.matches;
      score.informative += (fields.at_us != 0 ? 1 : 0);
      for (const std::string_view value :
           {fields.session, fields.user, fields.database, fields.application}) {
        score.informative += value.empty() ? 0 : 1;
      }
    }
  }
  return score;
}

/// The best first; those that match no line are dropped. Of equals, the first is the best.
void keep_best(std::vector<LogLinePrefix>& prefixes, const std::vector<std::string_view>& lines,
               std::size_t most) {
  std::vector<std::pair<Score, LogLinePrefix>> scored;
  for (LogLinePrefix& prefix : prefixes) {
    const Score its = score(prefix, lines);
    if (its.matches > 0) {
      scored.emplace_back(its, std::move(prefix));
    }
  }
  std::stable_sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) {
    return std::make_pair(b.first.matches, b.first.informative) <
           std::make_pair(a.first.matches, a.first.informative);
  });
  prefixes.clear();
  for (std::size_t i = 0; i < std::min(most, scored.size()); ++i) {
    prefixes.push_back(std::move(scored[i].second));
  }
}

/// Lines from all over the list.
std::vector<std::string_view> some_of(const std::vector<std::string_view>& lines,
                                      std::size_t most) {
  std::vector<std::string_view> some;
  const std::size_t step = std::max<std::size_t>(1, lines.size() / most);
  for (std::size_t i = 0; i < lines.size(); i += step) {
    some.push_back(lines[i]);
  }
  return some;
}

}  // namespace

std::optional<std::string> prefix_of_line(std::string_view line) {
  const std::size_t tag = tag_position(line);
  if (tag == std::string_view::npos) {
    return std::nullopt;
  }
  return Guess{line.substr(0, tag), KnownNames{{}}, false}.prefix();
}

std::optional<LogLinePrefix> infer_prefix(const std::vector<std::string_view>& all) {
  constexpr std::size_t kMostLines = 400;
  constexpr std::size_t kGuessed = 40;
  std::vector<std::string_view> lines;
  for (const std::string_view line : all) {
    if (!line.empty() && line.front() != '\t' && lines.size() < kMostLines) {
      lines.push_back(line);
    }
  }
  std::vector<std::string> candidates{kWellKnown.begin(), kWellKnown.end()};
  const KnownNames names{lines};
  for (const bool words : {false, true}) {
    for (std::size_t i = 0; i < std::min(lines.size(), kGuessed); ++i) {
      const std::size_t tag = tag_position(lines[i]);
      if (tag == std::string_view::npos) {
        continue;
      }
      std::string guess = Guess{lines[i].substr(0, tag), names, words}.prefix();
      if (std::find(candidates.begin(), candidates.end(), guess) == candidates.end()) {
        candidates.push_back(std::move(guess));
      }
    }
  }
  std::vector<LogLinePrefix> prefixes;
  for (const std::string& candidate : candidates) {
    prefixes.push_back(LogLinePrefix::compile(candidate));
  }
  constexpr std::size_t kFewLines = 40;
  constexpr std::size_t kFewPrefixes = 6;
  keep_best(prefixes, some_of(lines, kFewLines), kFewPrefixes);
  keep_best(prefixes, lines, 1);
  return prefixes.empty() ? std::nullopt : std::optional{std::move(prefixes.front())};
}

}  // namespace quern::collector
