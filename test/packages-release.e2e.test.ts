import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PublishingRegistry } from './packages/npm-registry';
import { GitHubApi } from './workflows/github';

const exec = promisify(execFile);
const ROOT = resolve(__dirname, '..');
const NAMES = ['cli', 'nx', 'create', 'cache-server', 'toolbox'];

let folder: string;
let registry: PublishingRegistry;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packages-release-'));
  registry = await new PublishingRegistry().start();
  await writeFile(join(folder, 'npmrc'), `@image-tooling:registry=${registry.url}\nfetch-retries=0\n`);
});
afterEach(async () => {
  registry.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('.ci/publish-packages', () => {
  it('publishes what npm run pack made, by trusted publishing, and nothing twice', async () => {
    const to = join(folder, 'packages');
    await exec(process.execPath, [join(ROOT, 'scripts/pack.mjs'), '--to', to, '--version', '1.2.3']);
    await publish(to);
    expect(await readdir(to)).toHaveLength(NAMES.length);
    expect(registry.published).toEqual(NAMES.map((name) => `@image-tooling/${name}`));
    expect(await publish(to)).toMatch(/@image-tooling\/nx@1.2.3 is published already/);
    expect(registry.published).toHaveLength(5);
  });

  it('goes on after a fault', async () => {
    const to = await makePackages('1.0.0', 'one');
    registry.broken.add('@image-tooling/create');
    await expect(publish(to)).rejects.toThrow(/503/);
    registry.broken.clear();
    await publish(to);
    expect(registry.published).toEqual(NAMES.map((name) => `@image-tooling/${name}`));
  });

  it('refuses a version that another commit published', async () => {
    await publish(await makePackages('1.0.0', 'one'));
    await expect(publish(await makePackages('1.0.0', 'two'))).rejects.toThrow(/with another content/);
  });

  it('publishes nothing without an identity token', async () => {
    const to = await makePackages('1.0.0', 'one');
    await expect(publish(to, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of another job' })).rejects.toThrow(
      /401|ENEEDAUTH/,
    );
    expect(registry.published).toEqual([]);
  });
});

describe('.ci/tag-packages', () => {
  it('makes a release with the notes at the commit', async () => {
    const github = await new GitHubApi().start();
    await writeFile(join(folder, 'notes.md'), '## New\n\n- "quoted" `code`\n');
    await exec(join(ROOT, '.ci/tag-packages'), ['1.2.3', join(folder, 'notes.md')], {
      env: {
        ...process.env,
        GITHUB_API_URL: github.url,
        GITHUB_REPOSITORY: 'team/images',
        GITHUB_TOKEN: 'token of a test',
        GITHUB_SHA: 'a'.repeat(40),
      },
    });
    github.stop();
    expect(github.requests).toEqual([
      {
        line: 'POST /repos/team/images/releases',
        authorization: 'Bearer token of a test',
        body: {
          tag_name: 'packages@1.2.3',
          name: 'packages@1.2.3',
          target_commitish: 'a'.repeat(40),
          body: '## New\n\n- "quoted" `code`\n',
        },
      },
    ]);
  });
});

async function publish(to: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NPM_|GITHUB_|VITEST)/.test(name));
  const { stdout } = await exec(join(ROOT, '.ci/publish-packages'), [to], {
    env: {
      ...Object.fromEntries(own),
      ...registry.jobEnv,
      npm_config_userconfig: join(folder, 'npmrc'),
      npm_config_cache: join(folder, 'cache'),
      // Provenance needs sigstore's services.
      NPM_CONFIG_PROVENANCE: 'false',
      ...env,
    },
  });
  return stdout;
}

/** Small packages of our names. */
async function makePackages(version: string, content: string): Promise<string> {
  const to = join(folder, content);
  for (const name of NAMES) {
    const source = join(folder, 'source', content, name);
    await mkdir(source, { recursive: true });
    await writeFile(
      join(source, 'package.json'),
      JSON.stringify({ name: `@image-tooling/${name}`, version }),
    );
    await writeFile(join(source, 'content.txt'), content);
    await mkdir(to, { recursive: true });
    await exec('npm', ['pack', '--pack-destination', to, source], { cwd: folder });
  }
  return to;
}
