import type { Json } from '../../canonical';
import type { Digest } from '../../digest';
import { inputDifferences } from '../../plan';
import { layerWords } from '../words';
import { configDifferences } from './config';
import type { KnownBuild, KnownLayer, LayerChange, ProjectWhy } from './types';

export interface ProjectInput {
  readonly name: string;
  readonly project: 'image' | 'tool';
  /** The last build, if there was one. */
  readonly before: KnownBuild | undefined;
  readonly after: KnownBuild;
  /** Build ids that the store has a layer for. */
  readonly stored: ReadonlySet<Digest>;
}

/**
 * Compares the build that would be made now with the last one: what is built again, and which input differs.
 */
export function whyProject({ name, project, before, after, stored }: ProjectInput): ProjectWhy {
  const isOwn = ({ kind, owner }: KnownLayer): boolean =>
    owner === name && (project === 'tool' || kind !== 'tool');
  const layers = layerChanges(before, after).map(([old, now]): LayerChange =>
    changeOf(old, now, { before, after, stored, isOwn }),
  );
  const comparable = before?.config !== undefined && after.config !== undefined;
  const config = comparable ? configDifferences(before.config, after.config) : [];
  const reordered = before !== undefined && isReordered(before, after);
  const part = { layers, reordered, config, builtBefore: before !== undefined };
  return {
    name,
    project,
    result: resultOf(project, part),
    ...part,
    configKnown: project === 'tool' || comparable,
  };
}

type Pair = readonly [before: KnownLayer | undefined, after: KnownLayer | undefined];

/** Returns layers that differ, in the order of the new build; removed ones at the end. */
function layerChanges(before: KnownBuild | undefined, after: KnownBuild): Pair[] {
  const old = keyed(before?.layers ?? []);
  const now = keyed(after.layers);
  const changed = [...now].map(([key, layer]): Pair => [old.get(key), layer]);
  const gone = [...old].filter(([key]) => !now.has(key)).map(([, layer]): Pair => [layer, undefined]);
  return [...changed, ...gone].filter(([a, b]) => a?.buildId !== b?.buildId);
}

/** A registry image has several layers of one kind: the third replaces the third. */
function keyed(layers: readonly KnownLayer[]): Map<string, KnownLayer> {
  const seen = new Map<string, number>();
  return new Map(
    layers.map((layer) => {
      const name = layerWords(layer);
      const earlier = seen.get(name) ?? 0;
      seen.set(name, earlier + 1);
      return [earlier === 0 ? name : `${name} ${earlier + 1}`, layer];
    }),
  );
}

/** Returns whether the order of common layers differs. */
function isReordered(before: KnownBuild, after: KnownBuild): boolean {
  const ids = ({ layers }: KnownBuild, others: KnownBuild): Digest[] => {
    const known = new Set(others.layers.map(({ buildId }) => buildId));
    return layers.map(({ buildId }) => buildId).filter((id) => known.has(id));
  };
  return ids(before, after).join() !== ids(after, before).join();
}

interface Setting extends Pick<ProjectInput, 'before' | 'after' | 'stored'> {
  readonly isOwn: (layer: KnownLayer) => boolean;
}

function changeOf(old: KnownLayer | undefined, now: KnownLayer | undefined, setting: Setting): LayerChange {
  const one = now ?? old;
  if (!one) throw new Error('a change of no layer');
  return {
    kind: one.kind,
    owner: one.owner,
    change: old ? (now ? 'changed' : 'gone') : 'new',
    ...(old && { before: old.buildId }),
    ...(now && { after: now.buildId }),
    inStore: now !== undefined && setting.stored.has(now.buildId),
    own: setting.isOwn(one),
    ...(old?.inputs !== undefined &&
      now?.inputs !== undefined && {
        differences: inputDifferences(
          withNamedChain(old.inputs, setting.before?.layers),
          withNamedChain(now.inputs, setting.after.layers),
        ),
      }),
  };
}

/** Replaces build ids of lower layers in inputs by names. */
function withNamedChain(inputs: Json, layers: readonly KnownLayer[] = []): Json {
  if (!isRecord(inputs) || !Array.isArray(inputs['chain'])) return inputs;
  const names = new Map([...keyed(layers)].map(([name, { buildId }]): [Json, string] => [buildId, name]));
  const chain = Object.fromEntries(
    inputs['chain'].map((id: Json, at): [string, Json] => [names.get(id) ?? String(at), id]),
  );
  return { ...inputs, chain };
}

function isRecord(value: Json): value is Readonly<Record<string, Json | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function resultOf(
  project: 'image' | 'tool',
  { layers, reordered, config, builtBefore }: Omit<ProjectWhy, 'name' | 'project' | 'result' | 'configKnown'>,
): ProjectWhy['result'] {
  if (layers.length === 0 && config.length === 0 && !reordered && builtBefore) return 'same';
  const made = layers.filter(({ own, inStore, change }) => own && !inStore && change !== 'gone');
  if (made.some(({ kind }) => kind !== 'help')) return 'build';
  return project === 'tool' ? 'take' : 'restack';
}
