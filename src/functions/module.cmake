target_link_libraries(grizzly_functions PRIVATE dependency::icu dependency::pcre2 dependency::stemmer
                      dependency::openssl)
# Kernels are loops: let the compiler vectorise them.
target_compile_options(grizzly_functions PRIVATE $<$<CONFIG:Release>:-O3>)
