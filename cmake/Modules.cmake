# grizzly_modules_from_layers(): one static library grizzly_<module> for each line of layers.txt
# whose folder exists, linked to the modules on the right of its colon and to the libraries of its
# door (src/<module>/module.cmake, optional: target_link_libraries and generated sources).

# The .cc files under `root`/`folder` as translation units of several files each (unity_groups.py).
function(grizzly_units root folder result)
  execute_process(COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/cmake/unity_groups.py
                          ${CMAKE_SOURCE_DIR}/${root} ${CMAKE_BINARY_DIR}/units ${folder}
                  OUTPUT_VARIABLE units COMMAND_ERROR_IS_FATAL ANY)
  set(${result} ${units} PARENT_SCOPE)
endfunction()

# cmake/precompiled.h, compiled once for `target`; beside it the checksum of what it is made from.
function(grizzly_precompiled_header target)  # more headers, by absolute path or in angle brackets
  target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h ${ARGN})
  file(SHA256 ${CMAKE_SOURCE_DIR}/cmake/precompiled.h header)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
  string(SHA256 made_from "${header} ${ARGN} ${CMAKE_CXX_COMPILER_VERSION} ${fmt_VERSION} ${GRIZZLY_SANITIZE} \
${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}}")
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.gch.sum
       CONTENT "${made_from}")
endfunction()

function(grizzly_module name)  # dependencies
  set(folder ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  set(target grizzly_${name})
  set(module_sources ${sources})
  if(sources)
    grizzly_units(src ${name} module_sources)
  endif()
  if(EXISTS ${folder}/generate.cmake)
    include(${folder}/generate.cmake)  # may append to module_sources, set generated_include_dir
  endif()
  if(module_sources)
    add_library(${target} STATIC ${module_sources})
    set(scope PUBLIC)
    grizzly_precompiled_header(${target})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR}/src)
  if(generated_include_dir)
    target_include_directories(${target} ${scope} ${generated_include_dir})
  endif()
  foreach(dependency ${ARGN})
    if(TARGET grizzly_${dependency})
      target_link_libraries(${target} ${scope} grizzly_${dependency})
    endif()
  endforeach()
  if(EXISTS ${folder}/module.cmake)
    include(${folder}/module.cmake)
  endif()
endfunction()

function(grizzly_modules_from_layers)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/layers.txt)
  file(STRINGS ${CMAKE_SOURCE_DIR}/layers.txt lines REGEX "^[a-z]")
  foreach(line ${lines})
    string(REGEX MATCH "^([a-z]+) *:(.*)$" matched "${line}")
    set(name ${CMAKE_MATCH_1})
    string(REGEX MATCHALL "[a-z]+" dependencies "${CMAKE_MATCH_2}")
    if(EXISTS ${CMAKE_SOURCE_DIR}/src/${name})
      grizzly_module(${name} ${dependencies})
    endif()
  endforeach()
endfunction()

# grizzly_program(grizzlyd server): the executable of a module's main.cc, placed in the build folder.
function(grizzly_program program module)
  set(main ${CMAKE_SOURCE_DIR}/src/${module}/main.cc)
  if(EXISTS ${main})
    add_executable(${program} ${main})
    target_link_libraries(${program} PRIVATE grizzly_${module})
  endif()
endfunction()
