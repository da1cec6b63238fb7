import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { storeRoot } from '@image-tooling/oci';
import { runProgram } from './programs';

/** Modules, compiled packages and unpacked systems, which a scan does not need. */
const LEFT_OUT = ['engine', 'tmp', 'locks', 'go'];

/** Makes a store with the files of the user's store as hard links: records can be removed from it. */
export function linkStore(): string {
  const root = storeRoot(process.env);
  if (!root.ok) throw new Error(root.failures[0].message);
  const from = root.value;
  const to = `${from}-benchmark-${process.pid}`;
  mkdirSync(join(to, 'go'), { recursive: true });
  const parts = readdirSync(from).filter((name) => !LEFT_OUT.includes(name));
  for (const part of [...parts, 'go/vulnerabilities'])
    runProgram(['cp', '-al', join(from, part), join(to, part)]);
  return to;
}
