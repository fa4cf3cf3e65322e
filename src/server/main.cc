// grizzlyd: wires the front door to the instance behind it.
#include "server/start.h"
#include "session/open_instance.h"

int main(int argc, char** argv) {
  using namespace grizzly;
  return server::RunServer(
      std::vector<std::string>(argv + 1, argv + argc), [](const server::InstanceStart& start) {
        session::InstanceOptions options;
        options.directory = start.data_directory;
        options.settings.assign(start.options.begin(), start.options.end());
        options.developer_fault = start.developer_fault;
        return session::OpenInstance(options);
      });
}
