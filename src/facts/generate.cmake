# Generates the C++ of the facts module from facts/ into the build tree.
set(generated_include_dir ${CMAKE_BINARY_DIR}/generated)
set(facts_dir ${CMAKE_SOURCE_DIR}/facts)
set(facts_tools_dir ${CMAKE_SOURCE_DIR}/tools/facts)
set(facts_out_dir ${generated_include_dir}/facts)
file(MAKE_DIRECTORY ${facts_out_dir})

function(grizzly_generate_fact script source target)
  add_custom_command(
    OUTPUT ${facts_out_dir}/${target}
    COMMAND ${Python3_EXECUTABLE} -B ${facts_tools_dir}/${script}
            ${facts_dir}/${source} ${facts_out_dir}/${target}
    DEPENDS ${facts_tools_dir}/${script} ${facts_tools_dir}/fact_rows.py ${facts_dir}/${source})
endfunction()

function(grizzly_generate_fact_table table source)
  set(target ${facts_out_dir}/${table}_table.cc)
  add_custom_command(
    OUTPUT ${target}
    COMMAND ${Python3_EXECUTABLE} -B ${facts_tools_dir}/generate_tables.py
            ${table} ${facts_dir} ${target}
    DEPENDS ${facts_tools_dir}/generate_tables.py ${facts_tools_dir}/fact_rows.py
            ${facts_dir}/${source} ${facts_dir}/pg_namespace.csv ${facts_dir}/pg_language.csv)
endfunction()

grizzly_generate_fact(generate_sql_states.py sql_states.csv sql_state.h)
grizzly_generate_fact(generate_type_oids.py pg_type.csv type_oids.h)
list(APPEND module_sources ${facts_out_dir}/sql_state.h ${facts_out_dir}/type_oids.h)

foreach(table_and_source
    types:pg_type procs:pg_proc operators:pg_operator casts:pg_cast)
  string(REPLACE ":" ";" pair ${table_and_source})
  list(GET pair 0 table)
  list(GET pair 1 source)
  grizzly_generate_fact_table(${table} ${source}.csv)
  list(APPEND module_sources ${facts_out_dir}/${table}_table.cc)
endforeach()
