import type { Workspace } from '@image-tooling/model';
import type { Findings, Piece } from '../state/findings';
import { CODENAME } from '../state/types';

/** `from` of image.json. */
export type From = { readonly image: string } | { readonly debian: string } | { readonly registry: string };

/** An image reference of FROM, in parts. */
interface Reference {
  readonly name: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

const DIGEST_ADVICE =
  'To use exactly that image, write "from": { "registry": "…@sha256:…" } with its digest.';

/** Official images of a language, and Debian's packages of that language. */
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
 * Returns `from` for a FROM with `reference`: an image of a registry if the reference has a digest, else the workspace's
 * image that is based on Debian, else Debian itself; and Debian's packages of a language for an image of that language.
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
    findings.imported(piece, `"from" of image.json: ${registry}`);
    return { from: { registry }, packages: [] };
  }
  const chosen = ownBase(workspace, from);
  findings.imported(
    piece,
    `"from" of image.json: ${'image' in chosen ? chosen.image : `Debian ${CODENAME}`}`,
  );
  const packages = LANGUAGES[lastPart(parts.name)] ?? [];
  ask(piece, reference, parts, findings);
  return { from: chosen, packages: isAlpine(parts) ? [] : packages };
}

/** Returns the image that is wanted, or the workspace's image that is based on Debian: "base", else the first by name. */
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
        `Debian ${parts.tag} becomes Debian ${CODENAME}: packages are newer, and some may no longer exist.`,
      );
    return;
  }
  if (isAlpine(parts)) findings.ask(line, `${reference} is Alpine: its packages have other names in Debian.`);
  else if (name === 'ubuntu')
    findings.ask(
      line,
      `${reference} becomes Debian ${CODENAME}: some packages have another name or version there, and PPAs are for Ubuntu only.`,
    );
  else if (LANGUAGES[name])
    findings.ask(
      line,
      `${reference} becomes Debian ${CODENAME} with Debian's own ${name} (${LANGUAGES[name].join(', ')}): its version may differ. ${DIGEST_ADVICE}`,
    );
  else if (name === 'scratch')
    findings.ask(line, 'FROM scratch becomes Debian, since tooling images need a shell.');
  else
    findings.ask(
      line,
      `What ${reference} adds to ${DEBIAN_WORDS.test(`${name}:${parts.tag}`) || name === 'buildpack-deps' ? 'Debian' : 'its system'} is not imported. ${DIGEST_ADVICE}`,
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

/** Returns a name with its registry. Short names are on Docker Hub, and names of one part are its official images. */
function fullName(name: string): string {
  const [first = ''] = name.split('/');
  if (name.includes('/') && /[.:]|^localhost$/.test(first)) return name;
  return name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
