import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quotedWord } from '@image-tooling/model/shell-word';
import type { ScriptSettings } from './settings';

/** In this order: each uses what is above it. */
const PARTS = ['basics', 'project', 'engine', 'identity', 'mounts', 'credentials', 'network', 'keep', 'run'];

/** In the second line of every alias: other files are never overwritten or removed. */
export const MARK = '# Written by @image-tooling/toolbox';

/** Returns the POSIX shell script of a call. @param scripts the package's folder `sh` */
export function scriptText(settings: ScriptSettings, scripts: string, version: string): string {
  const parts = PARTS.map((name) => readFileSync(join(scripts, `${name}.sh`), 'utf8'));
  return ['#!/bin/sh', ...header(settings, version), ...parts].join('\n');
}

function header(settings: ScriptSettings, version: string): string[] {
  const { command } = settings;
  const variables = {
    action: settings.action,
    fixed_image: settings.image ?? '',
    default_image: settings.defaultImage ?? '',
    fixed_engine: settings.engine ?? '',
    fixed_network: settings.network ?? '',
    keep: settings.keepSeconds?.toString() ?? '',
    without: settings.without.join(' '),
    with: settings.with.join(' '),
    env_names: settings.env.join(' '),
  };
  return [
    `${MARK} ${version}${command === undefined ? '' : `; again: toolbox alias ${command}`}`,
    ...Object.entries(variables).map(([name, value]) => `${name}=${quotedWord(value)}`),
    ...(command === undefined ? [] : [`set -- ${quotedWord(command)} "$@"`]),
    '',
  ];
}
