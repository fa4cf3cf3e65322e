target_link_libraries(grizzly_server PUBLIC dependency::boost dependency::openssl)
# GCC 12 sees reads beyond the end in its own std::string once everything is inlined (PR 105329).
target_compile_options(grizzly_server PRIVATE "$<$<CONFIG:Release>:-Wno-stringop-overread>")
