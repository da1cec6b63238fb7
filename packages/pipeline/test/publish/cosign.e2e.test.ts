import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPair, PREDICATES } from '@image-tooling/attest';
import { run } from '@image-tooling/host';
import { whyNoRegistry } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlace } from '../../src/registry';
import { verifyImage } from '../../src/verify-image';
import { testAccess } from '../registry-images';
import { cosignPrograms, TRUSTED_ROOT, type Cosign } from './cosign-programs';
import { runDelivery } from './rig';
import { Surroundings } from './surroundings';

const KEYS = generateKeyPair(undefined);
const why = whyNoRegistry();
if (why !== undefined) console.log(`cosign: skipped: ${why}`);

let at: Surroundings;
let folder: string;
let programs: readonly Cosign[];
const files: Record<'key' | 'otherKey' | 'root', string> = { key: '', otherKey: '', root: '' };
beforeAll(async () => {
  at = await Surroundings.open();
  folder = await at.store();
  for (const [name, content] of Object.entries({
    key: KEYS.publicKey,
    otherKey: generateKeyPair(undefined).publicKey,
    root: TRUSTED_ROOT,
  })) {
    files[name as keyof typeof files] = join(folder, name);
    await writeFile(join(folder, name), content);
  }
  programs = await cosignPrograms();
  console.log(`cosign: ${programs.map(({ name }) => name).join(', ')}`);
});
afterAll(() => at.close());

/** Runs cosign; returns its error output, empty if it accepted the image. */
async function refusal(
  { argv, flags }: Cosign,
  command: 'verify' | 'verify-attestation',
  args: readonly string[],
) {
  const { exitCode, stderr } = valueOf(
    await run({
      argv: [...argv, command, ...flags(files.root)[command], ...args] as [string, ...string[]],
      env: { ...process.env, HOME: folder, TUF_ROOT: join(folder, 'tuf') },
      timeoutSeconds: 120,
    }),
  );
  return exitCode === 0 ? '' : stderr;
}

describe.skipIf(why !== undefined)('cosign', () => {
  it('accepts what a publish signs, and refuses another key, another image and altered bundles', async () => {
    const plan = await at.plan('1.2.3', { signingKey: KEYS.privateKey });
    const { signingKey: _, ...unsigned } = await at.plan('1.2.3', { layers: { 'linux/amd64': ['evil'] } });
    valueOf((await runDelivery(plan)).result);
    valueOf((await runDelivery({ ...unsigned, repository: plan.repository, mode: { kind: 'main' } })).result);
    const policy = { kind: 'key', publicKey: KEYS.publicKey } as const;
    const place = valueOf(parsePlace(`${plan.repository}:1.2.3`, '/'));
    const { manifests } = valueOf(await verifyImage({ place, policy, recombine: false }, testAccess()));
    expect(programs.length).toBeGreaterThan(0);
    for (const cosign of programs) {
      for (const { digest, name } of manifests) {
        const image = `${plan.repository}@${digest}`;
        expect(await refusal(cosign, 'verify', ['--key', files.key, image])).toBe('');
        expect(await refusal(cosign, 'verify', ['--key', files.otherKey, image])).not.toBe('');
        for (const kind of name === 'index' ? [] : (['provenance', 'cyclonedx', 'tests'] as const)) {
          const type = ['--type', PREDICATES[kind]];
          expect(await refusal(cosign, 'verify-attestation', ['--key', files.key, ...type, image])).toBe('');
          expect(
            await refusal(cosign, 'verify-attestation', ['--key', files.otherKey, ...type, image]),
          ).not.toBe('');
        }
      }
      expect(await refusal(cosign, 'verify', ['--key', files.key, `${plan.repository}:main`])).not.toBe('');
    }
  });
});
