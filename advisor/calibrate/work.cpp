#include "advisor/calibrate/work.hpp"

#include <algorithm>
#include <cmath>

namespace quern::advisor {

namespace {

constexpr std::array<std::string_view, kComponents> kWords{"sequential page",
                                                           "random page",
                                                           "page not in shared buffers",
                                                           "scanned row",
                                                           "index entry",
                                                           "condition",
                                                           "row",
                                                           "hashed row",
                                                           "comparison",
                                                           "aggregated row",

                                                           "node start",
                                                           "worker start"};

constexpr std::array<std::string_view, kComponents> kKeys{
    "sequential_page", "random_page",    "page_read",  "scanned_row",
    "index_entry",     "condition",      "row",        "hashed_row",
    "comparison",      "aggregated_row", "node_start", "worker_start"};

double occurrences(std::string_view text, std::string_view part) {
  double count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

}  // namespace

std::string_view component_words(Component component) {
  return kWords[static_cast<std::size_t>(component)];
}

std::string_view component_key(Component component) {
  return kKeys[static_cast<std::size_t>(component)];
}

bool is_index_scan(std::string_view node_type) {
  return node_type == "Index Scan" || node_type == "Index Only Scan" ||
         node_type == "Bitmap Index Scan";
}

double conditions_in(std::string_view filter) {
  return filter.empty() ? 0 : 1 + occurrences(filter, " AND ") + occurrences(filter, " OR ");
}

double comparisons(double rows, bool only_top) {
  return only_top ? rows : rows * std::log2(std::max(2.0, rows));
}

}  // namespace quern::advisor
