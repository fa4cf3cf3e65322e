// A server that answers every statement with one constant row: what the protocol and the threads cost
// by themselves. It takes grizzlyd's command line. Load it with pgbench and a script of one select:
//
//   wire_only -D FOLDER -p PORT
//   echo 'SELECT abalance FROM pgbench_accounts WHERE aid = 1;' > select.sql
//   pgbench -n -f select.sql -h 127.0.0.1 -p PORT -U postgres -c 8 -j 2 -T 10 [-M prepared]
#include "fake_instance.h"
#include "server/start.h"

int main(int argument_count, char** arguments) {
  using namespace grizzly;
  return server::RunServer({arguments + 1, arguments + argument_count},
                           [](const server::InstanceStart&) -> std::unique_ptr<session::Instance> {
                             return std::make_unique<server::FakeInstance>();
                           });
}
