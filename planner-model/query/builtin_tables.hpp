#pragma once

#include <string_view>

/// The text of builtins/*.tsv, embedded by embed_builtins.cmake.
namespace quern::planner_model::builtin_tables {

std::string_view type();
std::string_view function();
std::string_view aggregate();
std::string_view operator_();
std::string_view cast();
std::string_view operator_class();
std::string_view operator_family_member();
std::string_view range();
std::string_view collation();

}  // namespace quern::planner_model::builtin_tables
