/** Returns the values of an option that may be repeated or have commas: "a,b" is the same as "a" "b". */
export function wordsOf(given: string | readonly string[] | undefined): string[] {
  const texts = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  return texts.flatMap((text) => text.split(/[,\s]+/)).filter((word) => word !== '');
}
