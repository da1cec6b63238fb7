import { expandTemplate, versionValues, type FileCheck } from '../definitions';
import { findEntry, findFile } from './find-file';
import { modeText, type Files, type ListedFile } from './listing';
import { fileChecks } from './numbered';
import type { Result } from '../result';
import type { CheckInput, CheckOutcome } from './types';

type Owner = Pick<CheckOutcome, 'id' | 'group'>;

/** Returns the outcome of each file check of the tools and images of an image. */
export function judgeFileChecks({ tools, images }: CheckInput, files: Files): CheckOutcome[] {
  const ofTools = tools.flatMap(({ name, version, checks }) =>
    fileChecks(checks).map(({ check, number }) => {
      const owner = { id: `tool/${name}/${number}`, group: `tool ${name}` };
      return judgeFile({ ...check, file: knownPath(check, version) }, files, owner);
    }),
  );
  const ofImages = images.flatMap(({ name, checks }) =>
    fileChecks(checks).map(({ check, number }) =>
      judgeFile(check, files, { id: `image/${name}/${number}`, group: `image ${name}` }),
    ),
  );
  return [...ofTools, ...ofImages];
}

/**
 * Returns the path of a tool's file check. Fails with `schema` if a placeholder has no value for the version.
 */
export function checkedPath({ file }: FileCheck, version: string): Result<string> {
  return expandTemplate(file, versionValues(version));
}

function knownPath(check: FileCheck, version: string): string {
  const path = checkedPath(check, version);
  if (!path.ok) throw new Error(`planChecks has let pass: ${path.failures[0].message}`);
  return path.value;
}

function judgeFile(check: FileCheck, files: Files, owner: Owner): CheckOutcome {
  const expected = expectedText(check);
  const problems = problemsOf(check, files);
  const outcome = { ...owner, title: `${check.file}: ${expected}`, expected };
  if (problems.length === 0) return { ...outcome, passed: true };
  const actual = problems.join(', ');
  return {
    ...outcome,
    passed: false,
    actual,
    message: `${owner.group}: ${check.file} ${actual}${wanted(check)}`,
  };
}

function expectedText({ absent, mode, owner }: FileCheck): string {
  if (absent) return 'not there';
  const parts = [mode && `mode ${mode}`, owner && `owner ${owner}`].filter(Boolean);
  return parts.length === 0 ? 'there' : parts.join(', ');
}

/** Adds the expectation to a message, except if the file's presence alone was wrong. */
function wanted(check: FileCheck): string {
  return (check.mode ?? check.owner) ? `, expected ${expectedText(check)}` : '';
}

function problemsOf(check: FileCheck, files: Files): string[] {
  const entry = findEntry(files, check.file);
  if (check.absent) return entry ? ['is there, and must not be'] : [];
  if (!entry) return ['is not there'];
  const file = findFile(files, check.file);
  if (!file) return [`is a link to ${entry.target}, which leads nowhere`];
  return [...modeProblems(check, file), ...ownerProblems(check, file)];
}

function modeProblems({ mode }: FileCheck, file: ListedFile): string[] {
  const actual = modeText(file.mode);
  return mode === undefined || mode === actual ? [] : [`has mode ${actual}`];
}

/** Owners are names or numbers; a user alone leaves the group open. */
function ownerProblems({ owner }: FileCheck, file: ListedFile): string[] {
  if (owner === undefined) return [];
  const [user, group] = owner.split(':');
  const isUser = user === file.user || user === String(file.uid);
  const isGroup = group === undefined || group === file.group || group === String(file.gid);
  return isUser && isGroup ? [] : [`belongs to ${file.user}:${file.group} (${file.uid}:${file.gid})`];
}
