import type { LinkedSymbols, ScanSubject } from '../subject';
import type { OsvDatabase } from '../osv-database';
import { entriesAbout, matchesOf, type MatchesByLayer } from './module-matches';
import { comparedModules, layersWithModules } from './modules';

/**
 * Compares all modules of an image with a database.
 *
 * @param symbols of the packages that entries name (`packagesOf`); see `ComparedOn`
 */
export function matchesOfImage(
  subject: ScanSubject,
  database: OsvDatabase,
  symbols: LinkedSymbols = {},
): MatchesByLayer {
  const { platform } = subject.inventory;
  return new Map(
    layersWithModules(subject).map((layer) => {
      const modules = comparedModules(subject, layer);
      return [layer, matchesOf(modules, entriesAbout(modules, database), { platform, symbols })];
    }),
  );
}
