// The families of built-in functions; each .cc of a family adds its table to the registry.
#pragma once

#include "functions/registry.h"

namespace grizzly::functions {

// Calls everything below. Once, by BuiltinRegistry.
void RegisterFamilies(Registry& registry);

// math/
void RegisterIntegers(Registry& registry);
void RegisterFloats(Registry& registry);
void RegisterFloatMath(Registry& registry);
void RegisterNumberComparisons(Registry& registry);
void RegisterNumberCasts(Registry& registry);
void RegisterRandom(Registry& registry);

}  // namespace grizzly::functions
