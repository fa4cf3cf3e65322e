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
            ${facts_dir}/${source} ${facts_dir}/pg_namespace.csv ${facts_dir}/pg_language.csv
            ${facts_dir}/catalog_relations.csv)
endfunction()

grizzly_generate_fact(generate_sql_states.py sql_states.csv sql_state.h)
grizzly_generate_fact(generate_type_oids.py pg_type.csv type_oids.h)
list(APPEND module_sources ${facts_out_dir}/sql_state.h ${facts_out_dir}/type_oids.h)

foreach(table_and_source
    types:pg_type procs:pg_proc operators:pg_operator casts:pg_cast aggregates:pg_aggregate
    access_methods:pg_am opfamilies:pg_opfamily opclasses:pg_opclass amops:pg_amop
    amprocs:pg_amproc settings:settings collations:pg_collation namespaces:pg_namespace
    languages:pg_language roles:pg_authid role_members:pg_auth_members
    tablespaces:pg_tablespace keywords:keywords catalog_relations:catalog_relations
    catalog_columns:catalog_columns catalog_indexes:catalog_indexes
    catalog_constraints:pg_constraint catalog_foreign_keys:catalog_foreign_keys
    system_views:system_views descriptions:pg_description ranges:pg_range
    clauses:clauses conversions:pg_conversion text_search_parsers:pg_ts_parser
    text_search_token_types:pg_ts_token_type text_search_templates:pg_ts_template
    stop_words:stop_words text_search_dictionaries:pg_ts_dict text_search_configurations:pg_ts_config
    text_search_mappings:pg_ts_config_map timezone_abbreviations:timezone_abbreviations
    timezone_names:timezone_names sql_features:sql_features
    sql_implementation_info:sql_implementation_info sql_parts:sql_parts sql_sizing:sql_sizing)
  string(REPLACE ":" ";" pair ${table_and_source})
  list(GET pair 0 table)
  list(GET pair 1 source)
  grizzly_generate_fact_table(${table} ${source}.csv)
  list(APPEND module_sources ${facts_out_dir}/${table}_table.cc)
endforeach()
