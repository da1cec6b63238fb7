import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ImageVerdict } from '@image-tooling/attest';
import { whyNoRegistry } from '@image-tooling/testkit';
import { SILENT, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCanRebuild } from '../../src/verify-image/rebuild';
import { altered } from './altered-file';
import { Rebuildable } from './rebuildable';
import { problems } from './signed';

const why = whyNoRegistry();
if (why !== undefined) console.log(`verify --rebuild: skipped: ${why}`);

let at: Rebuildable;
beforeAll(async () => {
  if (why === undefined) at = await Rebuildable.open();
});
afterAll(() => (why === undefined ? at.close() : undefined));

const rebuiltOf = ({ manifests }: ImageVerdict) => manifests.at(-1)?.rebuilt;

describe.skipIf(why !== undefined)('an image that is built again', () => {
  it('is the same from its definitions, with tools of the registry or without', async () => {
    const reference = await at.publish();
    const commit = at.repository.git('rev-parse', 'HEAD');
    at.tools.server.requests.length = 0;
    const system = valueOf(await at.verify(reference));
    expect(problems(system)).toEqual({ verdict: 'verified', problems: [] });
    expect(rebuiltOf(system)).toMatchObject({ mode: 'system', layers: 4, made: 2, commit });
    expect(at.tools.server.requests).toEqual([]);
    const all = valueOf(await at.verify(reference, { mode: 'all' }));
    expect(problems(all)).toEqual({ verdict: 'verified', problems: [] });
    expect(rebuiltOf(all)).toMatchObject({ mode: 'all', layers: 4, made: 3, commit });
    expect(at.tools.server.requests.length).toBeGreaterThan(0);
  });

  it('is altered if a byte of any layer was changed in the registry, which is named', async () => {
    const reference = await at.publish();
    for (const { kind, owner, digest } of await at.layers())
      await altered(at.registry.blobFile(digest), async () => {
        const found = problems(valueOf(await at.verify(reference)));
        expect(found.verdict).toBe('altered');
        expect(found.problems.join()).toContain(`the ${kind} layer of ${owner} (${digest}) differs`);
      });
  });

  it('is not built if the definitions of the commit are not what the provenance says', async () => {
    const reference = await at.publish(({ buildDefinition: { externalParameters } }) => {
      externalParameters.definitions['images/app/image.json'] = `sha256:${'0'.repeat(64)}`;
      externalParameters.definitions['images/app/more.json'] = `sha256:${'0'.repeat(64)}`;
    });
    const found = problems(valueOf(await at.verify(reference, { mode: 'all' })));
    expect(found.verdict).toBe('different');
    expect(found.problems.join()).toContain(
      'not what its provenance says: images/app/image.json, images/app/more.json. Nothing was built.',
    );
  });

  it('is different if its commit has other files, also with the outputs of the published image in it', async () => {
    const first = at.repository.git('rev-parse', 'HEAD');
    await at.rig.write('images/app/rootfs/etc/app.conf', 'never published\n');
    await at.commit();
    expect(at.repository.git('ls-files', '--', '*/dist/*')).not.toBe('');
    const reference = await at.publish();
    at.repository.git('reset', '--quiet', '--hard', first);
    await at.rig.write('images/app/rootfs/etc/app.conf', 'as published\n');
    const found = problems(valueOf(await at.verify(reference)));
    expect(found.verdict).toBe('different');
    expect(found.problems).toEqual([
      expect.stringMatching(/built again, the files layer of app \(sha256:\w+\) differs in \/etc\/app\.conf/),
    ]);
  });

  it('can be fetched from the repository that its provenance names', async () => {
    const reference = await at.publish(({ buildDefinition: { externalParameters } }) => {
      externalParameters.source.uri = pathToFileURL(at.repository.folder).href;
    });
    const found = valueOf(await at.verify(reference, { cwd: temporaryFolder() }));
    expect(problems(found)).toEqual({ verdict: 'verified', problems: [] });
  });

  it('can not be judged without its commit', async () => {
    const here = await at.publish();
    expect(await at.verify(here, { cwd: temporaryFolder() })).toMatchObject({
      ok: false,
      failures: [
        { code: 'gone', message: expect.stringContaining('its provenance names no repository') as string },
      ],
    });
    const elsewhere = await at.publish(({ buildDefinition: { externalParameters } }) => {
      externalParameters.source.commit = 'c0ffee'.repeat(6) + 'c0ff';
      externalParameters.source.uri = pathToFileURL(join(at.repository.folder, 'none')).href;
    });
    expect(await at.verify(elsewhere)).toMatchObject({
      ok: false,
      failures: [{ code: 'gone', hint: expect.stringContaining('git fetch') as string }],
    });
  });

  it('can not be built again with inputs that were not committed', async () => {
    const reference = await at.publish(({ buildDefinition: { externalParameters } }) => {
      externalParameters.source.altered = true;
    });
    const found = problems(valueOf(await at.verify(reference)));
    expect(found.verdict).toBe('incomplete');
    expect(found.problems.join()).toContain('built with inputs that are not committed');
  });

  it('needs a version of image-tooling that makes the same formats', async () => {
    const reference = await at.publish(({ buildDefinition: { internalParameters } }) => {
      internalParameters.formats['files'] = 0;
    });
    expect(await at.verify(reference)).toMatchObject({
      ok: false,
      failures: [{ code: 'usage', message: expect.stringContaining('makes other files layers') as string }],
    });
  });

  it('leaves nothing behind when it is stopped', async () => {
    const reference = await at.publish();
    const controller = new AbortController();
    const step = (name: string) => {
      if (name.startsWith('tool: ')) controller.abort();
      return SILENT.step(name);
    };
    const stopped = await at.verify(reference, {
      mode: 'all',
      signal: controller.signal,
      progress: { ...SILENT, step },
    });
    expect(stopped).toMatchObject({ ok: false, failures: [{ code: 'aborted' }] });
  });
});

describe('a platform that this machine does not run', () => {
  it('is reported with the platforms that can be built again', async () => {
    const [here, other] =
      process.arch === 'x64'
        ? (['linux/amd64', 'linux/arm64'] as const)
        : (['linux/arm64', 'linux/amd64'] as const);
    expect(await checkCanRebuild([here, other], '/nonexistent')).toMatchObject({
      ok: false,
      failures: [{ code: 'platform', hint: expect.stringContaining(`--platform=${here}`) as string }],
    });
    expect((await checkCanRebuild([here], '/nonexistent')).ok).toBe(true);
  });
});
