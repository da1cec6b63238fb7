import { Fault, failureOf } from '@image-tooling/host';
import { fail, type Failed, type Failure, type FailureCode } from '@image-tooling/model';

const NEXT =
  'Nothing was taken from it. Check the file that the vendor publishes; if it has the same problem, use another version or source of the tool.';

/** A problem of an archive, thrown where the archive's name is unknown: see `archiveFailed`. */
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

/** Returns the problem of an archive for a failure to read or decompress it. */
export function faultOfArchive(failure: Failure, message: string): Fault {
  const isBad = failure.code === 'tar-format' || failure.code === 'truncated';
  return new Fault({ ...failure, message, ...(isBad && { code: 'archive-format', hint: NEXT }) });
}

/** Returns the problem of an archive that unpacks to more bytes than the limit. */
export function tooLarge(packedBytes: number, most: number): ArchiveFault {
  return new ArchiveFault(
    `unpacks to more than ${most} bytes from an archive of ${packedBytes} bytes`,
    'too-large',
  );
}

/** Returns the failure for an error while an archive was read. Rethrows bugs. */
export function archiveFailed(error: unknown, name: string, path: string): Failed {
  const failure = failureOf(error, path);
  if (error instanceof ArchiveFault) return fail({ ...failure, message: `${name} ${failure.message}.` });
  if (failure.code === 'aborted')
    return fail({ code: 'aborted', message: `Stopped while unpacking ${name}.` });
  return fail(failure);
}
