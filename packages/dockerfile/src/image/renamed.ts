/** Packages that have another name in Debian trixie, or that other packages provide there (its package index). */
const RENAMED: Readonly<Record<string, string>> = {
  dnsutils: 'bind9-dnsutils',
  exa: 'eza',
  'git-core': 'git',
  libaio1: 'libaio1t64',
  libasound2: 'libasound2t64',
  'libgl1-mesa-glx': 'libgl1',
  libicu72: 'libicu76',
  man: 'man-db',
  'mime-support': 'media-types',
  'mysql-client': 'default-mysql-client',
  netcat: 'netcat-openbsd',
  nslookup: 'bind9-dnsutils',
  ntpdate: 'ntpsec-ntpdate',
  ping: 'iputils-ping',
  'policykit-1': 'polkitd',
  python: 'python3',
  'python-dev': 'python3-dev',
  'python-pip': 'python3-pip',
  'python3-distutils': 'python3-setuptools',
  sqlite: 'sqlite3',
  'ttf-dejavu': 'fonts-dejavu',
};

/** Returns the name of a package in Debian trixie: a new name, or the given one. */
export function nameInDebian(name: string): string {
  return Object.hasOwn(RENAMED, name) ? (RENAMED[name] as string) : name;
}

/** Setuid programs of packages, which image.json must list. */
export const SETUID_OF: Readonly<Record<string, readonly string[]>> = { sudo: ['/usr/bin/sudo'] };
