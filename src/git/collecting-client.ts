import type { FsClient } from './isomorphic.js';

/**
 * A file system for isomorphic-git that has one folder, keeps what is written, and can read nothing else: what it makes is
 * then put on disk as git should.
 *
 * @param files - by path; filled by what is written.
 */
export function collectingClient(folder: string, files: Map<string, Buffer>): FsClient {
  const absent = async (path: string): Promise<never> => {
    throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  };
  const stat = async (path: string) =>
    path === folder ? { isDirectory: () => true, isFile: () => false } : absent(path);
  const nothing = async (): Promise<void> => {};
  return {
    promises: {
      stat,
      lstat: stat,
      readFile: async (path: string) => files.get(path) ?? absent(path),
      readdir: absent,
      readlink: absent,
      mkdir: nothing,
      rmdir: nothing,
      unlink: nothing,
      symlink: nothing,
      writeFile: async (path: string, bytes: Uint8Array) => {
        files.set(path, Buffer.from(bytes));
      },
    },
  };
}
