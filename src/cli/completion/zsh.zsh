#compdef cfisac
# Completion of cfisac's command line for zsh: commands, options, keys of scenarios, their words, and files.

_cfisac_table='@TABLE@'

# _cfisac_rows PATTERN: into rows, the lines of the table that begin so; what was typed is quoted in it, (b)
_cfisac_rows() {
  rows=(${(M)${(f)_cfisac_table}:#${~1}*})
}

# _cfisac_names PATTERN N HELP [SUFFIX]: into names, NAME:HELP of the rows, from fields N and HELP
_cfisac_names() {
  local row
  local -a rows fields
  _cfisac_rows $1
  names=()
  for row in $rows; do
    fields=("${(@ps:\t:)row}")
    names+=("${${fields[$2]}//:/\\:}$4:${fields[$3]}")
  done
}

# _cfisac_field PATTERN N: into field, that of the first row, or nothing
_cfisac_field() {
  local -a rows fields
  _cfisac_rows $1
  fields=("${(@ps:\t:)rows[1]}")
  field=$fields[$2]
}

# _cfisac_setting KIND: KEY=VALUE (key), or KEY=RANGE (sweep), where keys may be joined by + and words by commas
_cfisac_setting() {
  local key field swept='[^	]##'
  local -a names
  [[ $1 == key ]] || swept=yes
  if [[ $PREFIX != *=* ]]; then
    [[ $1 == key ]] || compset -P '*+'
    _cfisac_names "key	[^	]##	$swept	" 2 6 =
    _describe -t keys key names -S ''
    return
  fi
  key=${PREFIX%%\=*}
  compset -P '*='
  [[ $1 == key ]] || compset -P '*,'
  _cfisac_field "key	${(b)key}	" 5
  [[ $field == - ]] || compadd -- ${(s: :)field}
  _cfisac_field "key	${(b)key}	" 4
  [[ $field != yes ]] || _files -g '*.(csv|json)(-.)'
}

# _cfisac_offer OFFER: what a value or an argument may be
_cfisac_offer() {
  local -a names
  case $1 in
    file) _files ;;
    file:*) _files -g "*.${1#file:}(-.)" ;;
    directory) _files -/ ;;
    words:*) compadd -- ${(s: :)${1#words:}} ;;
    topic)
      _cfisac_names 'command	' 2 4
      _describe -t commands command names
      _cfisac_names 'topic	' 2 3
      _describe -t topics topic names
      _cfisac_names 'key	' 2 6
      _describe -t keys key names
      ;;
    key | sweep) _cfisac_setting $1 ;;
  esac
}

# _cfisac_options COMMAND: those that are not on the line yet, or may be repeated
_cfisac_options() {
  local row
  local -a rows fields names
  _cfisac_rows "option	${(b)1}	"
  for row in $rows; do
    fields=("${(@ps:\t:)row}")
    if [[ $fields[4] == (key|sweep) || -z ${(M)words[2,CURRENT-1]:#${fields[3]}(|=*)} ]]; then
      names+=("$fields[3]:${fields[5]}")
    fi
  done
  _describe -o -t options option names
}

_cfisac() {
  setopt local_options extended_glob
  local field command=-
  local -a names
  if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then
    _cfisac_names 'command	' 2 4
    _describe -t commands command names
    return
  fi
  [[ $words[2] == -* ]] || command=$words[2]
  if [[ $PREFIX == --*=* ]]; then
    _cfisac_field "option	${(b)command}	${(b)${PREFIX%%\=*}}	" 4
    compset -P '--[^=]##='
    _cfisac_offer $field
    return
  fi
  _cfisac_field "option	${(b)command}	${(b)words[CURRENT-1]}	" 4
  if [[ -n $field && $field != flag ]]; then
    _cfisac_offer $field
  elif [[ $PREFIX == -* ]]; then
    _cfisac_options $command
  else
    _cfisac_field "command	${(b)command}	" 3
    _cfisac_offer $field
  fi
}

# Loaded from fpath this is the function's body; sourced, it makes the function known.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _cfisac "$@"
else
  compdef _cfisac cfisac
fi
