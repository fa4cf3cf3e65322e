// DROP's refusals and notices, as PostgreSQL 15 words and orders them for the same objects.
#include "catalog/drop_plan.h"

#include <gtest/gtest.h>

#include "sample_catalog.h"

namespace grizzly::catalog {
namespace {

constexpr ObjectAddress kTableP{kRelationClass, 16595};
constexpr ObjectAddress kTableC{kRelationClass, 16606};

class DropPlanTest : public testing::Test {
 protected:
  DropPlanTest() : catalog_(SampleCatalog()) {
    Relation w = SampleRelation(16630, "w", RelationKind::kView);
    w.view.emplace();
    Put(*catalog_, w);
    Put(*catalog_, Dependency{kRelationClass, 16630, 0, kRelationClass, 16614, 1, 'n'});
    Relation tm = SampleRelation(16640, "tm", RelationKind::kTable);
    tm.columns = {SampleColumn(1, "m", 23)};
    tm.columns[0].type.oid = 16620;
    Put(*catalog_, tm);
    path_ = SearchPath::Resolve(*catalog_, {"public"}, "postgres", kInvalidOid);
  }

  // Message, detail and hint of the refusal, line by line.
  std::string Refusal(std::vector<ObjectAddress> targets) {
    try {
      PlanDrop(*catalog_, path_, targets, DropBehavior::kRestrict);
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kDependentObjectsStillExist);
      const Diagnostic& d = error.diagnostic();
      return d.message + (d.detail.empty() ? "" : "\n" + d.detail) + "\n" + d.hint;
    }
    return "allowed";
  }
  std::string Notice(std::vector<ObjectAddress> targets) {
    const DropPlan plan = PlanDrop(*catalog_, path_, targets, DropBehavior::kCascade);
    if (!plan.notice.has_value()) return "none";
    return plan.notice->message + (plan.notice->detail.empty() ? "" : "\n" + plan.notice->detail);
  }

  std::shared_ptr<TenantSnapshot> catalog_;
  SearchPath path_;
};

TEST_F(DropPlanTest, RestrictRefuses) {
  const std::string hint = "\nUse DROP ... CASCADE to drop the dependent objects too.";
  EXPECT_EQ(Refusal({kTableP}),
            "cannot drop table p because other objects depend on it\n"
            "constraint c_x_fkey on table c depends on table p\n"
            "view v depends on table p\n"
            "view w depends on view v" + hint);
  EXPECT_EQ(Refusal({kTableP, kTableC}),
            "cannot drop desired object(s) because other objects depend on them\n"
            "view v depends on table p\n"
            "view w depends on view v" + hint);
  EXPECT_EQ(Refusal({{kRelationClass, 16594}}),
            "cannot drop sequence p_id_seq because other objects depend on it\n"
            "default value for column id of table p depends on sequence p_id_seq" + hint);
  EXPECT_EQ(Refusal({{kTypeClass, 16620}}),
            "cannot drop type e because other objects depend on it\n"
            "column m of table tm depends on type e" + hint);
  EXPECT_EQ(Refusal({{kRelationClass, 16595, 2}}),
            "cannot drop column a of table p because other objects depend on it\n"
            "view v depends on column a of table p\n"
            "view w depends on view v" + hint);
  EXPECT_EQ(Refusal({{kConstraintClass, 16602}}),
            "cannot drop constraint p_pkey on table p because other objects depend on it\n"
            "constraint c_x_fkey on table c depends on index p_pkey" + hint);
}

TEST_F(DropPlanTest, PartsGoOnlyWithTheirOwner) {
  EXPECT_EQ(Refusal({{kRelationClass, 16601}}),
            "cannot drop index p_pkey because constraint p_pkey on table p requires it\n"
            "You can drop constraint p_pkey on table p instead.");
  EXPECT_EQ(Refusal({{kTypeClass, 16597}}),
            "cannot drop type p because table p requires it\nYou can drop table p instead.");
}

TEST_F(DropPlanTest, CascadeTellsWhatGoes) {
  EXPECT_EQ(Notice({kTableP}),
            "drop cascades to 3 other objects\n"
            "drop cascades to constraint c_x_fkey on table c\n"
            "drop cascades to view v\n"
            "drop cascades to view w");
  EXPECT_EQ(Notice({{kRelationClass, 16614}}), "drop cascades to view w");
  EXPECT_EQ(Notice({{kRelationClass, 16630}}), "none");
  EXPECT_EQ(Notice({kTableC}), "none");
  EXPECT_EQ(Notice({{kSchemaClass, kPublicSchema}}),
            "drop cascades to 7 other objects\n"
            "drop cascades to table p\n"
            "drop cascades to table c\n"
            "drop cascades to view v\n"
            "drop cascades to type e\n"
            "drop cascades to type d\n"
            "drop cascades to view w\n"
            "drop cascades to table tm");
}

TEST_F(DropPlanTest, DependentsComeBeforeWhatTheyNeed) {
  const DropPlan plan =
      PlanDrop(*catalog_, path_, std::vector{kTableP}, DropBehavior::kCascade);
  const auto position = [&](const ObjectAddress& address) {
    return std::find(plan.objects.begin(), plan.objects.end(), address) - plan.objects.begin();
  };
  EXPECT_LT(position({kRelationClass, 16630}), position({kRelationClass, 16614}));
  EXPECT_LT(position({kRelationClass, 16614}), position(kTableP));
  EXPECT_LT(position({kConstraintClass, 16609}), position({kRelationClass, 16601}));
  EXPECT_LT(position({kRelationClass, 16594}), position(kTableP));
  EXPECT_EQ(position(kTableP), static_cast<ptrdiff_t>(plan.objects.size()) - 1);
}

}  // namespace
}  // namespace grizzly::catalog
