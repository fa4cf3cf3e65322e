# Compiler flags, compiler cache, linker, sanitizers. The presets choose among them.

set(GRIZZLY_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=: address,undefined or thread")

add_compile_options(-Wall -Wextra -Werror -Wno-missing-field-initializers
                    -fno-omit-frame-pointer -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
# Arithmetic on C and C++ integers wraps where we say so and nowhere else; strict aliasing is off
# because rows and keys are read in place.
add_compile_options(-fno-strict-aliasing)
# GCC 12 sees overflows and overlaps in its own std::string once everything is inlined (PR 105329,
# PR 105651): false, and only with optimisation.
add_compile_options("$<$<CONFIG:Release>:-Wno-stringop-overflow;-Wno-restrict;-Wno-array-bounds>")
# A class that holds a type of its file's anonymous namespace: sound, as each .cc is in one unit.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-subobject-linkage)
endif()

if(GRIZZLY_SANITIZE)
  add_compile_options(-fsanitize=${GRIZZLY_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GRIZZLY_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # its own false positives under instrumentation
    add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-tsan)
  endif()
endif()

# Fuzz targets: the library's code tells libFuzzer where it goes.
if(GRIZZLY_LIBFUZZER)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(GRIZZLY_CCACHE ccache)
if(GRIZZLY_CCACHE)
  # CCACHE_PCH_EXTSUM: a precompiled header stands for the checksum grizzly_precompiled_header() lays
  # beside it. Hashing the 80 MB header itself costs half a second a file.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${GRIZZLY_CCACHE})
endif()

find_program(GRIZZLY_MOLD mold)
if(GRIZZLY_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
