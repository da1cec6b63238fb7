import { join } from 'node:path';
import { run } from '@image-tooling/host/process';

/** What Nx passes of a project (nx 23.2, release/version/version-actions.d.ts). */
interface ReleasedProject {
  readonly name: string;
}

/** A row of `image-tooling versions --json`. */
interface VersionRow {
  readonly image: string;
  readonly version: string;
}

/** Asked once for all projects of a run. */
let asked: Promise<ReadonlyMap<string, string>> | undefined;

/**
 * Tells `nx release version` the version that follows from the history of main, as `converge` releases it. Writes no
 * file. Has the methods of Nx's class `VersionActions` without being one: so the plugin imports nothing of Nx at run time.
 */
export class ImageVersionActions {
  readonly validManifestFilenames = null;
  readonly excludeManifestsFromFormatting = false;
  readonly manifestsToUpdate: readonly never[] = [];

  constructor(
    readonly releaseGroup: unknown,
    readonly projectGraphNode: ReleasedProject,
    readonly finalConfigForProject: unknown,
  ) {}

  async init(): Promise<void> {
    return Promise.resolve();
  }

  async validate(): Promise<void> {
    return Promise.resolve();
  }

  /** Throws on a version from the command line: versions of images follow from commits. */
  async calculateNewVersion(
    currentVersion: string | null,
    _input: string,
    reason: string,
  ): Promise<{ readonly newVersion: string; readonly logText: string }> {
    const { name } = this.projectGraphNode;
    if (reason === 'USER_SPECIFIER') throw new Error(noSpecifier(name));
    const newVersion = (await (asked ??= askVersions())).get(name) ?? currentVersion;
    if (newVersion === null)
      throw new Error(`${name} has no version: set "firstVersion" of @image-tooling/nx in nx.json.`);
    return { newVersion, logText: `From the history of main: ${newVersion}` };
  }

  /** For "fallbackCurrentVersionResolver": "disk", where an image has no git tag yet. */
  async readCurrentVersionFromSourceManifest() {
    return Promise.resolve({ currentVersion: '0.0.0', manifestPath: 'image.json' });
  }

  async readCurrentVersionFromRegistry() {
    return Promise.resolve(null);
  }

  async readDependencies() {
    return Promise.resolve([]);
  }

  async readCurrentVersionOfDependency() {
    return Promise.resolve({ currentVersion: null, dependencyCollection: null });
  }

  async updateProjectVersion(): Promise<string[]> {
    return Promise.resolve([]);
  }

  async updateProjectDependencies(): Promise<string[]> {
    return Promise.resolve([]);
  }
}

export { ImageVersionActions as default };

async function askVersions(): Promise<ReadonlyMap<string, string>> {
  const cwd = process.cwd();
  const argv = [join(cwd, 'node_modules/.bin/image-tooling'), 'versions', '--json'] as const;
  const ended = await run({
    argv,
    cwd,
    signal: new AbortController().signal,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (!ended.ok) throw new Error(ended.failures[0].message);
  const { exitCode, stdout, stderr } = ended.value;
  if (exitCode !== 0) throw new Error(stderr.trim());
  const { images } = JSON.parse(stdout) as { readonly images: readonly VersionRow[] };
  return new Map(images.map(({ image, version }) => [image, version]));
}

/** The first release of a large workspace plans it at several commits. */
const TIMEOUT_SECONDS = 600;

function noSpecifier(name: string): string {
  return [
    'Versions of images follow from commits and git tags: run "nx release" without a version.',
    `To set one, tag a commit of main: git tag ${name}@2.0.0 && git push origin ${name}@2.0.0`,
  ].join('\n');
}
