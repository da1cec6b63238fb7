# uid=1000(me) gid=1000(me) groups=1000(me),27(sudo) context=…: one program instead of four.
ids=$(LC_ALL=C id)
uid=${ids#uid=}
uid=${uid%%[!0-9]*}
gid=${ids#* gid=}
gid=${gid%%[!0-9]*}
name=${ids#uid="$uid"}
case $name in
  \(*)
    name=${name#\(}
    name=${name%%\) gid=*}
    ;;
  *) name=user$uid ;;
esac
case $ids in
  *' groups='*) groups=${ids#* groups=} ;;
  *) groups= ;;
esac
groups=${groups%% context=*}

root_inside=
if is_root_inside; then root_inside=yes; fi

# Debian's users and groups (base-passwd), so that owners of the image's files have names, and `toolbox`.
debian_users='root:0 daemon:1 bin:2 sys:3 games:5 man:6 lp:7 mail:8 news:9 uucp:10 proxy:13 www-data:33 backup:34
list:38 irc:39 _apt:42 nobody:65534 toolbox:1000'
debian_groups='root:0 daemon:1 bin:2 sys:3 adm:4 tty:5 disk:6 lp:7 mail:8 news:9 uucp:10 man:12 proxy:13 kmem:15
dialout:20 fax:21 voice:22 cdrom:24 floppy:25 tape:26 sudo:27 audio:29 dip:30 www-data:33 backup:34 operator:37 list:38
irc:39 shadow:42 utmp:43 video:44 sasl:45 plugdev:46 staff:50 games:60 users:100 nogroup:65534 toolbox:1000'

inside_home=/home/toolbox
home=$data/home

# The container's /etc/passwd and /etc/group: you first, since the first entry of a number is its name. ssh takes the
# home folder from there, not from HOME.
write_identity() {
  if [ -n "$root_inside" ]; then inside_ids=0:0; else inside_ids=$uid:$gid; fi
  stamp="2 $inside_ids $name $groups"
  kept=
  if [ -r "$data/etc/stamp" ]; then IFS= read -r kept <"$data/etc/stamp"; fi
  if [ "$kept" = "$stamp" ] && [ -s "$data/etc/passwd" ] && [ -s "$data/etc/group" ]; then return; fi
  mkdir -p "$data/etc" || fail "$data cannot be written." 'Make it yours, or set XDG_DATA_HOME.'
  {
    users_text >"$data/etc/passwd.$$" && mv -f "$data/etc/passwd.$$" "$data/etc/passwd" &&
      groups_text >"$data/etc/group.$$" && mv -f "$data/etc/group.$$" "$data/etc/group" &&
      printf '%s\n' "$stamp" >"$data/etc/stamp.$$" && mv -f "$data/etc/stamp.$$" "$data/etc/stamp"
  } || fail "$data/etc cannot be written." 'Make it yours, or set XDG_DATA_HOME.'
}

users_text() {
  printf '%s:x:%s:%s:%s:/bin/bash\n' "$name" "$inside_ids" "$name" "$inside_home"
  for entry in $debian_users; do
    if [ "${entry%%:*}" = "$name" ] || [ "${entry#*:}" = "${inside_ids%%:*}" ]; then continue; fi
    case $entry in
      root:*) printf 'root:x:0:0:root:/root:/bin/bash\n' ;;
      toolbox:*) printf 'toolbox:x:1000:1000::%s:/bin/bash\n' "$inside_home" ;;
      *) printf '%s:x:%s:%s::/nonexistent:/usr/sbin/nologin\n' "${entry%%:*}" "${entry#*:}" "${entry#*:}" ;;
    esac
  done
}

groups_text() {
  names=' ' numbers=' '
  if [ -n "$root_inside" ]; then
    add_group "$name" 0
  else
    old_ifs=$IFS IFS=,
    for entry in $groups; do
      group=${entry#*\(}
      add_group "${group%\)}" "${entry%%\(*}"
    done
    IFS=$old_ifs
  fi
  for entry in $debian_groups; do add_group "${entry%%:*}" "${entry#*:}"; done
}

# Groups of directory services have blanks in their names.
add_group() {
  case $1 in *[!A-Za-z0-9._-]*) set -- "group$2" "$2" ;; esac
  case $names in *" $1 "*) return ;; esac
  case $numbers in *" $2 "*) return ;; esac
  names="$names$1 " numbers="$numbers$2 "
  printf '%s:x:%s:\n' "$1" "$2"
}

run_as_you() {
  write_identity
  for_container --user "$inside_ids"
  if [ -z "$root_inside" ]; then
    old_ifs=$IFS IFS=,
    for entry in $groups; do
      group=${entry%%\(*}
      [ "$group" = "$gid" ] || for_container --group-add "$group"
    done
    IFS=$old_ifs
  elif [ "$engine" = podman ] && [ "$system" != Darwin ] && has_program crun; then
    # Only crun can keep them (podman-run(1), --group-add).
    for_container --group-add keep-groups
  fi
  add_mount "$data/etc/passwd" /etc/passwd ro
  add_mount "$data/etc/group" /etc/group ro
  [ -d "$home" ] || (umask 077 && mkdir -p "$home") || fail "$home cannot be written." 'Make it yours, or set XDG_DATA_HOME.'
  [ -w "$home" ] || fail "$home belongs to someone else." "Make it yours: sudo chown -R $uid:$gid $data"
  add_mount "$home" "$inside_home"
  for_call -e "HOME=$inside_home"
}
