/** Options of the command line. `value`: whether one follows, as `--image x` or `--image=x`. */
export const OPTIONS = [
  { name: 'image', flags: ['--image'], value: 'required' },
  { name: 'keep', flags: ['--keep'], value: 'optional' },
  { name: 'without', flags: ['--without'], value: 'required' },
  { name: 'with', flags: ['--with'], value: 'required' },
  { name: 'env', flags: ['--env', '-e'], value: 'required' },
  { name: 'engine', flags: ['--engine'], value: 'required' },
  { name: 'network', flags: ['--network'], value: 'required' },
  { name: 'print', flags: ['--print'], value: 'none' },
  { name: 'dir', flags: ['--dir'], value: 'required' },
  { name: 'remove', flags: ['--remove'], value: 'none' },
  { name: 'plain-http', flags: ['--plain-http'], value: 'none' },
  { name: 'help', flags: ['--help', '-h'], value: 'none' },
  { name: 'version', flags: ['--version'], value: 'none' },
] as const;

export type OptionName = (typeof OPTIONS)[number]['name'];
