import { expandTemplate, isRunCheck, versionValues, type Check, type FileCheck } from '../definitions';
import { findEntry, findFile } from './find-file';
import { modeText, type Files, type ListedFile } from './listing';
import type { CheckInput, CheckOutcome } from './types';

/** Each file check of the tools and images, held against the files that an image has. */
export function judgeFileChecks({ tools, images }: CheckInput, files: Files): CheckOutcome[] {
  return [
    ...tools.flatMap(({ name, version, checks }) =>
      fileChecks(checks).map(({ check, number }) =>
        judgeFile(withVersion(check, version), files, {
          id: `tool/${name}/${number}`,
          group: `tool ${name}`,
        }),
      ),
    ),
    ...images.flatMap(({ name, checks }) =>
      fileChecks(checks).map(({ check, number }) =>
        judgeFile(check, files, { id: `image/${name}/${number}`, group: `image ${name}` }),
      ),
    ),
  ];
}

function fileChecks(checks: readonly Check[]): { check: FileCheck; number: number }[] {
  return checks.flatMap((check, index) => (isRunCheck(check) ? [] : [{ check, number: index + 1 }]));
}

function withVersion(check: FileCheck, version: string): FileCheck {
  const file = expandTemplate(check.file, versionValues(version));
  if (!file.ok) throw new Error(`planChecks has let pass: ${file.failures[0].message}`);
  return { ...check, file: file.value };
}

function judgeFile(check: FileCheck, files: Files, place: Pick<CheckOutcome, 'id' | 'group'>): CheckOutcome {
  const expected = expectedText(check);
  const faults = faultsOf(check, files);
  const outcome = { ...place, title: `${check.file}: ${expected}`, passed: faults.length === 0, expected };
  if (outcome.passed) return outcome;
  const actual = faults.join(', ');
  return { ...outcome, actual, message: `${place.group}: ${check.file} ${actual}, expected: ${expected}` };
}

function expectedText({ absent, mode, owner }: FileCheck): string {
  if (absent) return 'not there';
  return ['there', mode && `mode ${mode}`, owner && `owner ${owner}`].filter(Boolean).join(', ');
}

function faultsOf(check: FileCheck, files: Files): string[] {
  const entry = findEntry(files, check.file);
  if (check.absent) return entry ? ['is there'] : [];
  if (!entry) return ['is not there'];
  const file = findFile(files, check.file);
  if (!file) return [`is a link to ${entry.target}, which is not there`];
  return [...modeFaults(check, file), ...ownerFaults(check, file)];
}

function modeFaults({ mode }: FileCheck, file: ListedFile): string[] {
  const actual = modeText(file.mode);
  return mode === undefined || mode === actual ? [] : [`has mode ${actual}`];
}

/** Owners are named or numbered; a user alone says nothing about the group. */
function ownerFaults({ owner }: FileCheck, file: ListedFile): string[] {
  if (owner === undefined) return [];
  const [user, group] = owner.split(':');
  const isUser = user === file.user || user === String(file.uid);
  const isGroup = group === undefined || group === file.group || group === String(file.gid);
  return isUser && isGroup ? [] : [`belongs to ${file.user}:${file.group} (${file.uid}:${file.gid})`];
}
