target_link_libraries(grizzly_types PRIVATE dependency::icu dependency::gmp dependency::xml2)
# Its headers for the one file that reads XML.
target_include_directories(grizzly_types SYSTEM PRIVATE ${LIBXML2_INCLUDE_DIRS})
