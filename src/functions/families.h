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
void RegisterHashes(Registry& registry);
void RegisterRandom(Registry& registry);
void RegisterDegreeMath(Registry& registry);

// numeric/
void RegisterNumerics(Registry& registry);

// string/
void RegisterTextOrder(Registry& registry);
void RegisterText(Registry& registry);
void RegisterTextCase(Registry& registry);
void RegisterTextCasts(Registry& registry);
void RegisterLike(Registry& registry);
void RegisterRegex(Registry& registry);
void RegisterSimilar(Registry& registry);
void RegisterBytes(Registry& registry);
void RegisterEncodings(Registry& registry);
void RegisterDigests(Registry& registry);
void RegisterFormat(Registry& registry);
void RegisterIdentifiers(Registry& registry);

// aggregate/
void RegisterCountAndSum(Registry& registry);
void RegisterMinMax(Registry& registry);
void RegisterStatistics(Registry& registry);
void RegisterStringAgg(Registry& registry);
void RegisterOrderedSets(Registry& registry);

// datetime/
void RegisterDateTimeComparisons(Registry& registry);
void RegisterDateTimeArithmetic(Registry& registry);
void RegisterDateTimeCasts(Registry& registry);
void RegisterDateTimeParts(Registry& registry);

// set/
void RegisterSeries(Registry& registry);

// system/
void RegisterSessionCalls(Registry& registry);

// window/
void RegisterWindows(Registry& registry);

// array/
void RegisterArrays(Registry& registry);
void RegisterArrayText(Registry& registry);

// session/
void RegisterSession(Registry& registry);
void RegisterServer(Registry& registry);

// formatting/
void RegisterDateTimeToChar(Registry& registry);
void RegisterNumberToChar(Registry& registry);
void RegisterToTimestamp(Registry& registry);

// json/
void RegisterJson(Registry& registry);
void RegisterJsonb(Registry& registry);
void RegisterJsonBuild(Registry& registry);
void RegisterJsonPath(Registry& registry);

// text_search/
void RegisterTextSearch(Registry& registry);
void RegisterTextSearchRank(Registry& registry);
void RegisterTextSearchInfo(Registry& registry);
void RegisterHeadline(Registry& registry);
void RegisterTsVector(Registry& registry);
void RegisterTsQuery(Registry& registry);

}  // namespace grizzly::functions
