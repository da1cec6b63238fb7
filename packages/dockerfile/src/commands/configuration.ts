import type { Handler } from '../shell/command';

const ADVICE: Readonly<Record<string, readonly [why: string, todo: string]>> = {
  'update-ca-certificates': [
    'certificates come with packages alone',
    'Give containers your CA when they start, or make a package of it.',
  ],
  'update-alternatives': [
    'packages alone choose alternatives',
    'Put a link of that name into rootfs/usr/local/bin.',
  ],
  sed: [
    'it edits a file in place',
    'Put the whole file into rootfs/, if no package brings it, or a file into the ".d" folder beside it.',
  ],
  setcap: ['files get no capabilities', 'Run the program as a user that may do it.'],
  systemctl: ['no services run in a tooling image', 'Leave it out.'],
};

const LOCALES = ['locale-gen', 'update-locale', 'localedef', 'dpkg-reconfigure', 'debconf-set-selections'];

/** Programs that change how the system is set up. */
export const configuration: Handler = ({ name, args, reading, piece }) => {
  const { findings } = reading;
  const base = name.slice(name.lastIndexOf('/') + 1);
  const isLocale = LOCALES.includes(base) || args.some(({ text }) => text.includes('locale.gen'));
  const [why, todo] = isLocale
    ? [
        'no program configures the system but the packages themselves',
        'C.UTF-8 is always there; the package "locales-all" has the others.',
      ]
    : (ADVICE[base] ?? ['it changes how the system is set up', 'Put the file that it changes into rootfs/.']);
  findings.left(piece, why, todo);
  return {};
};
