import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { costOf, type Cost } from '../lib/cost';
import { runProgram } from '../lib/programs';
import type { Builder } from './builder';
import { ARCH, environment, forgetOutputs, IMAGES, type Graph } from './graph';

/** Runs Nx without its daemon, as in CI. */
export function ours(graph: Graph, folder: string): Builder {
  const nxCache = join(folder, 'ours-nx-cache');
  const nx = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Cost> =>
    costOf([join(graph.workspace, 'node_modules', '.bin', 'nx'), ...args, '--outputStyle=static'], {
      cwd: graph.workspace,
      env: { ...environment({ nxCache }, graph.usedStore), ...more },
    });
  return {
    name: 'ours',
    reset() {
      const kept = [
        [graph.store, graph.usedStore],
        [graph.nxCache, nxCache],
      ] as const;
      for (const [from, to] of kept) {
        rmSync(to, { recursive: true, force: true });
        // With owners: the engine's unpacked base has them.
        runProgram(['cp', '-a', from, to]);
      }
      rmSync(`${nxCache}-data`, { recursive: true, force: true });
      forgetOutputs(graph);
      return Promise.resolve();
    },
    build: () => nx(['run-many', '-t', `build-${ARCH}`, '-p', IMAGES.join(',')]),
    test: () => nx(['run', `tooling-k8s:test-${ARCH}`]),
    beforePublish: () => nx(['run-many', '-t', `test-${ARCH}`, '-p', IMAGES.join(',')]),
    publish: (registry) =>
      nx(['run-many', '-t', 'publish', '-p', IMAGES.join(',')], { IMAGE_REGISTRY: registry }),
  };
}
