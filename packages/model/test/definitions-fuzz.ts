import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import {
  cleanFailures,
  mutatedBytes,
  mutatedJson,
  mutatedValues,
  type FuzzTarget,
} from '@image-tooling/testkit/fuzz';
import {
  checkLocks,
  fail,
  fileText,
  parseWorkspaceOptions,
  readWorkspace,
  type FileText,
  type WorkspaceFiles,
} from '../src';
import { pretty } from './definitions-fixtures';

const ROOT = join(__dirname, '../../..');

function textsOf(folder: string, name: string): FileText[] {
  return readdirSync(join(ROOT, folder))
    .map((entry) => `${folder}/${entry}/${name}`)
    .filter((file) => existsSync(join(ROOT, file)))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
}

/** Long locks cost time and find no more mistakes. */
const LEFT_OUT = /\/(?:pandoc|tooling-k8s-openstack)\//;

const REAL: Required<WorkspaceFiles> = {
  imagesDir: 'images',
  toolsDir: 'tools',
  images: textsOf('images', 'image.json').filter(({ file }) => !LEFT_OUT.test(file)),
  tools: textsOf('tools', 'tool.json'),
  imageLocks: textsOf('images', 'lock.json').filter(({ file }) => !LEFT_OUT.test(file)),
  toolLocks: textsOf('tools', 'lock.json'),
  archiveLock: {
    file: 'images/archive.lock.json',
    text: readFileSync(join(ROOT, 'images/archive.lock.json'), 'utf8'),
  },
};

/** With every key that images have. */
const RICH_IMAGE = pretty({
  description: 'X',
  from: { registry: `registry.example:5000/a/b@sha256:${'0'.repeat(64)}` },
  packages: ['curl'],
  omit: ['/usr/share/doc/*'],
  tools: ['k9s'],
  files: 'rootfs',
  modes: { '/usr/bin/x': '4755' },
  users: [{ name: 'u', uid: 1000, gid: 1000, home: '/home/u', homeMode: '0700', shell: '/bin/sh' }],
  directories: [{ path: '/work', mode: '1777', uid: 1000, gid: 0 }],
  config: {
    env: { PATH: '/a:$PATH', A: '${A}' },
    entrypoint: ['sh'],
    cmd: ['-c', 'x'],
    user: 'u:u',
    workdir: '/work',
    labels: { a: 'b' },
    exposedPorts: ['8080/tcp'],
  },
  checks: [
    { run: ['x', '{version}'], stdout: '^(a|b)+$', exitCode: 1, files: { 'a/b': 'c' }, timeoutSeconds: 5 },
    { file: '/work', mode: '1777', owner: 'u:u' },
  ],
  examples: ['x'],
  budget: { compressed: '60MB', entrySeconds: 0.5 },
  setuid: ['/usr/bin/x'],
  platforms: ['linux/amd64'],
});

const OPTIONS = pretty({
  plugins: [
    'other',
    {
      plugin: '@image-tooling/nx',
      options: {
        imagesDir: 'images',
        toolSource: 'release',
        mirrors: { 'https://a.example/': 'https://b.example/' },
        registry: 'registry.example:5000/team',
        repository: '{registry}/{image}',
        branchImageDays: 3,
        debian: {
          suites: ['trixie'],
          mirrors: { debian: ['https://m.example/debian'] },
          archives: [{ name: 'v', url: 'https://v.example', suites: ['s'], keys: 'trust/v' }],
        },
      },
    },
  ],
});

type Kind = 'image' | 'tool' | 'imageLock' | 'toolLock' | 'archiveLock' | 'options';

interface Case {
  readonly kind: Kind;
  readonly bytes: Buffer;
}

const SOURCES: Readonly<Record<Kind, readonly string[]>> = {
  image: [RICH_IMAGE, ...REAL.images.map(({ text }) => text)],
  tool: REAL.tools.map(({ text }) => text),
  imageLock: REAL.imageLocks.map(({ text }) => text),
  toolLock: REAL.toolLocks.map(({ text }) => text),
  archiveLock: [REAL.archiveLock.text],
  options: [OPTIONS, readFileSync(join(ROOT, 'nx.json'), 'utf8')],
};

/** Definitions, locks and nx.json: all is read, and what is wrong is reported. */
export const DEFINITIONS: FuzzTarget<Case> = {
  name: 'definitions',
  runs: 250,
  values: fc.oneof(
    ...Object.entries(SOURCES).flatMap(([kind, texts]) => [
      { weight: 6, arbitrary: caseOf(kind as Kind, mutatedValues(texts).map(bytesOf)) },
      { weight: 2, arbitrary: caseOf(kind as Kind, mutatedJson(texts).map(bytesOf)) },
      { weight: 1, arbitrary: caseOf(kind as Kind, mutatedBytes(texts.map(bytesOf))) },
    ]),
  ),
  show: ({ kind, bytes }) => `${kind}: ${JSON.stringify(bytes.toString())}`,
  check: ({ kind, bytes }) => {
    if (kind === 'options') checkOptions(fileText('nx.json', bytes));
    else checkWorkspaceOf(withFile(kind, bytes));
  },
};

function bytesOf(text: string): Buffer {
  return Buffer.from(text);
}

function caseOf(kind: Kind, bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Case> {
  return bytes.map((given) => ({ kind, bytes: given }));
}

function checkOptions({ file, text, failure }: FileText): void {
  const read = failure ? fail(failure) : parseWorkspaceOptions(file, text, '@image-tooling/nx');
  cleanFailures(read);
}

function checkWorkspaceOf(files: WorkspaceFiles): void {
  const workspace = readWorkspace(files);
  cleanFailures(workspace);
  if (workspace.ok) cleanFailures(checkLocks(workspace.value.images.values(), 'registry'));
}

/** Returns the workspace of this repository, with one file in addition or another one in its place. */
function withFile(kind: Exclude<Kind, 'options'>, bytes: Buffer): WorkspaceFiles {
  const { images, tools, imageLocks, toolLocks } = REAL;
  switch (kind) {
    case 'image':
      return { ...REAL, images: replaced(images, fileText('images/buildx/image.json', bytes)) };
    case 'tool':
      return { ...REAL, tools: replaced(tools, fileText('tools/k9s/tool.json', bytes)) };
    case 'imageLock':
      return { ...REAL, imageLocks: replaced(imageLocks, fileText('images/buildx/lock.json', bytes)) };
    case 'toolLock':
      return { ...REAL, toolLocks: replaced(toolLocks, fileText('tools/k9s/lock.json', bytes)) };
    case 'archiveLock':
      return { ...REAL, archiveLock: fileText('images/archive.lock.json', bytes) };
  }
}

function replaced(all: readonly FileText[], by: FileText): FileText[] {
  return [...all.filter(({ file }) => file !== by.file), by];
}
