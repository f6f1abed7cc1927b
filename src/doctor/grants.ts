export const MOHA_GRANTS_HINT =
  'maven-git doctor --print-grants prints the SQL for a role that can only read';

/**
 * The SQL that gives each role what it needs and no more, for `psql`: one that owns Maven's projection, one that only asks
 * it, and one that only reads MoHa's trades. Passwords are left to `\password`, which sends them hashed.
 *
 * @param mohaTable - as the sync reads it.
 */
export function printGrants(mohaTable = 'bot_trades'): string {
  return `-- In Maven's Postgres, as a superuser: the role that reconcile, verify and the jobs use. The projection can be thrown
-- away, so its role owns one database and nothing else.
create role maven_user login;
create database maven_data owner maven_user;
revoke all on database maven_data from public;

-- A role for questions (pnl, trades, decisions, portfolio), reports and notebooks: it can never change a number. It cannot
-- reconcile or verify, which load what git says beside the tables.
create role maven_reader login;
alter role maven_reader set default_transaction_read_only = on;
grant connect on database maven_data to maven_reader;
\\connect maven_data
set role maven_user;
grant usage on schema public to maven_reader;
grant select on all tables in schema public to maven_reader;
alter default privileges in schema public grant select on tables to maven_reader;
reset role;

-- In MoHa's Postgres, as a superuser: the role that sync uses. One table, nothing else, and read-only by default.
\\connect moha_data
create role moha_reader login;
alter role moha_reader set default_transaction_read_only = on;
grant connect on database moha_data to moha_reader;
grant usage on schema public to moha_reader;
grant select on ${mohaTable} to moha_reader;

-- Then each password once: \\password maven_user  \\password maven_reader  \\password moha_reader
`;
}
