import type { ImageVerdict } from '@image-tooling/attest';
import { createRig, type CommandLineEnd, type WorkspaceRig } from '@image-tooling/testkit';
import {
  identityToken,
  startSigstore,
  TEST_ISSUER,
  type LocalSigstore,
} from '@image-tooling/testkit/sigstore';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signWith } from './signatures';
import { KEYS } from './signed';
import { PublishWorkspace } from './workspace';

const SECOND = 'https://ci.example/second/verify/.ci/verify.yml@refs/heads/main';
const VERIFIER = 'https://second.example/verifier';

let workspace: PublishWorkspace;
let sigstore: LocalSigstore;
/** Of the second party: a folder with its own nx.json, and no images. */
let second: WorkspaceRig;
let other: LocalSigstore;

beforeAll(async () => {
  [workspace, sigstore, other] = await Promise.all([
    PublishWorkspace.open(),
    startSigstore(),
    startSigstore(),
  ]);
  await signWith(workspace, 'signing.key');
  await Promise.all(['base', 'child'].map((name) => workspace.rig.must(['test', name])));
  await workspace.mustPublish(['child'], { IMAGE_SIGNING_KEY: KEYS.privateKey });
  const { fulcio, rekor } = sigstore;
  const keyless = { identity: SECOND, issuer: TEST_ISSUER, trustedRoot: 'trusted-root.json', fulcio, rekor };
  second = await createRig({ options: { signing: { keyless, builder: VERIFIER } } });
  await second.write('trusted-root.json', sigstore.trustedRoot);
  await second.write('other-root.json', other.trustedRoot);
  await second.write('publisher.pem', KEYS.publicKey);
});

afterAll(() => Promise.all([workspace.close(), sigstore.stop(), other.stop(), second.remove()]));

const verify = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandLineEnd> =>
  second.run(['verify', `${workspace.proxy.host}/team/child:main`, '--key=publisher.pem', ...args], env);

const attest = (identity: string): Promise<CommandLineEnd> =>
  verify(['--rebuild=recombine', '--attest', '--json'], { SIGSTORE_ID_TOKEN: identityToken(identity) });

interface Trusted {
  readonly identity?: string;
  readonly issuer?: string;
  readonly root?: string;
}

/** Verifies as a user who trusts the second party. */
async function asked({ identity = SECOND, issuer = TEST_ISSUER, root = 'trusted-root.json' }: Trusted = {}) {
  const whom = [`--verifier-identity=${identity}`, `--verifier-oidc-issuer=${issuer}`];
  const end = await verify([...whom, `--trusted-root=${root}`, '--json']);
  return { ...(JSON.parse(end.stdout) as ImageVerdict), exitCode: end.exitCode };
}

it('is not believed before it has attached what it found', async () => {
  expect(await asked()).toMatchObject({ verdict: 'incomplete', exitCode: 5 });
});

it('attaches nothing with a certificate for another identity than its nx.json says', async () => {
  workspace.proxy.forget();
  const { exitCode, stderr } = await attest('https://ci.example/second/fork');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('(signing-failed)')]);
  expect(workspace.proxy.asked({ method: /PUT|POST|PATCH/ })).toEqual([]);
});

it('puts the image together again, and attaches that, signed with its identity, once', async () => {
  const first = await attest(SECOND);
  expect(first.exitCode, first.stderr).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({
    verdict: 'verified',
    attested: { signer: SECOND, written: 2, present: 0 },
  });
  const logged = sigstore.requests.length;
  const again = await attest(SECOND);
  expect(JSON.parse(again.stdout)).toMatchObject({ attested: { written: 0, present: 2 } });
  expect(sigstore.requests).toHaveLength(logged);
});

it('is reported to those who ask for it, with what it did', async () => {
  const { verdict, exitCode, manifests } = await asked();
  expect([verdict, exitCode]).toEqual(['verified', 0]);
  const result = { verifier: VERIFIER, signer: SECOND, result: 'PASSED' };
  expect(manifests.map(({ verifications }) => verifications)).toMatchObject([
    [{ ...result, levels: ['SLSA_BUILD_LEVEL_0'] }],
    [{ ...result, levels: ['SLSA_BUILD_LEVEL_1', 'IMAGE_TOOLING_REBUILT_RECOMBINE'] }],
  ]);
  const told = await verify([
    `--verifier-identity=${SECOND.slice(0, -'main'.length)}*`,
    `--verifier-oidc-issuer=${TEST_ISSUER}`,
    '--trusted-root=trusted-root.json',
  ]);
  expect(told.stdout).toContain(
    `PASSED, SLSA_BUILD_LEVEL_1, IMAGE_TOOLING_REBUILT_RECOMBINE by ${VERIFIER} at `,
  );
  expect(told.stdout).toContain(`signed by ${SECOND}`);
});

it.each<[string, Trusted]>([
  ['another identity', { identity: 'https://ci.example/second/verify/.ci/verify.yml@refs/heads/fork' }],
  ['an identity that its own begins with', { identity: SECOND.slice(0, -1) }],
  ['another issuer', { issuer: 'https://other-issuer.example' }],
  ['the keys of another authority', { root: 'other-root.json' }],
])('is refused by those who trust %s', async (_, trusted) => {
  const found = await asked(trusted);
  expect([found.verdict, found.exitCode]).toEqual(['incomplete', 5]);
  expect(found.manifests.flatMap(({ verifications }) => verifications)).toEqual([]);
});

it('is no publisher: its identity does not make the image signed', async () => {
  const whom = [`--certificate-identity=${SECOND}`, `--certificate-oidc-issuer=${TEST_ISSUER}`];
  const image = `${workspace.proxy.host}/team/child:main`;
  const { exitCode } = await second.run(['verify', image, ...whom, '--trusted-root=trusted-root.json']);
  expect(exitCode).toBe(3);
});
