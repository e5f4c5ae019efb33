# Writes OUTPUT, a header that defines the texts of FOLDER as strings: NAME.gp is PLOTS_NAME. A line `load "style.gp"` is
# replaced by the text of the file STYLE.
# Usage: cmake -DFOLDER=<folder> -DSTYLE=<file> -DOUTPUT=<header> -P embed_text.cmake
file(GLOB texts ${FOLDER}/*.gp)
list(SORT texts)
file(READ "${STYLE}" style)
set(header "")
foreach(text IN LISTS texts)
  get_filename_component(name "${text}" NAME_WE)
  string(TOUPPER "PLOTS_${name}" name)
  file(READ "${text}" content)
  string(REPLACE "load \"style.gp\"\n" "${style}" content "${content}")
  string(REPLACE "\\" "\\\\" content "${content}")
  string(REPLACE "\"" "\\\"" content "${content}")
  string(REPLACE "\n" "\\n\"\n    \"" content "${content}")
  string(APPEND header "static const char ${name}[] =\n    \"${content}\";\n")
endforeach()
file(WRITE "${OUTPUT}" "${header}")
