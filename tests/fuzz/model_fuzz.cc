// A model test as a fuzz target: its choices are the bytes of the input. Linked with libFuzzer, or with
// replay_main.cc.
#include <cstdio>
#include <cstdlib>

#include "model.h"

namespace grizzly::model {

void Fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

}  // namespace grizzly::model

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  grizzly::model::Random random(std::string_view(reinterpret_cast<const char*>(bytes), size));
  grizzly::model::RunModel(random);
  return 0;
}
