// Shows: branches see only the rows that reach them; filters shrink; folding leaves errors alone;
// NULL logic of AND, OR, IN, ANY; arrays; cloning and equality.
#include "expr/evaluator.h"

#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "expr/constant_folding.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/types.h"

namespace grizzly::expr {
namespace {

using facts::kBoolOid;
using facts::kInt4Oid;
using facts::kTextOid;
using types::BuiltinType;

ExprPtr Int(int32_t value) {
  return std::make_unique<ConstExpr>(BuiltinType(kInt4Oid), Datum::Of(value));
}
ExprPtr Text(std::string_view value) {
  return std::make_unique<ConstExpr>(BuiltinType(kTextOid), Datum::Of(types::StringRef(value)));
}
ExprPtr Null(Oid type) { return std::make_unique<ConstExpr>(BuiltinType(type), Datum::Null()); }
ExprPtr Column(uint32_t index, Oid type = kInt4Oid) {
  return std::make_unique<InputExpr>(BuiltinType(type), index);
}

std::shared_ptr<functions::CallSite> Site(const facts::OperatorFact& op) {
  auto call = std::make_shared<functions::CallSite>();
  call->function = op.oprcode;
  call->result_type = BuiltinType(op.oprresult);
  call->argument_types = {BuiltinType(op.oprleft), BuiltinType(op.oprright)};
  return call;
}

ExprPtr Operator(std::string_view name, ExprPtr left, ExprPtr right) {
  const facts::OperatorFact* op = facts::FindOperator(name, left->type.oid, right->type.oid);
  auto expr = std::make_unique<FunctionExpr>(BuiltinType(op->oprresult));
  expr->call = Site(*op);
  expr->implementation = functions::BuiltinRegistry().Find(op->oprcode);
  expr->operator_oid = op->oid;
  expr->arguments.push_back(std::move(left));
  expr->arguments.push_back(std::move(right));
  return expr;
}

template <typename... E>
ExprPtr List(ExprKind kind, Oid type, uint8_t choice, E... children) {
  auto list = std::make_unique<ListExpr>(kind, BuiltinType(type), choice);
  (list->children.push_back(std::move(children)), ...);
  return list;
}
template <typename... E>
ExprPtr And(E... children) {
  return List(ExprKind::kBool, kBoolOid, 0, std::move(children)...);
}
template <typename... E>
ExprPtr Or(E... children) {
  return List(ExprKind::kBool, kBoolOid, 1, std::move(children)...);
}

ExprPtr Case(ExprPtr condition, ExprPtr result, ExprPtr otherwise) {
  auto expr = std::make_unique<CaseExpr>(result->type);
  expr->branches.push_back({std::move(condition), std::move(result)});
  expr->otherwise = std::move(otherwise);
  return expr;
}

ExprPtr Any(ExprPtr left, std::string_view op_name, ExprPtr right, bool all = false) {
  const facts::OperatorFact* op = facts::FindOperator(op_name, left->type.oid, left->type.oid);
  auto expr = std::make_unique<ComparisonExpr>(ExprKind::kScalarArray, BuiltinType(kBoolOid));
  expr->comparisons.push_back(
      {Site(*op), functions::BuiltinRegistry().Find(op->oprcode), op->oid});
  expr->left = std::move(left);
  expr->right = std::move(right);
  expr->all = all;
  return expr;
}

class EvaluatorTest : public testing::Test {
 protected:
  EvaluatorTest() { state_.functions.io = &settings_; }

  types::Batch Rows(const std::vector<std::optional<int32_t>>& values) {
    types::Batch batch;
    types::Vector column(BuiltinType(kInt4Oid), static_cast<uint32_t>(values.size()));
    for (uint32_t i = 0; i < values.size(); ++i) {
      column.SetDatum(i, values[i].has_value() ? Datum::Of(*values[i]) : Datum::Null());
    }
    batch.AddColumn(std::move(column));
    batch.set_row_count(static_cast<uint32_t>(values.size()));
    return batch;
  }
  // The values as text, by the type's output.
  std::vector<std::string> Values(const Expr& expr, const types::Batch& input) {
    Evaluator evaluator(expr, state_);
    const types::Vector& values = evaluator.Evaluate(input);
    std::vector<std::string> texts;
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      const Datum value = values.GetDatum(row);
      texts.emplace_back("NULL");
      if (value.is_null()) continue;
      texts.back().clear();
      types::BuiltinTypeIo(expr.type.oid)->Output(value, settings_, texts.back());
    }
    return texts;
  }
  std::vector<uint32_t> Kept(const Expr& expr, const types::Batch& input) {
    Evaluator evaluator(expr, state_);
    const types::Selection kept = evaluator.Filter(input);
    return {kept.begin(), kept.end()};
  }

  types::IoSettings settings_;
  EvaluationState state_;
};

using Texts = std::vector<std::string>;
using Numbers = std::vector<uint32_t>;

TEST_F(EvaluatorTest, CaseGuardsDivision) {
  const types::Batch rows = Rows({2, 0, std::nullopt, 5});
  const ExprPtr guarded = Case(Operator("<>", Column(0), Int(0)),
                               Operator("/", Int(10), Column(0)), Int(-1));
  EXPECT_EQ(Values(*guarded, rows), (Texts{"5", "-1", "-1", "2"}));
}

TEST_F(EvaluatorTest, AndSkipsDecidedRows) {
  const types::Batch rows = Rows({2, 0, std::nullopt, 5});
  auto condition = [] {
    return And(Operator("<>", Column(0), Int(0)),
               Operator(">", Operator("/", Int(10), Column(0)), Int(2)));
  };
  EXPECT_EQ(Values(*condition(), rows), (Texts{"t", "f", "NULL", "f"}));
  EXPECT_EQ(Kept(*condition(), rows), (Numbers{0}));
  EXPECT_EQ(Values(*Or(Operator("=", Column(0), Int(0)), Null(kBoolOid)), rows),
            (Texts{"NULL", "t", "NULL", "NULL"}));
}

TEST_F(EvaluatorTest, FiltersInSteps) {
  const types::Batch rows = Rows({1, 5, 7, std::nullopt, 9, 12});
  const ExprPtr range = And(Operator(">", Column(0), Int(4)), Operator(">", Int(10), Column(0)),
                            Operator("=", Operator("%", Column(0), Int(2)), Int(1)));
  EXPECT_EQ(Kept(*range, rows), (Numbers{1, 2, 4}));
  EXPECT_EQ(Kept(*Operator("=", Column(0), Null(kInt4Oid)), rows), Numbers{});
  state_.parameters = {};
  const Datum seven = Datum::Of<int64_t>(7);
  state_.parameters = std::span<const Datum>(&seven, 1);
  const ExprPtr wide = Operator(
      "<=", Column(0), std::make_unique<ParamExpr>(BuiltinType(facts::kInt8Oid), 0));
  EXPECT_EQ(Kept(*wide, rows), (Numbers{0, 1, 2}));
}

TEST_F(EvaluatorTest, CoalesceAndNullTests) {
  const types::Batch rows = Rows({1, std::nullopt});
  EXPECT_EQ(Values(*List(ExprKind::kCoalesce, kInt4Oid, 0, Column(0), Int(8)), rows),
            (Texts{"1", "8"}));
  EXPECT_EQ(Values(*List(ExprKind::kNullTest, kBoolOid, 0, Column(0)), rows), (Texts{"f", "t"}));
  EXPECT_EQ(Values(*List(ExprKind::kGreatestLeast, kInt4Oid, 0, Column(0), Int(0)), rows),
            (Texts{"1", "0"}));
}

TEST_F(EvaluatorTest, AnyAndAllOverConstants) {
  const types::Batch rows = Rows({1, 4, std::nullopt, 11});
  auto array = [](std::initializer_list<int> values, bool with_null) {
    auto list = std::make_unique<ListExpr>(ExprKind::kArray, BuiltinType(facts::kInt4ArrayOid));
    for (int value : values) list->children.push_back(Int(value));
    if (with_null) list->children.push_back(Null(kInt4Oid));
    return list;
  };
  for (const bool is_long : {false, true}) {
    auto make = [&](bool with_null) {
      return is_long ? array({1, 2, 3, 5, 6, 7, 8, 9, 11, 12}, with_null)
                     : array({1, 11}, with_null);
    };
    EXPECT_EQ(Values(*Any(Column(0), "=", make(false)), rows), (Texts{"t", "f", "NULL", "t"}));
    EXPECT_EQ(Values(*Any(Column(0), "=", make(true)), rows), (Texts{"t", "NULL", "NULL", "t"}));
    EXPECT_EQ(Values(*Any(Column(0), "<>", make(true), /*all=*/true), rows),
              (Texts{"f", "NULL", "NULL", "f"}));
  }
  const ExprPtr made = List(ExprKind::kArray, facts::kInt4ArrayOid, 0, Column(0), Int(4));
  EXPECT_EQ(Values(*made, rows), (Texts{"{1,4}", "{4,4}", "{NULL,4}", "{11,4}"}));
  EXPECT_EQ(Values(*Any(Int(4), "=", made->Clone()), rows), (Texts{"t", "t", "t", "t"}));
}

TEST_F(EvaluatorTest, Subscripts) {
  const types::Batch rows = Rows({1, 2, std::nullopt, 9});
  auto subscript = std::make_unique<SubscriptExpr>(BuiltinType(kInt4Oid));
  subscript->container = List(ExprKind::kArray, facts::kInt4ArrayOid, 0, Int(10), Int(20));
  subscript->indexes.push_back({false, nullptr, Column(0)});
  EXPECT_EQ(Values(*subscript, rows), (Texts{"10", "20", "NULL", "NULL"}));
}

TEST_F(EvaluatorTest, FoldingLeavesErrorsAlone) {
  ExprPtr sum = Operator("+", Int(1), Operator("*", Int(2), Int(3)));
  FoldConstants(sum);
  ASSERT_EQ(sum->kind, ExprKind::kConst);
  EXPECT_EQ(static_cast<ConstExpr&>(*sum).value.As<int32_t>(), 7);
  ExprPtr broken = Operator("/", Int(1), Int(0));
  FoldConstants(broken);
  EXPECT_EQ(broken->kind, ExprKind::kFunction);
  ExprPtr never = And(Operator("=", Operator("/", Int(1), Int(0)), Int(1)),
                      std::make_unique<ConstExpr>(BuiltinType(kBoolOid), Datum::Of(false)));
  FoldConstants(never);
  EXPECT_EQ(never->kind, ExprKind::kConst);
  ExprPtr null = Operator("+", Column(0), Null(kInt4Oid));
  FoldConstants(null);
  EXPECT_EQ(null->kind, ExprKind::kConst);
}

TEST_F(EvaluatorTest, CloneEqualsAndPrints) {
  const ExprPtr expr = Case(Operator("<", Column(0), Int(3)),
                            Text("a text that is longer than twelve bytes"), Text("b"));
  const ExprPtr copy = expr->Clone();
  EXPECT_TRUE(Equals(*expr, *copy));
  EXPECT_EQ(Hash(*expr), Hash(*copy));
  EXPECT_EQ(ToString(*copy),
            "case when (@0 < 3) then 'a text that is longer than twelve bytes'::text else "
            "'b'::text end");
  EXPECT_FALSE(Equals(*expr, *Int(3)));
}

}  // namespace
}  // namespace grizzly::expr
