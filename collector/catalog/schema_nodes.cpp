#include "collector/catalog/schema_nodes.hpp"

#include "collector/sql/deparse.hpp"

namespace quern::collector {

namespace {

std::string deparse_statement(PgQuery__Node* statement) {
  PgQuery__RawStmt raw = PG_QUERY__RAW_STMT__INIT;
  raw.stmt = statement;
  PgQuery__RawStmt* list[] = {&raw};
  PgQuery__ParseResult tree = PG_QUERY__PARSE_RESULT__INIT;
  tree.n_stmts = 1;
  tree.stmts = list;
  return deparse(tree);
}

}  // namespace

std::string string_of(const PgQuery__Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval
                                                                           : "";
}

std::vector<std::string> strings_of(PgQuery__Node* const* nodes, std::size_t count) {
  std::vector<std::string> strings;
  for (std::size_t i = 0; i < count; ++i) {
    strings.push_back(string_of(nodes[i]));
  }
  return strings;
}

std::string schema_of(const char* name) {
  return name == nullptr || *name == '\0' ? "public" : name;
}

std::string extension_schema(const PgQuery__CreateExtensionStmt& statement) {
  for (std::size_t i = 0; i < statement.n_options; ++i) {
    const PgQuery__DefElem& option = *statement.options[i]->def_elem;
    if (option.defname == std::string_view{"schema"}) {
      return option_text(option.arg);
    }
  }
  return "public";
}

std::vector<std::string> split_schema(std::vector<std::string> name) {
  if (name.size() < 2) {
    name.insert(name.begin(), "public");
  }
  return {name[name.size() - 2], name.back()};
}

std::string expression_text(const PgQuery__Node* node) {
  if (node == nullptr) {
    return "";
  }
  PgQuery__ResTarget target = PG_QUERY__RES_TARGET__INIT;
  target.val = const_cast<PgQuery__Node*>(node);
  PgQuery__Node target_node = PG_QUERY__NODE__INIT;
  target_node.node_case = PG_QUERY__NODE__NODE_RES_TARGET;
  target_node.res_target = &target;
  PgQuery__Node* targets[] = {&target_node};
  PgQuery__SelectStmt select = PG_QUERY__SELECT_STMT__INIT;
  select.n_target_list = 1;
  select.target_list = targets;
  select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
  select.op = PG_QUERY__SET_OPERATION__SETOP_NONE;
  PgQuery__Node statement = PG_QUERY__NODE__INIT;
  statement.node_case = PG_QUERY__NODE__NODE_SELECT_STMT;
  statement.select_stmt = &select;
  const std::string text = deparse_statement(&statement);
  const std::string prefix = "SELECT ";
  return text.rfind(prefix, 0) == 0 ? text.substr(prefix.size()) : text;
}

std::string select_text(const PgQuery__Node* node) {
  return node == nullptr ? "" : deparse_statement(const_cast<PgQuery__Node*>(node));
}

std::string option_text(const PgQuery__Node* node) {
  if (node == nullptr) {
    return "true";
  }
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_INTEGER:
      return std::to_string(node->integer->ival);
    case PG_QUERY__NODE__NODE_FLOAT:
      return node->float_->fval;
    case PG_QUERY__NODE__NODE_STRING:
      return node->string->sval;
    case PG_QUERY__NODE__NODE_BOOLEAN:
      return node->boolean->boolval ? "true" : "false";
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      return node->type_name->n_names > 0
                 ? string_of(node->type_name->names[node->type_name->n_names - 1])
                 : "";
    default:
      return "";
  }
}

}  // namespace quern::collector
