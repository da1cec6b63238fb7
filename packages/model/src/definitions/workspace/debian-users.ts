/**
 * Users and groups of every Debian system, by number: base-passwd 3.6.7 (/usr/share/base-passwd/*.master), which keeps
 * them for good (Debian policy 9.2.2). Users have groups of the same name, except sync, games, _apt and the user nobody.
 */
const USERS: Readonly<Record<string, number>> = {
  root: 0,
  daemon: 1,
  bin: 2,
  sys: 3,
  sync: 4,
  games: 5,
  man: 6,
  lp: 7,
  mail: 8,
  news: 9,
  uucp: 10,
  proxy: 13,
  'www-data': 33,
  backup: 34,
  list: 38,
  irc: 39,
  _apt: 42,
  nobody: 65_534,
};

const GROUPS: Readonly<Record<string, number>> = {
  root: 0,
  daemon: 1,
  bin: 2,
  sys: 3,
  adm: 4,
  tty: 5,
  disk: 6,
  lp: 7,
  mail: 8,
  news: 9,
  uucp: 10,
  man: 12,
  proxy: 13,
  kmem: 15,
  dialout: 20,
  fax: 21,
  voice: 22,
  cdrom: 24,
  floppy: 25,
  tape: 26,
  sudo: 27,
  audio: 29,
  dip: 30,
  'www-data': 33,
  backup: 34,
  operator: 37,
  list: 38,
  irc: 39,
  src: 40,
  shadow: 42,
  utmp: 43,
  video: 44,
  sasl: 45,
  plugdev: 46,
  staff: 50,
  games: 60,
  users: 100,
  nogroup: 65_534,
};

export const DEBIAN_USERS = new Map(Object.entries(USERS));
export const DEBIAN_GROUPS = new Map(Object.entries(GROUPS));

/** Packages whose programs other packages create users with (Debian policy 9.2.2; dh_installsysusers(1)). */
export const USER_MAKERS = new Set(['adduser', 'systemd', 'systemd-standalone-sysusers', 'opensysusers']);
