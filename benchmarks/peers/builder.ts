import type { Cost } from '../lib/cost';

/** What builds the graph and pushes it to a registry. */
export interface Builder {
  readonly name: string;
  /** Forgets all but base. */
  readonly reset: () => Promise<void>;
  /** `description`: what the leaf's label or image.json says. */
  readonly build: (description: string) => Promise<Cost>;
  /** Tests tooling-k8s. */
  readonly test?: () => Promise<Cost>;
  /** What must be done before a publish and is no part of it. */
  readonly beforePublish?: () => Promise<Cost>;
  /** Pushes all three images to a registry, `127.0.0.1:port`. */
  readonly publish: (registry: string) => Promise<Cost>;
  readonly stop?: () => Promise<void>;
}
