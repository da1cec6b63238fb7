import { join } from 'node:path';

/** Returns the folder of proxies of a workspace: temporary files, addresses of running proxies, the last summary. */
export function runFolder(root: string): string {
  return join(root, 'node_modules', '.cache', 'image-tooling', 'remote-cache');
}

/** Returns the file with the summary of the last run. */
export function summaryFile(root: string): string {
  return join(runFolder(root), 'last-run.json');
}

/** Returns the file with the address of a run's proxy. `id` is Nx's. */
export function addressFile(root: string, id: string): string {
  return join(runFolder(root), `run-${id.replace(/[^A-Za-z0-9]/g, '_')}.json`);
}
