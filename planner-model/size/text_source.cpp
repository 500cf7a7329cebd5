#include "planner-model/size/text_source.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

namespace quern::planner_model {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return is_digit(c) || (byte | 0x20U) - 'a' < 26U || byte >= 0x80;
}

/// A run of letters and digits: changes from one to the other within it.
std::size_t changes(std::string_view word) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < word.size(); ++i) {
    count += is_digit(word[i]) != is_digit(word[i - 1]) ? 1 : 0;
  }
  return count;
}

struct Pieces {
  std::string shape;  ///< one letter a piece: w word, d digits, t token; separators themselves
  std::vector<std::string> pieces;
};

/// Words fall apart into letters and digits unless they change between them often.
Pieces cut(const std::string& text, bool tokens) {
  Pieces answer;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) {
      ++end;
    }
    if (end == at) {
      answer.shape += text[at];
      answer.pieces.emplace_back(1, text[at++]);
      continue;
    }
    constexpr std::size_t kManyChanges = 3;
    const std::string_view word = std::string_view{text}.substr(at, end - at);
    if (tokens || changes(word) >= kManyChanges) {
      answer.shape += 't';
      answer.pieces.emplace_back(word);
      at = end;
      continue;
    }
    for (const bool digits = is_digit(text[at]); at < end && is_digit(text[at]) == digits;) {
      if (answer.shape.empty() || answer.shape.back() != (digits ? 'd' : 'w')) {
        answer.shape += digits ? 'd' : 'w';
        answer.pieces.emplace_back();
      }
      answer.pieces.back() += text[at++];
    }
  }
  return answer;
}

constexpr std::size_t kLongestNumber = 18;

/// Pearson's test: do things that came so often come as they would if each were as likely?
bool equally_likely(const std::vector<double>& times) {
  const auto count = static_cast<double>(times.size());
  double all = 0;
  for (const double one : times) {
    all += one;
  }
  double chi_square = 0;
  for (const double one : times) {
    chi_square += std::pow(one - all / count, 2) / (all / count);
  }
  constexpr double kDeviations = 3;
  return chi_square < count - 1 + kDeviations * std::sqrt(2 * (count - 1));
}

double number_of(const std::string& digits) {
  return std::strtod(digits.c_str(), nullptr);
}

/// Kolmogorov and Smirnov's test, of one in twenty: are sorted numbers spread evenly from the first
/// to the last of them?
bool spread_evenly(const std::vector<double>& sorted) {
  constexpr std::size_t kEnough = 8;
  if (sorted.size() < kEnough || sorted.front() >= sorted.back()) {
    return false;
  }
  const auto last = static_cast<double>(sorted.size() - 1);
  double furthest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double place = (sorted[i] - sorted.front()) / (sorted.back() - sorted.front());
    furthest = std::max(furthest, std::abs(place - static_cast<double>(i) / last));
  }
  constexpr double kOneInTwenty = 1.36;
  return furthest * std::sqrt(last) < kOneInTwenty;
}

}  // namespace

TextSource::TextSource(const std::vector<std::string>& examples) {
  // Digests are told by most of the examples: the few without a mixture are digests as well.
  std::size_t with_tokens = 0;
  for (const auto& text : examples) {
    with_tokens += cut(text, false).shape == "t" ? 1 : 0;
  }
  const bool tokens = 2 * with_tokens > examples.size();
  std::map<std::string, std::size_t> known;
  for (const auto& text : examples) {
    Pieces pieces = cut(text, tokens);
    const auto [place, added] = known.try_emplace(pieces.shape, shapes_.size());
    if (added) {
      shapes_.emplace_back().slots.resize(pieces.pieces.size());
      for (std::size_t i = 0; i < pieces.shape.size(); ++i) {
        const char kind = pieces.shape[i];
        shapes_.back().slots[i].part = kind == 't'   ? Part::Token
                                       : kind == 'd' ? Part::Number
                                                     : Part::Kept;
      }
    }
    place_of_.push_back(shapes_[place->second].examples.size());
    shapes_[place->second].examples.push_back(std::move(pieces.pieces));
    shape_of_.push_back(place->second);
  }
  for (Shape& shape : shapes_) {
    learn(shape);
    learn_free(shape);
  }
  learn_choices();
}

/// Words of several places: does one follow from those before it ("corp.example.net"), or come with
/// any of them alike? Examples with the same words before agree in it more often than any two do
/// where it follows from them.
void TextSource::learn_free(Shape& shape) {
  const std::size_t count = shape.examples.size();
  std::vector<std::string> before(count);
  bool first = true;
  for (std::size_t i = 0; i < shape.slots.size(); ++i) {
    Slot& slot = shape.slots[i];
    if (slot.part != Part::Kept || slot.different < 2) {
      continue;
    }
    double pairs = 0;
    double agree = 0;
    double same_before = 0;
    double agree_there = 0;
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = a + 1; b < count; ++b) {
        const bool same = shape.examples[a][i] == shape.examples[b][i];
        const bool there = before[a] == before[b];
        ++pairs;
        agree += same ? 1 : 0;
        same_before += there ? 1 : 0;
        agree_there += same && there ? 1 : 0;
      }
    }
    constexpr double kEnoughPairs = 10;
    const double expected = same_before * agree / pairs;
    if (!first && same_before >= kEnoughPairs &&
        agree_there <= expected + 2 * std::sqrt(expected)) {
      std::map<std::string, double> times;
      for (const auto& example : shape.examples) {
        ++times[example[i]];
        slot.free.push_back(example[i]);
      }
      std::vector<double> often;
      for (const auto& [text, number] : times) {
        often.push_back(number);
      }
      if (equally_likely(often)) {
        slot.free.clear();
        for (const auto& [text, number] : times) {
          slot.free.push_back(text);
        }
      }
    } else {
      for (std::size_t a = 0; a < count; ++a) {
        before[a] += '\n' + shape.examples[a][i];
      }
    }
    first = false;
  }
}

void TextSource::learn_choices() {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < shape_of_.size(); ++i) {
    const Shape& shape = shapes_[shape_of_[i]];
    std::string key = std::to_string(shape_of_[i]);
    for (std::size_t slot = 0; slot < shape.slots.size(); ++slot) {
      key += shape.slots[slot].part == Part::Kept ? '\n' + shape.examples[place_of_[i]][slot] : "";
    }
    groups[key].push_back(i);
  }
  std::vector<double> times;
  for (auto& [key, group] : groups) {
    times.push_back(static_cast<double>(group.size()));
    choices_.push_back(std::move(group));
  }
  constexpr std::size_t kExamplesEach = 2;
  if (choices_.size() * kExamplesEach > shape_of_.size() || !equally_likely(times)) {
    choices_.assign(1, {});
    for (std::size_t i = 0; i < shape_of_.size(); ++i) {
      choices_.front().push_back(i);
    }
  }
}

void TextSource::keep_to(const std::vector<bool>& allowed) {
  for (auto& choice : choices_) {
    std::erase_if(choice, [&](std::size_t example) { return !allowed[example]; });
  }
  std::erase_if(choices_, [](const auto& choice) { return choice.empty(); });
}

std::size_t TextSource::any_example(Stream& stream) const {
  const auto& choice = choices_[stream.below(choices_.size())];
  return choice[stream.below(choice.size())];
}

void TextSource::learn(Shape& shape) {
  for (std::size_t i = 0; i < shape.slots.size(); ++i) {
    Slot& slot = shape.slots[i];
    std::set<std::size_t> lengths;
    bool zero = false;
    std::set<std::string> different;
    for (const auto& example : shape.examples) {
      slot.sorted.push_back(example[i]);
      lengths.insert(example[i].size());
      zero = zero || (example[i].size() > 1 && example[i].front() == '0');
      different.insert(example[i]);
    }
    slot.different = static_cast<double>(different.size());
    // What comes again and again is a choice among those seen.
    constexpr double kChoice = 0.5;
    const auto seen = static_cast<double>(shape.examples.size());
    if (slot.different <= std::max(1.0, kChoice * seen) ||
        (slot.part == Part::Number && *lengths.rbegin() > kLongestNumber)) {
      slot.part = slot.different <= std::max(1.0, kChoice * seen) ? Part::Kept : Part::Token;
    }
    if (slot.part == Part::Number) {
      slot.padded = zero && lengths.size() == 1;
      std::sort(
          slot.sorted.begin(), slot.sorted.end(),
          [](const std::string& a, const std::string& b) { return number_of(a) < number_of(b); });
      const double low = number_of(slot.sorted.front());
      const double high = number_of(slot.sorted.back());
      std::vector<double> numbers;
      for (const auto& text : slot.sorted) {
        numbers.push_back(number_of(text));
      }
      slot.evenly = spread_evenly(numbers);
      slot.different = std::max(slot.different, (high - low + 1) * (1 + 1 / seen));
    } else if (slot.part == Part::Token) {
      for (const auto& text : slot.sorted) {
        slot.letters += text;
      }
      std::map<char, double> alphabet;
      for (const char letter : slot.letters) {
        ++alphabet[letter];
      }
      std::vector<double> times;
      std::string once;
      for (const auto& [letter, count] : alphabet) {
        times.push_back(count);
        once += letter;
      }
      slot.letters = equally_likely(times) ? once : slot.letters;
      slot.different =
          std::pow(static_cast<double>(once.size()), static_cast<double>(*lengths.rbegin()));
    }
  }
}

std::string TextSource::drawn(const Slot& slot, const std::string& seen, Stream& stream) {
  if (!slot.free.empty()) {
    return slot.free[stream.below(slot.free.size())];
  }
  if (slot.part == Part::Kept) {
    return seen;
  }
  if (slot.part == Part::Token) {
    std::string text = seen;
    for (char& c : text) {
      c = slot.letters[stream.below(slot.letters.size())];
    }
    return text;
  }
  const std::size_t last = slot.sorted.size() - 1;
  const std::size_t at = slot.evenly ? 0 : stream.below(std::max<std::size_t>(last, 1));
  const double low = number_of(slot.sorted[at]);
  const double high = number_of(slot.sorted[slot.evenly ? last : std::min(at + 1, last)]);
  auto text = std::to_string(static_cast<long long>(low + stream.uniform() * (high - low + 1)));
  if (slot.padded && text.size() < seen.size()) {
    text.insert(0, seen.size() - text.size(), '0');
  }
  return text;
}

std::string TextSource::next(Stream& stream) const {
  if (choices_.empty() || choices_.front().empty()) {
    return {};
  }
  const std::size_t which = any_example(stream);
  const Shape& shape = shapes_[shape_of_[which]];
  const auto& example = shape.examples[place_of_[which]];
  std::string text;
  for (std::size_t i = 0; i < example.size(); ++i) {
    text += drawn(shape.slots[i], example[i], stream);
  }
  return text;
}

std::optional<std::pair<double, double>> TextSource::number_range() const {
  std::optional<std::pair<double, double>> range;
  for (const Shape& shape : shapes_) {
    std::size_t numbers = 0;
    for (const Slot& slot : shape.slots) {
      if (slot.part == Part::Token) {
        return std::nullopt;
      }
      if (slot.part != Part::Number || slot.padded) {
        continue;
      }
      ++numbers;
      const double low = number_of(slot.sorted.front());
      const double high = number_of(slot.sorted.back());
      range = range ? std::pair{std::min(range->first, low), std::max(range->second, high)}
                    : std::pair{low, high};
    }
    if (numbers != 1) {
      return std::nullopt;
    }
  }
  return range;
}

template <class Choose>
std::string TextSource::numbered(const Shape& shape, const std::vector<std::string>& example,
                                 long long number, Choose&& choose) {
  std::string text;
  for (std::size_t i = 0; i < example.size(); ++i) {
    const Slot& slot = shape.slots[i];
    text += slot.part == Part::Number ? std::to_string(number)
            : slot.free.empty()       ? example[i]
                                      : slot.free[choose(slot.free.size())];
  }
  return text;
}

std::string TextSource::with_number(long long number, Stream& stream) const {
  const std::size_t which = any_example(stream);
  const Shape& shape = shapes_[shape_of_[which]];
  return numbered(shape, shape.examples[place_of_[which]], number,
                  [&](std::size_t count) { return stream.below(count); });
}

std::string TextSource::with_number(long long number, std::size_t turn) const {
  // Multiples of two numbers that are in no step with each other.
  constexpr double kGoldenRatio = 0.6180339887498949;
  constexpr double kRootOfTwo = 0.41421356237309515;
  const auto nth = [turn](double step, std::size_t count) {
    double whole = 0;
    const double part = std::modf(static_cast<double>(turn) * step, &whole);
    return static_cast<std::size_t>(part * static_cast<double>(count));
  };
  const std::size_t which = nth(kGoldenRatio, shape_of_.size());
  const Shape& shape = shapes_[shape_of_[which]];
  return numbered(shape, shape.examples[place_of_[which]], number,
                  [&](std::size_t count) { return nth(kRootOfTwo, count); });
}

double TextSource::possible() const {
  double sum = 0;
  for (const Shape& shape : shapes_) {
    double product = 1;
    for (const Slot& slot : shape.slots) {
      product *= slot.different;
    }
    sum += product;
  }
  return sum;
}

}  // namespace quern::planner_model
