#include "planner/binder/bind_xml.h"

#include <set>

#include <fmt/format.h>

#include "functions/xml/xml_expressions.h"
#include "planner/binder/bind_type_name.h"
#include "types/xml/xml_text.h"

namespace grizzly::planner {
namespace {

using functions::XmlOperation;

// The grammar's own constant.
bool IsTrue(const ast::Node& node) {
  if (node.node_case == PG_QUERY__NODE__NODE_TYPE_CAST) return IsTrue(*node.type_cast->arg);
  if (node.node_case != PG_QUERY__NODE__NODE_A_CONST) return false;
  const PgQuery__AConst& constant = *node.a_const;
  if (constant.val_case == PG_QUERY__A__CONST__VAL_BOOLVAL) return constant.boolval->boolval;
  return constant.val_case == PG_QUERY__A__CONST__VAL_SVAL &&
         std::string_view(constant.sval->sval) == "t";
}

class XmlBinder {
 public:
  XmlBinder(ExpressionBinder& binder, int location)
      : binder_(binder), state_(binder.state()), location_(location) {}

  ExprPtr Run(const PgQuery__XmlExpr& node) {
    switch (node.op) {
      case PG_QUERY__XML_EXPR_OP__IS_XMLCONCAT:
        AddAll(node, "XMLCONCAT");
        return Make(XmlOperation::kConcat, facts::kXmlOid);
      case PG_QUERY__XML_EXPR_OP__IS_XMLELEMENT: return Element(node);
      case PG_QUERY__XML_EXPR_OP__IS_XMLFOREST:
        AddNamed(node, "unnamed XML element value must be a column reference", false);
        return Make(XmlOperation::kForest, facts::kXmlOid);
      case PG_QUERY__XML_EXPR_OP__IS_XMLPARSE:
        Add(*node.args[0], facts::kTextOid, "XMLPARSE");
        arguments_.push_back(
            MakeBool(node.xmloption == PG_QUERY__XML_OPTION_TYPE__XMLOPTION_DOCUMENT));
        arguments_.push_back(MakeBool(IsTrue(*node.args[1])));
        return Make(XmlOperation::kParse, facts::kXmlOid);
      case PG_QUERY__XML_EXPR_OP__IS_XMLPI:
        arguments_.push_back(MakeText(types::XmlNameOf(node.name, false)));
        if (node.n_args > 0) Add(*node.args[0], facts::kTextOid, "XMLPI");
        return Make(XmlOperation::kInstruction, facts::kXmlOid);
      case PG_QUERY__XML_EXPR_OP__IS_XMLROOT:
        Add(*node.args[0], facts::kXmlOid, "XMLROOT");
        Add(*node.args[1], facts::kTextOid, "XMLROOT");
        Add(*node.args[2], facts::kInt4Oid, "XMLROOT");
        return Make(XmlOperation::kRoot, facts::kXmlOid);
      case PG_QUERY__XML_EXPR_OP__IS_DOCUMENT:
        Add(*node.args[0], facts::kXmlOid, "IS DOCUMENT");
        return Make(XmlOperation::kIsDocument, facts::kBoolOid);
      default: ThrowNotSupported("this XML expression", location_);
    }
  }

  ExprPtr Serialize(const PgQuery__XmlSerialize& node) {
    Add(*node.expr, facts::kXmlOid, "XMLSERIALIZE");
    arguments_.push_back(
        MakeBool(node.xmloption == PG_QUERY__XML_OPTION_TYPE__XMLOPTION_DOCUMENT));
    const SqlType target = BindTypeName(state_, *node.type_name);
    arguments_.push_back(MakeInt4(static_cast<int32_t>(target.oid)));
    arguments_.push_back(MakeInt4(target.typmod));
    ExprPtr text = Make(XmlOperation::kSerialize, facts::kTextOid);
    ExprPtr made = CoerceToTarget(state_, text, target.oid, target.typmod,
                                  CoercionKind::kImplicit, expr::CallSyntax::kImplicitCast, -1);
    if (made != nullptr) return made;
    throw SqlError(SqlState::kCannotCoerce, fmt::format("cannot cast XMLSERIALIZE result to {}",
                                                        state_.types().Name(target.oid)))
        .At(node.location);
  }

 private:
  void Add(const ast::Node& argument, Oid type, std::string_view construct) {
    arguments_.push_back(CoerceToSpecific(state_, binder_.Bind(argument), type, construct));
  }
  void AddAll(const PgQuery__XmlExpr& node, std::string_view construct) {
    for (size_t i = 0; i < node.n_args; ++i) Add(*node.args[i], facts::kXmlOid, construct);
  }

  // Pairs of a name and a value.
  void AddNamed(const PgQuery__XmlExpr& node, const char* unnamed, bool unique) {
    std::set<std::string> seen;
    for (size_t i = 0; i < node.n_named_args; ++i) {
      const PgQuery__ResTarget& target = *node.named_args[i]->res_target;
      std::string name;
      if (*target.name != '\0') {
        name = types::XmlNameOf(target.name, false);
      } else if (target.val->node_case == PG_QUERY__NODE__NODE_COLUMN_REF) {
        const PgQuery__ColumnRef& column = *target.val->column_ref;
        name = types::XmlNameOf(StringOf(column.fields[column.n_fields - 1]), true);
      } else {
        throw SqlError(SqlState::kSyntaxError, unnamed).At(LocationOf(target.val));
      }
      if (unique && !seen.insert(name).second) {
        throw SqlError(SqlState::kSyntaxError,
                       fmt::format("XML attribute name \"{}\" appears more than once", name))
            .At(target.location);
      }
      arguments_.push_back(MakeText(name));
      arguments_.push_back(ResolveUnknown(state_, binder_.Bind(*target.val)));
    }
  }

  ExprPtr Element(const PgQuery__XmlExpr& node) {
    arguments_.push_back(MakeText(types::XmlNameOf(node.name, false)));
    arguments_.push_back(MakeInt4(static_cast<int32_t>(node.n_named_args)));
    AddNamed(node, "unnamed XML attribute value must be a column reference", true);
    for (size_t i = 0; i < node.n_args; ++i) {
      arguments_.push_back(ResolveUnknown(state_, binder_.Bind(*node.args[i])));
    }
    return Make(XmlOperation::kElement, facts::kXmlOid);
  }

  // A call without a pg_proc row.
  ExprPtr Make(XmlOperation operation, Oid result) {
    auto call = std::make_shared<functions::CallSite>();
    call->result_type = state_.types().Make(result);
    call->location = location_;
    for (const ExprPtr& argument : arguments_) call->argument_types.push_back(argument->type);
    auto made = std::make_unique<expr::FunctionExpr>(call->result_type);
    made->call = std::move(call);
    made->implementation = &functions::XmlImplementation(operation);
    made->strict = false;
    made->volatility = 's';  // dates and binary values depend on settings
    made->arguments = std::move(arguments_);
    made->location = location_;
    return made;
  }

  ExpressionBinder& binder_;
  BindState& state_;
  const int location_;
  std::vector<ExprPtr> arguments_;
};

}  // namespace

ExprPtr BindXml(ExpressionBinder& binder, const PgQuery__XmlExpr& node) {
  return XmlBinder(binder, node.location).Run(node);
}

ExprPtr BindXmlSerialize(ExpressionBinder& binder, const PgQuery__XmlSerialize& node) {
  return XmlBinder(binder, node.location).Serialize(node);
}

}  // namespace grizzly::planner
