#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// Bytes that a value takes inside an index tuple, its length word included: short values behind
/// one byte, those above TOAST_INDEX_TARGET compressed when that saves a quarter
/// (index_form_tuple(), indextuple.c). `text` is the server's output form. Negative: not known for
/// this type.
[[nodiscard]] double stored_size(const Type& type, std::int32_t typmod, std::string_view text,
                                 const TypeSystem& types);

/// A varlena of so many bytes behind its length word.
[[nodiscard]] double varlena_size(double bytes);

/// The elements of a one-dimensional array's text; quoted ones without their quotes.
[[nodiscard]] std::vector<std::string> array_elements(std::string_view text);

/// Bytes of pglz_compress() (pg_lzcompress.c) with the default strategy; negative: it gives up, at
/// more than the share `most` of the data.
[[nodiscard]] int pglz_size(std::string_view data, double most = 0.75);

}  // namespace quern::planner_model
