network=${fixed_network:-${TOOLBOX_NETWORK:-}}
if [ -z "$network" ]; then
  network=host
  if is_in_machine; then network=machine; fi
fi

set_network() {
  [ "$network" = machine ] || for_container --network "$network"
}

# kubeconfig files: writable, as contexts and tokens are written to them. kubectl makes a lock next to the file.
mount_kube() {
  if [ -z "${KUBECONFIG:-}" ]; then
    [ -d "$HOME/.kube" ] || return 0
    mount_in_home "$HOME/.kube" .kube
    if [ "$network" = machine ] && [ -f "$HOME/.kube/config" ]; then
      rewrite_kubeconfig "$HOME/.kube/config" 0
      add_mount "$data/kube/0" "$inside_home/.kube/config" ro
    fi
    return
  fi
  if [ -d "$HOME/.kube" ]; then mount_in_home "$HOME/.kube" .kube; fi
  list='' count=0 old_ifs=$IFS IFS=:
  # shellcheck disable=SC2086 # split at colons
  set -- $KUBECONFIG
  IFS=$old_ifs
  for kubeconfig in "$@"; do
    [ -n "$kubeconfig" ] || continue
    count=$((count + 1))
    absolute "$kubeconfig"
    mount_kubeconfig
    [ -z "$inside" ] || list="${list:+$list:}$inside"
  done
  [ -z "$list" ] || for_call -e "KUBECONFIG=$list"
}

# Sets `inside`; empty for a missing file that no mounted folder would have.
mount_kubeconfig() {
  if [ "$network" = machine ] && [ -f "$path" ]; then
    rewrite_kubeconfig "$path" "$count"
    mount_in_home "$data/kube/$count" ".toolbox/kubeconfig-$count" ro
    inside=$inside_home/.toolbox/kubeconfig-$count
    return
  fi
  find_inside "$path"
  if [ -n "$inside" ] || [ ! -f "$path" ]; then return; fi
  mount_in_home "$path" ".toolbox/kubeconfig-$count"
  inside=$inside_home/.toolbox/kubeconfig-$count
}

# In a virtual machine 127.0.0.1 is the container. The server's certificate is for the address in the kubeconfig, which
# tls-server-name keeps (kubectl's "cluster" entry). Only block style is rewritten, which kubectl writes.
rewrite_kubeconfig() {
  mkdir -p "$data/kube" || fail "$data/kube cannot be made."
  {
    (umask 077 && awk "$loopback_program" "$1" >"$data/kube/$2.$$") && mv -f "$data/kube/$2.$$" "$data/kube/$2"
  } || fail "$data/kube/$2 cannot be written."
}

# shellcheck disable=SC2016 # a program of awk
loopback_program='
function flush(  i, name) {
  for (i = 1; i <= held; i++) {
    if (i == at && server != "") {
      print lead "server: " server
      if (!named && server ~ /^https:/) print indent "tls-server-name: " host
    } else print lines[i]
  }
  held = 0; at = 0; server = ""; named = 0
}
/^ *-? *(cluster|name):/ || /^[^ -]/ || /^- / { flush() }
{ lines[++held] = $0 }
/^ *-? *tls-server-name:/ { named = 1 }
/^ *(- )?server: *["'\'']?https?:\/\/(127\.[0-9.]+|localhost|0\.0\.0\.0|\[::1\])([:\/"'\'']|$)/ {
  at = held
  lead = $0; sub(/server:.*/, "", lead)
  indent = lead; gsub(/-/, " ", indent)
  url = $0; sub(/^[^:]*: *["'\'']?/, "", url); sub(/["'\''] *$/, "", url); sub(/ +$/, "", url)
  scheme = url; sub(/:\/\/.*/, "", scheme)
  rest = url; sub(/^[a-z]+:\/\//, "", rest)
  host = rest
  if (host ~ /^\[/) { sub(/^\[/, "", host); sub(/\].*/, "", host); sub(/^\[[^]]*\]/, "", rest) }
  else { sub(/[:\/].*/, "", host); sub(/^[^:\/]*/, "", rest) }
  server = scheme "://host.docker.internal" rest
}
END { flush() }
'
