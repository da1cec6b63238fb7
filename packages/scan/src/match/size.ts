import { bytesText } from '@image-tooling/model';
import type { Finding } from '../finding';
import { ownImage } from '../origin';
import type { ScanSubject } from '../subject';

/** Returns a finding if the layers of an image are larger than its budget. */
export function sizeFindings({ chain, compressedSize }: ScanSubject): Finding[] {
  const { name, file, budget } = ownImage(chain);
  if (budget === undefined || compressedSize <= budget) return [];
  return [
    {
      kind: 'size',
      id: 'size-budget',
      aliases: [],
      severity: 'medium',
      title: `${bytesText(compressedSize)} compressed, the budget is ${bytesText(budget)}`,
      owner: name,
      file,
      advice: `Remove what is not needed, or raise "budget.compressed" in ${file}.`,
    },
  ];
}
