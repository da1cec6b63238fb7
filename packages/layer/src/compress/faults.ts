import { Fault } from '@image-tooling/host';

export function endsEarly(packing: string, orElse = ''): Fault {
  return new Fault({
    code: 'truncated',
    message: `The ${packing} data ends before its content does${orElse}.`,
    hint: 'It was cut off while it was written or downloaded: create it again.',
  });
}

/** `why` completes the sentence. */
export function damaged(packing: string, why: string): Fault {
  return new Fault({
    code: 'tar-format',
    message: `The ${packing} data is damaged, or other bytes follow its end: ${why}.`,
  });
}

export function needsMemory(bytes: number, most: number): Fault {
  return new Fault({
    code: 'tar-format',
    message: `The zstd data needs ${bytes} bytes of memory; at most ${most} are allowed.`,
  });
}

export function tooLarge(most: number): Fault {
  return new Fault({ code: 'too-large', message: `It unpacks to more than ${most} bytes.` });
}
