// Queries that functions run within a statement.
#include "parser/parse.h"
#include "session/client_session.h"

namespace grizzly::session {
namespace {

// A place in the inner text is told apart from one in the statement's own.
template <typename Action>
auto WithInnerPositions(std::string_view sql, const Action& action) {
  try {
    return action();
  } catch (const SqlError& error) {
    SqlError inner(error.state(), error.what());
    inner.diagnostic() = error.diagnostic();
    if (error.byte_offset() >= 0) {
      inner.diagnostic().internal_position = error.byte_offset() + 1;
      inner.diagnostic().internal_query = sql;
    } else {
      inner.AddContext(fmt::format("SQL statement \"{}\"", sql));
    }
    throw inner;
  }
}

bool IsPlannable(const parser::ast::Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
    case PG_QUERY__NODE__NODE_INSERT_STMT:
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
    case PG_QUERY__NODE__NODE_DELETE_STMT: return true;
    default: return false;
  }
}

}  // namespace

plan::PlanPtr ClientSession::PlanText(std::string_view sql) {
  return WithInnerPositions(sql, [&] {
    const auto text = parser::ParsedText::Parse(sql);
    if (text->statements().size() != 1) {
      throw SqlError(SqlState::kDataException, "invalid query");
    }
    const parser::ast::Node& node = *text->statements()[0].node;
    if (!IsPlannable(node)) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("{} is not allowed in a non-volatile function",
                                 parser::CommandTag(node)));
    }
    return PlanAndLock(node, {});
  });
}

void ClientSession::RunPlanned(const plan::PlanPtr& plan,
                               const std::function<void(const types::Batch&)>& receive) {
  Run(plan, receive, nullptr, {});
}

void ClientSession::FetchCursor(
    std::string_view name, int64_t count,
    const std::function<void(const std::vector<std::pair<std::string, types::SqlType>>&)>& describe,
    const std::function<void(const types::Batch&)>& receive) {
  Portal& portal = FindPortal(name);
  std::vector<std::pair<std::string, types::SqlType>> columns;
  for (const ResultColumn& column : portal.columns) columns.emplace_back(column.name, column.type);
  describe(columns);
  if (count < 0) return;
  // None: the row it stands on again.
  const FetchedRows fetched = count == 0
                                  ? FetchAt(portal, static_cast<int64_t>(portal.position))
                                  : FetchForward(portal, static_cast<uint64_t>(count));
  portal.position = fetched.position;
  if (fetched.first == 0) return;
  ReadFetched(portal, fetched, fetched.last - fetched.first + 1, receive);
}

}  // namespace grizzly::session
