/** `uptick token …`. */
import { type Command, Option } from "commander";
import { newToken, type Role, ROLES, tokenPage } from "../../contract/index.ts";
import { age, moment } from "../age.ts";
import { clean } from "../clean.ts";
import { type Cli, examples, wholeNumber } from "../cli.ts";
import { PAGE, sayList } from "../pages.ts";
import { table } from "../table.ts";

const DAY = 24 * 3_600_000;
const MOST_DAYS = 3650;

export function addTokens(program: Command, cli: Cli): void {
  const token = program
    .command("token")
    .description("Create, list and revoke tokens, which give access to the API and these commands.");
  const create = token
    .command("create")
    .argument("<name>", "name of the person or script that will use the token")
    .description("Create a token. It is printed only once.")
    .addOption(
      new Option("--role <role>", "what it may do; each role may do all that those before it may")
        .choices(ROLES)
        .default("admin"),
    )
    .option("--days <n>", `expire after this many days, 1 to ${MOST_DAYS} (default: never)`, wholeNumber(1, MOST_DAYS))
    .action(async (name: string, { role, days }: { role: Role; days?: number }) => {
      const expiresAt = days === undefined ? {} : { expiresAt: new Date(cli.io.now() + days * DAY).toISOString() };
      const api = await cli.api();
      const said = await api.json("createToken", newToken, { body: { name, role, ...expiresAt } });
      cli.show(said, ({ token: made }) => [clean(made)]);
      if (!cli.json) cli.io.stderr.write("The token is shown only this once.\n");
    });
  examples(create, [
    ["for a script that only reads", "token create nightly-report --role viewer --days 90 > nightly.token"],
    ["use the token", "devices --token-file nightly.token"],
  ]);

  const list = token
    .command("list")
    .description("List the tokens by name. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const fetchPage = (after: string | undefined) =>
        api.json("listTokens", tokenPage, { query: { after, limit: PAGE } });
      await sayList(cli, fetchPage, (rows) => {
        const now = cli.io.now();
        return table(
          ["name", "role", "made", "by", "ends"],
          rows.map(({ name, role, createdAt, createdBy, expiresAt }) => [
            name,
            role,
            age(createdAt, now),
            createdBy ?? "-",
            expiresAt === null ? "never" : `${moment(expiresAt)} (${age(expiresAt, now)})`,
          ]),
        );
      });
    });
  examples(list, [["which tokens exist?", "token list"]]);

  const revoke = token
    .command("revoke")
    .argument("<name>", "the token's name")
    .description("Revoke a token immediately.")
    .action(async (name: string) => {
      const api = await cli.api();
      await api.send("revokeToken", { params: { name } });
      if (!cli.json) cli.say(`The token ${clean(name)} is revoked.`);
    });
  examples(revoke, [["a token has leaked", "token revoke nightly-report"]]);
  examples(token, [
    ["one for each script, with the least role that it needs", "token create rollouts --role operator"],
    ["which tokens exist?", "token list"],
  ]);
}
