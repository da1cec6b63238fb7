import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { onTestFinished } from 'vitest';
import { call, engineArguments, type FakeMachine } from './rig';

export const HOME = '/home/toolbox';
/** Not this machine's own. */
const NO_CERTIFICATES = {
  '/etc/ssl/certs/ca-certificates.crt': '/nowhere',
  '/etc/pki/': '/nowhere/',
  '/etc/ssl/ca': '/nowhere',
};

/** Writes a file and its folders; returns its path. */
export function write(path: string, text = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Listens on a socket until the test ends; returns its path. */
export async function socketAt(path: string): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer().listen(path);
  await new Promise((resolve) => server.on('listening', resolve));
  onTestFinished(() => void server.close());
  return path;
}

/** What the engine gets in a call on this machine. */
export function args(
  machine: FakeMachine,
  argv: readonly string[] = ['true'],
  options: Parameters<typeof call>[2] = {},
): string[] {
  return engineArguments(
    call(machine, argv, { ...options, paths: { ...NO_CERTIFICATES, ...options.paths } }),
  );
}
