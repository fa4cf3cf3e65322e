target_link_libraries(grizzly_base PUBLIC dependency::fmt Threads::Threads)
target_link_libraries(grizzly_base PRIVATE dependency::spdlog dependency::openssl dependency::icu
                      dependency::prometheus)
