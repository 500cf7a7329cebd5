#include "planner-model/size/network_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/text_source.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

/// IPv4 addresses as numbers.
std::uint32_t number_of(const std::string& text) {
  const auto key = NetworkGist::key(text);
  return static_cast<std::uint32_t>(key.address[0]) << 24U |
         static_cast<std::uint32_t>(key.address[1]) << 16U |
         static_cast<std::uint32_t>(key.address[2]) << 8U | key.address[3];
}

std::string address_text(std::uint32_t number) {
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    text += (text.empty() ? "" : ".") + std::to_string(number >> shift & 0xFFU);
  }
  return text;
}

/// So many different ones of the addresses from one to before another, as chance has it.
std::vector<std::uint32_t> some_between(double from, double to, double wanted, Stream& stream) {
  std::vector<std::uint32_t> chosen;
  constexpr double kDense = 0.05;
  const double all = std::max(1.0, to - from);
  if (wanted > kDense * all) {
    double left = wanted;
    for (double i = 0; i < all && left >= 0.5; ++i) {
      if (stream.uniform() * (all - i) < left) {
        chosen.push_back(static_cast<std::uint32_t>(from + i));
        --left;
      }
    }
    return chosen;
  }
  for (double i = 0; i + 0.5 < wanted; ++i) {
    chosen.push_back(static_cast<std::uint32_t>(from + stream.uniform() * all));
  }
  return chosen;
}

/// Splits go by the addresses' bits, so how close they lie matters: where there are more rows than
/// `most`, the statistics of one stretch of them instead of a few from everywhere. Nothing when it
/// cannot be told.
std::optional<ColumnValues> stretch(const ColumnValues& all, double rows, double most) {
  std::vector<const ColumnValues::Entry*> bounds;
  double filled = 0;
  for (const auto& entry : all.entries) {
    filled += entry.is_null ? 0 : entry.share * rows;
    if (entry.text && entry.from_histogram) {
      bounds.push_back(&entry);
    }
    if (entry.text && entry.text->find_first_of(":/") != std::string::npos) {
      return std::nullopt;
    }
  }
  if (bounds.size() < 20) {
    return std::nullopt;
  }
  std::sort(bounds.begin(), bounds.end(),
            [](const auto* a, const auto* b) { return number_of(*a->text) < number_of(*b->text); });
  ColumnValues part{.type = all.type, .entries = {}};
  Stream stream;
  double taken = 0;
  const std::size_t first = filled <= most ? 0 : bounds.size() / 3;
  std::size_t last = first;
  for (; last + 1 < bounds.size() && taken < most; ++last) {
    const double from = number_of(*bounds[last]->text);
    const double to = number_of(*bounds[last + 1]->text);
    const double share = bounds[last]->share;
    const double values = std::max(1.0, std::min(bounds[last]->values, to - from));
    for (const std::uint32_t address : some_between(from, to, values, stream)) {
      part.entries.push_back({.share = share / values, .text = address_text(address)});
      taken += share * rows / values;
    }
  }
  const std::uint32_t low = number_of(*bounds[first]->text);
  const std::uint32_t high = number_of(*bounds[last]->text);
  for (const auto& entry : all.entries) {
    if (entry.text && !entry.from_histogram && number_of(*entry.text) >= low &&
        number_of(*entry.text) <= high) {
      part.entries.push_back(entry);
    }
  }
  return part;
}

std::string network_order(const std::string& text) {
  const auto key = NetworkGist::key(text);
  std::string bytes(1, static_cast<char>(key.family));
  bytes.append(key.address.begin(), key.address.end());
  return bytes;
}

}  // namespace

NetworkRows network_rows(const IndexColumn& column, double rows, std::size_t most,
                         double heavy_from) {
  auto all = indexed_values(column);
  NetworkRows answer;
  double light = 0;
  std::erase_if(all.entries, [&](const ColumnValues::Entry& entry) {
    if (rows > static_cast<double>(most) && entry.text && !entry.from_histogram &&
        entry.share * rows >= heavy_from) {
      answer.heavy.push_back(entry.share * rows);
      return true;
    }
    light += entry.is_null ? 0 : entry.share * rows;
    return false;
  });
  if (light < 1) {
    return answer;
  }
  const auto part = stretch(all, rows, static_cast<double>(most));
  const double correlation = column.statistics->correlation.value_or(0);
  answer.light = synthetic_rows(
      part ? *part : whole_values(all, rows, static_cast<double>(most)), rows, most,
      part ? correlation_within(correlation, std::min(1.0, static_cast<double>(most) / light))
           : correlation,
      network_order);
  answer.light.scale = light / std::max(1.0, static_cast<double>(answer.light.rows.size()));
  return answer;
}

}  // namespace quern::planner_model
