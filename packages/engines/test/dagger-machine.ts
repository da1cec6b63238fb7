import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Failure, Result } from '@image-tooling/model';
import { it } from 'vitest';
import { findPlace, type FoundPlace } from '../src/dagger/place';
import type { Environment } from '../src/dagger/environment';

/** Only what a test puts there is on it. */
export class Machine {
  private readonly servers: { close(): unknown }[] = [];
  constructor(readonly folder: string) {}

  /** Port of a server on the loopback interface, or nothing for one on a socket. */
  async listen(server: Server, socket?: string): Promise<number> {
    if (socket !== undefined) await mkdir(dirname(socket), { recursive: true });
    await new Promise<void>((resolve) =>
      socket === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(socket, resolve),
    );
    this.servers.push(server);
    const address = server.address() as AddressInfo | string;
    return typeof address === 'string' ? 0 : address.port;
  }

  silent(): Server {
    return createServer((socket) => void this.servers.push({ close: () => socket.destroy() }));
  }

  async closedPort(): Promise<number> {
    const server = this.silent();
    const port = await this.listen(server);
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  program(name: string, script: string): Promise<void> {
    return writeFile(join(this.folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  look(env: Environment, signal?: AbortSignal): Promise<Result<FoundPlace>> {
    return findPlace({ PATH: this.folder, ...env }, signal);
  }

  async placeIn(env: Environment): Promise<FoundPlace> {
    const found = await this.look(env);
    if (!found.ok) throw new Error(JSON.stringify(found.failures));
    return found.value;
  }

  async refused(env: Environment): Promise<Failure> {
    return failureOf(await this.look(env));
  }

  async end(): Promise<void> {
    for (const server of this.servers) server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A test with a machine of its own. */
export const test = it.extend<{ machine: Machine }>({
  machine: async ({}, use) => {
    const machine = new Machine(await mkdtemp(join(tmpdir(), 'dagger-choice-')));
    await use(machine);
    await machine.end();
  },
});

export function failureOf(result: Result<unknown>): Failure {
  if (result.ok) throw new Error('It succeeded, a failure was expected.');
  return result.failures[0];
}
