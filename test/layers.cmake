# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# cmake -P layers.cmake
#
# The headers stand in rooms, and the arrows between the rooms go one way: see doc/internals.md. Each
# room names the rooms below it that its headers may include. Public headers belong to the room whose
# face they are; those that are not named here are the face of all, which may include everything.

cmake_minimum_required(VERSION 3.25)

set(base "")
set(core base)
set(words base)
set(asio core words base)
set(block asio core words base)
set(start block asio core words base)
set(observe block asio core words base)
set(progress block core words base)
set(handle observe progress block asio core words base)
set(produce start handle block asio core words base)
set(coroutine start handle observe progress block asio core words base)
set(group handle observe block asio core words base)
set(loop asio core base)
set(face group loop coroutine produce handle progress observe start block asio core words base)

set(room_async_status words)
set(room_condition words)
set(room_error words)
set(room_token_adapter words)
foreach(name IN ITEMS async_info async_action async_operation async_action_with_progress
    async_operation_with_progress async_completed_handler async_progress_handler basic_handle)
  set(room_${name} handle)
endforeach()
set(room_transfer_progress progress)
foreach(name IN ITEMS cancellation_token progress_token resume_after resume_on)
  set(room_${name} coroutine)
endforeach()
set(room_completion_queue loop)

function(room_of header result)
  if(header MATCHES "^detail/([a-z]+)/")
    set(room ${CMAKE_MATCH_1})
    if(NOT DEFINED ${room})
      message(SEND_ERROR "${header}: test/layers.cmake knows no room detail/${room}")
    endif()
  else()
    cmake_path(GET header STEM name)
    set(room face)
    if(DEFINED room_${name})
      set(room ${room_${name}})
    endif()
  endif()
  set(${result} ${room} PARENT_SCOPE)
endfunction()

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
set(include ${root}/include/asyncinfo)
file(GLOB_RECURSE headers RELATIVE ${include} ${include}/*.hpp)
list(LENGTH headers count)
if(count EQUAL 0)
  message(FATAL_ERROR "no headers in ${include}")
endif()
foreach(header IN LISTS headers)
  room_of(${header} from)
  file(STRINGS ${include}/${header} lines REGEX "^#include <asyncinfo/")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^#include <asyncinfo/(.*)>$" "\\1" included "${line}")
    room_of(${included} to)
    if(NOT to STREQUAL from AND NOT to IN_LIST ${from})
      message(SEND_ERROR "${header} (${from}) includes ${included} (${to}): see doc/internals.md")
    endif()
  endforeach()
endforeach()
