# The default files of a fresh data directory, from conf/, as strings in the binary.
set(generated_include_dir ${CMAKE_BINARY_DIR}/generated)
set(default_files ${CMAKE_SOURCE_DIR}/conf/pg_hba.conf ${CMAKE_SOURCE_DIR}/conf/grizzlyd.conf)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${default_files})
file(READ ${CMAKE_SOURCE_DIR}/conf/pg_hba.conf GRIZZLY_DEFAULT_HBA)
file(READ ${CMAKE_SOURCE_DIR}/conf/grizzlyd.conf GRIZZLY_DEFAULT_CONF)
configure_file(${CMAKE_SOURCE_DIR}/src/server/default_files.h.in
               ${generated_include_dir}/server/default_files.h @ONLY)
