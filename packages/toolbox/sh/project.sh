# The current folder without symbolic links, its project, and the toolbox.json that applies.
cd -P . 2>/dev/null || fail 'the current folder does not exist any more.' 'Change to another folder.'
here=$PWD
project=
settings=
folder=${here%/}
while :; do
  if [ -z "$settings" ] && [ -f "$folder/toolbox.json" ]; then settings=$folder/toolbox.json; fi
  if [ -z "$project" ] && [ -e "$folder/.git" ]; then project=$folder; fi
  [ -n "$folder" ] || break
  folder=${folder%/*}
done
if [ -z "$project" ]; then project=${settings%/toolbox.json}; fi
# A git repository of dotfiles, or a toolbox.json for everything: mount no more than the current folder.
case $project in '' | "${HOME%/}") project=$here ;; esac

# Reads a toolbox.json: an object of strings, so that sh can read it.
read_settings() {
  file=$1 text='' image_name='' version='' digest=''
  [ -r "$file" ] || fail "$file cannot be read."
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *[[:cntrl:]]) line=${line%?} ;; esac
    text="$text $line"
  done <"$file"
  expected='{' key=''
  while :; do
    case $text in *\"*) ;; *) break ;; esac
    between=${text%%\"*} text=${text#*\"}
    value=${text%%\"*} text=${text#*\"}
    check_between "$between"
    if [ "$expected" = : ]; then
      take_setting
      expected=,
    else
      key=$value expected=:
    fi
  done
  check_end "$text"
}

wrong_settings() {
  fail "$file: $1" 'It is an object of strings: { "image": "ghcr.io/acme/tooling-k8s", "version": "1.2.3" }'
}

check_between() {
  # shellcheck disable=SC2086 # words without the blanks around them
  set -- $1
  [ "$*" = "$expected" ] || wrong_settings "\"$expected\" expected${key:+ after \"$key\"}, found \"$*\"."
}

check_end() {
  # shellcheck disable=SC2086 # words without the blanks around them
  set -- $1
  case $expected$* in ',}' | '{{}' | '{{ }') ;; *) wrong_settings "\"}\" expected at the end, found \"$*\"." ;; esac
}

take_setting() {
  case $value in *\\*) wrong_settings "the value of \"$key\" has a backslash." ;; esac
  case $key in
    \$schema) ;;
    image) image_name=$value ;;
    version) version=$value ;;
    digest) digest=$value ;;
    without)
      check_without "$value" "\"without\" of $file"
      without="$without $value"
      ;;
    env) env_names="$env_names $value" ;;
    *) wrong_settings "unknown key \"$key\". Keys: image, version, digest, without, env." ;;
  esac
}

# The reference of what read_settings found. Engines refuse a tag and a digest together.
settings_image() {
  case ${image_name##*/} in
    '') wrong_settings 'it has no "image".' ;;
    *[:@]*) wrong_settings '"image" has a tag or a digest. Write "version" and "digest" instead.' ;;
  esac
  case $image_name in *[!A-Za-z0-9._/:-]* | -*) wrong_settings "\"$image_name\" is not the name of an image." ;; esac
  case $version in *[!A-Za-z0-9._-]* | -*) wrong_settings "\"$version\" is not a version." ;; esac
  case $digest in
    '') image=$image_name:${version:-latest} ;;
    sha256:*[!0-9a-f]*) wrong_settings '"digest" is not a sha256 digest.' ;;
    sha256:*) image=$image_name@$digest ;;
    *) wrong_settings '"digest" is not a sha256 digest.' ;;
  esac
}

repository_of() {
  repository=${1%%@*}
  case ${repository##*/} in *:*) repository=${repository%:*} ;; esac
}

# An image gets credentials. A toolbox.json comes with any repository that is cloned, so it may only choose among
# images that the user knows.
is_allowed() {
  for known in ${TOOLBOX_ALLOWED:-} "$own_image" "$default_image"; do
    matches "$known" && return 0
  done
  [ -r "$config/allowed" ] || return 1
  while IFS= read -r known || [ -n "$known" ]; do
    matches "$known" && return 0
  done <"$config/allowed"
  return 1
}

matches() {
  case $1 in
    '') return 1 ;;
    */) case $image_name in "$1"*) return 0 ;; esac ;;
    *) repository_of "$1" && [ "$image_name" = "$repository" ] && return 0 ;;
  esac
  return 1
}

choose_image() {
  own_image=
  image=${fixed_image:-${TOOLBOX_IMAGE:-}}
  image_from="--image"
  [ -n "$fixed_image" ] || image_from=TOOLBOX_IMAGE
  if [ -r "$config/toolbox.json" ] && [ "$settings" != "$config/toolbox.json" ]; then
    read_settings "$config/toolbox.json"
    chosen=$image
    settings_image
    own_image=$image
    image=$chosen
  fi
  if [ -n "$settings" ]; then
    read_settings "$settings"
    if [ -z "$image" ]; then
      settings_image
      image_from=$settings
      [ "$settings" = "$config/toolbox.json" ] || is_allowed || fail "$settings asks for the image $image_name, which you have not allowed yet: it would get your credentials." \
        "If you trust it: toolbox allow $image_name"
    fi
  fi
  if [ -z "$image" ]; then image=$own_image image_from=$config/toolbox.json; fi
  if [ -z "$image" ]; then image=$default_image image_from=alias; fi
  [ -n "$image" ] || fail "no image is chosen: no toolbox.json in $here or above, and none in $config." \
    'Give one: toolbox --image ghcr.io/acme/tooling-k8s:1.2.3 …, or write a toolbox.json: toolbox lock ghcr.io/acme/tooling-k8s:1.2.3'
  case $image in -*) fail "not the name of an image: $image" ;; esac
}

choose_image
