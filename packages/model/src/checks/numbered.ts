import { isRunCheck, type Check, type FileCheck, type RunCheck } from '../definitions';

export interface Numbered<T> {
  readonly check: T;
  /** Its place among all checks of the file, from 1: what messages and ids call it. */
  readonly number: number;
}

export function runChecks(checks: readonly Check[]): Numbered<RunCheck>[] {
  return checks.flatMap((check, index) => (isRunCheck(check) ? [{ check, number: index + 1 }] : []));
}

export function fileChecks(checks: readonly Check[]): Numbered<FileCheck>[] {
  return checks.flatMap((check, index) => (isRunCheck(check) ? [] : [{ check, number: index + 1 }]));
}
