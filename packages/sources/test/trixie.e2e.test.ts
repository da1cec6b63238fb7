import { mkdtemp, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHES, type Arch, type Result } from '@image-tooling/model';
import { folderCache } from '@image-tooling/testkit';
import {
  aptResolveCommand,
  bootstrapClosure,
  createDownloader,
  debianArchives,
  debianSuites,
  fetchDebs,
  lockedDeb,
  missingPackages,
  openArchive,
  readAptResolution,
  readDeb,
  unlistedDebs,
  writeAptLists,
  type ArchivePackage,
  type ArchiveSources,
  type ArchiveState,
  type LockedDeb,
} from '../src';
import { quietContext, shown } from './support';

// The host's own mirror and the host's own apt: no container, no root.
const hasApt = spawnSync('apt-get', ['--version']).status === 0;
if (!hasApt) console.warn('skipped: this machine has no apt-get, whose resolution is the measure here');

const TOOLING = ['bash-completion', 'curl', 'git', 'jq', 'less', 'openssh-client'];

describe.runIf(hasApt)('trixie', () => {
  const http = createDownloader({ env: process.env });
  let folder: string;
  let archives: ArchiveSources;
  let state: ArchiveState;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trixie-'));
    archives = valueOf(await debianArchives({ trustFolder: 'trust' }));
    state = valueOf(
      await openArchive({ archives, suites: debianSuites('trixie'), arches: ARCHES, http }, quietContext()),
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  function bootstrap(arch: Arch): ArchivePackage[] {
    return valueOf(bootstrapClosure(state.packages(arch), { include: ['apt'] }));
  }

  async function resolve(
    arch: Arch,
    installed: readonly LockedDeb[],
    packages: readonly string[],
    controls?: ReadonlyMap<string, string>,
  ) {
    const mountAt = await mkdtemp(join(folder, 'lists-'));
    valueOf(await writeAptLists(mountAt, state, { arch, installed, mountAt, ...(controls && { controls }) }));
    const { argv, env } = aptResolveCommand({ packages, mountAt });
    const run = spawnSync(argv[0], argv.slice(1), { env, encoding: 'utf8' });
    const outcome = {
      image: 'tooling',
      arch,
      exitCode: run.status ?? 1,
      stdout: run.stdout,
      stderr: run.stderr,
    };
    return readAptResolution(outcome, state.packages(arch));
  }

  it('is verified by the keys of trust/', () => {
    expect(state.releases.map(({ suite }) => suite)).toEqual(['trixie', 'trixie-updates', 'trixie-security']);
    expect(state.packages('arm64').byName.size).toBeGreaterThan(60_000);
  });

  it.each(ARCHES)('has the bootstrap closure that apt computes (%s)', async (arch) => {
    const wanted = [...state.packages(arch).byName.values()]
      .flatMap(([newest]) => newest ?? [])
      .filter(({ essential, priority }) => essential || priority === 'required')
      .map(({ name }) => name);
    const byApt = valueOf(await resolve(arch, [], [...wanted, 'apt']));
    expect(idsOf(bootstrap(arch))).toEqual(idsOf(byApt));
  });

  it.each(ARCHES)('resolves the packages of tooling-k8s on top of it (%s)', async (arch) => {
    const resolved = valueOf(await resolve(arch, bootstrap(arch), TOOLING));
    const names = resolved.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...TOOLING, 'libcurl4t64', 'perl']));
    expect(names).not.toContain('libc6');
    expect(new Set(resolved.map(({ architecture }) => architecture))).toEqual(new Set(['all', arch]));

    const chain = [...bootstrap(arch), ...resolved];
    const aws = valueOf(await resolve(arch, chain, ['awscli'])).map(({ name }) => name);
    expect(aws).toEqual(expect.arrayContaining(['awscli', 'python3']));
    expect(aws.filter((name) => chain.some((known) => known.name === name))).toEqual([]);
  });

  it('shows what apt says about packages in conflict', async () => {
    const failure = await resolve('amd64', bootstrap('amd64'), ['postfix', 'exim4-daemon-light']);
    expect(shown(failure)).toContain(
      '[package-conflict] apt can\'t install the packages of "tooling" (amd64)',
    );
    expect(shown(failure)).toMatch(/unmet dependencies|Conflicts/);
  });

  it('does not let a child change what its parent has', async () => {
    const chain = [
      ...bootstrap('amd64'),
      ...valueOf(await resolve('amd64', bootstrap('amd64'), ['postfix'])),
    ];
    const failure = await resolve('amd64', chain, ['exim4-daemon-light']);
    expect(shown(failure)).toMatch(
      /\[parent-changed\] .*postfix \S+ of its base would have to be removed, since exim4-config \S+ conflicts with postfix/,
    );
  });

  it('resolves over a parent whose packages the archive no longer lists, and keeps them', async () => {
    const installed = bootstrap('amd64').map(lockedDeb);
    const newest = installed.find(({ name }) => name === 'tzdata')!;
    const older = { ...newest, version: '2020a-1', sha256: 'a'.repeat(64) };
    const chain = installed.map((deb) => (deb === newest ? older : deb));
    expect(unlistedDebs(chain, state.packages('amd64'))).toEqual([older]);
    const control = 'Package: tzdata\nVersion: 2020a-1\nArchitecture: all\nDescription: older\n';
    const kept = await resolve('amd64', chain, ['less', 'tzdata'], new Map([[older.sha256, control]]));
    expect(valueOf(kept).map(({ name }) => name)).toEqual(['less']);
  });

  it('suggests names quickly', () => {
    const [failure] = missingPackages(['openssh-cleint'], state.packages('amd64'));
    expect(failure?.hint).toContain('"openssh-client"');
  });

  it('has 78 packages for a new system, all of which can be read', async () => {
    const context = quietContext();
    const fetch = {
      cache: folderCache(folder),
      workFolder: join(folder, 'work'),
      archives,
      time: state.time,
      http,
      label: 'base',
    };
    const fetched = valueOf(await fetchDebs(bootstrap('amd64').map(lockedDeb), fetch, context));
    const start = performance.now();
    const debs = await Promise.all(
      fetched.map(({ file, name, sha256 }) => readDeb({ file, name, sha256, plainTo: `${file}.plain` })),
    );
    const bytes = debs.reduce((sum, deb) => sum + valueOf(deb).data.length, 0);
    console.log(
      `${debs.length} packages, ${bytes} bytes unpacked in ${Math.round(performance.now() - start)} ms`,
    );
    expect(debs.length).toBeGreaterThan(70);
    expect(debs.map((deb) => valueOf(deb).control.get('package'))).toEqual(fetched.map(({ name }) => name));
  });
});

function idsOf(packages: readonly ArchivePackage[]): string[] {
  return packages.map(({ name, version, architecture }) => `${name} ${version} ${architecture}`);
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(shown(result));
  return result.value;
}
