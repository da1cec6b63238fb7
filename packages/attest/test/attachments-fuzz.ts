import { digestOf, type Digest } from '@image-tooling/model';
import { valueOf } from '@image-tooling/testkit/helpers';
import { cleanFailures, mutatedValues, type FuzzTarget } from '@image-tooling/testkit/fuzz';
import {
  generateKeyPair,
  openSigner,
  openVerifier,
  payloadSubject,
  PREDICATES,
  recipeIn,
  signedPayload,
  statementBytes,
  summaryOf,
  type ImageSigner,
  type SigningSettings,
  type Verifier,
} from '../src';

const IMAGE: Digest = digestOf('an image');
const STATEMENT = statementBytes(IMAGE, PREDICATES.provenance, {
  buildDefinition: {
    buildType: 'urn:image-tooling:build:1',
    externalParameters: { image: 'a', source: { commit: 'b' } },
    internalParameters: { recipe: { platform: 'linux/amd64', layers: [], config: {}, labels: {} } },
    resolvedDependencies: [],
  },
  runDetails: { builder: { id: 'c' } },
});
const PREDICATE = JSON.stringify((JSON.parse(STATEMENT.toString()) as { predicate: unknown }).predicate);
const PAYLOAD = signedPayload(IMAGE, 'registry.example/team/demo');

/** Signed attachments of one signer, as text, and what verifies them. */
interface Signed {
  readonly verifier: Verifier;
  readonly bundle: string;
  readonly annotations: string;
}

export async function signedBy(settings: SigningSettings): Promise<Signed> {
  const signer: ImageSigner = valueOf(await openSigner(settings));
  return {
    verifier: valueOf(await openVerifier(signer.policy)),
    bundle: valueOf(await signer.signStatement(STATEMENT)).toString(),
    annotations: JSON.stringify(valueOf(await signer.signPayload(PAYLOAD))),
  };
}

export const withKey = (): Promise<Signed> =>
  signedBy({ kind: 'key', privateKey: generateKeyPair(undefined).privateKey, from: 'the test' });

/** Returns targets: changed attachments are refused, or say what was signed. */
export function attachmentTargets({ verifier, bundle, annotations }: Signed): FuzzTarget<string>[] {
  const target = (name: string, source: string, check: (text: string) => unknown): FuzzTarget<string> => ({
    name,
    values: mutatedValues([source]),
    runs: 150,
    check,
    show: (text) => text,
  });
  return [
    target('a bundle', bundle, async (text) => {
      const verified = await verifier.verifyBundle(Buffer.from(text), IMAGE);
      cleanFailures(verified);
      if (verified.ok && !verified.value.payload.equals(STATEMENT))
        throw new Error('accepted another statement');
    }),
    target('annotations of a signature', annotations, async (text) => {
      cleanFailures(await verifier.verifyPayload(PAYLOAD, textMembers(text), IMAGE));
    }),
    target('a payload', PAYLOAD.toString(), async (text) => {
      const subject = payloadSubject(Buffer.from(text));
      if (subject === undefined) return;
      const signature = JSON.parse(annotations) as Record<string, string>;
      const verified = await verifier.verifyPayload(Buffer.from(text), signature, IMAGE);
      if (verified.ok && text !== PAYLOAD.toString()) throw new Error('accepted another payload');
    }),
    target('a predicate', PREDICATE, (text) => {
      const predicate: unknown = parsed(text);
      for (const predicateType of Object.values(PREDICATES)) summaryOf({ predicateType, predicate });
      recipeIn({ predicate });
    }),
  ];
}

function textMembers(text: string): Record<string, string> {
  const rows = Object.entries(Object(parsed(text)) as object) as [string, unknown][];
  return Object.fromEntries(rows.filter((row): row is [string, string] => typeof row[1] === 'string'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
