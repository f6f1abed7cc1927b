export const MOHA_GRANTS_HINT =
  'maven-git doctor --print-grants prints the SQL for a role that can only read';

/**
 * The SQL that gives each role what it needs and no more: one that owns Maven's projection, one that only reads it, and
 * one that only reads MoHa's trades. Passwords are left to `\password`.
 *
 * @param mohaTable - as the sync reads it.
 */
export function printGrants(mohaTable = 'bot_trades'): string {
  return `-- In Maven's Postgres, as a superuser. The projection can be thrown away, so its role owns one database and nothing else.
create role maven_user login;
create database maven_data owner maven_user;
revoke all on database maven_data from public;

-- Connected to maven_data, as maven_user: a role for reports and notebooks, which can never change a number.
-- (As a superuser before: create role maven_reader login; grant connect on database maven_data to maven_reader;)
grant usage on schema public to maven_reader;
grant select on all tables in schema public to maven_reader;
alter default privileges in schema public grant select on tables to maven_reader;

-- In MoHa's Postgres, connected to moha_data, as a superuser. Without the grant on anything else, and read-only by default.
create role moha_reader login;
alter role moha_reader set default_transaction_read_only = on;
grant connect on database moha_data to moha_reader;
grant usage on schema public to moha_reader;
grant select on ${mohaTable} to moha_reader;

-- Then, in psql, each password once: \\password maven_user  \\password maven_reader  \\password moha_reader
`;
}
