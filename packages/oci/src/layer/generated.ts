/** Files that programs generate from many packages in system layers: other layers must not contain them. */
const GENERATED: readonly (readonly [RegExp, string])[] = [
  [/^etc\/(passwd|group|shadow|gshadow|subuid|subgid)-?$/, 'is generated from the users that images declare'],
  [/^etc\/ld\.so\.cache$/, 'ldconfig makes from the libraries of the system'],
  [/^etc\/ssl\/certs\//, 'the package ca-certificates makes'],
  [/^etc\/alternatives\//, 'update-alternatives makes'],
  [/^var\/lib\/dpkg\//, 'is dpkg’s own record of packages'],
];

/** Returns what generates a file (as a clause), undefined for any other path. */
export function generatedBy(path: string): string | undefined {
  return GENERATED.find(([pattern]) => pattern.test(path))?.[1];
}
