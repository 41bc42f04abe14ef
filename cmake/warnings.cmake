# How every target is compiled: warnings are errors, hardening is on, sanitizers on request.
add_library(virtscope_options INTERFACE)
target_include_directories(virtscope_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(virtscope_options INTERFACE
  -Wall -Wextra -Werror -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Wcast-align
  -Wunused -Woverloaded-virtual -Wnull-dereference -Wformat=2 -Wimplicit-fallthrough)
# A designated initializer that leaves members at their defaults is what such initializers are for.
target_compile_options(virtscope_options INTERFACE -Wno-missing-field-initializers)
target_compile_definitions(virtscope_options INTERFACE VIRTSCOPE_VERSION="${PROJECT_VERSION}")
target_link_libraries(virtscope_options INTERFACE fmt::fmt)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Asio 1.22 does not recognise the coroutines of clang 19 by itself.
  target_compile_definitions(virtscope_options INTERFACE ASIO_HAS_CO_AWAIT=1 ASIO_HAS_STD_COROUTINE=1)
else()
  # GCC 12 sees null dereferences and overlapping copies in inlined std::string code where there are none.
  target_compile_options(virtscope_options INTERFACE -Wno-null-dereference -Wno-restrict)
endif()

target_compile_options(virtscope_options INTERFACE -fstack-protector-strong -fno-omit-frame-pointer)
target_link_options(virtscope_options INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)
if(VIRTSCOPE_SANITIZE)
  target_compile_options(virtscope_options INTERFACE -fsanitize=${VIRTSCOPE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(virtscope_options INTERFACE -fsanitize=${VIRTSCOPE_SANITIZE})
else()
  target_compile_definitions(virtscope_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
target_compile_definitions(virtscope_options INTERFACE _GLIBCXX_ASSERTIONS)

# virtscope_library(NAME SOURCES… ): a room's static library. virtscope_program: its binary in bin/.
function(virtscope_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC virtscope_options)
endfunction()
function(virtscope_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE virtscope_options)
  target_link_options(${name} PRIVATE -pie)
endfunction()
