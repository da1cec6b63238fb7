import * as z from 'zod';
import { schemaReference, textLike, uniqueList, word } from './fields';

/** Age from which on entries are refused, unless cache.json says otherwise. */
export const DEFAULT_MAX_AGE = '90d';

const place = (description: string) =>
  textLike(
    /^(?:https?:\/\/[^\s?#@]+|s3:\/\/[^\s?#@]+|file:\/\/\/[^\s?#]+)$/,
    'an address that begins with https://, s3:// or file:///, without a password',
    description,
  );

/** The content of cache.json. */
export const remoteCacheSchema = z
  .strictObject({
    $schema: schemaReference,
    url: place(
      'The cache to read and write: "https://cache.example" (a server with Nx’s API), "s3://bucket/prefix" or "file:///folder". IMAGE_CACHE_URL replaces it.',
    ).optional(),
    alsoRead: uniqueList(place('A cache.'))
      .optional()
      .meta({ description: 'Caches to read, in this order, if "url" lacks an entry.' }),
    maxAge: textLike(
      /^[1-9][0-9]{0,3}d$/,
      'a number of days ("90d")',
      `Age from which on an entry is refused. Default: ${DEFAULT_MAX_AGE}.`,
    ).optional(),
    repository: word(
      'Name of this repository in entries; those of another are refused. Default: "source" of the options in nx.json.',
    ).optional(),
    audience: word(
      'Audience of the identity token that GitHub Actions issues. Default: scheme and host of "url".',
    ).optional(),
  })
  .meta({ title: 'Remote cache', description: 'Where results of tasks are shared between machines.' });

export type RemoteCacheFile = z.output<typeof remoteCacheSchema>;
