import { cpSync } from 'node:fs';
import path from 'node:path';
import { createTestRepository, type TestRepository } from './test-repository.js';

const DEMO = path.resolve(import.meta.dirname, '../../fixtures/history/.moha');

/** A repository with the demonstration history: 150 decisions, 600 trades, 211 snapshots. */
export function createDemoRepository(): TestRepository {
  const repository = createTestRepository();
  cpSync(DEMO, path.join(repository.folder, '.moha'), { recursive: true });
  repository.commit({}, 'demo');
  return repository;
}
