import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { introspect } from '../../.dagger/test/introspected';
import { mistakesOf, readManifests, type Manifest } from './manifests';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'docs/kubernetes');
const CACHE_SERVER = join(ROOT, 'packages/cache-server/deploy/cache-server.yaml');
const BROKEN = join(import.meta.dirname, 'broken');

const broken = await readdir(BROKEN);
const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.yaml'));

async function textOfAll(): Promise<string> {
  return (await Promise.all(files.map((file) => readFile(join(FOLDER, file), 'utf8')))).join('\n');
}

describe('the manifests', () => {
  it('are there', () => {
    expect(files.sort()).toEqual(['engine.yaml', 'workflow.yaml']);
  });

  it.each(files)('%s is what Kubernetes and Argo take', async (file) => {
    expect(mistakesOf(await readManifests(join(FOLDER, file)))).toEqual([]);
  });

  it('of the cache server are what Kubernetes takes', async () => {
    const manifests = await readManifests(CACHE_SERVER);
    expect(manifests).toHaveLength(6);
    expect(mistakesOf(manifests)).toEqual([]);
  });

  it.each(broken.sort())('is refused: %s', async (file) => {
    expect(mistakesOf(await readManifests(join(BROKEN, file)))).toMatchSnapshot();
  });
});

describe('engine and workflow', () => {
  it('name one version, which is the module’s', async () => {
    const { engineVersion } = JSON.parse(await readFile(join(ROOT, 'dagger.json'), 'utf8')) as {
      engineVersion: string;
    };
    const images = [...(await textOfAll()).matchAll(/^ +image: (\S+)$/gm)].map(([, image]) => image);
    expect(new Set(images)).toEqual(new Set([`registry.dagger.io/engine:${engineVersion}`]));
  });

  it('run on the same nodes', async () => {
    const labels = (await textOfAll()).match(/image-tooling\/engine: 'true'/g);
    expect(labels).toHaveLength(2);
  });

  it('limit the engine’s cache, which else may be emptied on a full disk', async () => {
    const [, configuration] = (await readManifests(join(FOLDER, 'engine.yaml'))) as ConfigMap[];
    const { gc } = JSON.parse(configuration!.data['engine.json']!) as { gc: object };
    expect(Object.keys(gc)).toEqual(
      expect.arrayContaining(['maxUsedSpace', 'reservedSpace', 'minFreeSpace']),
    );
  });

  it('call functions of the module with the arguments that they have', async () => {
    const { objects } = await introspect('image-tooling');
    const { methods, _constructor } = objects['ImageTooling']!;
    const calls = [...(await textOfAll()).matchAll(/dagger call (.*)/g)].map(([, words]) =>
      words!.split(' '),
    );
    expect(calls.length).toBeGreaterThan(0);
    for (const words of calls) {
      const name = words.find((word) => !word.startsWith('-'))!;
      const [before, after] = [words.slice(0, words.indexOf(name)), untilNextFunction(words, name)];
      expect(Object.keys(methods)).toContain(name);
      expect(Object.keys(_constructor.arguments)).toEqual(expect.arrayContaining(flagsOf(before)));
      expect(Object.keys(methods[name]!.arguments)).toEqual(expect.arrayContaining(flagsOf(after)));
    }
  });
});

interface ConfigMap extends Manifest {
  readonly data: Readonly<Record<string, string>>;
}

function untilNextFunction(words: readonly string[], name: string): string[] {
  const after = words.slice(words.indexOf(name) + 1);
  const next = after.findIndex((word) => !word.startsWith('-'));
  return next < 0 ? after : after.slice(0, next);
}

/** `--allow-failure` is the argument allowFailure. */
function flagsOf(words: readonly string[]): string[] {
  return words.map((word) =>
    word.replace(/^--|=.*$/g, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  );
}
