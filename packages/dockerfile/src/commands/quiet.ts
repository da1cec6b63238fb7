import type { Handler } from '../shell/command';

/** Commands whose effect ends with the step. */
export const quiet: Handler = ({ reading, piece, name, target }) => {
  if (target) return undefined;
  reading.findings.needless(
    piece,
    name === 'set' || name === 'shopt'
      ? 'it is about the shell of that step'
      : 'it leaves nothing in the image',
  );
  return {};
};

/** export A=b. */
export const exported: Handler = ({ reading, piece, args }) => {
  for (const value of args) {
    const [, name, text] = /^(\w+)=([^]*)$/.exec(value.text) ?? [];
    if (name !== undefined && text !== undefined) reading.stage.variables.set(name, { ...value, text });
  }
  reading.findings.needless(piece, 'it is about the shell of that step');
  return {};
};

/** cd. */
export const changeFolder: Handler = ({ reading, piece, args }) => {
  const { stage, findings } = reading;
  stage.cwd = stage.path(args[0]?.text ?? '/root');
  findings.needless(piece, 'it was read where it matters');
  return {};
};

/** Commands that ask whether something is there. */
export const query: Handler = ({ reading, piece, target }) => {
  if (target) return undefined;
  reading.findings.needless(piece, 'it only asks');
  return { succeeds: 'unknown' };
};
