/**
 * Returns a package URL as it is compared: scanners write it again. They encode ":" and "+" or not, and write names of Go
 * modules in lower case (purl-spec, "Character encoding"; PURL-TYPES, "golang").
 */
export function purlKey(purl: string): string {
  try {
    return decodeURIComponent(purl).toLowerCase();
  } catch {
    return purl.toLowerCase();
  }
}
