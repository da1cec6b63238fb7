import type { Handler } from './command';

/** Reads commands without an effect beyond their step. */
export const noEffect: Handler = ({ reading, piece, name, target }) => {
  if (target) return undefined;
  reading.findings.notNeeded(
    piece,
    name === 'set' || name === 'shopt'
      ? 'it only affects the shell of that step'
      : 'it changes nothing in the image',
  );
  return {};
};

/** Reads "export A=b". */
export const exported: Handler = ({ reading, piece, args }) => {
  for (const value of args) {
    const [, name, text] = /^(\w+)=([^]*)$/.exec(value.text) ?? [];
    if (name !== undefined && text !== undefined) reading.stage.variables.set(name, { ...value, text });
  }
  reading.findings.notNeeded(piece, 'it only affects the shell of that step');
  return {};
};

/** Reads cd. */
export const changeFolder: Handler = ({ reading, piece, args }) => {
  const { stage, findings } = reading;
  stage.cwd = stage.path(args[0]?.text ?? '/root');
  findings.notNeeded(piece, 'it is applied to the commands that follow');
  return {};
};

/** Reads commands that check whether something exists. */
export const query: Handler = ({ reading, piece, target }) => {
  if (target) return undefined;
  reading.findings.notNeeded(piece, 'it only checks something');
  return { succeeds: 'unknown' };
};
