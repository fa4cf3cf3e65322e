target_link_libraries(grizzly_parser PUBLIC dependency::pg_query)
