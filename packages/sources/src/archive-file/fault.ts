import { Fault, ioFailure, isErrno } from '@image-tooling/host';
import { fail, type Failed, type Failure, type FailureCode } from '@image-tooling/model';

const NEXT =
  'Nothing of it was taken. Look at the file that the vendor publishes, and take another version or source of the tool if it is like this there.';

/** Carries what is wrong with an archive out of a stream. Never leaves this folder: see `archiveFailed`. */
export class ArchiveFault extends Error {
  constructor(
    /** Completes "<archive> …": `holds "../x", …`. */
    readonly what: string,
    readonly code: FailureCode = 'archive-format',
    readonly details: readonly string[] = [],
    readonly hint: string = NEXT,
  ) {
    super(what);
  }
}

/** Returns what reading or decompressing an archive failed with, as a fault of the archive. */
export function faultOfArchive(failure: Failure, message: string): Fault {
  const isBad = failure.code === 'tar-format' || failure.code === 'truncated';
  return new Fault({ ...failure, message, ...(isBad && { code: 'archive-format', hint: NEXT }) });
}

/** Returns the fault of an archive that unpacks to more than an honest one would. */
export function tooLarge(packedBytes: number, most: number): ArchiveFault {
  return new ArchiveFault(
    `unpacks to more than ${most} bytes, though it has only ${packedBytes} itself`,
    'too-large',
  );
}

/** Returns an error on the way through an archive as a failure; bugs are thrown on. */
export function archiveFailed(error: unknown, name: string, path: string): Failed {
  if (error instanceof ArchiveFault) return fail(faultFailure(error, name));
  if (error instanceof Fault) return fail(error.failure);
  if (error instanceof Error && error.name === 'AbortError')
    return fail({ code: 'aborted', message: `Stopped while unpacking ${name}.` });
  return fail(ioFailure(error, isErrno(error) && error.path !== undefined ? error.path : path));
}

function faultFailure({ what, code, details, hint }: ArchiveFault, name: string): Failure {
  const failure: Failure = { code, message: `${name} ${what}.`, hint };
  return details.length === 0 ? failure : { ...failure, details };
}
