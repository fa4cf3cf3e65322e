// The families of functions of the less ordinary types: enums, ranges, rows, geometry, networks ...
#pragma once

#include "functions/registry.h"

namespace grizzly::functions {

// Calls everything below. Once, by RegisterFamilies.
void RegisterTypeFamilies(Registry& registry);

// enum/, record/, range/
void RegisterEnums(Registry& registry);
void RegisterRecords(Registry& registry);
void RegisterRanges(Registry& registry);
void RegisterMultiranges(Registry& registry);
void RegisterMultirangePlaces(Registry& registry);
void RegisterRangeAggregates(Registry& registry);

// aggregate/
void RegisterStoredMinMax(Registry& registry);

// geometry/
void RegisterPointsAndLines(Registry& registry);
void RegisterBoxesAndCircles(Registry& registry);
void RegisterPathsAndPolygons(Registry& registry);

// network/
void RegisterInet(Registry& registry);
void RegisterMacaddrs(Registry& registry);

// bits/
void RegisterBitStrings(Registry& registry);
void RegisterMoney(Registry& registry);
void RegisterSystemScalars(Registry& registry);

// xml/
void RegisterXml(Registry& registry);

// system/
void RegisterTypeInputOutput(Registry& registry);

}  // namespace grizzly::functions
