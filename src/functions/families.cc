#include "functions/families.h"

#include "functions/type_families.h"

namespace grizzly::functions {

void RegisterFamilies(Registry& registry) {
  RegisterTypeFamilies(registry);
  RegisterIntegers(registry);
  RegisterFloats(registry);
  RegisterFloatMath(registry);
  RegisterNumberComparisons(registry);
  RegisterNumberCasts(registry);
  RegisterHashes(registry);
  RegisterRandom(registry);
  RegisterDegreeMath(registry);
  RegisterNumerics(registry);
  RegisterTextOrder(registry);
  RegisterText(registry);
  RegisterTextCase(registry);
  RegisterTextCasts(registry);
  RegisterLike(registry);
  RegisterRegex(registry);
  RegisterSimilar(registry);
  RegisterBytes(registry);
  RegisterEncodings(registry);
  RegisterDigests(registry);
  RegisterFormat(registry);
  RegisterIdentifiers(registry);
  RegisterCountAndSum(registry);
  RegisterMinMax(registry);
  RegisterStatistics(registry);
  RegisterStringAgg(registry);
  RegisterOrderedSets(registry);
  RegisterDateTimeComparisons(registry);
  RegisterDateTimeArithmetic(registry);
  RegisterDateTimeCasts(registry);
  RegisterDateTimeParts(registry);
  RegisterSeries(registry);
  RegisterJson(registry);
  RegisterJsonb(registry);
  RegisterJsonBuild(registry);
  RegisterJsonPath(registry);
  RegisterTextSearch(registry);
  RegisterTextSearchRank(registry);
  RegisterTextSearchInfo(registry);
  RegisterHeadline(registry);
  RegisterTsVector(registry);
  RegisterTsQuery(registry);
  RegisterDateTimeToChar(registry);
  RegisterNumberToChar(registry);
  RegisterToTimestamp(registry);
  RegisterArrays(registry);
  RegisterArrayText(registry);
  RegisterSession(registry);
  RegisterServer(registry);
  RegisterSessionCalls(registry);
  RegisterWindows(registry);
}

}  // namespace grizzly::functions
