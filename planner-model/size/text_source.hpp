#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern::planner_model {

/// A deterministic stream of numbers that look random.
class Stream {
 public:
  /// In [0, 1).
  double uniform() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state_ >> 11U) / 9007199254740992.0;
  }

  /// Standard normal, roughly.
  double normal() {
    constexpr int kSummed = 12;
    double sum = -kSummed / 2.0;
    for (int i = 0; i < kSummed; ++i) {
      sum += uniform();
    }
    return sum;
  }

  std::size_t below(std::size_t bound) {
    return bound == 0 ? 0 : static_cast<std::size_t>(uniform() * static_cast<double>(bound));
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15U;
};

/// Makes texts like the examples: what stands alike in them is kept (separators, words that come
/// again), and what changes from one to the next is drawn anew (numbers between those seen, the
/// letters of digests).
class TextSource {
 public:
  explicit TextSource(const std::vector<std::string>& examples);

  [[nodiscard]] std::string next(Stream& stream) const;

  /// From now on texts are like those examples for which `allowed` (one each) holds, but for what
  /// comes with any of them alike.
  void keep_to(const std::vector<bool>& allowed);

  /// Least and greatest of the numbers, where every text has just one place that changes, and it is
  /// a number.
  [[nodiscard]] std::optional<std::pair<double, double>> number_range() const;

  /// The like of an example, with this number.
  [[nodiscard]] std::string with_number(long long number, Stream& stream) const;

  /// The same of examples by turns: as evenly over them as can be, and in no step with anything.
  [[nodiscard]] std::string with_number(long long number, std::size_t turn) const;

  /// How many different texts there can be, going by what the examples have in their places.
  [[nodiscard]] double possible() const;

 private:
  enum class Part : std::uint8_t {
    Kept,    ///< as the example has it
    Number,  ///< digits: between two neighbours among those seen, or anywhere between all
    Token,   ///< letters and digits in no order: each drawn from those seen
  };

  /// What the examples of one shape have in one place.
  struct Slot {
    Part part = Part::Kept;
    std::vector<std::string> sorted = {};  ///< every text seen there; numbers in their order
    std::string letters = {};              ///< of tokens, as often as they come
    bool evenly = false;                   ///< numbers spread evenly between first and last
    bool padded = false;                   ///< numbers of one length, some with leading zeros
    double different = 1;
    /// What it has where it has nothing to do with the places before it: each as often as drawn.
    std::vector<std::string> free = {};
  };

  /// Texts whose words and separators follow each other alike.
  struct Shape {
    std::vector<std::vector<std::string>> examples = {};  ///< cut into pieces
    std::vector<Slot> slots = {};
  };

  std::vector<Shape> shapes_;
  std::vector<std::size_t> shape_of_;  ///< each example's
  std::vector<std::size_t> place_of_;  ///< each example's in its shape
  /// Examples that are alike in all that is kept, where each such choice comes as often as any
  /// other; else all of them together.
  std::vector<std::vector<std::size_t>> choices_ = {};

  static void learn(Shape& shape);
  static void learn_free(Shape& shape);
  void learn_choices();
  [[nodiscard]] std::size_t any_example(Stream& stream) const;
  template <class Choose>
  static std::string numbered(const Shape& shape, const std::vector<std::string>& example,
                              long long number, Choose&& choose);
  static std::string drawn(const Slot& slot, const std::string& seen, Stream& stream);
};

}  // namespace quern::planner_model
