/** A kind of file that a build leaves behind and nothing uses. */
export interface Leftover {
  /** Of the whole path. */
  readonly pattern: RegExp;
  /** What it is and why it must go. */
  readonly reason: string;
}

/**
 * Returns what must not be left in an image. `homes` are home folders: "/root". Empty folders don't count,
 * except in /tmp and /var/tmp.
 */
export function leftovers(homes: readonly string[]): Leftover[] {
  const home = `(?:${homes.map((path) => path.replace(/[.+]/g, '\\$&')).join('|')}|/home/[^/]+)`;
  return [...SYSTEM, ...inHomes(home)];
}

const SYSTEM: readonly Leftover[] = [
  { pattern: /^\/tmp\/./, reason: 'temporary' },
  { pattern: /^\/var\/tmp\/./, reason: 'temporary' },
  { pattern: /^\/var\/lib\/apt\/lists\/.*[^/]$/, reason: "apt's package lists, stale within a day" },
  { pattern: /^\/var\/cache\/apt\//, reason: "apt's cache, made again when apt runs" },
  { pattern: /\.deb$/, reason: 'a package, installed already' },
  { pattern: /^\/var\/cache\/ldconfig\//, reason: "ldconfig's cache, made again when it runs" },
  { pattern: /^\/var\/cache\/(?:man|fontconfig)\//, reason: 'a cache with the time of the build in it' },
  { pattern: /^\/(?:etc|var)\/.*-old$/, reason: 'the state before the last change' },
  {
    pattern: /^\/etc\/(?:passwd|group|shadow|gshadow|subuid|subgid)-$/,
    reason: 'the state before the last change',
  },
  {
    pattern: /\.(?:dpkg|ucf)-(?:old|new|tmp|dist)$/,
    reason: 'what dpkg left of a configuration file',
  },
  { pattern: /^\/go\/pkg\/mod\//, reason: "Go's downloaded modules" },
];

function inHomes(home: string): Leftover[] {
  const below = (path: string) => new RegExp(`^${home}/${path}`);
  return [
    { pattern: below('\\.cache/pip/'), reason: "pip's downloads" },
    { pattern: below('\\.cache/go-build/'), reason: "Go's compiled packages" },
    { pattern: below('\\.cache/'), reason: 'caches, made again by the programs they belong to' },
    { pattern: below('\\.npm/_'), reason: "npm's downloads and logs" },
    { pattern: below('go/pkg/'), reason: "Go's downloaded modules" },
  ];
}
