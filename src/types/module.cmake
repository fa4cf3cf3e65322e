target_link_libraries(grizzly_types PRIVATE dependency::icu dependency::gmp dependency::xml2)
# Its headers for the one file that reads XML.
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/types/xml/xml_parser.cc PROPERTIES
                            INCLUDE_DIRECTORIES "${LIBXML2_INCLUDE_DIRS}")
