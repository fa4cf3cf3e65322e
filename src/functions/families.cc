#include "functions/families.h"

namespace grizzly::functions {

void RegisterFamilies(Registry& registry) {
  RegisterIntegers(registry);
  RegisterFloats(registry);
  RegisterFloatMath(registry);
  RegisterNumberComparisons(registry);
  RegisterNumberCasts(registry);
  RegisterRandom(registry);
}

}  // namespace grizzly::functions
