import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { whyLines, type LayerFile, type Platform, type Result, type Why } from '@image-tooling/model';
import { describeImage } from '@image-tooling/oci';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureTool } from '../src/build/tool';
import { explainProject } from '../src/explain';
import { openCommitDefinitions } from '../src/git/commit-definitions';
import { committedInputs } from '../src/publish/uncommitted';
import { openSession, type Session } from '../src/session';
import { loadOptions, loadWorkspace } from '../src/workspace/load';
import { commandProblems } from '../src/verify-image/rebuild/tool-problems';
import { GIT_ENV, makeRepository, type GitRepository } from './git-repository';

const PLATFORM: Platform = 'linux/amd64';
const COPY =
  'mkdir -p "$0/bin" "$0/lib" && cp server/src/main "$0/bin/server" && cat server/src/deep/* > "$0/lib/all"';

const TOOL = {
  description: 'A program of this workspace',
  homepage: 'https://fixture.invalid',
  license: 'MIT',
  version: '1.2.3',
};
const SOURCE = { command: ['sh', '-ec', COPY, '{output}'], inputs: ['server/src', 'lock'] };

let repository: GitRepository;
let store: string;
const folders: string[] = [];
const repositories: GitRepository[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  for (const one of repositories) one.remove();
});

beforeEach(() => {
  repository = makeRepository();
  repositories.push(repository);
  store = mkdtempSync(join(tmpdir(), 'workspace-tool-store-'));
  folders.push(store);
  repository.write('nx.json', JSON.stringify({ plugins: ['@image-tooling/nx'] }));
  repository.write('server/src/main', '#!/bin/sh\necho hello\n');
  chmodSync(join(repository.folder, 'server/src/main'), 0o755);
  repository.write('server/src/deep/a', 'one');
  repository.write('server/README.md', 'not an input');
  repository.write('lock', 'locked');
  define();
  repository.commit();
});

function define(source: object = {}): void {
  repository.write(
    'tools/app/tool.json',
    JSON.stringify({ ...TOOL, sources: { workspace: { ...SOURCE, ...source } } }),
  );
}

async function open(): Promise<Session> {
  const context = { signal: new AbortController().signal, progress: SILENT };
  const root = repository.folder;
  const env = { ...process.env, ...GIT_ENV, IMAGE_STORE: store };
  return valueOf(await openSession({ root, options: valueOf(await loadOptions(root)), env, context }));
}

async function build(platform = PLATFORM): Promise<Result<LayerFile>> {
  const session = await open();
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  return ensureTool(session, workspace.value.tools.get('app')!, platform);
}

async function files({ layer }: LayerFile): Promise<string[]> {
  const session = await open();
  const listed = valueOf(await mustRun({ argv: ['tar', '-tvf', session.store.blobPath(layer.digest)] }));
  return listed.stdout
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('d'))
    .map((line) => line.replace(/\s+\S+\s+\d+ \S+ \S+/, ''));
}

const failure = async (): Promise<string> => {
  const built = await build();
  if (built.ok) throw new Error('it was built');
  return built.failures
    .map(({ code, message, details = [] }) => [code, message, ...details].join(' '))
    .join('\n');
};

describe('a tool that a command of the workspace builds', () => {
  it('has what the command wrote, needs no lock, and is the same for both platforms', async () => {
    const built = valueOf(await build());
    expect(await files(built)).toEqual(['-rwxr-xr-x usr/local/bin/server', '-rw-r--r-- usr/local/lib/all']);
    expect(built.tool).toMatchObject({ name: 'app', version: '1.2.3', source: 'workspace' });
    expect(valueOf(await build('linux/arm64')).layer.digest).toBe(built.layer.digest);
    // One that differs needs a higher FORMAT in build/tool/workspace.ts.
    expect(built.layer.diffId).toMatchInlineSnapshot(
      `"sha256:15cfd22b442059682abed14409971950f602b70d937ad8e08f9bfd5ba49c3d7b"`,
    );
  });

  it('is built again after each change of its files and its command, and after no other', async () => {
    const changes = {
      content: () => repository.write('server/src/deep/a', 'two'),
      'a new file': () => repository.write('server/src/deep/b', 'two'),
      'a mode': () => chmodSync(join(repository.folder, 'server/src/deep/a'), 0o755),
      'a file that is not in a folder': () => repository.write('lock', 'other'),
      'the command': () => define({ command: ['sh', '-ec', `: ; ${COPY}`, '{output}'] }),
    };
    const ids = new Set([valueOf(await build()).layer.buildId]);
    for (const [what, change] of Object.entries(changes)) {
      change();
      const { buildId } = valueOf(await build()).layer;
      expect(ids, what).not.toContain(buildId);
      ids.add(buildId);
    }
    repository.write('server/README.md', 'changed');
    expect(ids).toContain(valueOf(await build()).layer.buildId);
  });

  it('gives an image of another digest if only its build id changes, as versions count it', async () => {
    const { layer: before } = valueOf(await build());
    repository.write('lock', 'read by no command');
    const { layer: after } = valueOf(await build());
    expect(after).toEqual({ ...before, buildId: after.buildId });
    const [first, second] = [before, after].map((layer) =>
      describeImage({ platform: PLATFORM, layers: [layer], config: { env: {} }, labels: {} }),
    );
    expect(second?.manifestDigest).not.toBe(first?.manifestDigest);
  });

  it('is refused with the output of a command that fails, or writes nothing', async () => {
    define({ command: ['sh', '-c', 'echo broken >&2; exit 3', '{output}'] });
    expect(await failure()).toMatch(/command-failed .*exit code 3.* broken$/);
    define({ command: ['true', '{output}'] });
    expect(await failure()).toBe('command-failed app: its command wrote no files into {output}.');
  });

  it('is refused if its files change while the command runs: it is in no cache then', async () => {
    define({ command: ['sh', '-ec', `${COPY}; date +%N > server/src/deep/clock`, '{output}'] });
    expect(await failure()).toBe('io app: files of its "inputs" changed while its command ran.');
    expect(await failure()).toContain('changed while');
  });

  it('is refused for inputs that are not there, or links', async () => {
    symlinkSync('/etc', join(repository.folder, 'link'));
    mkdirSync(join(repository.folder, 'empty'));
    define({ inputs: ['none', 'link', 'link/hosts', 'empty'] });
    const messages = await failure();
    expect(messages).toContain('unknown-reference app: there is no "none" in the workspace');
    expect(messages).toContain('rootfs app: "link" in "inputs" is not a file or folder');
    expect(messages).toContain('rootfs app: "link/hosts" in "inputs"');
    expect(messages).not.toContain('empty');
  });

  it('is refused with a command that does not name its output, and with paths out of the workspace', async () => {
    define({ command: ['make', '{outputs}'], inputs: ['../x'] });
    const messages = await failure();
    expect(messages).toContain('no argument has {output}');
    expect(messages).toContain('unknown placeholder "{outputs}"');
    expect(messages).toContain('"sources.workspace.inputs[0]": expected a relative path');
  });
});

describe('the commit of such a tool', () => {
  it('has all that its plan reads', async () => {
    repository.write('server/src/deep/a', 'changed');
    const session = await open();
    const place = { root: repository.folder, env: GIT_ENV, signal: session.context.signal };
    const written = valueOf(await openCommitDefinitions(place, 'HEAD', session.options));
    folders.push(written.root);
    const planned = valueOf(await mustRun({ argv: ['find', '.', '-type', 'f'], cwd: written.root })).stdout;
    expect(planned.trim().split('\n').sort()).toEqual(
      ['lock', 'nx.json', 'server/src/deep/a', 'server/src/main', 'tools/app/tool.json'].map(
        (path) => `./${path}`,
      ),
    );
    await written.remove();
  });

  it('is compared by name of each file', async () => {
    repository.write('server/src/deep/a', 'changed');
    const explained = await explainProject(await open(), { name: 'app', platform: PLATFORM, why: true });
    expect(whyLines(valueOf(explained) as Why).join('\n')).toContain('source.files.server/src/deep/a');
  });

  it('is not run by a verification', async () => {
    const image = { description: 'An image', from: { debian: 'trixie' }, tools: ['app'] };
    repository.write('images/one/image.json', JSON.stringify(image));
    const session = await open();
    const workspace = valueOf(await loadWorkspace(session.root, session.options));
    expect(commandProblems(session, workspace.images.get('one')!, 'one:1.0.0')).toMatchObject([
      {
        verdict: 'incomplete',
        message: expect.stringMatching(/^one:1\.0\.0: the tool "app" is built by/) as string,
      },
    ]);
  });

  it('must have its inputs before an image of it is published', async () => {
    const image = { description: 'An image', from: { debian: 'trixie' }, tools: ['app'] };
    repository.write('images/one/image.json', JSON.stringify(image));
    const session = await open();
    const workspace = valueOf(await loadWorkspace(session.root, session.options));
    expect(committedInputs('images', workspace.images.get('one')!)).toEqual(
      expect.arrayContaining(['lock', 'server/src', 'server/src/']),
    );
  });
});
