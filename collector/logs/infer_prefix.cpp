#include "collector/logs/infer_prefix.hpp"

#include <algorithm>
#include <array>

#include "collector/logs/guess_prefix.hpp"

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

/// Where the message tag stands; npos when the line has none. A value may hold `LOG: `, too: the
/// two blanks that the server writes go before one.
std::size_t tag_position(std::string_view line) {
  std::size_t with_one_blank = std::string_view::npos;
  for (std::size_t at = line.find(':'); at != std::string_view::npos && at < 600;
       at = line.find(':', at + 1)) {
    std::size_t from = at;
    while (from > 0 &&
           (static_cast<unsigned char>(line[from - 1]) >= 'A' || digit(line[from - 1])) &&
           line[from - 1] != ']' && line[from - 1] != '[') {
      --from;
    }
    for (std::size_t start = from; start < at; ++start) {
      const auto tag = message_tag(line.substr(start));
      if (tag && line.substr(start + tag->length - 2, 2) == "  ") {
        return start;
      }
      if (tag) {
        with_one_blank = std::min(with_one_blank, start);
      }
    }
  }
  return with_one_blank;
}

/// It took in what the setting has around its values: `web,host=10.0.0.1`, `[5] web`.
bool holds_more_than_a_name(std::string_view value, bool application) {
  for (std::size_t equal = value.find('='); equal != std::string_view::npos;
       equal = value.find('=', equal + 1)) {
    std::size_t from = equal;
    while (from > 0 && (std::isalpha(static_cast<unsigned char>(value[from - 1])) != 0 ||
                        value[from - 1] == '_')) {
      --from;
    }
    if (equal - from > 1 && escape_of_name(value.substr(from, equal - from)) != 0) {
      return true;
    }
  }
  if (!application) {
    return value.find_first_of(" []|") != std::string_view::npos;
  }
  // A client's address, with its port.
  return value.find_first_not_of("0123456789.()") == std::string_view::npos ||
         (value.find(':') != std::string_view::npos &&
          value.find_first_not_of("0123456789abcdef:()") == std::string_view::npos);
}

struct Score {
  std::size_t matches = 0;
  std::int64_t informative = 0;  ///< values that it told
};

/// Lines in their order. DETAIL, STATEMENT and CONTEXT stand right after their message and are of
/// its session: what differs between most of them, as %l does, is no session.
enum class Lines : std::uint8_t { FromAllOver, InOrder };

Score score(const LogLinePrefix& prefix, const std::vector<std::string_view>& lines, Lines order) {
  Score score;
  PrefixFields fields;
  std::string_view session;
  std::int64_t parts = 0, of_others = 0;
  for (const std::string_view line : lines) {
    if (prefix.match(line, fields)) {
      if (fields.tag.part != MessagePart::Primary) {
        ++parts;
        of_others += fields.session == session ? 0 : 1;
      }
      session = fields.session;
      ++score.matches;
      score.informative += fields.at_us != 0 ? 1 : 0;
      score.informative += fields.query_id != 0 ? 1 : 0;
      score.informative += fields.session.empty() ? 0 : fields.session == "0" ? -3 : 1;
      for (const std::string_view value : {fields.user, fields.database, fields.application}) {
        const bool application = value.data() == fields.application.data();
        score.informative += value.empty()                                ? 0
                             : holds_more_than_a_name(value, application) ? -3
                                                                          : 1;
      }
    }
  }
  if (order == Lines::InOrder && of_others * 2 > parts) {
    score.informative -= 4 * static_cast<std::int64_t>(score.matches);
  }
  return score;
}

/// The best first; those that match no line are dropped. Of equals, the first is the best.
void keep_best(std::vector<LogLinePrefix>& prefixes, const std::vector<std::string_view>& lines,
               Lines order, std::size_t most) {
  std::vector<std::pair<Score, LogLinePrefix>> scored;
  for (LogLinePrefix& prefix : prefixes) {
    const Score its = score(prefix, lines, order);
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

/// What can not be guessed from one line alone.
std::vector<std::string> combined(const std::vector<std::string>& guesses) {
  constexpr std::size_t kMost = 300;
  std::vector<std::string> more;
  for (const std::string& guess : guesses) {
    // The first number may be the line's: there is a session id, or nothing tells the session.
    if (const std::size_t at = guess.find("%p"); at != std::string::npos) {
      more.push_back(guess.substr(0, at) + "%l" + guess.substr(at + 2));
      if (const std::size_t line = guess.find("%l", at); line != std::string::npos) {
        more.push_back(more.back());
        more.back().replace(line, 2, "%p");
      }
    }
    // Background processes write only what stands before %q.
    for (const std::string& other : guesses) {
      if (more.size() < kMost && other.size() > guess.size() &&
          other.compare(0, guess.size(), guess) == 0 && guess.find('%') != std::string::npos) {
        more.push_back(guess + "%q" + other.substr(guess.size()));
      }
    }
  }
  return more;
}

/// Lines whose user, database or application is one that the log tells of, less those with another.
std::int64_t named_right(const LogLinePrefix& prefix, char escape, const KnownNames& names,
                         const std::vector<std::string_view>& lines) {
  std::int64_t right = 0;
  PrefixFields fields;
  for (const std::string_view line : lines) {
    if (prefix.match(line, fields)) {
      const std::string value{escape == 'u'   ? fields.user
                              : escape == 'd' ? fields.database
                                              : fields.application};
      const auto& known = escape == 'u'   ? names.users
                          : escape == 'd' ? names.databases
                                          : names.applications;
      right += value.empty() ? 0 : known.count(value) > 0 ? 1 : -1;
    }
  }
  return right;
}

/// A place where any word may stand holds users, databases or applications if those stand there.
LogLinePrefix with_names(LogLinePrefix prefix, const KnownNames& names,
                         const std::vector<std::string_view>& lines) {
  for (const char escape : {'a', 'd', 'u'}) {
    const std::string text = prefix.text();
    for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 2)) {
      const std::size_t letter = text.find_first_not_of("-0123456789", at + 1);
      if (letter == std::string::npos || text[letter] != 'i') {
        continue;
      }
      std::string other = text;
      other[letter] = escape;
      LogLinePrefix named = LogLinePrefix::compile(other);
      if (named_right(named, escape, names, lines) >
          std::max<std::int64_t>(named_right(prefix, escape, names, lines), 0)) {
        prefix = std::move(named);
        break;
      }
    }
  }
  return prefix;
}

}  // namespace

std::optional<std::string> prefix_of_line(std::string_view line) {
  const std::size_t tag = tag_position(line);
  if (tag == std::string_view::npos) {
    return std::nullopt;
  }
  return guess_prefix(line.substr(0, tag), KnownNames{{}}, false);
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
  std::vector<std::string> guesses;
  const KnownNames names{lines};
  for (const bool words : {false, true}) {
    for (std::size_t i = 0; i < std::min(lines.size(), kGuessed); ++i) {
      const std::size_t tag = tag_position(lines[i]);
      if (tag == std::string_view::npos) {
        continue;
      }
      std::string guess = guess_prefix(lines[i].substr(0, tag), names, words);
      if (std::find(guesses.begin(), guesses.end(), guess) == guesses.end()) {
        guesses.push_back(std::move(guess));
      }
    }
  }
  std::vector<std::string> candidates{kWellKnown.begin(), kWellKnown.end()};
  for (const auto& more : {guesses, combined(guesses)}) {
    candidates.insert(candidates.end(), more.begin(), more.end());
  }
  std::vector<LogLinePrefix> prefixes;
  for (const std::string& candidate : candidates) {
    prefixes.push_back(LogLinePrefix::compile(candidate));
  }
  constexpr std::size_t kFewLines = 40;
  constexpr std::size_t kFewPrefixes = 16;
  keep_best(prefixes, some_of(lines, kFewLines), Lines::FromAllOver, kFewPrefixes);
  keep_best(prefixes, lines, Lines::InOrder, 1);
  if (prefixes.empty()) {
    return std::nullopt;
  }
  return with_names(std::move(prefixes.front()), names, lines);
}

}  // namespace quern::collector
