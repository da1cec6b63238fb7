import type { Handler } from './command';

const ADVICE: Readonly<Record<string, readonly [why: string, todo: string]>> = {
  'update-ca-certificates': [
    'certificates come from packages only',
    'Mount your CA certificate into containers, or install it as a package.',
  ],
  'update-alternatives': [
    'alternatives are set by packages only',
    'Add a link with that name to rootfs/usr/local/bin.',
  ],
  sed: [
    'it edits a file in place',
    'Add the whole file to rootfs/ if no package has it, or add a file to the ".d" folder next to it.',
  ],
  setcap: ['file capabilities are not supported', 'Run the program as a user with that permission.'],
  systemctl: ['no services run in a tooling image', 'Remove it.'],
};

const LOCALES = ['locale-gen', 'update-locale', 'localedef', 'dpkg-reconfigure', 'debconf-set-selections'];

/** Reads programs that change the configuration of the system. */
export const configuration: Handler = ({ name, args, reading, piece }) => {
  const { findings } = reading;
  const base = name.slice(name.lastIndexOf('/') + 1);
  const isLocale = LOCALES.includes(base) || args.some(({ text }) => text.includes('locale.gen'));
  const [why, todo] = isLocale
    ? [
        'only packages configure the system',
        'C.UTF-8 is always available. The package "locales-all" has the other locales.',
      ]
    : (ADVICE[base] ?? [
        'it changes the configuration of the system',
        'Add the file that it changes to rootfs/.',
      ]);
  findings.notImported(piece, why, todo);
  return {};
};
