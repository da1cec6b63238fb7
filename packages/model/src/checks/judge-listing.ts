import { ALWAYS_GROUP } from './always';
import { judgeAlwaysFiles } from './always-files';
import { judgeFileChecks } from './file-checks';
import { LISTING_ARGV, parseListing } from './listing';
import type { CheckInput, CheckOutcome } from './types';
import { commandLine } from '../shell-word';
import { cutLine } from './words';

/**
 * Returns the outcomes of all checks of an image's files: those of tools and images, and those of every
 * image. `listing` is the standard output of LISTING_ARGV. Returns one failed outcome if it is incomplete.
 */
export function judgeListing(input: CheckInput, listing: string): CheckOutcome[] {
  const files = parseListing(listing);
  if (!files) return [unreadable(listing)];
  return [...judgeAlwaysFiles(input, files), ...judgeFileChecks(input, files)];
}

function unreadable(listing: string): CheckOutcome {
  const end = cutLine(JSON.stringify(listing.slice(-100)));
  return {
    id: 'always/listing',
    group: ALWAYS_GROUP,
    title: 'the files of the image can be listed',
    as: 'root',
    passed: false,
    command: commandLine(LISTING_ARGV),
    expected: 'a record for each file, each ended by NUL',
    actual: `${listing.length} characters, the last of them ${end}`,
    message: 'The files of the image could not be listed, so none of them was checked',
    hint: 'Check that "find" of GNU findutils is in the image and works there.',
  };
}
