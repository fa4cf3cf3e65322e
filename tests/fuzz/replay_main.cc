// Replays a fuzz target's corpus, and seeded mutations of it, without a fuzzing runtime:
//   fuzz_x CORPUS_FOLDER [ROUNDS] [SEED]
// An input that ends the program is left in the file fuzz_failure; put into a folder it is replayed alone.
#include <signal.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

namespace {

const std::string* running = nullptr;

void KeepRunning(int signal) {
  std::FILE* const file = std::fopen("fuzz_failure", "wb");
  if (file != nullptr) {
    std::fwrite(running->data(), 1, running->size(), file);
    std::fclose(file);
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void Run(const std::string& input) {
  running = &input;
  // A copy of exactly the size, so that a sanitizer sees a read past its end.
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string Mutated(std::string input, std::mt19937_64& random) {
  const int changes = 1 + static_cast<int>(random() % 4);
  for (int i = 0; i < changes && !input.empty(); ++i) {
    const size_t at = random() % input.size();
    switch (random() % 4) {
      case 0: input[at] = static_cast<char>(random()); break;
      case 1: input.erase(at, 1 + random() % 4); break;
      case 2: input.insert(at, 1, static_cast<char>(random())); break;
      default: input[at] = static_cast<char>(input[at] ^ (1 << (random() % 8))); break;
    }
  }
  return input;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 2) return 2;
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) ::signal(signal, KeepRunning);
  const long rounds = argument_count > 2 ? std::atol(arguments[2]) : 20'000;
  std::mt19937_64 random(argument_count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 1);
  std::vector<std::string> corpus;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (corpus.empty()) return 2;
  for (const std::string& input : corpus) Run(input);
  for (long i = 0; i < rounds; ++i) Run(Mutated(corpus[random() % corpus.size()], random));
  std::printf("%zu inputs, %ld mutations\n", corpus.size(), rounds);
  return 0;
}
