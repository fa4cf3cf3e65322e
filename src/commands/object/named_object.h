// Objects that statements name by kind and name, built-in ones among them: what COMMENT ON takes.
//
// ERRORS   42704, 42883, 42725, 42809 as PostgreSQL words them; 0A000 for kinds that are not there
#pragma once

#include "catalog/object_text.h"
#include "commands/ast_read.h"
#include "commands/command.h"

namespace grizzly::commands {

// An object of a kind that is neither a relation, a type, a schema nor shared: functions, aggregates,
// operators, casts, languages, access methods, operator classes, collations, conversions, text search.
catalog::ObjectAddress RequireNamedObject(CommandInput& input, PgQuery__ObjectType type,
                                          const ast::Node& object);

}  // namespace grizzly::commands
