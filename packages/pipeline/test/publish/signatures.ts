import type { ImageVerdict } from '@image-tooling/attest';
import type { LayersFile } from '@image-tooling/model';
import { afterAll, expect, it } from 'vitest';
import { altered } from './altered-file';
import { DIST, type PublishWorkspace } from './workspace';

const PASSPHRASE = 'of-the-signing-key';

/** Signed images of a workspace, from keygen to verify. */
export function signatures(workspace: () => PublishWorkspace): void {
  const env = () => ({
    IMAGE_REGISTRY: `${workspace().registry.host}/signed`,
    IMAGE_SIGNING_PASSPHRASE: PASSPHRASE,
  });
  const image = () => `${workspace().registry.host}/signed/child:main`;
  const verify = (...args: readonly string[]) => workspace().rig.run(['verify', image(), ...args]);

  afterAll(() => signWith(workspace(), undefined));

  it('publishes nothing if "signing" is set and the key is missing or locked', async () => {
    const { rig } = workspace();
    await signWith(workspace(), 'signing.key');
    const missing = await workspace().publish(['child'], env());
    expect(missing.stderr).toContain('signing.key does not exist');
    const made = await rig.must(['keygen'], env());
    expect(made).toContain('private key, encrypted');
    const locked = await workspace().publish(['child'], { ...env(), IMAGE_SIGNING_PASSPHRASE: undefined });
    expect(locked.stderr).toContain('Set IMAGE_SIGNING_PASSPHRASE to its passphrase.');
    const wrong = await workspace().publish(['child'], { ...env(), IMAGE_SIGNING_PASSPHRASE: 'guessed' });
    expect(wrong.stderr).toContain('the passphrase is wrong');
    const unsigned = await workspace().publish(['child', '--unsigned'], env());
    expect(unsigned.stderr).toContain('--unsigned is for images of branches');
    expect([missing, locked, wrong, unsigned].map(({ exitCode }) => exitCode)).toEqual([1, 1, 1, 1]);
    expect(await workspace().tags('signed/child')).toEqual([]);
    const branch = ['child', '--branch=without-key', '--unsigned'];
    const lacking = { ...env(), IMAGE_REGISTRY: `${workspace().registry.host}/unsigned` };
    expect(await workspace().mustPublish(branch, lacking)).toContain('not signed: --unsigned');
  });

  it('signs with the key, and says where the image came from and what was tested', async () => {
    const out = await workspace().mustPublish(['child'], env());
    expect(out).toMatch(/signed by key sha256:[0-9a-f]{16}: 8 written, 0 already there/);
    const again = await workspace().mustPublish(['child'], env());
    expect(again).toMatch(/: 0 written, 8 already there/);
    const { exitCode, stdout, stderr } = await verify('--key=signing.key.pub', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { verdict, manifests } = JSON.parse(stdout) as ImageVerdict;
    expect(verdict).toBe('verified');
    const texts = Object.fromEntries(manifests[1]!.statements.map(({ title, text }) => [title, text]));
    const commit = await workspace().shortCommit();
    expect(texts['provenance']).toMatch(
      new RegExp(`^child, commit ${commit}, built by .* from [0-9]+ inputs$`),
    );
    const sboms = manifests[1]!.statements.filter(({ title }) => title === 'SBOM').map(({ text }) => text);
    expect(sboms.sort()).toEqual([
      expect.stringMatching(/^CycloneDX 1\.6, [1-9][0-9]* components$/),
      expect.stringMatching(/^SPDX-2\.3, [1-9][0-9]* packages$/),
    ]);
    expect(texts['tests']).toMatch(/^PASSED: [1-9][0-9]* passed, 0 failed$/);
    const mirror = ['--registry', workspace().registry.host, '--key=signing.key.pub'];
    const mirrored = await workspace().rig.run(['verify', 'registry.invalid/signed/child:main', ...mirror]);
    expect(mirrored.stdout).toContain(`${image()} is verified`);
    expect(`${out}${again}${stdout}`).not.toMatch(new RegExp(`${PASSPHRASE}|PRIVATE`));
  });

  it('is refused without the right key, in words and by its exit code', async () => {
    await workspace().rig.must(['keygen', '--file', 'other.key']);
    const other = await verify('--key=other.key.pub');
    expect(other.exitCode).toBe(3);
    expect(other.stdout).toContain('is NOT verified: it is not signed by the trusted signer');
    expect((await verify()).stderr).toContain('The options trust no signer.');
    expect((await verify('--key=signing.key')).stderr).toContain('is not a public key');
  });

  it('is assembled again from its layers, and a changed byte is named', async () => {
    const whole = await verify('--key=signing.key.pub', '--rebuild=recombine');
    expect(whole.stdout).toMatch(/rebuilt +the same digest from \d+ layers/);
    expect(whole.exitCode).toBe(0);
    const { layers } = await workspace().read<LayersFile>(`images/child/${DIST}/layers.json`);
    for (const layer of [layers[0]!, layers.at(-1)!]) {
      const file = workspace().registry.blobFile(layer.digest);
      await altered(file, async () => {
        const changed = await verify('--key=signing.key.pub', '--rebuild=recombine');
        expect(changed.exitCode).toBe(6);
        expect(changed.stdout).toContain(
          `the ${layer.kind} layer of ${layer.owner} (${layer.digest}) differs`,
        );
      });
    }
  });
}

/** Sets "signing" in nx.json, and commits it; keys are ignored. */
export async function signWith(workspace: PublishWorkspace, key: string | undefined): Promise<void> {
  const { rig } = workspace;
  const json = await workspace.read<NxJson>('nx.json');
  json.plugins[0]!.options['signing'] = key === undefined ? undefined : { key };
  await rig.write('nx.json', json);
  await rig.write('.gitignore', 'dist\n*.env\n*.key*\n*.pem\n');
  await workspace.commit();
}

interface NxJson {
  readonly plugins: readonly { readonly options: Record<string, unknown> }[];
}
