import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, nxEnv, REPOSITORY, type Workspace } from './workspace';

const PRINT = join(__dirname, 'print-task-hashes.cjs');
/** "nobody" of Debian. */
const OTHER_UID = 65_534;

interface Printed {
  readonly arch: string;
  readonly uid: number;
  readonly hashes: Readonly<Record<string, string>>;
}

let workspace: Workspace;
/** Folder of the other machine. */
let elsewhere: string;

beforeAll(async () => {
  workspace = makeWorkspace();
  chmodSync(workspace.root, 0o755);
  workspace.write('images/k8s/image.json', { from: { image: 'base' }, tools: ['helm'], files: 'rootfs' });
  workspace.write('images/k8s/rootfs/etc/plain.conf', 'plain\n');
  workspace.write('images/k8s/rootfs/usr/local/bin/run', '#!/bin/sh\n');
  chmodSync(join(workspace.root, 'images/k8s/rootfs/usr/local/bin/run'), 0o755);
  await workspace.git('init -q');
  await workspace.git('add .');
  await workspace.git('commit -q -m one');
  elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
});
afterAll(() => {
  workspace.remove();
  rmSync(elsewhere, { recursive: true });
});

function hashes(folder: string, env: Record<string, string> = {}, before: readonly string[] = []): Printed {
  const argv = [...before, process.execPath, PRINT];
  const all = nxEnv({ ...IN_ONE_PROCESS, NX_CACHE_PROJECT_GRAPH: 'false', ...env });
  const printed = execFileSync(argv[0] as string, argv.slice(1), { cwd: folder, env: all, stdio: 'pipe' });
  return JSON.parse(printed.toString()) as Printed;
}

/** Returns a command line that becomes an ordinary user, if this is root and that user can read the repository. */
function asOther(): string[] {
  const become = ['setpriv', `--reuid=${OTHER_UID}`, `--regid=${OTHER_UID}`, '--clear-groups'];
  try {
    execFileSync('setpriv', [...become.slice(1), 'test', '-r', join(REPOSITORY, 'package.json')]);
    return become;
  } catch {
    return [];
  }
}

function cloneOf(root: string, become: readonly string[]): string {
  const [home, clone] = [join(elsewhere, 'home'), join(elsewhere, 'deep/er')];
  for (const folder of [home, join(elsewhere, 'deep')]) {
    mkdirSync(folder, { recursive: true });
    if (become.length > 0) chownSync(folder, OTHER_UID, OTHER_UID);
  }
  if (become.length > 0) chownSync(elsewhere, OTHER_UID, OTHER_UID);
  // git reads repositories of other users only if told so.
  writeFileSync(join(home, '.gitconfig'), '[safe]\n  directory = *\n');
  chmodSync(join(home, '.gitconfig'), 0o644);
  const script = `umask 077; git clone --quiet --no-local ${root} ${clone}`;
  const argv = [...become, 'sh', '-euc', script];
  execFileSync(argv[0] as string, argv.slice(1), {
    env: { PATH: process.env['PATH'], HOME: home },
    stdio: 'pipe',
  });
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

it('hashes tasks alike as root and an ordinary user, with another folder, umask, HOME, locale, time zone, processor', () => {
  const here = hashes(workspace.root);
  const become = asOther();
  if (process.getuid?.() === 0 && become.length === 0)
    console.warn('machines: no other user can read the repository');
  const clone = cloneOf(workspace.root, become);
  const there = hashes(
    clone,
    {
      ...{ HOME: join(elsewhere, 'home'), XDG_CACHE_HOME: '', TZ: 'America/St_Johns' },
      ...{ LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', CI: 'true' },
      FAKE_ARCH: here.arch === 'arm64' ? 'x64' : 'arm64',
    },
    [...become, 'sh', '-euc', 'umask 077; exec "$@"', 'sh'],
  );
  expect(there.arch).not.toBe(here.arch);
  if (become.length > 0) expect(there.uid).not.toBe(here.uid);
  expect(Object.keys(here.hashes)).toHaveLength(10 + 2 * 3);
  expect(there.hashes).toEqual(here.hashes);
});

it('hashes a mode that reaches a layer, and a variable that changes a tool', () => {
  const here = hashes(workspace.root).hashes;
  chmodSync(join(workspace.root, 'images/k8s/rootfs/etc/plain.conf'), 0o755);
  const changed = hashes(workspace.root, { IMAGE_TOOL_SOURCE: 'release' }).hashes;
  const differing = Object.keys(here).filter((task) => here[task] !== changed[task]);
  expect(differing.filter((task) => task.endsWith('build-amd64')).sort()).toEqual([
    'helm:build-amd64',
    'k8s:build-amd64',
    'kubectl:build-amd64',
  ]);
});
