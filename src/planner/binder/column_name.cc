// The name an expression gives its column.
#include "planner/binder/query_binder.h"

namespace grizzly::planner {
namespace {

// How good a name is: casts take their argument's name if it is better than their own.
enum class Strength : uint8_t { kNone, kWeak, kStrong };

struct Name {
  std::string text;
  Strength strength = Strength::kNone;
};

Name Strong(std::string_view text) { return {std::string(text), Strength::kStrong}; }

Name Figure(const ast::Node* node);

Name FigureIndirection(const PgQuery__AIndirection& node) {
  for (size_t i = node.n_indirection; i-- > 0;) {
    if (node.indirection[i]->node_case == PG_QUERY__NODE__NODE_STRING) {
      return Strong(StringOf(node.indirection[i]));
    }
  }
  return Figure(node.arg);
}

Name FigureSubLink(const PgQuery__SubLink& link) {
  switch (link.sub_link_type) {
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK: return Strong("exists");
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK: return Strong("array");
    case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK: {
      const PgQuery__SelectStmt* select = link.subselect->select_stmt;
      while (select->larg != nullptr) select = select->larg;
      if (select->n_values_lists > 0) return Strong("column1");
      if (select->n_target_list == 0) return {};
      const PgQuery__ResTarget& target = *select->target_list[0]->res_target;
      if (*target.name != '\0') return Strong(target.name);
      return Figure(target.val);
    }
    default: return {};
  }
}

std::string_view ValueFunctionName(PgQuery__SQLValueFunctionOp op) {
  switch (op) {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE: return "current_date";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N: return "current_time";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N: return "current_timestamp";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N: return "localtime";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N: return "localtimestamp";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE: return "current_role";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_USER: return "current_user";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_USER: return "user";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_SESSION_USER: return "session_user";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_CATALOG: return "current_catalog";
    default: return "current_schema";
  }
}

Name XmlName(PgQuery__XmlExprOp op) {
  switch (op) {
    case PG_QUERY__XML_EXPR_OP__IS_XMLCONCAT: return Strong("xmlconcat");
    case PG_QUERY__XML_EXPR_OP__IS_XMLELEMENT: return Strong("xmlelement");
    case PG_QUERY__XML_EXPR_OP__IS_XMLFOREST: return Strong("xmlforest");
    case PG_QUERY__XML_EXPR_OP__IS_XMLPARSE: return Strong("xmlparse");
    case PG_QUERY__XML_EXPR_OP__IS_XMLPI: return Strong("xmlpi");
    case PG_QUERY__XML_EXPR_OP__IS_XMLROOT: return Strong("xmlroot");
    default: return {};  // IS DOCUMENT has no name of its own
  }
}

Name FigureCast(const PgQuery__TypeCast& cast) {
  Name name = Figure(cast.arg);
  if (name.strength == Strength::kStrong || cast.type_name == nullptr) return name;
  return {std::string(StringOf(cast.type_name->names[cast.type_name->n_names - 1])),
          Strength::kWeak};
}

Name FigureCase(const PgQuery__CaseExpr& node) {
  Name name = Figure(node.defresult);
  return name.strength == Strength::kStrong ? name : Name{"case", Strength::kWeak};
}

Name FigureColumn(const PgQuery__ColumnRef& reference) {
  for (size_t i = reference.n_fields; i-- > 0;) {
    if (reference.fields[i]->node_case == PG_QUERY__NODE__NODE_STRING) {
      return Strong(StringOf(reference.fields[i]));
    }
  }
  return {};
}

Name Figure(const ast::Node* node) {
  if (node == nullptr) return {};
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF: return FigureColumn(*node->column_ref);
    case PG_QUERY__NODE__NODE_A_INDIRECTION: return FigureIndirection(*node->a_indirection);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return Strong(StringOf(node->func_call->funcname[node->func_call->n_funcname - 1]));
    case PG_QUERY__NODE__NODE_A_EXPR:
      return node->a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF ? Strong("nullif") : Name{};
    case PG_QUERY__NODE__NODE_TYPE_CAST: return FigureCast(*node->type_cast);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE: return Figure(node->collate_clause->arg);
    case PG_QUERY__NODE__NODE_GROUPING_FUNC: return Strong("grouping");
    case PG_QUERY__NODE__NODE_SUB_LINK: return FigureSubLink(*node->sub_link);
    case PG_QUERY__NODE__NODE_CASE_EXPR: return FigureCase(*node->case_expr);
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR: return Strong("array");
    case PG_QUERY__NODE__NODE_ROW_EXPR: return Strong("row");
    case PG_QUERY__NODE__NODE_COALESCE_EXPR: return Strong("coalesce");
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      return Strong(node->min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_LEAST ? "least"
                                                                             : "greatest");
    case PG_QUERY__NODE__NODE_XML_EXPR: return XmlName(node->xml_expr->op);
    case PG_QUERY__NODE__NODE_XML_SERIALIZE: return Strong("xmlserialize");
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
      return Strong(ValueFunctionName(node->sqlvalue_function->op));
    default: return {};
  }
}

}  // namespace

std::string ColumnNameOf(const ast::Node& node) {
  Name name = Figure(&node);
  return name.strength == Strength::kNone ? "?column?" : std::move(name.text);
}

}  // namespace grizzly::planner
