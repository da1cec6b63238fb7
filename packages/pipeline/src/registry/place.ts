import { isAbsolute, join } from 'node:path';
import { fail, isDigest, ok, type Digest, type Result } from '@image-tooling/model';
import {
  isTag,
  parseReference,
  referenceProblem,
  repositoryText,
  shownReference,
  type RepositoryName,
} from '@image-tooling/oci';

/** The source or target of a copy: a repository, or the folder of an OCI layout. */
export type Place = (
  | { readonly kind: 'registry'; readonly repository: RepositoryName }
  | { readonly kind: 'folder'; /** Absolute. */ readonly path: string }
) & { readonly tag?: string; readonly digest?: Digest };

const FOLDER = 'oci:';

/**
 * Reads `registry.example/team/name[:tag][@sha256:…]` or `oci:<folder>[:tag][@sha256:…]` (paths relative to
 * `cwd`). Fails with `usage`.
 */
export function parsePlace(text: string, cwd: string): Result<Place> {
  if (text.startsWith(FOLDER)) return folderPlace(text, cwd);
  const reference = parseReference(text);
  if (!reference.ok) return referenceProblem(text) ? reference : noPlace(text);
  return ok({ kind: 'registry', ...reference.value });
}

/** Formats a place. */
export function placeText(place: Place): string {
  const name = place.kind === 'folder' ? `${FOLDER}${place.path}` : repositoryText(place.repository);
  const tag = place.tag === undefined ? '' : `:${place.tag}`;
  return `${name}${tag}${place.digest === undefined ? '' : `@${place.digest}`}`;
}

function folderPlace(text: string, cwd: string): Result<Place> {
  if (text.startsWith(`${FOLDER}//`)) return parseReference(text) as Result<never>;
  const { rest, digest } = withoutDigest(text.slice(FOLDER.length));
  const colon = rest.lastIndexOf(':');
  const tag = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : undefined;
  const path = tag === undefined ? rest : rest.slice(0, colon);
  if (path === '' || (tag !== undefined && !isTag(tag))) return noPlace(text);
  return ok({
    kind: 'folder',
    path: isAbsolute(path) ? path : join(cwd, path),
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  });
}

/** Folder names may contain "@": only a full digest at the end counts. */
function withoutDigest(text: string): { readonly rest: string; readonly digest?: Digest } {
  const at = text.lastIndexOf('@');
  const end = text.slice(at + 1);
  return at >= 0 && isDigest(end) ? { rest: text.slice(0, at), digest: end } : { rest: text };
}

function noPlace(text: string): Result<never> {
  return fail({
    code: 'usage',
    message: `"${shownReference(text)}" is not an image in a registry or an OCI folder.`,
    hint: 'Write registry.example/team/name:1.2.3, registry.example/team/name@sha256:… or oci:<folder>:1.2.3.',
  });
}
