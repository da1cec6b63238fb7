/** Lays out in a folder what npm is to pack. Returns the folder. */
export function stage(
  folder: 'cli' | 'nx' | 'create',
  options: { readonly to: string; readonly version: string },
): string;
