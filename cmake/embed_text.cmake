# Writes OUTPUT, a header that defines texts as strings: TEXTS holds NAME=FILE pairs, separated by commas. A line
# `load "style.gp"` is replaced by the text of the file STYLE.
# Usage: cmake -DTEXTS=NAME=FILE,NAME=FILE -DSTYLE=FILE -DOUTPUT=<header> -P embed_text.cmake
string(REPLACE "," ";" texts "${TEXTS}")
file(READ "${STYLE}" style)
set(header "")
foreach(text IN LISTS texts)
  string(REGEX MATCH "^([^=]+)=(.+)$" matched "${text}")
  set(name "${CMAKE_MATCH_1}")
  file(READ "${CMAKE_MATCH_2}" content)
  string(REPLACE "load \"style.gp\"\n" "${style}" content "${content}")
  string(REPLACE "\\" "\\\\" content "${content}")
  string(REPLACE "\"" "\\\"" content "${content}")
  string(REPLACE "\n" "\\n\"\n    \"" content "${content}")
  string(APPEND header "static const char ${name}[] =\n    \"${content}\";\n")
endforeach()
file(WRITE "${OUTPUT}" "${header}")
