import { counted, visible, type SignedReport } from '@image-tooling/model';
import type { ImageVerdict, ManifestVerdict, Rebuilt, Verdict } from './types';
import { verificationText } from './verification';

/** The worst first. */
const ORDER: readonly Verdict[] = ['altered', 'different', 'invalid', 'unsigned', 'incomplete', 'verified'];

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
  different: 'is NOT verified: built again, it is another image',
};

/** Returns a verdict as text lines. */
export function verdictLines(image: ImageVerdict): string[] {
  const { reference, digest, verdict, policy, manifests, yanked, attested } = image;
  return [
    '',
    `${reference} ${WORDS[verdict]}`,
    `  digest   ${digest}`,
    `  trusted  ${policy}`,
    ...yanked.map((reason) => `  yanked   its publisher marked it as bad: ${reason}`),
    ...manifests.flatMap(manifestLines),
    ...(attested ? [attestedText(attested)] : []),
  ].map(oneLine);
}

/** Annotations and names come from the registry, where others may have written them. */
function oneLine(text: string): string {
  return visible(text.replace(/[\r\n]+/g, ' '));
}

function manifestLines(manifest: ManifestVerdict): string[] {
  const { name, digest, signer, signature, statements, verifications, problems, refused, rebuilt } = manifest;
  const where = [...(signature.bundle ? ['bundle'] : []), ...(signature.tag ? ['.sig tag'] : [])].join(', ');
  const rows: readonly (readonly [string, string])[] = [
    ...(signer === undefined ? [] : [['signed', `${signer} (${where})`] as const]),
    ...statements.map(({ title, text }) => [title, text] as const),
    ...verifications.map((one) => ['verified', verificationText(one)] as const),
    ...(rebuilt ? [['rebuilt', rebuiltText(rebuilt)] as const] : []),
    ...problems.map(({ message }) => ['problem', message] as const),
    ...refused.map(({ message }) => ['ignored', message] as const),
  ];
  return [`  ${name}  ${digest}`, ...rows.map(([title, text]) => `    ${title.padEnd(TITLE)}  ${text}`)];
}

function attestedText({ signer, written, present }: SignedReport): string {
  return `  verification summaries: ${written} attached, ${present} already there, signed by ${signer}`;
}

function rebuiltText({ commit, layers, made }: Rebuilt): string {
  if (commit === undefined) return `the same digest from ${layers} layers`;
  const from = `the definitions of commit ${commit.slice(0, 12)}`;
  return `the same bytes from ${from}: ${counted(made, 'layer')} made again, ${layers - made} taken from the registry`;
}

const TITLE = 'provenance'.length;
