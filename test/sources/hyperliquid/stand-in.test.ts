import { HttpTransport, InfoClient } from '@nktkas/hyperliquid';
import * as theirs from '@nktkas/hyperliquid/api/info';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, NOW, SCRIPT, type Scene, scene } from './support/exchange.js';
import { ACCOUNT, fixture } from './support/fixture.js';

/** The part of their schemas that says whether a value fits. */
interface Checked {
  readonly '~standard': {
    readonly validate: (
      value: unknown,
    ) => { readonly issues?: readonly unknown[] | undefined } | Promise<unknown>;
  };
}

const user = ACCOUNT as `0x${string}`;
let here: Scene;
let client: InfoClient;
let transport: HttpTransport;

beforeAll(async () => {
  here = await scene();
  transport = new HttpTransport({ apiUrl: here.standIn.url });
  client = new InfoClient({ transport });
});

afterAll(() => here.standIn.close());

async function fits(schema: Checked, value: unknown): Promise<void> {
  expect(await schema['~standard'].validate(value)).not.toHaveProperty('issues');
}

describe("somebody else's client", () => {
  it('finds every answer of the stand-in as it knows them', async () => {
    await fits(theirs.ClearinghouseStateResponse, await client.clearinghouseState({ user }));
    await fits(theirs.ClearinghouseStateResponse, await client.clearinghouseState({ user, dex: 'xyz' }));
    await fits(theirs.SpotClearinghouseStateResponse, await client.spotClearinghouseState({ user }));
    await fits(theirs.DelegatorSummaryResponse, await client.delegatorSummary({ user }));
    await fits(theirs.UserVaultEquitiesResponse, await client.userVaultEquities({ user }));
    await fits(theirs.AllMidsResponse, await client.allMids());
    await fits(theirs.PerpDexsResponse, await client.perpDexs());
    await fits(theirs.SpotMetaResponse, await client.spotMeta());
    await fits(theirs.PortfolioResponse, await client.portfolio({ user }));
    await fits(theirs.UserRoleResponse, await client.userRole({ user }));
    await fits(theirs.UserRoleResponse, await client.userRole({ user: AGENT }));
    expect(await transport.request('info', { type: 'userAbstraction', user })).toBe('default');
  });

  it('finds the ledger as it knows it, but for the kind that nobody knows', async () => {
    const updates = await client.userNonFundingLedgerUpdates({ user, startTime: 0 });
    expect(updates).toHaveLength(5);
    await fits(theirs.UserNonFundingLedgerUpdatesResponse, updates.slice(0, 4));
  });

  it('reads the same account as ours', async () => {
    const state = await client.clearinghouseState({ user });
    const ours = await here.exchange.perpState('');
    expect(state.marginSummary.accountValue).toBe(ours.marginSummary.accountValue);
    expect(state.time).toBe(NOW.getTime());
    expect(await client.userRole({ user: AGENT })).toEqual({ role: 'agent', data: { user: ACCOUNT } });
  });

  it('is refused as by the exchange', async () => {
    await expect(transport.request('info', { type: 'noSuchThing', user })).rejects.toThrow('422');
    await expect(transport.request('info', { type: 'clearinghouseState', user: '0x1' })).rejects.toThrow(
      '422',
    );
  });

  it.each([
    ['clearinghouseState', theirs.ClearinghouseStateResponse],
    ['spotClearinghouseState', theirs.SpotClearinghouseStateResponse],
    ['userVaultEquities', theirs.UserVaultEquitiesResponse],
    ['userNonFundingLedgerUpdates', theirs.UserNonFundingLedgerUpdatesResponse],
    ['portfolio', theirs.PortfolioResponse],
    ['allMids', theirs.AllMidsResponse],
    ['perpDexs', theirs.PerpDexsResponse],
    ['userRole', theirs.UserRoleResponse],
  ])('knows the recorded %s', async (name, schema) => {
    await fits(schema, JSON.parse(fixture(name)));
  });
});

describe('the stand-in', () => {
  it('gives a P&L that deposits do not move', async () => {
    const [, day] = (await here.exchange.portfolio()).find(([name]) => name === 'allTime') ?? [];
    expect(day?.accountValueHistory.map(([, value]) => value)).toEqual(['10000.0', '13037.238044']);
    // 3037.238044 more, of which 500.25 came and 100 went.
    expect(day?.pnlHistory.map(([, value]) => value)).toEqual(['0.0', '2636.988044']);
  });

  it('answers nothing but POST /info, and survives what is no request', async () => {
    const post = (path: string, body: string) =>
      fetch(`${here.standIn.url}${path}`, { method: 'POST', body });
    expect((await fetch(here.standIn.url)).status).toBe(404);
    expect((await post('/exchange', '{"type":"allMids"}')).status).toBe(404);
    for (const body of ['', 'null', '[]', '{"type":1}', '{"type":"userRole"}', 'x'.repeat(100_000)]) {
      expect((await post('/info', body)).status).toBe(422);
    }
  });

  it('refuses a script with a time that is none', async () => {
    const broken = await scene({ script: { ...SCRIPT, moments: [{ at: 'yesterday' }] } });
    expect(() => broken.standIn.at()).toThrow("'yesterday' is not a time");
    await broken.standIn.close();
  });
});
