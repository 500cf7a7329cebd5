#pragma once

#include <cstdint>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// get_typavgwidth() (lsyscache.c), for columns without statistics.
[[nodiscard]] double default_width(const Type& type, std::int32_t typmod);

/// To how many per cent rows are put on the table's pages (RelationGetFillFactor(), rel.h).
[[nodiscard]] int fillfactor(const Table& table);

/// Rows that the table holds now: as dense as VACUUM or ANALYZE found them, in the pages of now; of
/// a table that neither has seen, the server's counter of live rows, or as many as fit
/// (table_block_relation_estimate_size(), tableam.c).
[[nodiscard]] double rows_now(const Table& table, const TypeSystem& types);

/// Stored bytes of a value of a varlena column without statistics: what the table's pages have room
/// for beside the other columns, the default where they do not tell.
[[nodiscard]] double width_by_room(const Table& table, const Column& column,
                                   const TypeSystem& types);

/// How many different values a column without statistics has, as far as its definition tells:
/// unique, counted up, a truth value or of an enum; else the planner's default.
[[nodiscard]] double distinct_by_definition(const Table& table, const Column& column, double rows,
                                            const TypeSystem& types);

/// Pages over which the table's rows lie as dense as around an average one of them: fewer than all
/// where updates have left dead rows behind and put the new versions together at the table's end.
[[nodiscard]] double pages_lived_in(const Table& table);

}  // namespace quern::planner_model
