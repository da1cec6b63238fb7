add_env() {
  for env_name in "$@"; do
    case $env_name in
      '' | [0-9]* | *[!A-Za-z0-9_]*) fail "not a name of an environment variable: $env_name" 'Values are never given to the engine as arguments: export the variable, and give its name.' ;;
    esac
    for_call -e "$env_name"
  done
}

# Values that are paths of files: the file is mounted, and the variable is its path in the container.
path_names='AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_CA_BUNDLE AWS_WEB_IDENTITY_TOKEN_FILE OS_CLIENT_CONFIG_FILE
OS_CACERT OS_CERT OS_KEY REQUESTS_CA_BUNDLE CURL_CA_BUNDLE GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS'

pass_environment() {
  add_env TERM COLORTERM NO_COLOR TZ USER LOGNAME
  for_call -e BROWSER=echo
  if wants proxy; then
    add_env http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY
  elif [ "$engine" = podman ]; then
    for_container --http-proxy=false
  fi
  # shellcheck disable=SC2086 # a list of names
  add_env $env_names
  exported=$(export -p)
  while IFS= read -r line; do
    case $line in export\ *) pass_by_prefix "${line#export }" ;; esac
  done <<END
$exported
END
  for env_name in $path_names; do pass_path "$env_name"; done
}

# A line may also be part of a value: then no such variable exists, and engines ignore its name.
pass_by_prefix() {
  env_name=${1%%=*}
  case $env_name in
    *[!A-Za-z0-9_]*) return ;;
    AWS_*) wants aws || return 0 ;;
    OS_*) wants openstack || return 0 ;;
    HELM_NAMESPACE | HELM_KUBE* | HELM_DRIVER | ARGOCD_*) wants kube || return 0 ;;
    *) return ;;
  esac
  if ! has_word "$path_names" "$env_name"; then for_call -e "$env_name"; fi
}

pass_path() {
  eval "value=\${$1:-}"
  [ -n "$value" ] || return 0
  case $1 in
    AWS_*) wants aws || return 0 ;;
    OS_*) wants openstack || return 0 ;;
    *) wants ca || return 0 ;;
  esac
  absolute "$value"
  [ -f "$path" ] || return 0
  find_inside "$path"
  if [ "$path" = "$trusted_bundle" ]; then inside=$inside_bundle; fi
  if [ -z "$inside" ]; then
    mount_in_home "$path" ".toolbox/$1" ro
    inside=$inside_home/.toolbox/$1
  fi
  for_call -e "$1=$inside"
}

# Read-only, except where log-ins and caches are written.
mount_aws() {
  [ -d "$HOME/.aws" ] || return 0
  mount_in_home "$HOME/.aws" .aws ro
  for folder in sso/cache cli/cache login/cache; do
    [ -d "$HOME/.aws/$folder" ] || mkdir -p "$HOME/.aws/$folder" 2>/dev/null || continue
    add_mount "$HOME/.aws/$folder" "$inside_home/.aws/$folder"
  done
}

mount_openstack() {
  if [ -d "$HOME/.config/openstack" ]; then mount_in_home "$HOME/.config/openstack" .config/openstack ro; fi
  if [ -d /etc/openstack ]; then add_mount /etc/openstack /etc/openstack ro; fi
}

# On macOS, engines forward the agent of the user's session to this path; another machine's socket can't be mounted.
mount_ssh() {
  if [ -f "$HOME/.ssh/known_hosts" ]; then mount_in_home "$HOME/.ssh/known_hosts" .ssh/known_hosts ro; fi
  [ -n "${SSH_AUTH_SOCK:-}" ] || return 0
  if [ "$system" = Darwin ]; then
    [ "$engine" = docker ] || return 0
    agent=/run/host-services/ssh-auth.sock
    # https://github.com/abiosoft/colima/issues/127
    if [ "$context" = colima ]; then agent=$(colima ssh -- printenv SSH_AUTH_SOCK 2>/dev/null </dev/null) || return 0; fi
    [ -n "$agent" ] || return 0
  else
    agent=$SSH_AUTH_SOCK
    [ -S "$agent" ] || return 0
  fi
  for_container -v "$agent:/run/toolbox-ssh-agent.sock"
  for_call -e SSH_AUTH_SOCK=/run/toolbox-ssh-agent.sock
}

mount_git() {
  if [ -f "$HOME/.gitconfig" ]; then mount_in_home "$HOME/.gitconfig" .gitconfig ro; fi
  if [ -d "$HOME/.config/git" ]; then mount_in_home "$HOME/.config/git" .config/git ro; fi
}

# Programs trust what they would trust on this machine. On macOS that is in no file.
mount_certificates() {
  for bundle in "${SSL_CERT_FILE:-}" "$system_bundle" /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem; do
    if [ "$system" = Darwin ] && [ "$bundle" != "${SSL_CERT_FILE:-}" ]; then return; fi
    [ -n "$bundle" ] || continue
    absolute "$bundle"
    if [ -f "$path" ]; then
      trusted_bundle=$path
      add_mount "$path" "$inside_bundle" ro
      return
    fi
  done
}
system_bundle=/etc/ssl/certs/ca-certificates.crt
inside_bundle=/etc/ssl/certs/ca-certificates.crt
trusted_bundle=

mount_credentials() {
  if wants kube; then mount_kube; fi
  if wants aws; then mount_aws; fi
  if wants openstack; then mount_openstack; fi
  if wants ssh; then mount_ssh; fi
  if wants git; then mount_git; fi
  if wants ca; then mount_certificates; fi
  if has_word "$with" docker; then mount_docker_socket; fi
}
