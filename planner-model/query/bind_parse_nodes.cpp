#include "planner-model/query/bind_parse_nodes.hpp"

#include <fmt/format.h>

namespace quern::planner_model {

namespace {

template <class T>
const T& at(const ProtobufCMessage& message, unsigned offset) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(&message) + offset);
}

void append_message(const ProtobufCMessage& message, std::string& out);

void append_value(const ProtobufCFieldDescriptor& field, const void* place, std::string& out) {
  switch (field.type) {
    case PROTOBUF_C_TYPE_MESSAGE:
      if (const auto* child = *static_cast<const ProtobufCMessage* const*>(place)) {
        append_message(*child, out);
      }
      break;
    case PROTOBUF_C_TYPE_STRING:
      if (const char* text = *static_cast<const char* const*>(place)) {
        out += fmt::format("{}:{}", std::char_traits<char>::length(text), text);
      }
      break;
    case PROTOBUF_C_TYPE_BOOL:
      out += *static_cast<const protobuf_c_boolean*>(place) != 0 ? 't' : 'f';
      break;
    default:  // the grammar's other fields are 32-bit integers and enums
      out += std::to_string(*static_cast<const std::int32_t*>(place));
  }
}

std::size_t size_of(const ProtobufCFieldDescriptor& field) {
  switch (field.type) {
    case PROTOBUF_C_TYPE_MESSAGE:
    case PROTOBUF_C_TYPE_STRING:
      return sizeof(void*);
    case PROTOBUF_C_TYPE_BOOL:
      return sizeof(protobuf_c_boolean);
    default:
      return sizeof(std::int32_t);
  }
}

void append_field(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field,
                  std::string& out) {
  if (std::string_view{field.name} == "location") {
    return;
  }
  const bool is_choice = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
  if (is_choice && at<std::uint32_t>(message, field.quantifier_offset) != field.id) {
    return;
  }
  out += fmt::format(" {}=", field.id);
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    const auto count = at<std::size_t>(message, field.quantifier_offset);
    const auto* items = at<const char*>(message, field.offset);
    for (std::size_t i = 0; i < count; ++i) {
      append_value(field, items + i * size_of(field), out);
      out += ',';
    }
  } else {
    append_value(field, &at<char>(message, field.offset), out);
  }
}

void append_message(const ProtobufCMessage& message, std::string& out) {
  out += '(';
  out += message.descriptor->short_name;
  for (unsigned i = 0; i < message.descriptor->n_fields; ++i) {
    append_field(message, message.descriptor->fields[i], out);
  }
  out += ')';
}

enum class Confidence : int { None, SecondBest, Good };

struct Guess {
  Confidence confidence = Confidence::None;
  std::string name = {};
};

Guess last_string(ParseList fields) {
  Guess guess;
  for (const ParseNode* field : fields) {
    if (is(field, PG_QUERY__NODE__NODE_STRING)) {
      guess = {Confidence::Good, std::string{string_of(field)}};
    }
  }
  return guess;
}

Guess guess_name(const ParseNode* node);

Guess guess_indirection(const PgQuery__AIndirection& node) {
  Guess guess = last_string(list_of(node.n_indirection, node.indirection));
  return guess.confidence == Confidence::None ? guess_name(node.arg) : guess;
}

Guess guess_cast(const PgQuery__TypeCast& cast) {
  Guess guess = guess_name(cast.arg);
  if (guess.confidence != Confidence::Good && cast.type_name != nullptr &&
      cast.type_name->n_names > 0) {
    return {Confidence::SecondBest,
            std::string{string_of(cast.type_name->names[cast.type_name->n_names - 1])}};
  }
  return guess;
}

/// EXPR_SUBLINK: the name of the subquery's only column.
Guess guess_subselect(const ParseNode* node) {
  if (!is(node, PG_QUERY__NODE__NODE_SELECT_STMT)) {
    return {};
  }
  const PgQuery__SelectStmt* select = node->select_stmt;
  while (select->larg != nullptr) {
    select = select->larg;
  }
  if (select->n_values_lists > 0) {
    return {Confidence::Good, "column1"};
  }
  if (select->n_target_list == 0 || !is(select->target_list[0], PG_QUERY__NODE__NODE_RES_TARGET)) {
    return {};
  }
  const PgQuery__ResTarget& target = *select->target_list[0]->res_target;
  if (!text_of(target.name).empty()) {
    return {Confidence::Good, std::string{text_of(target.name)}};
  }
  const std::string name = guess_column_name(target.val);
  return {Confidence::Good, name.empty() ? "?column?" : name};
}

Guess guess_sublink(const PgQuery__SubLink& link) {
  switch (link.sub_link_type) {
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK:
      return {Confidence::Good, "exists"};
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK:
      return {Confidence::Good, "array"};
    case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK:
      return guess_subselect(link.subselect);
    default:
      return {};
  }
}

std::string value_function_name(PgQuery__SQLValueFunctionOp op) {
  switch (op) {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE:
      return "current_date";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N:
      return "current_time";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N:
      return "current_timestamp";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N:
      return "localtime";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
      return "localtimestamp";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE:
      return "current_role";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_USER:
      return "current_user";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_USER:
      return "user";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_SESSION_USER:
      return "session_user";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_CATALOG:
      return "current_catalog";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_SCHEMA:
      return "current_schema";
    default:
      return {};
  }
}

std::string xml_function_name(PgQuery__XmlExprOp op) {
  switch (op) {
    case PG_QUERY__XML_EXPR_OP__IS_XMLCONCAT:
      return "xmlconcat";
    case PG_QUERY__XML_EXPR_OP__IS_XMLELEMENT:
      return "xmlelement";
    case PG_QUERY__XML_EXPR_OP__IS_XMLFOREST:
      return "xmlforest";
    case PG_QUERY__XML_EXPR_OP__IS_XMLPARSE:
      return "xmlparse";
    case PG_QUERY__XML_EXPR_OP__IS_XMLPI:
      return "xmlpi";
    case PG_QUERY__XML_EXPR_OP__IS_XMLROOT:
      return "xmlroot";
    default:
      return "?column?";
  }
}

Guess guess_name(const ParseNode* node) {
  if (!is_set(node)) {
    return {};
  }
  const auto good = [](std::string name) { return Guess{Confidence::Good, std::move(name)}; };
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      return last_string(list_of(node->column_ref->n_fields, node->column_ref->fields));
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
      return guess_indirection(*node->a_indirection);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return last_string(list_of(node->func_call->n_funcname, node->func_call->funcname));
    case PG_QUERY__NODE__NODE_A_EXPR:
      return node->a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF ? good("nullif") : Guess{};
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return guess_cast(*node->type_cast);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
      return guess_name(node->collate_clause->arg);
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
      return good("grouping");
    case PG_QUERY__NODE__NODE_SUB_LINK:
      return guess_sublink(*node->sub_link);
    case PG_QUERY__NODE__NODE_CASE_EXPR: {
      Guess guess = guess_name(node->case_expr->defresult);
      return guess.confidence == Confidence::Good ? guess : Guess{Confidence::SecondBest, "case"};
    }
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      return good("array");
    case PG_QUERY__NODE__NODE_ROW_EXPR:
      return good("row");
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      return good("coalesce");
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      return good(node->min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? "greatest"
                                                                              : "least");
    case PG_QUERY__NODE__NODE_XML_EXPR:
      return good(xml_function_name(node->xml_expr->op));
    case PG_QUERY__NODE__NODE_XML_SERIALIZE:
      return good("xmlserialize");
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
      return good(value_function_name(node->sqlvalue_function->op));
    default:
      return {};
  }
}

}  // namespace

std::string location_free_text(const ProtobufCMessage& message) {
  std::string text;
  append_message(message, text);
  return text;
}

bool mentions_relation(const ProtobufCMessage& message, std::string_view name) {
  if (message.descriptor == &pg_query__range_var__descriptor) {
    const auto& relation = reinterpret_cast<const PgQuery__RangeVar&>(message);
    return text_of(relation.schemaname).empty() && text_of(relation.relname) == name;
  }
  for (unsigned i = 0; i < message.descriptor->n_fields; ++i) {
    const ProtobufCFieldDescriptor& field = message.descriptor->fields[i];
    const bool is_choice = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (field.type != PROTOBUF_C_TYPE_MESSAGE ||
        (is_choice && at<std::uint32_t>(message, field.quantifier_offset) != field.id)) {
      continue;
    }
    const bool repeated = field.label == PROTOBUF_C_LABEL_REPEATED;
    const std::size_t count = repeated ? at<std::size_t>(message, field.quantifier_offset) : 1;
    const auto* items = repeated ? at<const ProtobufCMessage* const*>(message, field.offset)
                                 : &at<const ProtobufCMessage*>(message, field.offset);
    for (std::size_t j = 0; j < count; ++j) {
      if (items[j] != nullptr && mentions_relation(*items[j], name)) {
        return true;
      }
    }
  }
  return false;
}

std::string guess_column_name(const ParseNode* node) {
  return guess_name(node).name;
}

}  // namespace quern::planner_model
