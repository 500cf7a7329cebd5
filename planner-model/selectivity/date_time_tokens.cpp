// The parts of a date or a time: ParseDateTime(), datetktbl (src/backend/utils/adt/datetime.c).
#include "planner-model/selectivity/date_time_tokens.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "planner-model/selectivity/ascii.hpp"

namespace quern::planner_model::value_text {
namespace {

template <typename Enum>
constexpr int number(Enum value) {
  return static_cast<int>(value);
}

constexpr auto kWords = std::to_array<Word>({
    {"-infinity", WordKind::Reserved, number(Reserved::Early)},
    {"ad", WordKind::Era, 0},
    {"allballs", WordKind::Reserved, number(Reserved::Zulu)},
    {"am", WordKind::Meridian, 0},
    {"apr", WordKind::Month, 4},
    {"april", WordKind::Month, 4},
    {"at", WordKind::Ignored, 0},
    {"aug", WordKind::Month, 8},
    {"august", WordKind::Month, 8},
    {"bc", WordKind::Era, 1},
    {"d", WordKind::Unit, number(Unit::Day)},
    {"dec", WordKind::Month, 12},
    {"december", WordKind::Month, 12},
    {"dow", WordKind::Unit, number(Unit::Other)},
    {"doy", WordKind::Unit, number(Unit::Other)},
    {"dst", WordKind::Summer, 3600},
    {"epoch", WordKind::Reserved, number(Reserved::Epoch)},
    {"feb", WordKind::Month, 2},
    {"february", WordKind::Month, 2},
    {"fri", WordKind::Weekday, 5},
    {"friday", WordKind::Weekday, 5},
    {"h", WordKind::Unit, number(Unit::Hour)},
    {"infinity", WordKind::Reserved, number(Reserved::Late)},
    {"isodow", WordKind::Unit, number(Unit::Other)},
    {"isoyear", WordKind::Unit, number(Unit::Other)},
    {"j", WordKind::Unit, number(Unit::Julian)},
    {"jan", WordKind::Month, 1},
    {"january", WordKind::Month, 1},
    {"jd", WordKind::Unit, number(Unit::Julian)},
    {"jul", WordKind::Month, 7},
    {"julian", WordKind::Unit, number(Unit::Julian)},
    {"july", WordKind::Month, 7},
    {"jun", WordKind::Month, 6},
    {"june", WordKind::Month, 6},
    {"m", WordKind::Unit, number(Unit::Month)},
    {"mar", WordKind::Month, 3},
    {"march", WordKind::Month, 3},
    {"may", WordKind::Month, 5},
    {"mm", WordKind::Unit, number(Unit::Minute)},
    {"mon", WordKind::Weekday, 1},
    {"monday", WordKind::Weekday, 1},
    {"nov", WordKind::Month, 11},
    {"november", WordKind::Month, 11},
    {"now", WordKind::Reserved, number(Reserved::Now)},
    {"oct", WordKind::Month, 10},
    {"october", WordKind::Month, 10},
    {"on", WordKind::Ignored, 0},
    {"pm", WordKind::Meridian, 1},
    {"s", WordKind::Unit, number(Unit::Second)},
    {"sat", WordKind::Weekday, 6},
    {"saturday", WordKind::Weekday, 6},
    {"sep", WordKind::Month, 9},
    {"sept", WordKind::Month, 9},
    {"september", WordKind::Month, 9},
    {"sun", WordKind::Weekday, 0},
    {"sunday", WordKind::Weekday, 0},
    {"t", WordKind::IsoTime, 0},
    {"thu", WordKind::Weekday, 4},
    {"thur", WordKind::Weekday, 4},
    {"thurs", WordKind::Weekday, 4},
    {"thursday", WordKind::Weekday, 4},
    {"today", WordKind::Reserved, number(Reserved::Today)},
    {"tomorrow", WordKind::Reserved, number(Reserved::Tomorrow)},
    {"tue", WordKind::Weekday, 2},
    {"tues", WordKind::Weekday, 2},
    {"tuesday", WordKind::Weekday, 2},
    {"wed", WordKind::Weekday, 3},
    {"wednesday", WordKind::Weekday, 3},
    {"weds", WordKind::Weekday, 3},
    {"y", WordKind::Unit, number(Unit::Year)},
    {"yesterday", WordKind::Reserved, number(Reserved::Yesterday)},
});

/// ParseDateTime()
class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_{text} {}

  std::optional<std::vector<Token>> run() {
    constexpr std::size_t kMostFields = 25;    // MAXDATEFIELDS
    constexpr std::size_t kLongestText = 150;  // MAXDATELEN with what a buffer adds
    if (text_.size() > kLongestText) {
      return std::nullopt;
    }
    std::vector<Token> tokens;
    while (at_ < text_.size()) {
      if (is_space(peek())) {
        ++at_;
        continue;
      }
      token_ = {};
      if (is_digit(peek())) {
        take_digits_first();
      } else if (peek() == '.') {
        advance();
        take_while(is_digit);
      } else if (is_letter(peek())) {
        take_word();
      } else if (peek() == '+' || peek() == '-') {
        if (!take_signed()) {
          return std::nullopt;
        }
      } else if (std::ispunct(static_cast<unsigned char>(peek())) != 0) {
        ++at_;  // parts the fields
        continue;
      } else {
        return std::nullopt;
      }
      tokens.push_back(std::move(token_));
      if (tokens.size() > kMostFields) {
        return std::nullopt;
      }
    }
    return tokens;
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void advance() { token_.text += to_lower(text_[at_++]); }

  template <typename Predicate>
  void take_while(const Predicate& wanted) {
    while (at_ < text_.size() && wanted(peek())) {
      advance();
    }
  }

  void take_digits_first() {
    take_while(is_digit);
    const char delimiter = peek();
    if (delimiter == ':') {
      token_.kind = Token::Kind::Time;
      advance();
      take_while([](char c) { return is_digit(c) || c == ':' || c == '.'; });
    } else if (delimiter == '-' || delimiter == '/' || delimiter == '.') {
      advance();
      if (is_digit(peek())) {
        token_.kind = delimiter == '.' ? Token::Kind::Number : Token::Kind::Date;
        take_while(is_digit);
        if (peek() == delimiter) {
          token_.kind = Token::Kind::Date;
          take_while([&](char c) { return is_digit(c) || c == delimiter; });
        }
      } else {
        token_.kind = Token::Kind::Date;
        take_while([&](char c) { return is_alphanumeric(c) || c == delimiter; });
      }
    }
  }

  /// A word, or what has one in front: Jan-08-1999, america/new_york, gmt+3.
  void take_word() {
    token_.kind = Token::Kind::Word;
    take_while(is_letter);
    const char next = peek();
    const bool goes_on =
        next == '-' || next == '/' || next == '.' ||
        ((next == '+' || is_digit(next)) && word_named(token_.text).kind == WordKind::Unknown);
    if (goes_on) {
      token_.kind = Token::Kind::Date;
      take_while([](char c) {
        return c == '+' || c == '-' || c == '/' || c == '_' || c == '.' || c == ':' ||
               is_alphanumeric(c);
      });
    }
  }

  bool take_signed() {
    advance();
    while (is_space(peek())) {
      ++at_;
    }
    if (is_digit(peek())) {
      token_.kind = Token::Kind::Zone;
      take_while([](char c) { return is_digit(c) || c == ':' || c == '.' || c == '-'; });
      return true;
    }
    token_.kind = Token::Kind::SignedWord;
    take_while(is_letter);
    return token_.text.size() > 1;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Token token_ = {};
};

}  // namespace

constexpr std::size_t kTokenLength = 10;  ///< TOKMAXLEN: what counts of a longer word

Word word_named(std::string_view text) {
  const auto found =
      std::lower_bound(kWords.begin(), kWords.end(), text.substr(0, kTokenLength),
                       [](const Word& word, std::string_view name) { return word.name < name; });
  return found != kWords.end() && found->name == text.substr(0, kTokenLength) ? *found : Word{};
}

std::optional<std::vector<Token>> date_time_tokens(std::string_view text) {
  return Tokenizer{text}.run();
}

}  // namespace quern::planner_model::value_text
