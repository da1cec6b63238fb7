import { Fault } from '../../fault';

/** What broke a body off while it was read, as a fault. */
export function streamFault(error: unknown, purpose: string): Fault {
  if (error instanceof Fault) return error;
  const { name, message } = error as Error;
  if (name === 'AbortError') return new Fault({ code: 'aborted', message: `Stopped: ${purpose}.` });
  const slow = name.includes('Timeout');
  return new Fault({
    code: slow ? 'timeout' : 'network',
    message: `Could not ${purpose}: the answer broke off: ${message}.`,
    hint: 'Try again; where it comes again, look at the network and the registry.',
  });
}
