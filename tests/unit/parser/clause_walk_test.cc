// Shows that every message and field libpg_query can make has a row in facts/clauses.csv, and that
// refused ones end in 0A000 with their name and place.
#include <gtest/gtest.h>
#include <pg_query/pg_query.pb-c.h>

#include <cstring>
#include <set>

#include "base/error/sql_error.h"
#include "facts/clauses.h"
#include "parser/clause_walk.h"
#include "parser/parse.h"

namespace grizzly::parser {
namespace {

bool HasRow(std::string_view message, std::string_view field) {
  for (const facts::ClauseFact& fact : facts::ClausesOf(message)) {
    if (fact.field == field) return true;
  }
  return false;
}

void CheckMessage(const ProtobufCMessageDescriptor& message,
                  std::set<const ProtobufCMessageDescriptor*>& seen) {
  if (!seen.insert(&message).second) return;
  const std::string_view name = std::string_view(message.name).substr(sizeof("pg_query.") - 1);
  const bool is_node = &message == &pg_query__node__descriptor;  // only wraps the others
  if (!is_node) {
    EXPECT_NE(facts::FindClause(name), nullptr) << name;
  }
  for (unsigned i = 0; i < message.n_fields; ++i) {
    const ProtobufCFieldDescriptor& field = message.fields[i];
    if (!is_node) {
      EXPECT_TRUE(HasRow(name, field.name)) << name << "." << field.name;
    }
    if (field.type == PROTOBUF_C_TYPE_MESSAGE) {
      CheckMessage(*static_cast<const ProtobufCMessageDescriptor*>(field.descriptor), seen);
    }
  }
}

TEST(ClauseWalkTest, EveryMessageAndFieldHasARow) {
  std::set<const ProtobufCMessageDescriptor*> seen;
  CheckMessage(pg_query__node__descriptor, seen);
  EXPECT_GT(seen.size(), 200u);
}

TEST(ClauseWalkTest, RefusedClausesSayTheirName) {
  const std::pair<const char*, const char*> kCases[] = {
      {"create table t (a int) tablespace x", "TABLESPACE is not supported"},
      {"explain create table t tablespace x as select 1", "TABLESPACE is not supported"},
  };
  for (const auto& [sql, message] : kCases) {
    SCOPED_TRACE(sql);
    try {
      ParsedText::Parse(sql);
      ADD_FAILURE() << "parsed";
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kFeatureNotSupported);
      EXPECT_EQ(error.diagnostic().message, message);
    }
  }
  EXPECT_NO_THROW(ParsedText::Parse("select a, count(*) from t where b = 1 group by a"));
}

// A message of the grammar with one field set, wrapped as the node it is.
class OneFieldTree {
 public:
  OneFieldTree(const ProtobufCFieldDescriptor& wrapper, const ProtobufCFieldDescriptor& field,
               std::string_view value)
      : bytes_(Descriptor(wrapper).sizeof_message) {
    pg_query__node__init(&node_);
    protobuf_c_message_init(&Descriptor(wrapper), bytes_.data());
    const auto node_case = static_cast<uint32_t>(wrapper.id);
    std::memcpy(reinterpret_cast<char*>(&node_) + wrapper.quantifier_offset, &node_case, sizeof(node_case));
    Point(reinterpret_cast<char*>(&node_) + wrapper.offset, bytes_.data());
    SetField(field, value);
  }
  const ast::Node& node() const { return node_; }

 private:
  static const ProtobufCMessageDescriptor& Descriptor(const ProtobufCFieldDescriptor& field) {
    return *static_cast<const ProtobufCMessageDescriptor*>(field.descriptor);
  }
  static void Point(char* at, const void* target) { std::memcpy(at, &target, sizeof(target)); }
  template <typename T>
  void SetAt(unsigned offset, T value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof(value));
  }

  void SetField(const ProtobufCFieldDescriptor& field, std::string_view value) {
    text_ = value.empty() ? "x" : value;
    if (field.type == PROTOBUF_C_TYPE_MESSAGE) {
      child_.resize(Descriptor(field).sizeof_message);
      protobuf_c_message_init(&Descriptor(field), child_.data());
      only_child_ = child_.data();
    }
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
      SetAt<size_t>(field.quantifier_offset, 1);
      return SetAt<const void*>(field.offset, &only_child_);
    }
    switch (field.type) {
      case PROTOBUF_C_TYPE_MESSAGE: return SetAt<const void*>(field.offset, only_child_);
      case PROTOBUF_C_TYPE_STRING: return SetAt<const char*>(field.offset, text_.c_str());
      case PROTOBUF_C_TYPE_BOOL: return SetAt<protobuf_c_boolean>(field.offset, value != "false");
      case PROTOBUF_C_TYPE_ENUM: return SetAt<int>(field.offset, EnumValue(field, value));
      default: return SetAt<int32_t>(field.offset, value.empty() ? 1 : std::stoi(text_));
    }
  }

  static int EnumValue(const ProtobufCFieldDescriptor& field, std::string_view value) {
    const auto& all = *static_cast<const ProtobufCEnumDescriptor*>(field.descriptor);
    for (unsigned i = 0; i < all.n_values; ++i) {
      if (value.empty() ? all.values[i].value != 0 : value == all.values[i].name) return all.values[i].value;
    }
    ADD_FAILURE() << "no enumerator " << value;
    return 0;
  }

  ast::Node node_;
  std::vector<char> bytes_;
  std::vector<char> child_;
  void* only_child_ = nullptr;
  std::string text_;
};

// Builds, for each refused row of a message that can stand in a tree, a tree that has just that clause.
TEST(ClauseWalkTest, EveryRefusedClauseIsRefused) {
  size_t checked = 0;
  for (unsigned i = 0; i < pg_query__node__descriptor.n_fields; ++i) {
    const ProtobufCFieldDescriptor& wrapper = pg_query__node__descriptor.fields[i];
    const auto& message = *static_cast<const ProtobufCMessageDescriptor*>(wrapper.descriptor);
    const std::string_view name = std::string_view(message.name).substr(sizeof("pg_query.") - 1);
    for (const facts::ClauseFact& fact : facts::ClausesOf(name)) {
      if (fact.handling != facts::ClauseHandling::kRefused || fact.field.empty()) continue;
      const auto* field = protobuf_c_message_descriptor_get_field_by_name(
          &message, std::string(fact.field).c_str());
      ASSERT_NE(field, nullptr) << name << "." << fact.field;
      const OneFieldTree tree(wrapper, *field, fact.value);
      try {
        RefuseUnsupportedClauses(tree.node());
        ADD_FAILURE() << name << "." << fact.field << "=" << fact.value << " was let through";
      } catch (const SqlError& error) {
        EXPECT_EQ(error.state(), SqlState::kFeatureNotSupported);
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 100u);
}

}  // namespace
}  // namespace grizzly::parser
