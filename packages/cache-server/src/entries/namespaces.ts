import { createHash } from 'node:crypto';

/** The beginning of the keys of one namespace's entries: "tooling/trusted". */
export type Namespace = `${string}/${Kind}` | `${string}/${Kind}/${string}`;

/** `trusted`: of protected branches; `own`: of one branch or pull request; `named`: of static tokens. */
export type Kind = 'trusted' | 'own' | 'named';

/** Not a name of a project: damaged objects are kept below it. */
export const DAMAGED = 'damaged';

export function trustedNamespace(project: string): Namespace {
  return `${project}/trusted`;
}

/** Returns the namespace of what one event builds from one ref: names of refs have characters that keys have not. */
export function ownNamespace(project: string, parts: readonly string[]): Namespace {
  const id = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
  return `${project}/own/${id}`;
}

export function namedNamespace(project: string, name: string): Namespace {
  return name === 'trusted' ? trustedNamespace(project) : `${project}/named/${name}`;
}

export function kindOf(namespace: Namespace): Kind {
  return namespace.split('/')[1] as Kind;
}

/** Hashes of Nx are digits; other tools' are hexadecimal. No dots and slashes. */
export const HASH = /^[A-Za-z0-9_-]{1,128}$/;

/** Returns the key of an entry. Folders of some thousand files are listed quickly. */
export function keyOf(namespace: Namespace, hash: string): string {
  return `${namespace}/${hash.slice(0, 2)}/${hash}`;
}

/** Returns the namespace of a key; undefined for damaged and foreign objects. */
export function namespaceOf(key: string): Namespace | undefined {
  const [project = '', kind, ...rest] = key.split('/');
  if (project === DAMAGED) return undefined;
  if (kind === 'trusted') return trustedNamespace(project);
  return kind === 'own' || kind === 'named' ? `${project}/${kind}/${rest[0] ?? ''}` : undefined;
}
