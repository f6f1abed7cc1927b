/** The last part of a repository path, which is always separated by `/`. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
