#include "functions/type_families.h"

namespace grizzly::functions {

void RegisterTypeFamilies(Registry& registry) {
  RegisterTypeInputOutput(registry);
  RegisterEnums(registry);
  RegisterRecords(registry);
  RegisterRanges(registry);
  RegisterMultiranges(registry);
  RegisterMultirangePlaces(registry);
  RegisterRangeAggregates(registry);
  RegisterStoredMinMax(registry);
  RegisterPointsAndLines(registry);
  RegisterBoxesAndCircles(registry);
  RegisterPathsAndPolygons(registry);
  RegisterInet(registry);
  RegisterMacaddrs(registry);
  RegisterBitStrings(registry);
  RegisterMoney(registry);
  RegisterSystemScalars(registry);
  RegisterXml(registry);
}

}  // namespace grizzly::functions
