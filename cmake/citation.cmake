# Writes OUTPUT, a header with BibTeX of what CITATION.cff says: CITATION_PROGRAM, an entry that still wants its note and
# its end, and CITATION_PAPER, that of its one reference.
# Usage: cmake -DSOURCE=<tree> -DOUTPUT=<header> -P citation.cmake
include("${CMAKE_CURRENT_LIST_DIR}/release.cmake")

# cff_value(<variable> <text> <key>): the value of the first such key, without its quotes
function(cff_value variable text key)
  if(NOT text MATCHES "\n *(- )?${key}: *\"?([^\"\n]+)\"?\n")
    message(FATAL_ERROR "${SOURCE}/CITATION.cff: no ${key}")
  endif()
  set(${variable} "${CMAKE_MATCH_2}" PARENT_SCOPE)
endfunction()

# cff_authors(<variable> <text>): "Family, Given and {A group}" of the authors in the text
function(cff_authors variable text)
  string(REGEX MATCHALL "\n *- (name|family-names): *[^\n]+(\n *given-names: *[^\n]+)?" entries "${text}")
  set(names "")
  foreach(entry IN LISTS entries)
    if(entry MATCHES "- name:")
      cff_value(name "${entry}\n" name)
      list(APPEND names "{${name}}")
    else()
      cff_value(family "${entry}\n" family-names)
      cff_value(given "${entry}\n" given-names)
      list(APPEND names "${family}, ${given}")
    endif()
  endforeach()
  if(NOT names)
    message(FATAL_ERROR "${SOURCE}/CITATION.cff: no authors")
  endif()
  list(JOIN names " and " names)
  set(${variable} "${names}" PARENT_SCOPE)
endfunction()

# as_c_string(<variable> <text>): its lines as a string of C
function(as_c_string variable text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
  set(${variable} "\"${text}\"" PARENT_SCOPE)
endfunction()

read_release("${SOURCE}" version date)
file(READ "${SOURCE}/CITATION.cff" text)
string(FIND "${text}" "\nreferences:\n" at)
string(SUBSTRING "${text}" 0 ${at} own)
string(SUBSTRING "${text}" ${at} -1 reference)

cff_value(title "${own}" title)
string(REGEX MATCH "\nauthors:\n( [^\n]*\n)+" block "${own}")
cff_authors(authors "${block}")
string(SUBSTRING "${date}" 0 4 year)
string(SUBSTRING "${date}" 5 2 month)
math(EXPR month "${month} - 1")
set(months jan feb mar apr may jun jul aug sep oct nov dec)
list(GET months ${month} month)
as_c_string(program "@software{cfisac,
  title   = {{${title}}},
  author  = {${authors}},
  version = {${version}},
  year    = {${year}},
  month   = ${month},
")

cff_value(title "${reference}" title)
cff_authors(authors "${reference}")
cff_value(year "${reference}" year)
cff_value(booktitle "${reference}" collection-title)
cff_value(url "${reference}" url)
string(REGEX MATCH "^[^,]+" first "${authors}")
string(TOLOWER "${first}${year}" key)
set(archive "")
if(url MATCHES "^https://arxiv\\.org/abs/(.+)$")
  set(archive "  eprint        = {${CMAKE_MATCH_1}},\n  archiveprefix = {arXiv},\n")
endif()
as_c_string(paper "@inproceedings{${key},
  title         = {{${title}}},
  author        = {${authors}},
  booktitle     = {${booktitle}},
  year          = {${year}},
${archive}  url           = {${url}},
}
")
file(WRITE "${OUTPUT}" "static const char CITATION_PROGRAM[] =\n    ${program};\nstatic const char CITATION_PAPER[] =\n    ${paper};\n")
