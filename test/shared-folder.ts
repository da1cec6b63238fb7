import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder of this run of vitest alone: what its files share. */
    sharedFolder: string;
    /** Where that folder's files are served over HTTP. */
    sharedUrl: string;
  }
}

/** Gives the run's files a folder to share what takes long to make, and removes it when the run ends. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'image-tooling-shared-'));
  const server = await serve(folder);
  project.provide('sharedFolder', folder);
  project.provide('sharedUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  };
}

function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    createReadStream(join(folder, decodeURIComponent(request.url ?? '/')))
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  return new Promise((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server)),
  );
}
