#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "collector/logs/log_record.hpp"

namespace quern::collector {

/// Which records count. Empty sets let everything through.
struct EventFilter {
  std::optional<std::int64_t> since_us = {};  ///< inclusive
  std::optional<std::int64_t> until_us = {};  ///< exclusive
  std::set<std::string, std::less<>> databases = {};
  std::set<std::string, std::less<>> users = {};
  std::set<std::string, std::less<>> applications = {};

  [[nodiscard]] bool lets_through(const LogRecord& record) const {
    const auto among = [](const auto& wanted, std::string_view value) {
      return wanted.empty() || wanted.find(value) != wanted.end();
    };
    return (!since_us || record.at_us >= *since_us) && (!until_us || record.at_us < *until_us) &&
           among(databases, record.database) && among(users, record.user) &&
           among(applications, record.application);
  }
};

}  // namespace quern::collector
