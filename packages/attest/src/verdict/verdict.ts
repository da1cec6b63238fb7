import { visible } from '@image-tooling/model';
import type { ImageVerdict, ManifestVerdict, Verdict } from './types';

/** The worst first. */
const ORDER: readonly Verdict[] = ['altered', 'invalid', 'unsigned', 'incomplete', 'verified'];

/** Returns the worst verdict on the manifests of an image. */
export function worstOf(manifests: readonly ManifestVerdict[]): Verdict {
  const found = manifests.flatMap(({ problems }) => problems.map(({ verdict }) => verdict));
  return ORDER.find((verdict) => found.includes(verdict as never)) ?? 'verified';
}

const WORDS: Readonly<Record<Verdict, string>> = {
  verified: 'is verified',
  unsigned: 'is NOT verified: it is not signed by the trusted signer',
  invalid: 'is NOT verified: an attestation is invalid',
  incomplete: 'is NOT verified: a statement is missing, or its tests failed',
  altered: 'is NOT verified: it was changed after it was signed',
};

/** Returns a verdict as text lines. */
export function verdictLines({ reference, digest, verdict, policy, manifests }: ImageVerdict): string[] {
  return [
    '',
    `${reference} ${WORDS[verdict]}`,
    `  digest   ${digest}`,
    `  trusted  ${policy}`,
    ...manifests.flatMap(manifestLines),
  ].map(oneLine);
}

/** Annotations and names come from the registry, where others may have written them. */
function oneLine(text: string): string {
  return visible(text.replace(/[\r\n]+/g, ' '));
}

function manifestLines(manifest: ManifestVerdict): string[] {
  const { name, digest, signer, signature, statements, problems, refused, rebuilt } = manifest;
  const where = [...(signature.bundle ? ['bundle'] : []), ...(signature.tag ? ['.sig tag'] : [])].join(', ');
  const rows: readonly (readonly [string, string])[] = [
    ...(signer === undefined ? [] : [['signed', `${signer} (${where})`] as const]),
    ...statements.map(({ title, text }) => [title, text] as const),
    ...(rebuilt ? [['rebuilt', `the same digest from ${rebuilt.layers} layers`] as const] : []),
    ...problems.map(({ message }) => ['problem', message] as const),
    ...refused.map(({ message }) => ['ignored', message] as const),
  ];
  return [`  ${name}  ${digest}`, ...rows.map(([title, text]) => `    ${title.padEnd(TITLE)}  ${text}`)];
}

const TITLE = 'provenance'.length;
