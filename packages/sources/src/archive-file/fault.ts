import { Fault, failureOf } from '@image-tooling/host';
import { fail, type Failed, type Failure, type FailureCode } from '@image-tooling/model';

const NEXT =
  'Nothing of it was taken. Look at the file that the vendor publishes, and take another version or source of the tool if it is like this there.';

/** Carries what is wrong with an archive, whose name the one who throws it does not know: see `archiveFailed`. */
export class ArchiveFault extends Fault {
  /** @param what Completes "<archive> …": `holds "../x", …`. */
  constructor(
    what: string,
    code: FailureCode = 'archive-format',
    details: readonly string[] = [],
    hint: string = NEXT,
  ) {
    super({ code, message: what, hint, ...(details.length > 0 && { details }) });
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

/** Returns the failure for an error while an archive was read; bugs are thrown on. */
export function archiveFailed(error: unknown, name: string, path: string): Failed {
  const failure = failureOf(error, path);
  if (error instanceof ArchiveFault) return fail({ ...failure, message: `${name} ${failure.message}.` });
  if (failure.code === 'aborted')
    return fail({ code: 'aborted', message: `Stopped while unpacking ${name}.` });
  return fail(failure);
}
