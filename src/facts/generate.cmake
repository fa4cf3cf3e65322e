# Generates the C++ of the facts module from facts/ into the build tree.
set(generated_include_dir ${CMAKE_BINARY_DIR}/generated)
set(facts_dir ${CMAKE_SOURCE_DIR}/facts)
file(MAKE_DIRECTORY ${generated_include_dir}/facts)

function(grizzly_generate_fact script source target)
  add_custom_command(
    OUTPUT ${generated_include_dir}/facts/${target}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/facts/${script}
            ${facts_dir}/${source} ${generated_include_dir}/facts/${target}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/facts/${script} ${facts_dir}/${source})
endfunction()

grizzly_generate_fact(generate_sql_states.py sql_states.csv sql_state.h)
list(APPEND module_sources ${generated_include_dir}/facts/sql_state.h ${CMAKE_SOURCE_DIR}/src/facts/sql_state.cc)
