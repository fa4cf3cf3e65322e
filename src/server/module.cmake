target_link_libraries(grizzly_server PUBLIC dependency::boost dependency::openssl)
