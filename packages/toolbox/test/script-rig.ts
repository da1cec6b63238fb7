import { call, engineArguments, type FakeMachine } from './rig';

export const HOME = '/home/toolbox';
/** Not this machine's own. */
const NO_CERTIFICATES = {
  '/etc/ssl/certs/ca-certificates.crt': '/nowhere',
  '/etc/pki/': '/nowhere/',
  '/etc/ssl/ca': '/nowhere',
};

/** What the engine gets in a call on this machine. */
export function args(
  machine: FakeMachine,
  argv: readonly string[] = ['true'],
  options: Parameters<typeof call>[2] = {},
): string[] {
  return engineArguments(
    call(machine, argv, { ...options, paths: { ...NO_CERTIFICATES, ...options.paths } }),
  );
}
