target_link_libraries(grizzly_types PRIVATE dependency::icu dependency::gmp)
