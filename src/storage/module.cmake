target_link_libraries(grizzly_storage PRIVATE dependency::rocksdb dependency::xxhash
  dependency::lz4 dependency::zstd)
