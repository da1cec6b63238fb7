import { readFile } from 'node:fs/promises';
import { caught, Fault, isErrno, valueOf, writeFileAtomic } from '@image-tooling/host';
import { canonicalJson, isDigest, type Digest, type Json, type Result } from '@image-tooling/model';
import { descriptorJson, MEDIA_TYPES, type Descriptor } from '../../image/manifest';
import { exclusiveHere } from '../referrers/exclusive';

/** The annotation that names a manifest in a layout (OCI image-spec 1.1, annotations.md). */
const NAME = 'org.opencontainers.image.ref.name';

/** A row of index.json; unknown members are kept. */
export interface LayoutEntry extends Descriptor {
  readonly annotations?: Readonly<Record<string, string>>;
}

export function nameOf({ annotations }: LayoutEntry): string | undefined {
  const name: unknown = annotations?.[NAME];
  return typeof name === 'string' ? name : undefined;
}

/** Whether a row is a descriptor (OCI image-spec 1.1, descriptor.md, "Properties"). */
function isEntry(row: unknown): row is LayoutEntry {
  const { mediaType, digest, size, annotations } = Object(row) as Record<string, unknown>;
  return (
    typeof mediaType === 'string' &&
    isDigest(digest) &&
    Number.isSafeInteger(size) &&
    (annotations === undefined || (typeof annotations === 'object' && annotations !== null))
  );
}

/** Returns the rows of a layout's index.json; [] if there is no such file. Throws a `Fault` with `image-format`. */
export async function readEntries(file: string): Promise<LayoutEntry[]> {
  try {
    const { manifests } = Object(JSON.parse(await readFile(file, 'utf8'))) as { manifests?: unknown };
    if (Array.isArray(manifests) && manifests.every(isEntry)) return manifests;
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return [];
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Fault({
    code: 'image-format',
    message: `${file} is not the index of an OCI layout.`,
    place: { file },
  });
}

/** Replaces the rows of index.json by the result of `change`; one change at a time in this process. */
export async function changeEntries(
  file: string,
  change: (entries: readonly LayoutEntry[]) => readonly LayoutEntry[],
): Promise<void> {
  const work = (): Promise<Result<void>> =>
    caught(file, async () => {
      const manifests = change(await readEntries(file)) as unknown as Json;
      const json = { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests };
      valueOf(await writeFileAtomic(file, canonicalJson(json)));
    });
  valueOf(await exclusiveHere(file, work));
}

/**
 * Returns the rows with a manifest added, under `name` if given. A manifest that had this name before keeps an unnamed
 * row. `parts`: manifests that the added one contains; they need no rows of their own.
 */
export function withEntry(
  entries: readonly LayoutEntry[],
  descriptor: Descriptor,
  name: string | undefined,
  parts: readonly Digest[],
): LayoutEntry[] {
  const rows = entries.map((entry) =>
    name !== undefined && nameOf(entry) === name ? unnamed(entry) : entry,
  );
  const isKnown = rows.some(({ digest }) => digest === descriptor.digest);
  if (name === undefined && isKnown) return rows;
  const others = rows.filter(
    (row) => nameOf(row) !== undefined || ![descriptor.digest, ...parts].includes(row.digest),
  );
  const annotations = name === undefined ? undefined : { [NAME]: name };
  return [
    ...others,
    { ...(descriptorJson(descriptor) as unknown as Descriptor), ...(annotations && { annotations }) },
  ];
}

function unnamed(entry: LayoutEntry): LayoutEntry {
  const annotations = Object.entries(entry.annotations ?? {}).filter(([key]) => key !== NAME);
  return {
    ...entry,
    annotations: annotations.length > 0 ? Object.fromEntries(annotations) : undefined,
  };
}
