import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';

/** Inputs that once broke something, a folder a target. */
export const FINDS = path.join(packageRoot(), 'fixtures/fuzz');
