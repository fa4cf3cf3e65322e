#include "commands/sequence/sequence_options.h"

#include <limits>

#include "commands/evaluation.h"
#include "facts/types.h"

namespace grizzly::commands {
namespace {

struct Limits {
  int64_t minimum;
  int64_t maximum;
  std::string_view name;
};

Limits LimitsOf(Oid type, bool is_identity) {
  switch (type) {
    case facts::kInt2Oid:
      return {std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max(),
              "smallint"};
    case facts::kInt4Oid:
      return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), "integer"};
    case facts::kInt8Oid:
      return {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), "bigint"};
    default: break;
  }
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("{} type must be smallint, integer, or bigint",
                             is_identity ? "identity column" : "sequence"));
}

[[noreturn]] void ThrowInvalid(std::string message) {
  throw SqlError(SqlState::kInvalidParameterValue, std::move(message));
}

[[noreturn]] void ThrowConflicting(const Option& option) {
  throw SqlError(SqlState::kSyntaxError, "conflicting or redundant options").At(option.location);
}

// What was written, before defaults.
struct Written {
  Oid type = kInvalidOid;
  std::optional<Option> increment, minimum, maximum, start, restart, cache, cycle;
};

std::optional<Option>* SlotOf(Written* written, std::string_view name) {
  if (name == "increment") return &written->increment;
  if (name == "minvalue") return &written->minimum;
  if (name == "maxvalue") return &written->maximum;
  if (name == "start") return &written->start;
  if (name == "restart") return &written->restart;
  if (name == "cache") return &written->cache;
  if (name == "cycle") return &written->cycle;
  return nullptr;
}

Written ReadWritten(CommandInput& input, std::span<ast::Node* const> options, bool is_identity,
                    SequenceChange* change) {
  Written written;
  for (const Option& option : OptionsOf(options)) {
    if (std::optional<Option>* slot = SlotOf(&written, option.name)) {
      if (slot->has_value()) ThrowConflicting(option);
      *slot = option;
    } else if (option.name == "as") {
      if (is_identity || written.type != kInvalidOid) ThrowConflicting(option);
      written.type = planner::ResolveTypeName(*option.value->type_name, MakeBinderInput(input)).oid;
    } else if (option.name == "owned_by") {
      if (change->owner.has_value()) ThrowConflicting(option);
      change->owner = NamesOf(*option.value);
    } else if (option.name == "sequence_name") {
      change->name = QualifiedNameOf(NamesOf(*option.value));
    } else {
      ThrowNotSupported("sequence option " + option.name, option.location);
    }
  }
  return written;
}

bool HasValue(const std::optional<Option>& option) {
  return option.has_value() && option->value != nullptr;
}

// Which bounds follow the type: those never set.
struct Moved {
  bool minimum = false;
  bool maximum = false;
};

void ApplyBounds(const Written& written, const Limits& limits, const Moved& moved,
                 catalog::SequenceDefinition* definition) {
  const bool ascending = definition->increment > 0;
  if (HasValue(written.maximum)) {
    definition->maximum = OptionInteger(*written.maximum);
  } else if (written.maximum.has_value() || moved.maximum) {
    definition->maximum = ascending ? limits.maximum : -1;
  }
  if (definition->maximum < limits.minimum || definition->maximum > limits.maximum) {
    ThrowInvalid(fmt::format("MAXVALUE ({}) is out of range for sequence data type {}",
                             definition->maximum, limits.name));
  }
  if (HasValue(written.minimum)) {
    definition->minimum = OptionInteger(*written.minimum);
  } else if (written.minimum.has_value() || moved.minimum) {
    definition->minimum = ascending ? 1 : limits.minimum;
  }
  if (definition->minimum < limits.minimum || definition->minimum > limits.maximum) {
    ThrowInvalid(fmt::format("MINVALUE ({}) is out of range for sequence data type {}",
                             definition->minimum, limits.name));
  }
  if (definition->minimum >= definition->maximum) {
    ThrowInvalid(fmt::format("MINVALUE ({}) must be less than MAXVALUE ({})", definition->minimum,
                             definition->maximum));
  }
}

void CheckWithin(std::string_view what, int64_t value, const catalog::SequenceDefinition& bounds) {
  if (value < bounds.minimum) {
    ThrowInvalid(fmt::format("{} value ({}) cannot be less than MINVALUE ({})", what, value,
                             bounds.minimum));
  }
  if (value > bounds.maximum) {
    ThrowInvalid(fmt::format("{} value ({}) cannot be greater than MAXVALUE ({})", what, value,
                             bounds.maximum));
  }
}

void ApplyStart(const Written& written, bool is_new, SequenceChange* change) {
  catalog::SequenceDefinition& definition = change->definition;
  if (HasValue(written.start)) {
    definition.start = OptionInteger(*written.start);
  } else if (is_new) {
    definition.start = definition.increment > 0 ? definition.minimum : definition.maximum;
  }
  CheckWithin("START", definition.start, definition);
  if (written.restart.has_value()) {
    change->restart =
        written.restart->value == nullptr ? definition.start : OptionInteger(*written.restart);
    CheckWithin("RESTART", *change->restart, definition);
  }
}

}  // namespace

void RequireSequenceType(Oid type, bool is_identity) { LimitsOf(type, is_identity); }

SequenceChange ReadSequenceOptions(CommandInput& input, std::span<ast::Node* const> options,
                                   const catalog::SequenceDefinition* before, Oid column_type,
                                   bool is_identity) {
  SequenceChange change;
  if (before != nullptr) change.definition = *before;
  catalog::SequenceDefinition& definition = change.definition;
  const Written written = ReadWritten(input, options, is_identity, &change);
  const bool is_new = before == nullptr;
  Moved moved{is_new, is_new};
  if (is_new) definition.type = column_type != kInvalidOid ? column_type : facts::kInt8Oid;
  if (written.type != kInvalidOid && written.type != definition.type) {
    RequireSequenceType(written.type, is_identity);
    const Limits old = LimitsOf(definition.type, is_identity);
    moved.maximum |= definition.maximum == old.maximum;
    moved.minimum |= definition.minimum == old.minimum;
    definition.type = written.type;
  }
  const Limits limits = LimitsOf(definition.type, is_identity);
  if (written.increment.has_value()) {
    definition.increment = OptionInteger(*written.increment);
    if (definition.increment == 0) ThrowInvalid("INCREMENT must not be zero");
  }
  if (written.cycle.has_value()) definition.cycle = OptionBool(*written.cycle);
  ApplyBounds(written, limits, moved, &definition);
  ApplyStart(written, is_new, &change);
  if (written.cache.has_value()) {
    definition.cache = OptionInteger(*written.cache);
    if (definition.cache <= 0) {
      ThrowInvalid(fmt::format("CACHE ({}) must be greater than zero", definition.cache));
    }
  }
  return change;
}

}  // namespace grizzly::commands
