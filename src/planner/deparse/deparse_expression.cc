#include "planner/deparse/deparse_expression.h"

#include <algorithm>

#include "base/error/sql_error.h"
#include "catalog/schema_object.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "functions/xml/xml_expressions.h"
#include "planner/binder/frame_bits.h"
#include "planner/binder/row_shape.h"
#include "planner/deparse/written_shape.h"
#include "types/record_shape.h"
#include "types/xml/xml_text.h"

namespace grizzly::planner {

namespace ast = parser::ast;

namespace {

using expr::CallSyntax;
using expr::Expr;
using expr::ExprKind;
using expr::ExprPtr;

template <typename T>
const T& As(const Expr& expr) {
  return static_cast<const T&>(expr);
}

class Deparser {
 public:
  explicit Deparser(const DeparseInput& input) : input_(input) {}

  // `show_implicit`: implicit casts of the node itself are written, too.
  void Write(const Expr& node, bool show_implicit) {
    switch (node.kind) {
      case ExprKind::kConst: return WriteConst(As<expr::ConstExpr>(node), 0);
      case ExprKind::kParam:
        text += fmt::format("${}", As<expr::ParamExpr>(node).index + 1);
        return;
      case ExprKind::kColumn: {
        const expr::ColumnId id = As<expr::ColumnExpr>(node).id;
        text += input_.column_name ? input_.column_name(id) : fmt::format("#{}", id);
        return;
      }
      case ExprKind::kInput: {
        const uint32_t index = As<expr::InputExpr>(node).index;
        text += input_.input_name ? input_.input_name(index) : fmt::format("#{}", index);
        return;
      }
      case ExprKind::kOuter: {
        const uint32_t cell = As<expr::OuterExpr>(node).cell;
        text += input_.outer_name ? input_.outer_name(cell) : fmt::format("${}", cell);
        return;
      }
      case ExprKind::kFunction:
      case ExprKind::kRelabel:
      case ExprKind::kIoCast:
      case ExprKind::kArrayCast:
      case ExprKind::kDomainCast: return WriteCallOrCast(node, show_implicit);
      case ExprKind::kBool:
        if (WriteRowSubquery(node)) return;
        return WriteBool(As<expr::ListExpr>(node));
      case ExprKind::kCase: return WriteCase(As<expr::CaseExpr>(node));
      case ExprKind::kNullTest:
      case ExprKind::kBooleanTest: return WriteTest(As<expr::ListExpr>(node));
      case ExprKind::kCoalesce: return WriteList("COALESCE(", As<expr::ListExpr>(node), ")");
      case ExprKind::kGreatestLeast:
        return WriteList(As<expr::ListExpr>(node).choice == 0 ? "GREATEST(" : "LEAST(",
                         As<expr::ListExpr>(node), ")");
      case ExprKind::kArray: return WriteArray(As<expr::ListExpr>(node));
      case ExprKind::kRow: return WriteRow(As<expr::ListExpr>(node));
      case ExprKind::kGrouping: return WriteList("GROUPING(", As<expr::ListExpr>(node), ")");
      case ExprKind::kDefault: text += "DEFAULT"; return;
      case ExprKind::kNullIf:
      case ExprKind::kDistinct:
      case ExprKind::kScalarArray:
      case ExprKind::kInList:
      case ExprKind::kRowCompare: return WriteComparison(As<expr::ComparisonExpr>(node));
      case ExprKind::kField: return WriteField(As<expr::WrapExpr>(node));
      case ExprKind::kSubscript: return WriteSubscript(As<expr::SubscriptExpr>(node));
      case ExprKind::kAggregate: return WriteAggregate(As<expr::AggregateExpr>(node));
      case ExprKind::kWindow: return WriteWindow(As<expr::WindowExpr>(node));
      case ExprKind::kSetFunction: return WriteSetFunction(As<expr::SetFunctionExpr>(node));
      case ExprKind::kSubquery:
        text += input_.subquery_text ? input_.subquery_text(As<expr::SubqueryExpr>(node), case_depth_)
                                     : std::string("(SubPlan)");
        return;
      case ExprKind::kSubplan:
        text += input_.subplan_name ? input_.subplan_name(As<expr::SubplanExpr>(node))
                                    : std::string("(SubPlan)");
        return;
    }
  }

  std::string TypeText(Oid type, int32_t typmod = types::kNoTypmod) const {
    return catalog::FormatType(*input_.catalog, *input_.search_path, type, typmod);
  }

  void WriteConst(const expr::ConstExpr& constant, int show_type) {
    text += ValueText(constant.value, constant.type, show_type);
  }

  // show_type as PostgreSQL's: -1 no type, 0 where the literal alone would be another type, 1 always.
  std::string ValueText(const types::Datum& value, const types::SqlType& type, int show_type) {
    const auto label = [&] { return "::" + TypeText(type.oid, type.typmod); };
    if (value.is_null()) return show_type >= 0 ? "NULL" + label() : "NULL";
    std::string shown;
    const types::TypeIo* io = input_.catalog->FindTypeIo(type.oid);
    if (io == nullptr) return "?";
    io->Output(value, input_.io, shown);
    bool needs_label = type.oid != facts::kUnknownOid;
    if (type.oid == facts::kBoolOid) {
      return (value.AsBool() ? "true" : "false") + (show_type > 0 ? label() : "");
    }
    if (type.oid == facts::kInt4Oid && shown[0] != '-') return shown + (show_type > 0 ? label() : "");
    if (type.oid == facts::kNumericOid && shown[0] >= '0' && shown[0] <= '9' &&
        shown.find_first_of("eE.") != std::string::npos) {
      needs_label = show_type > 0 || type.typmod >= 0;
    } else {
      shown = Quoted(shown);
    }
    return show_type >= 0 && needs_label ? shown + label() : shown;
  }

  // What is sorted or grouped by: calls stand in parentheses, or they would be read as something else.
  void WriteSorted(const Expr& node) {
    if (node.kind == ExprKind::kConst) return WriteConst(As<expr::ConstExpr>(node), 1);
    const bool is_call_column = node.kind == ExprKind::kColumn && input_.is_call &&
                                input_.is_call(As<expr::ColumnExpr>(node).id);
    const bool is_plain = (node.kind == ExprKind::kColumn && !is_call_column) ||
                          node.kind == ExprKind::kInput || WholeRowIn(node) != nullptr;
    const bool brackets = is_call_column || IsCall(node) || (input_.pretty && !is_plain);
    if (brackets) text += "(";
    Write(node, true);
    if (brackets) text += ")";
  }

  void WriteWindowOf(const expr::WindowExpr& window, const PgQuery__WindowDef& written) {
    WriteWindowDefinition(window, &written);
  }

  std::string text;

 private:
  // ---- parentheses ----

  // Whether a node needs none below this parent (PostgreSQL's pretty printing).
  bool IsSimple(const Expr& node, const Expr& parent) {
    if (IsCollate(node)) return false;
    if (!RowSubqueryText(node).empty()) return true;
    if (CastSyntaxOf(node) != CallSyntax::kCall) {
      return node.kind == ExprKind::kFunction || IsSimple(CastArgument(node), node);
    }
    switch (node.kind) {
      case ExprKind::kFunction:
        if (!IsOperator(node)) return true;
        if (IsOperator(parent)) return IsSimpleOperand(node, parent);
        return HasOwnBrackets(parent) || parent.kind == ExprKind::kBool;
      case ExprKind::kBool: return IsSimpleBool(As<expr::ListExpr>(node), parent);
      case ExprKind::kSubquery:
      case ExprKind::kNullTest:
      case ExprKind::kBooleanTest:
      case ExprKind::kDistinct:
        return HasOwnBrackets(parent) || parent.kind == ExprKind::kBool;
      case ExprKind::kScalarArray:
      case ExprKind::kInList:
      case ExprKind::kRowCompare: return false;
      case ExprKind::kField: return parent.kind != ExprKind::kField;
      default: return true;
    }
  }

  void WriteOperand(const Expr& node, bool show_implicit, const Expr& parent) {
    const bool brackets = input_.pretty && !IsSimple(node, parent);
    if (brackets) text += "(";
    Write(node, show_implicit);
    if (brackets) text += ")";
  }
  void Open() {
    if (!input_.pretty) text += "(";
  }
  void Close() {
    if (!input_.pretty) text += ")";
  }

  // ---- calls and casts ----

  void WriteCallOrCast(const Expr& node, bool show_implicit) {
    if (IsToRecord(node)) return Write(CastArgument(node), show_implicit);
    const CallSyntax cast = CastSyntaxOf(node);
    if (cast == CallSyntax::kImplicitCast && WriteTypedLiteral(node)) return;
    if (cast == CallSyntax::kImplicitCast && !show_implicit) {
      if (node.kind == ExprKind::kDomainCast) return Write(CastArgument(node), false);
      return WriteOperand(CastArgument(node), false, node);
    }
    if (cast != CallSyntax::kCall) return WriteCast(ValueBelow(node), node);
    const auto& call = As<expr::FunctionExpr>(node);
    if (call.operator_oid != kInvalidOid) return WriteOperator(call);
    if (const auto xml = functions::XmlOperationOf(call.implementation)) return WriteXml(*xml, call);
    if (call.syntax == CallSyntax::kSqlSyntax && WriteSqlSyntax(call)) return;
    text += FunctionName(call);
    text += "(";
    WriteCallArguments(*call.call, call.arguments, node.location);
    text += ")";
  }

  const PgQuery__FuncCall* CallAt(int location) const {
    return input_.call_at ? input_.call_at(location) : nullptr;
  }

  // As they were written, as far as that is known: without defaults, named ones after their names.
  void WriteCallArguments(const functions::CallSite& call, const std::vector<ExprPtr>& arguments,
                          int location) {
    const facts::ProcFact* const proc = facts::FindProc(call.function);
    const PgQuery__FuncCall* const written = CallAt(location);
    const bool takes_any = proc != nullptr && proc->provariadic == facts::kAnyOid;
    const bool takes_array = proc != nullptr && proc->provariadic != kInvalidOid && !takes_any;
    const size_t count = written == nullptr || proc == nullptr || takes_any || takes_array ||
                                 written->agg_within_group
                             ? arguments.size()
                             : std::min(arguments.size(), written->n_args);
    for (size_t i = 0; i < count; ++i) {
      if (written == nullptr && IsDefault(proc, *arguments[i], i)) break;
      if (i > 0) text += ", ";
      const ast::Node* const node =
          written != nullptr && i < written->n_args ? written->args[i] : nullptr;
      if (node != nullptr && node->node_case == PG_QUERY__NODE__NODE_NAMED_ARG_EXPR) {
        const std::string_view name = node->named_arg_expr->name;
        text += catalog::QuoteIdentifier(name) + " => ";
        Write(*arguments[PlaceOf(*proc, name)], true);
        continue;
      }
      const bool is_last = i + 1 == arguments.size();
      if (is_last && (call.variadic_array || takes_array)) text += "VARIADIC ";
      if (node != nullptr && IsOfAnyType(*proc, i) && WriteUntyped(*node)) continue;
      Write(*arguments[i], true);
    }
  }

  // What the binder has put in for what was not written: it stands nowhere.
  bool IsDefault(const facts::ProcFact* proc, const Expr& argument, size_t place) const {
    return input_.stored && proc != nullptr && argument.location == -1 &&
           place + static_cast<size_t>(proc->pronargdefaults) >= static_cast<size_t>(proc->pronargs);
  }

  bool WriteUntyped(const ast::Node& node) {
    if (node.node_case != PG_QUERY__NODE__NODE_A_CONST) return false;
    if (node.a_const->isnull) {
      text += "NULL::unknown";
      return true;
    }
    if (node.a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL) return false;
    text += Quoted(node.a_const->sval->sval);
    return true;
  }

  // A literal whose text is read when the statement runs: 'x'::xml. What stands for a moment (now) is not
  // replaced by it.
  bool WriteTypedLiteral(const Expr& node) {
    if (node.kind != ExprKind::kIoCast) return false;
    const auto& cast = As<expr::ListExpr>(node);
    if (cast.children[0]->kind != ExprKind::kConst || cast.to_io == nullptr) return false;
    const auto& literal = As<expr::ConstExpr>(*cast.children[0]);
    if (literal.type.oid != facts::kTextOid || literal.value.is_null()) return false;
    std::string shown(literal.value.AsString());
    const facts::TypeFact* type = facts::FindType(node.type.oid);
    const bool is_time = type != nullptr && type->typcategory == 'D';
    if (!is_time || (!shown.empty() && shown[0] >= '0' && shown[0] <= '9')) {
      try {
        Arena arena;
        const types::Datum value = cast.to_io->Input(shown, node.type.typmod, input_.io, arena);
        std::string out;
        cast.to_io->Output(value, input_.io, out);
        shown = std::move(out);
      } catch (const SqlError&) {
        // As it was written.
      }
    }
    text += Quoted(shown) + "::" + TypeText(node.type.oid, node.type.typmod);
    return true;
  }

  void WriteCast(const Expr& argument, const Expr& cast) {
    if (IsCollate(cast)) {
      Open();
      WriteOperand(argument, false, cast);
      text += " COLLATE " +
              catalog::FormatCollation(*input_.catalog, *input_.search_path, cast.type.collation);
      Close();
      return;
    }
    // x::varchar, then its length: one cast to the reader.
    const bool is_bare = CastSyntaxOf(argument) != CallSyntax::kCall &&
                         argument.type.oid == cast.type.oid &&
                         argument.type.typmod == types::kNoTypmod;
    if (is_bare && cast.type.typmod != types::kNoTypmod) {
      return WriteCast(CastArgument(argument), cast);
    }
    const bool same_constant = argument.kind == ExprKind::kConst &&
                               argument.type.oid == cast.type.oid &&
                               argument.type.typmod == types::kNoTypmod;
    if (same_constant) {
      WriteConst(As<expr::ConstExpr>(argument), -1);
    } else {
      Open();
      WriteOperand(argument, false, cast);
      Close();
    }
    text += "::" + TypeText(cast.type.oid, cast.type.typmod);
  }

  void WriteOperator(const expr::FunctionExpr& call) {
    Open();
    if (call.arguments.size() == 2) {
      WriteOperand(*call.arguments[0], true, call);
      text += " " + OperatorText(call.operator_oid) + " ";
      WriteOperand(*call.arguments[1], true, call);
    } else {
      text += OperatorText(call.operator_oid) + " ";
      WriteOperand(*call.arguments[0], true, call);
    }
    Close();
  }

  std::string FunctionName(const expr::FunctionExpr& call) const {
    const facts::ProcFact* proc = facts::FindProc(call.call->function);
    // A range that users made has constructors of its name.
    if (proc != nullptr && call.type.oid >= kFirstUserOid &&
        (proc->proname == "int4range" || proc->proname == "int4multirange")) {
      return TypeText(call.type.oid);
    }
    return proc == nullptr ? "?" : catalog::QuoteIdentifier(proc->proname);
  }

  // EXTRACT, AT TIME ZONE and the like; false: as a plain call.
  bool WriteSqlSyntax(const expr::FunctionExpr& call) {
    const facts::ProcFact* proc = facts::FindProc(call.call->function);
    if (proc == nullptr) return false;
    if (const char* const keyword = TimeKeyword(call)) {
      text += keyword;
      if (call.type.typmod >= 0) text += fmt::format("({})", call.type.typmod);
      return true;
    }
    const std::string_view name = proc->proname;
    const auto& arguments = call.arguments;
    const size_t count = arguments.size();
    if (name == "timezone" && count == 2) {
      text += "(";
      WriteOperand(*arguments[1], true, call);
      text += " AT TIME ZONE ";
      WriteOperand(*arguments[0], true, call);
      text += ")";
      return true;
    }
    if (name == "extract" && count == 2 && arguments[0]->kind == ExprKind::kConst) {
      const types::Datum field = As<expr::ConstExpr>(*arguments[0]).value;
      text += fmt::format("EXTRACT({} FROM ", field.AsString());
      Write(*arguments[1], false);
      text += ")";
      return true;
    }
    if (name == "position" && count == 2) {
      text += "POSITION((";
      Write(*arguments[1], false);
      text += ") IN (";
      Write(*arguments[0], false);
      text += "))";
      return true;
    }
    if (name == "overlaps" && count == 4) {
      constexpr const char* kBefore[] = {"((", ", ", ") OVERLAPS (", ", "};
      for (size_t i = 0; i < count; ++i) {
        text += kBefore[i];
        Write(*arguments[i], false);
      }
      text += "))";
      return true;
    }
    if (name == "xmlexists" && count == 2) {
      text += "XMLEXISTS((";
      Write(*arguments[0], false);
      text += ") PASSING (";
      Write(*arguments[1], false);
      text += "))";
      return true;
    }
    if (name == "is_normalized" || name == "normalize") return WriteNormalForm(name, call);
    const bool is_similar = name == "substring" && count == 3 && arguments[2]->type.oid == facts::kTextOid;
    return WriteKeywordCall(is_similar ? "substring similar" : name, call);
  }

  bool WriteNormalForm(std::string_view name, const expr::FunctionExpr& call) {
    const auto& arguments = call.arguments;
    const bool has_form = arguments.size() == 2 && arguments[1]->kind == ExprKind::kConst;
    if (arguments.size() == 2 && !has_form) return false;
    const std::string form =
        has_form ? std::string(As<expr::ConstExpr>(*arguments[1]).value.AsString()) : "";
    const bool is_test = name == "is_normalized";
    text += is_test ? "(" : "NORMALIZE(";
    Write(*arguments[0], false);
    if (is_test) text += " IS";
    if (has_form) text += (is_test ? " " : ", ") + form;
    text += is_test ? " NORMALIZED)" : ")";
    return true;
  }

  // ---- XML ----

  // Untyped literals among the values stay untyped.
  void WriteXmlValue(const Expr& value) {
    if (value.kind == ExprKind::kConst && value.type.oid == facts::kTextOid) {
      WriteConst(As<expr::ConstExpr>(value), -1);
    } else {
      Write(value, true);
    }
  }
  // Pairs of a name and a value.
  void WriteXmlPairs(const std::vector<ExprPtr>& arguments, size_t begin, size_t end) {
    for (size_t i = begin; i + 1 < end; i += 2) {
      if (i > begin) text += ", ";
      WriteXmlValue(*arguments[i + 1]);
      text += " AS " + XmlNameAsIdentifier(*arguments[i]);
    }
  }

  void WriteXmlElement(const std::vector<ExprPtr>& arguments) {
    text += "XMLELEMENT(NAME " + XmlNameAsIdentifier(*arguments[0]);
    const auto pairs = static_cast<size_t>(
        As<expr::ConstExpr>(*arguments[1]).value.template As<int32_t>());
    const size_t content = 2 + 2 * pairs;
    if (pairs > 0) {
      text += ", XMLATTRIBUTES(";
      WriteXmlPairs(arguments, 2, content);
      text += ")";
    }
    for (size_t i = content; i < arguments.size(); ++i) {
      text += ", ";
      WriteXmlValue(*arguments[i]);
    }
    text += ")";
  }

  void WriteXmlRoot(const std::vector<ExprPtr>& arguments) {
    static constexpr const char* kStandalone[] = {", STANDALONE YES", ", STANDALONE NO",
                                                  ", STANDALONE NO VALUE", ""};
    text += "XMLROOT(";
    Write(*arguments[0], false);
    text += ", VERSION ";
    const bool has_version = arguments[1]->kind != ExprKind::kConst ||
                             !As<expr::ConstExpr>(*arguments[1]).value.is_null();
    if (has_version) {
      Write(*arguments[1], false);
    } else {
      text += "NO VALUE";
    }
    text += kStandalone[As<expr::ConstExpr>(*arguments[2]).value.template As<int32_t>()];
    text += ")";
  }

  void WriteXml(functions::XmlOperation operation, const expr::FunctionExpr& call) {
    const auto& arguments = call.arguments;
    switch (operation) {
      case functions::XmlOperation::kConcat:
        text += "XMLCONCAT(";
        WriteArguments(arguments);
        text += ")";
        return;
      case functions::XmlOperation::kElement: return WriteXmlElement(arguments);
      case functions::XmlOperation::kForest:
        text += "XMLFOREST(";
        WriteXmlPairs(arguments, 0, arguments.size());
        text += ")";
        return;
      case functions::XmlOperation::kParse:
        text += TruthOf(*arguments[1]) ? "XMLPARSE(DOCUMENT " : "XMLPARSE(CONTENT ";
        Write(*arguments[0], false);
        text += TruthOf(*arguments[2]) ? " PRESERVE WHITESPACE)" : " STRIP WHITESPACE)";
        return;
      case functions::XmlOperation::kInstruction:
        text += "XMLPI(NAME " + XmlNameAsIdentifier(*arguments[0]);
        if (arguments.size() > 1) {
          text += ", ";
          Write(*arguments[1], false);
        }
        text += ")";
        return;
      case functions::XmlOperation::kRoot: return WriteXmlRoot(arguments);
      case functions::XmlOperation::kSerialize: return WriteXmlSerialize(arguments);
      case functions::XmlOperation::kIsDocument:
        WriteOperand(*arguments[0], false, call);
        text += " IS DOCUMENT";
        return;
      case functions::XmlOperation::kNotNull: return Write(*arguments[0], true);
    }
  }

  void WriteXmlSerialize(const std::vector<ExprPtr>& arguments) {
    const auto number = [&](size_t i) {
      return As<expr::ConstExpr>(*arguments[i]).value.template As<int32_t>();
    };
    text += TruthOf(*arguments[1]) ? "XMLSERIALIZE(DOCUMENT " : "XMLSERIALIZE(CONTENT ";
    Write(*arguments[0], false);
    text += " AS " + TypeText(static_cast<Oid>(number(2)), number(3)) + ")";
  }

  bool WriteKeywordCall(std::string_view name, const expr::FunctionExpr& call) {
    struct KeywordCall {
      std::string_view name;
      std::string_view keyword;
      const char* separators[3];  // before arguments 1 to 3
    };
    static constexpr KeywordCall kCalls[] = {
        {"overlay", "OVERLAY", {" PLACING ", " FROM ", " FOR "}},
        {"substring", "SUBSTRING", {" FROM ", " FOR ", ""}},
        {"substring similar", "SUBSTRING", {" SIMILAR ", " ESCAPE ", ""}},
        {"pg_collation_for", "COLLATION FOR ", {"", "", ""}},
    };
    for (const KeywordCall& known : kCalls) {
      if (known.name != name) continue;
      text += known.keyword;
      text += "(";
      for (size_t i = 0; i < call.arguments.size(); ++i) {
        if (i > 0) text += known.separators[i - 1];
        Write(*call.arguments[i], false);
      }
      text += ")";
      return true;
    }
    const char* const trim = name == "btrim"   ? "TRIM(BOTH"
                             : name == "ltrim" ? "TRIM(LEADING"
                             : name == "rtrim" ? "TRIM(TRAILING"
                                               : nullptr;
    if (trim == nullptr) return WriteKeywordValue(name, call);
    text += trim;
    if (call.arguments.size() == 2) {
      text += " ";
      Write(*call.arguments[1], false);
    }
    text += " FROM ";
    Write(*call.arguments[0], false);
    text += ")";
    return true;
  }

  // CURRENT_USER and its like are calls underneath.
  bool WriteKeywordValue(std::string_view name, const expr::FunctionExpr& call) {
    if (!call.arguments.empty()) return false;
    const char* const keyword = name == "current_user"       ? "CURRENT_USER"
                                : name == "session_user"     ? "SESSION_USER"
                                : name == "current_database" ? "CURRENT_CATALOG"
                                : name == "current_schema"   ? "CURRENT_SCHEMA"
                                                             : nullptr;
    if (keyword == nullptr) return false;
    text += keyword;
    return true;
  }

  // ---- the rest of the grammar ----

  void WriteBool(const expr::ListExpr& node) {
    const auto operation = static_cast<expr::BoolOperation>(node.choice);
    Open();
    if (operation == expr::BoolOperation::kNot) {
      text += "NOT ";
      WriteOperand(*node.children[0], false, node);
    } else {
      for (size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0) text += operation == expr::BoolOperation::kAnd ? " AND " : " OR ";
        WriteOperand(*node.children[i], false, node);
      }
    }
    Close();
  }

  void Keyword(std::string_view keyword, int depth) {
    if (input_.indent) {
      while (!text.empty() && text.back() == ' ') text.pop_back();
      text += "\n" + std::string(static_cast<size_t>(input_.indent_level + depth * 4), ' ');
    } else if (!text.empty() && text.back() != ' ' && text.back() != '(') {
      text += " ";
    }
    text += keyword;
  }

  void WriteCase(const expr::CaseExpr& node) {
    if (const expr::ListExpr* const row = WholeRowIn(node)) return WriteWholeRow(*row);
    Keyword("CASE", case_depth_);
    const bool has_test = HasTest(node);
    if (has_test) {
      text += " ";
      Write(TestedIn(node), true);
    }
    ++case_depth_;
    for (const expr::CaseExpr::Branch& branch : node.branches) {
      Keyword("WHEN ", case_depth_);
      Write(has_test ? *As<expr::FunctionExpr>(*branch.condition).arguments[1] : *branch.condition,
            false);
      text += " THEN ";
      Write(*branch.result, true);
    }
    Keyword("ELSE ", case_depth_);
    Write(*node.otherwise, true);
    --case_depth_;
    Keyword("END", case_depth_);
  }

  // CASE x WHEN y is bound as CASE WHEN x = y.
  bool HasTest(const expr::CaseExpr& node) const {
    if (!input_.has_case_test || !input_.has_case_test(node.location)) return false;
    return std::all_of(node.branches.begin(), node.branches.end(), [](const auto& branch) {
      return IsOperator(*branch.condition) &&
             As<expr::FunctionExpr>(*branch.condition).arguments.size() == 2;
    });
  }
  void WriteTest(const expr::ListExpr& node) {
    static constexpr const char* kNullTests[] = {" IS NULL", " IS NOT NULL"};
    static constexpr const char* kBooleanTests[] = {" IS TRUE",      " IS NOT TRUE",
                                                    " IS FALSE",     " IS NOT FALSE",
                                                    " IS UNKNOWN",   " IS NOT UNKNOWN"};
    Open();
    WriteOperand(*node.children[0], node.kind == ExprKind::kNullTest, node);
    text += node.kind == ExprKind::kNullTest ? kNullTests[node.choice & 1] : kBooleanTests[node.choice];
    Close();
  }

  void WriteList(std::string_view open, const expr::ListExpr& node, std::string_view close) {
    text += open;
    for (size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) text += ", ";
      Write(*node.children[i], true);
    }
    text += close;
  }

  void WriteFields(const expr::ListExpr& row) {
    const catalog::RelationPtr relation = row.type.oid == facts::kRecordOid ? nullptr : RelationOf(row.type.oid);
    text += "ROW(";
    bool is_first = true;
    for (size_t i = 0; i < row.children.size(); ++i) {
      if (relation != nullptr && i < relation->columns.size() && relation->columns[i].dropped) continue;
      if (!std::exchange(is_first, false)) text += ", ";
      Write(*row.children[i], true);
      // Or it would be read as its columns.
      if (WholeRowIn(*row.children[i]) != nullptr) text += "::" + TypeText(row.children[i]->type.oid);
    }
    text += ")";
  }

  void WriteArray(const expr::ListExpr& node) {
    WriteList("ARRAY[", node, "]");
    if (!node.children.empty()) return;
    text += "::" + TypeText(node.type.oid);
  }

  void WriteComparison(const expr::ComparisonExpr& node) {
    if (node.kind == ExprKind::kNullIf) {
      text += "NULLIF(";
      Write(*node.left, true);
      text += ", ";
      Write(*node.right, true);
      text += ")";
      return;
    }
    if (node.kind == ExprKind::kRowCompare) {
      if (!WriteRowSubquery(node)) WriteRowCompare(node);
      return;
    }
    if (node.kind == ExprKind::kDistinct) {
      if (node.negated) {
        Open();
        text += "NOT ";
      }
      Open();
      WriteOperand(*node.left, true, node);
      text += " IS DISTINCT FROM ";
      WriteOperand(*node.right, true, node);
      Close();
      if (node.negated) Close();
      return;
    }
    Open();
    WriteOperand(*node.left, true, node);
    text += " " + OperatorText(node.comparisons[0].operator_oid) + (node.all ? " ALL (" : " ANY (");
    WriteOperand(*node.right, true, node);
    const bool is_one_row = node.right->kind == ExprKind::kSubquery &&
                            As<expr::SubqueryExpr>(*node.right).subquery_kind == expr::SubqueryKind::kScalar;
    if (is_one_row) {  // or it would be read as rows to compare with
      text += "::" + TypeText(node.right->type.oid);
    }
    text += ")";
    Close();
  }

  std::string RowSubqueryText(const Expr& node) const {
    const bool may_be = node.kind == ExprKind::kBool || node.kind == ExprKind::kRowCompare;
    return may_be && input_.row_subquery_text ? input_.row_subquery_text(node) : std::string();
  }

  bool WriteRowSubquery(const Expr& node) {
    const std::string written = RowSubqueryText(node);
    text += written;
    return !written.empty();
  }

  void WriteRowCompare(const expr::ComparisonExpr& node) {
    static constexpr const char* kOperators[] = {"<", "<=", "=", ">=", ">", "<>"};
    text += "(";
    Write(*node.left, true);
    text += fmt::format(" {} ", kOperators[node.row_operation]);
    Write(*node.right, true);
    text += ")";
  }

  void WriteRow(const expr::ListExpr& node) {
    if (WholeRowIn(node) != nullptr) return WriteWholeRow(node);
    WriteFields(node);
    if (static_cast<RowForm>(node.choice) != RowForm::kCast) return;
    text += "::" + TypeText(node.type.oid);
  }

  // "t.*", with t as its columns are qualified; without a qualifier they are of the table of that type.
  void WriteWholeRow(const expr::ListExpr& row) {
    const auto column = std::find_if(row.children.begin(), row.children.end(), [](const ExprPtr& field) {
      return field->kind != ExprKind::kConst;  // a dropped one
    });
    std::string outer = std::exchange(text, std::string());
    if (column != row.children.end()) Write(**column, false);
    const std::string qualified = std::exchange(text, std::move(outer));
    const size_t dot = LastDot(qualified);
    if (dot != std::string::npos) {
      text += qualified.substr(0, dot);
    } else {
      const catalog::RelationPtr table = RelationOf(row.type.oid);
      text += table == nullptr ? "?" : catalog::QuoteIdentifier(table->name);
    }
    text += ".*";
  }

  catalog::RelationPtr RelationOf(Oid row_type) const {
    const std::shared_ptr<const catalog::Type> type = input_.catalog->FindType(row_type);
    return type == nullptr ? nullptr : input_.catalog->FindRelation(type->relation);
  }

  void WriteField(const expr::WrapExpr& node) {
    const bool plain =
        node.child->kind == ExprKind::kSubscript || node.child->kind == ExprKind::kField;
    if (!plain) text += "(";
    Write(*node.child, false);
    if (!plain) text += ")";
    text += "." + catalog::QuoteIdentifier(FieldName(node));
  }

  std::string FieldName(const expr::WrapExpr& node) const {
    if (const catalog::RelationPtr relation = RelationOf(node.child->type.oid)) {
      if (node.field < relation->columns.size()) return relation->columns[node.field].name;
    }
    const types::RecordShape* const shape = types::FindRecordShape(node.child->type.typmod);
    if (node.child->type.oid == facts::kRecordOid && shape != nullptr && node.field < shape->size()) {
      return (*shape)[node.field].name;
    }
    return fmt::format("f{}", node.field + 1);
  }

  void WriteSubscript(const expr::SubscriptExpr& node) {
    const bool plain = node.container->kind == ExprKind::kColumn ||
                       node.container->kind == ExprKind::kInput ||
                       node.container->kind == ExprKind::kField;
    if (!plain) text += "(";
    Write(*node.container, false);
    if (!plain) text += ")";
    for (const expr::SubscriptExpr::Index& index : node.indexes) {
      text += "[";
      if (index.lower != nullptr) Write(*index.lower, false);
      if (index.is_slice) text += ":";
      if (index.upper != nullptr) Write(*index.upper, false);
      text += "]";
    }
  }

  void WriteArguments(const std::vector<ExprPtr>& arguments) {
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (i > 0) text += ", ";
      Write(*arguments[i], true);
    }
  }

  void WriteKeys(const std::vector<expr::SortKey>& keys) {
    for (size_t i = 0; i < keys.size(); ++i) {
      if (i > 0) text += ", ";
      WriteSorted(*keys[i].expression);
      if (keys[i].descending) text += " DESC";
      if (keys[i].nulls_first != keys[i].descending) {
        text += keys[i].nulls_first ? " NULLS FIRST" : " NULLS LAST";
      }
    }
  }

  void WriteAggregate(const expr::AggregateExpr& node) {
    text += catalog::QuoteIdentifier(node.name) + "(";
    if (node.distinct) text += "DISTINCT ";
    if (node.star) text += "*";
    const PgQuery__FuncCall* const written = CallAt(node.location);
    const bool ordered_set = !node.direct_arguments.empty() ||
                             (written != nullptr && written->agg_within_group);
    if (ordered_set) {
      WriteArguments(node.direct_arguments);
    } else {
      WriteCallArguments(*node.call, node.arguments, node.location);
    }
    if (!node.order_by.empty()) {
      text += ordered_set ? ") WITHIN GROUP (ORDER BY " : " ORDER BY ";
      WriteKeys(node.order_by);
    }
    text += ")";
    WriteFilter(node.filter.get());
  }

  void WriteFilter(const Expr* filter) {
    if (filter == nullptr) return;
    text += " FILTER (WHERE ";
    Write(*filter, false);
    text += ")";
  }

  void WriteWindow(const expr::WindowExpr& node) {
    text += catalog::QuoteIdentifier(node.name) + "(";
    if (node.star) text += "*";
    WriteCallArguments(*node.call, node.arguments, node.location);
    text += ")";
    WriteFilter(node.filter.get());
    text += " OVER ";
    const PgQuery__FuncCall* const written = CallAt(node.location);
    const PgQuery__WindowDef* const over = written == nullptr ? nullptr : written->over;
    if (over != nullptr && *over->name != '\0') {
      text += catalog::QuoteIdentifier(over->name);
      return;
    }
    WriteWindowDefinition(node, over);
  }

  // `written`: what stands in OVER or WINDOW; null: not known.
  void WriteWindowDefinition(const expr::WindowExpr& node, const PgQuery__WindowDef* written) {
    text += "(";
    std::string_view blank;
    const bool refers = written != nullptr && *written->refname != '\0';
    if (refers) {
      text += catalog::QuoteIdentifier(written->refname);
      blank = " ";
    }
    WriteWindowParts(node, refers, refers && written->n_order_clause == 0, blank);
    if (written == nullptr) {
      WriteUnusualFrame(node, blank);
    } else if ((written->frame_options & kNonDefault) != 0) {
      text += blank;
      WriteFrame(node, (written->frame_options & kBetween) != 0);
    }
    text += ")";
  }

  // Without what the window takes from the one it refers to.
  void WriteWindowParts(const expr::WindowExpr& node, bool takes_partition, bool takes_order,
                        std::string_view& blank) {
    if (!node.partition_by.empty() && !takes_partition) {
      text += "PARTITION BY ";
      for (size_t i = 0; i < node.partition_by.size(); ++i) {
        if (i > 0) text += ", ";
        WriteSorted(*node.partition_by[i]);
      }
      blank = " ";
    }
    if (!node.order_by.empty() && !takes_order) {
      text += blank;
      text += "ORDER BY ";
      WriteKeys(node.order_by);
      blank = " ";
    }
  }

  void WriteUnusualFrame(const expr::WindowExpr& node, std::string_view blank) {
    const bool usual = node.mode == expr::FrameMode::kRange &&
                       node.start == expr::FrameBound::kUnboundedPreceding &&
                       node.end == expr::FrameBound::kCurrentRow &&
                       node.exclusion == expr::FrameExclusion::kNone;
    if (usual) return;
    text += blank;
    WriteFrame(node, /*between=*/true);
  }

  void WriteFrame(const expr::WindowExpr& node, bool between) {
    text += node.mode == expr::FrameMode::kRows    ? "ROWS "
            : node.mode == expr::FrameMode::kRange ? "RANGE "
                                                   : "GROUPS ";
    if (between) text += "BETWEEN ";
    WriteBound(node.start, node.start_offset.get());
    if (between) {
      text += " AND ";
      WriteBound(node.end, node.end_offset.get());
    }
    switch (node.exclusion) {
      case expr::FrameExclusion::kCurrentRow: text += " EXCLUDE CURRENT ROW"; break;
      case expr::FrameExclusion::kGroup: text += " EXCLUDE GROUP"; break;
      case expr::FrameExclusion::kTies: text += " EXCLUDE TIES"; break;
      default: break;
    }
  }

  void WriteBound(expr::FrameBound bound, const Expr* offset) {
    switch (bound) {
      case expr::FrameBound::kUnboundedPreceding: text += "UNBOUNDED PRECEDING"; return;
      case expr::FrameBound::kUnboundedFollowing: text += "UNBOUNDED FOLLOWING"; return;
      case expr::FrameBound::kCurrentRow: text += "CURRENT ROW"; return;
      default: break;
    }
    Write(DistanceIn(*offset), false);
    text += bound == expr::FrameBound::kPreceding ? " PRECEDING" : " FOLLOWING";
  }

  void WriteSetFunction(const expr::SetFunctionExpr& node) {
    text += catalog::QuoteIdentifier(node.name) + "(";
    WriteCallArguments(*node.call, node.arguments, node.location);
    text += ")";
  }

  const DeparseInput& input_;
  int case_depth_ = 0;
};

}  // namespace

std::string OperatorText(Oid operator_oid) {
  const facts::OperatorFact* fact = facts::FindOperator(operator_oid);
  return fact == nullptr ? "?" : std::string(fact->oprname);
}

std::string DeparseExpression(const Expr& expression, const DeparseInput& input) {
  Deparser deparser(input);
  deparser.Write(expression, false);
  return std::move(deparser.text);
}

std::string DeparseOperand(const Expr& expression, const DeparseInput& input) {
  Deparser deparser(input);
  deparser.Write(expression, true);
  return std::move(deparser.text);
}

std::string DeparseSorted(const Expr& expression, const DeparseInput& input) {
  Deparser deparser(input);
  deparser.WriteSorted(expression);
  return std::move(deparser.text);
}

std::string DeparseWindow(const expr::WindowExpr& window, const PgQuery__WindowDef& written,
                          const DeparseInput& input) {
  Deparser deparser(input);
  deparser.WriteWindowOf(window, written);
  return std::move(deparser.text);
}

std::string DeparseValue(const types::Datum& value, const types::SqlType& type,
                         const DeparseInput& input) {
  return Deparser(input).ValueText(value, type, 0);
}

}  // namespace grizzly::planner
