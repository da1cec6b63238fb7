import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readWorkspace, type FileText, type Workspace } from '@image-tooling/model';
import { proposeImage, type BuildContext, type ImportReport, type Proposal } from '../src';

const REPOSITORY = join(__dirname, '..', '..', '..');
/** Our own Dockerfiles, similar to public ones. */
export const FIXTURES = join(REPOSITORY, 'packages/dockerfile/test/dockerfiles');
export const FIXTURE_NAMES = readdirSync(FIXTURES).sort();

export function fixtureText(name: string): string {
  return readFileSync(join(FIXTURES, name, 'Dockerfile'), 'utf8');
}

/** Reads a folder as the generator does. */
export function folder(root: string): BuildContext {
  const filesAt = (path: string): { path: string; executable: boolean }[] => {
    const found = statSync(join(root, path), { throwIfNoEntry: false });
    if (!found) return [];
    if (found.isFile()) return [{ path, executable: false }];
    return readdirSync(join(root, path))
      .sort()
      .flatMap((name) => filesAt(posix.join(path, name)));
  };
  return { files: (path) => filesAt(posix.normalize(path)) };
}

const NO_FILES: BuildContext = { files: () => [] };

/** Returns a folder of files that are not executable. */
export function context(paths: readonly string[]): BuildContext {
  const all = paths.map((path) => ({ path, executable: false }));
  return { files: (wanted) => all.filter(({ path }) => path === wanted || path.startsWith(`${wanted}/`)) };
}

const KUBECTL = {
  description: 'Kubernetes',
  homepage: 'https://kubernetes.io',
  license: 'Apache-2.0',
  version: '1.36.4',
  sources: { go: { package: 'k8s.io/kubernetes/cmd/kubectl', module: 'k8s.io/kubernetes' } },
};

/** Returns a workspace with an image "base" and the tool kubectl. */
export function workspaceOf(base: object): Workspace {
  const image: FileText = { file: 'images/base/image.json', text: JSON.stringify(base) };
  const tool: FileText = { file: 'tools/kubectl/tool.json', text: JSON.stringify(KUBECTL) };
  const read = readWorkspace({ images: [image], tools: [tool] });
  if (!read.ok) throw new Error(JSON.stringify(read.failures));
  return read.value;
}

/** Returns a workspace whose base has a user. */
export function smallWorkspace(): Workspace {
  return workspaceOf({
    description: 'The system',
    from: { debian: 'trixie' },
    packages: ['bash-completion', 'ca-certificates'],
    users: [{ name: 'toolbox', uid: 1000, home: '/home/toolbox' }],
    config: { env: { HOME: '/home/toolbox' }, user: '1000:1000' },
  });
}

export const EMPTY: Workspace = { images: new Map(), tools: new Map() };

/** Imports a fixture into the small workspace. */
export function importedFixture(name: string): Proposal {
  const context = folder(join(FIXTURES, name));
  const workspace = smallWorkspace();
  return proposeImage({ name, text: fixtureText(name), context, workspace, toolsDir: 'tools' });
}

/** Imports a few lines. */
export function imported(
  text: string,
  context: BuildContext = NO_FILES,
  workspace: Workspace = EMPTY,
): Proposal {
  return proposeImage({ name: 'imported', text, context, workspace, toolsDir: 'tools' });
}

/** Returns the content of image.json, loosely typed. */
export function imageOf({ image }: Proposal): Record<string, unknown> {
  return image as Record<string, unknown>;
}

/** Returns all entries as "<list>: <text>", without repetitions. */
export function lists({ imported, notNeeded, notImported }: ImportReport): string[] {
  return [
    ...new Set([...imported, ...notNeeded, ...notImported].map(({ kind, text }) => `${kind}: ${text}`)),
  ];
}
