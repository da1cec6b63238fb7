/** Spaces between columns. */
export const GAP = 2;

/**
 * Returns rows as lines of aligned columns, two spaces apart.
 *
 * @param right numbers of the columns whose cells end at the same place
 */
export function aligned(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const count = Math.max(0, ...rows.map((cells) => cells.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => padded(cell, widths[column] ?? 0, right.includes(column)))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

function padded(cell: string, width: number, right: boolean): string {
  return right ? cell.padStart(width) : cell.padEnd(width);
}
