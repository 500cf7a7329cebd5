#include "advisor/rewrite/query.hpp"

#include <algorithm>
#include <limits>

#include "planner-model/query/builtin_catalog.hpp"

#include "advisor/rewrite/names.hpp"

namespace quern::advisor::rewrite {

namespace {

bool is_statement(ProtobufCMessage* message) {
  return as<PgQuery__SelectStmt>(message) != nullptr ||
         as<PgQuery__UpdateStmt>(message) != nullptr || as<PgQuery__DeleteStmt>(message) != nullptr;
}

const PgQuery__WithClause* with_clause(ProtobufCMessage* message) {
  if (const auto* select = as<PgQuery__SelectStmt>(message)) {
    return select->with_clause;
  }
  if (const auto* update = as<PgQuery__UpdateStmt>(message)) {
    return update->with_clause;
  }
  if (const auto* remove = as<PgQuery__DeleteStmt>(message)) {
    return remove->with_clause;
  }
  return nullptr;
}

bool has_column(const Table& table, std::string_view name) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [&](const Column& column) { return column.name == name; });
}

const Column* find_column(const Table& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Query> Query::read(const std::string& sql, const CatalogSnapshot& catalog) {
  auto tree = Tree::copy_of(sql);
  if (!tree) {
    return std::nullopt;
  }
  Query query;
  query.tree = std::move(*tree);
  query.catalog = &catalog;
  query.add_blocks(content(query.tree.statement()), nullptr, {}, true);
  return query;
}

const Table* Query::find_table(const PgQuery__RangeVar& name) const {
  const auto matches = [&](const Table& table, std::string_view schema) {
    return table.name == name.relname && table.schema == schema;
  };
  const auto in_schema = [&](std::string_view schema) -> const Table* {
    const auto found = std::find_if(catalog->tables.begin(), catalog->tables.end(),
                                    [&](const Table& table) { return matches(table, schema); });
    return found == catalog->tables.end() ? nullptr : &*found;
  };
  if (*name.schemaname != '\0') {
    return in_schema(name.schemaname);
  }
  for (const auto& schema : catalog->search_path) {
    if (const Table* table = in_schema(schema)) {
      return table;
    }
  }
  return nullptr;
}

void Query::add_source(Block& block, const PgQuery__Node* item, bool nullable,
                       const std::set<std::string>& ctes) const {
  if (const auto* join = as<PgQuery__JoinExpr>(item)) {
    const bool left_nullable = join->jointype == PG_QUERY__JOIN_TYPE__JOIN_RIGHT ||
                               join->jointype == PG_QUERY__JOIN_TYPE__JOIN_FULL;
    const bool right_nullable = join->jointype == PG_QUERY__JOIN_TYPE__JOIN_LEFT ||
                                join->jointype == PG_QUERY__JOIN_TYPE__JOIN_FULL;
    add_source(block, join->larg, nullable || left_nullable, ctes);
    add_source(block, join->rarg, nullable || right_nullable, ctes);
    if (join->alias != nullptr || join->n_using_clause > 0 || join->is_natural) {
      block.sources.push_back(
          {join->alias != nullptr ? join->alias->aliasname : "", nullptr, true});
    }
    return;
  }
  const auto* name = as<PgQuery__RangeVar>(item);
  if (name == nullptr) {
    const auto* subselect = as<PgQuery__RangeSubselect>(item);
    const bool named = subselect != nullptr && subselect->alias != nullptr;
    block.sources.push_back({named ? subselect->alias->aliasname : "", nullptr, nullable});
    return;
  }
  Source source{name->alias != nullptr ? name->alias->aliasname : name->relname, nullptr, nullable,
                name};
  const bool is_cte = *name->schemaname == '\0' && ctes.contains(name->relname);
  // Column aliases rename what the catalog knows; such a source stays unknown.
  if (!is_cte && (name->alias == nullptr || name->alias->n_colnames == 0)) {
    source.table = find_table(*name);
    if (source.table != nullptr && source.table->kind == 'v') {
      source.table = nullptr;
    }
  }
  block.sources.push_back(std::move(source));
}

void Query::add_blocks(ProtobufCMessage* message, const Block* outer, std::set<std::string> ctes,
                       bool top_level) {
  const Block* here = outer;
  if (is_statement(message)) {
    if (const auto* with = with_clause(message)) {
      for (std::size_t i = 0; i < with->n_ctes; ++i) {
        if (const auto* cte = as<PgQuery__CommonTableExpr>(with->ctes[i])) {
          ctes.insert(cte->ctename);
        }
      }
    }
    Block& block = blocks.emplace_back();
    block.statement = message;
    block.outer = outer;
    block.top_level = top_level;
    if (auto* select = as<PgQuery__SelectStmt>(message)) {
      block.select = select;
      block.where = &select->where_clause;
      for (std::size_t i = 0; i < select->n_from_clause; ++i) {
        add_source(block, select->from_clause[i], false, ctes);
      }
      here = &block;
      if (select->op != PG_QUERY__SET_OPERATION__SETOP_NONE && select->larg != nullptr &&
          select->rarg != nullptr) {
        add_blocks(&select->larg->base, outer, ctes, top_level);
        add_blocks(&select->rarg->base, outer, ctes, top_level);
      }
    } else {
      const PgQuery__RangeVar* target = nullptr;
      PgQuery__Node** others = nullptr;
      std::size_t count = 0;
      if (auto* update = as<PgQuery__UpdateStmt>(message)) {
        target = update->relation;
        block.where = &update->where_clause;
        others = update->from_clause;
        count = update->n_from_clause;
      } else if (auto* remove = as<PgQuery__DeleteStmt>(message)) {
        target = remove->relation;
        block.where = &remove->where_clause;
        others = remove->using_clause;
        count = remove->n_using_clause;
      }
      PgQuery__Node node = PG_QUERY__NODE__INIT;
      node.node_case = PG_QUERY__NODE__NODE_RANGE_VAR;
      node.range_var = const_cast<PgQuery__RangeVar*>(target);
      add_source(block, &node, false, {});
      for (std::size_t i = 0; i < count; ++i) {
        add_source(block, others[i], false, ctes);
      }
      here = &block;
    }
  }
  // Inner statements, wherever they stand; the arms of a set operation are done above.
  bool first = true;
  const auto* set_operation = as<PgQuery__SelectStmt>(message);
  walk(message, [&](ProtobufCMessage* child) {
    if (first) {
      first = false;
      return true;
    }
    if (!is_statement(child)) {
      return true;
    }
    const bool is_arm = set_operation != nullptr && (child == &set_operation->larg->base ||
                                                     child == &set_operation->rarg->base);
    if (!is_arm) {
      add_blocks(child, here, ctes, false);
    }
    return false;
  });
}

std::optional<ResolvedColumn> Query::resolve(const Block& block, const PgQuery__Node* node) const {
  const auto* reference = as<PgQuery__ColumnRef>(node);
  if (reference == nullptr || reference->n_fields == 0 || reference->n_fields > 2) {
    return std::nullopt;
  }
  const auto* last = as<PgQuery__String>(reference->fields[reference->n_fields - 1]);
  const auto* first = as<PgQuery__String>(reference->fields[0]);
  if (last == nullptr || first == nullptr) {
    return std::nullopt;
  }
  const bool is_qualified = reference->n_fields == 2;
  for (const Block* level = &block; level != nullptr; level = level->outer) {
    const Source* found = nullptr;
    for (const Source& source : level->sources) {
      const bool candidate = is_qualified
                                 ? source.alias == first->sval
                                 : source.table == nullptr || has_column(*source.table, last->sval);
      if (!candidate) {
        continue;
      }
      if (found != nullptr || source.table == nullptr) {
        return std::nullopt;
      }
      found = &source;
    }
    if (found != nullptr) {
      const Column* column = find_column(*found->table, last->sval);
      return column == nullptr ? std::nullopt : std::optional{ResolvedColumn{level, found, column}};
    }
  }
  return std::nullopt;
}

std::string Query::qualified(const ResolvedColumn& column) {
  return quoted(column.source->alias) + "." + quoted(column.column->name);
}

std::vector<const Index*> Query::unique_keys(const Table& table) const {
  std::vector<const Index*> keys;
  for (const Index& index : catalog->indexes) {
    const bool plain = std::all_of(index.keys.begin(), index.keys.end(),
                                   [](const IndexKey& key) { return key.column > 0; });
    if (index.table == table.oid && index.unique && index.valid && index.immediate && plain &&
        index.predicate.empty()) {
      keys.push_back(&index);
    }
  }
  return keys;
}

bool Query::covers_key(const Table& table, const std::set<std::int16_t>& columns) const {
  // An inheritance child may repeat its parent's keys; a partition may not.
  const bool has_heirs =
      table.kind != 'p' &&
      std::any_of(catalog->tables.begin(), catalog->tables.end(), [&](const Table& other) {
        return std::find(other.parents.begin(), other.parents.end(), table.oid) !=
               other.parents.end();
      });
  if (has_heirs) {
    return false;
  }
  const auto never_null = [&](std::int16_t number) {
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const Column& column) {
      return column.number == number && column.not_null;
    });
  };
  for (const Index* index : unique_keys(table)) {
    if (std::all_of(index->keys.begin(), index->keys.end(), [&](const IndexKey& key) {
          return columns.contains(key.column) && never_null(key.column);
        })) {
      return true;
    }
  }
  return false;
}

bool Query::is_user_function(const std::string& name) const {
  return std::any_of(catalog->functions.begin(), catalog->functions.end(),
                     [&](const FunctionDefinition& function) { return function.name == name; });
}

namespace {

bool every_overload_is_stable(const CatalogSnapshot& catalog, std::string_view name) {
  bool known = false;
  for (const auto& function : planner_model::builtin_catalog().functions) {
    if (function.name == name) {
      known = true;
      if (function.volatility == 'v' || function.kind == 'p') {
        return false;
      }
    }
  }
  for (const auto& function : catalog.functions) {
    if (function.name == name) {
      known = true;
      if (function.volatility == 'v') {
        return false;
      }
    }
  }
  return known;
}

}  // namespace

bool Query::deterministic(ProtobufCMessage* message) const {
  bool holds = true;
  walk(message, [&](ProtobufCMessage* child) {
    if (const auto* call = as<PgQuery__FuncCall>(child)) {
      holds = holds && every_overload_is_stable(*catalog, function_name(*call));
    }
    return holds;
  });
  return holds;
}

bool Query::deterministic(PgQuery__Node* node) const {
  return node == nullptr || deterministic(content(node));
}

std::vector<Filter> filters(Query& query) {
  std::vector<Filter> found;
  const std::function<void(Block&, PgQuery__Node*, bool)> add =
      [&](Block& block, PgQuery__Node* node, bool conjunct) {
        for (PgQuery__Node* part : conjuncts(node)) {
          const auto* either = as<PgQuery__BoolExpr>(part);
          if (either != nullptr && either->boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR) {
            for (std::size_t i = 0; i < either->n_args; ++i) {
              add(block, either->args[i], false);
            }
          }
          if (either == nullptr || either->boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR ||
              either->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR) {
            found.push_back({&block, part, conjunct});
          }
        }
      };
  const std::function<void(Block&, PgQuery__Node*)> add_joins = [&](Block& block,
                                                                    PgQuery__Node* item) {
    if (auto* join = as<PgQuery__JoinExpr>(item)) {
      add_joins(block, join->larg);
      add_joins(block, join->rarg);
      add(block, join->quals, true);
    }
  };
  for (Block& block : query.blocks) {
    if (block.select != nullptr) {
      for (std::size_t i = 0; i < block.select->n_from_clause; ++i) {
        add_joins(block, block.select->from_clause[i]);
      }
    }
    add(block, *block.where, true);
  }
  return found;
}

bool has_aggregate(const Query& query, const PgQuery__SelectStmt& select) {
  const auto is_aggregate = [&](const std::string& name) {
    const auto& builtins = planner_model::builtin_catalog().functions;
    return std::any_of(builtins.begin(), builtins.end(),
                       [&](const auto& f) { return f.kind == 'a' && f.name == name; }) ||
           std::any_of(query.catalog->functions.begin(), query.catalog->functions.end(),
                       [&](const auto& f) { return f.kind == 'a' && f.name == name; });
  };
  bool found = false;
  const auto look = [&](PgQuery__Node* node) {
    walk_nodes(node, [&](PgQuery__Node* child) {
      if (const auto* call = as<PgQuery__FuncCall>(child)) {
        found =
            found || call->agg_star || call->over != nullptr || is_aggregate(function_name(*call));
      }
      return !found && as<PgQuery__SubLink>(child) == nullptr;
    });
  };
  for (std::size_t i = 0; i < select.n_target_list; ++i) {
    look(select.target_list[i]);
  }
  for (std::size_t i = 0; i < select.n_sort_clause; ++i) {
    look(select.sort_clause[i]);
  }
  look(select.having_clause);
  return found;
}

bool is_plain_select(const Query& query, const PgQuery__SelectStmt& select) {
  return select.op == PG_QUERY__SET_OPERATION__SETOP_NONE && select.n_distinct_clause == 0 &&
         select.n_group_clause == 0 && select.having_clause == nullptr &&
         select.n_window_clause == 0 && select.n_values_lists == 0 &&
         select.limit_count == nullptr && select.limit_offset == nullptr &&
         select.n_locking_clause == 0 && select.into_clause == nullptr &&
         !has_aggregate(query, select);
}

bool mentions_source(const Query& query, const Block& block, const Source& source,
                     ProtobufCMessage* root, const std::set<const void*>& except) {
  bool found = false;
  walk(root, [&](ProtobufCMessage* child) {
    if (found || except.contains(child)) {
      return false;
    }
    const auto* reference = as<PgQuery__ColumnRef>(child);
    if (reference == nullptr) {
      return true;
    }
    const auto* first = as<PgQuery__String>(reference->fields[0]);
    if (first == nullptr) {  // *
      found = true;
    } else if (reference->n_fields > 1 || first->sval == source.alias) {
      // A bare alias is a whole-row reference.
      found = first->sval == source.alias || reference->n_fields > 2;
    } else {
      PgQuery__Node node = PG_QUERY__NODE__INIT;
      node.node_case = PG_QUERY__NODE__NODE_COLUMN_REF;
      node.column_ref = const_cast<PgQuery__ColumnRef*>(reference);
      const auto column = query.resolve(block, &node);
      found = column ? column->source == &source
                     : source.table == nullptr || has_column(*source.table, first->sval);
    }
    return false;
  });
  return found;
}

namespace type {

bool holds(Oid type, std::int64_t value) {
  switch (type) {
    case kInt2:
      return value >= std::numeric_limits<std::int16_t>::min() &&
             value <= std::numeric_limits<std::int16_t>::max();
    case kInt4:
      return value >= std::numeric_limits<std::int32_t>::min() &&
             value <= std::numeric_limits<std::int32_t>::max();
    default:
      return type == kInt8;
  }
}

}  // namespace type

}  // namespace quern::advisor::rewrite
