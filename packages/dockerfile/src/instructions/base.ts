import type { Workspace } from '@image-tooling/model';
import type { Findings, Piece } from '../findings';
import { CODENAME } from '../shell/substitutions';

/** What an image stands on. */
export type From = { readonly image: string } | { readonly debian: string } | { readonly registry: string };

/** What FROM names, in parts. */
interface Reference {
  readonly name: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

const DIGEST_ADVICE =
  'To stand on that very image, write "from": { "registry": "…@sha256:…" } with its digest.';

/** Images that are Debian with one more thing, and the packages that Debian has for it. */
const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  python: ['python3', 'python3-pip', 'python3-venv'],
  node: ['nodejs', 'npm'],
  golang: ['golang-go'],
  ruby: ['ruby'],
  perl: ['perl'],
  php: ['php-cli'],
};

const DEBIAN_WORDS = /debian|bookworm|trixie|bullseye|buster|stretch/;

/**
 * What an image from `reference` stands on here: an image of a registry where it is named by digest, else the
 * workspace's own image on Debian, else Debian itself. Packages of Debian that stand for a language are given back.
 */
export function baseOf(
  reference: string,
  piece: Piece,
  {
    workspace,
    findings,
    from,
  }: { readonly workspace: Workspace; readonly findings: Findings; readonly from?: string | undefined },
): { readonly from: From; readonly packages: readonly string[] } {
  const parts = parseReference(reference);
  if (parts.digest !== undefined && from === undefined) {
    const registry = `${fullName(parts.name)}@${parts.digest}`;
    findings.carried(piece, `"from" of image.json: ${registry}`);
    return { from: { registry }, packages: [] };
  }
  const chosen = ownBase(workspace, from);
  findings.carried(piece, `"from" of image.json: ${'image' in chosen ? chosen.image : `Debian ${CODENAME}`}`);
  const packages = LANGUAGES[lastPart(parts.name)] ?? [];
  ask(piece, reference, parts, findings);
  return { from: chosen, packages: isAlpine(parts) ? [] : packages };
}

/** The workspace's image that stands on Debian itself; of several the first by name, one called "base" before all. */
function ownBase({ images }: Workspace, wanted: string | undefined): From {
  if (wanted !== undefined) return { image: wanted };
  const roots = [...images.values()]
    .filter(({ definition }) => 'debian' in definition.from)
    .map(({ name }) => name);
  const image = roots.find((name) => name === 'base') ?? roots.sort()[0];
  return image === undefined ? { debian: CODENAME } : { image };
}

function ask({ line }: Piece, reference: string, parts: Reference, findings: Findings): void {
  const name = lastPart(parts.name);
  if (name === 'debian') {
    if (!/^(?:trixie|13|stable|latest|$)/.test(parts.tag) && parts.tag !== '')
      findings.ask(
        line,
        `Debian ${parts.tag} becomes Debian ${CODENAME}: packages are newer, and some may have gone.`,
      );
    return;
  }
  if (isAlpine(parts))
    findings.ask(line, `${reference} is Alpine: its packages are called otherwise in Debian.`);
  else if (name === 'ubuntu')
    findings.ask(
      line,
      `${reference} becomes Debian ${CODENAME}: some packages are called otherwise there or have another version; PPAs are Ubuntu's.`,
    );
  else if (LANGUAGES[name])
    findings.ask(
      line,
      `${reference} becomes Debian ${CODENAME} with Debian's own ${name} (${LANGUAGES[name].join(', ')}): its version may be another. ${DIGEST_ADVICE}`,
    );
  else if (name === 'scratch')
    findings.ask(line, 'FROM scratch becomes Debian: an image holds a shell, and tools run in it.');
  else
    findings.ask(
      line,
      `What ${reference} adds to ${DEBIAN_WORDS.test(`${name}:${parts.tag}`) || name === 'buildpack-deps' ? 'Debian' : 'its system'} is not carried over. ${DIGEST_ADVICE}`,
    );
}

function isAlpine({ name, tag }: Reference): boolean {
  return name.endsWith('alpine') || tag.includes('alpine');
}

/** Distribution's reference grammar: name[:tag][@digest]. */
function parseReference(text: string): Reference {
  const [, name = text, tag = '', digest] =
    /^(.+?)(?::([\w][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  return { name, tag, digest };
}

/** A name as its registry has it: short names are Docker Hub's, those of one part its official images'. */
function fullName(name: string): string {
  const [first = ''] = name.split('/');
  if (name.includes('/') && /[.:]|^localhost$/.test(first)) return name;
  return name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
