import { expect, it } from 'vitest';
import { randomFrom } from '@image-tooling/testkit/helpers';
import { randomHistory, versionAt, type Tags } from './random-histories';

const HISTORIES = 200;

it(`gives each commit one version in ${HISTORIES} random histories, whichever runs were dropped, killed or repeated`, async () => {
  let versions = 0;
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = randomFrom(seed);
    const commits = randomHistory(random);
    const clean: Tags = new Map();
    const expected = [];
    for (const at of commits.keys()) {
      const version = await versionAt(commits, at, clean);
      expected.push(version && { version: version.version, commit: version.commit });
      if (version) clean.set(version.version, version.commit);
    }
    const tags: Tags = new Map();
    for (let run = 0; run < commits.length * 2; run++) {
      const at = Math.floor(random() * commits.length);
      const version = await versionAt(commits, at, tags);
      expect(version && { version: version.version, commit: version.commit }, `seed ${seed}`).toEqual(
        expected[at],
      );
      // A killed run writes no git tag.
      if (version && random() < 0.5) tags.set(version.version, version.commit);
    }
    versions += clean.size;
  }
  expect(versions).toBeGreaterThan(HISTORIES);
});
