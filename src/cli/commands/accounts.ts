/** `uptick account …`; `account reset`, which works without the server, is in src/main. */
import { type Command, Option } from "commander";
import { account, accountPage, type AccountView, type Role, ROLES } from "../../contract/index.ts";
import { age } from "../age.ts";
import { clean } from "../clean.ts";
import { type Cli, examples } from "../cli.ts";
import { PAGE, sayList } from "../pages.ts";
import { newPassword } from "../password.ts";
import { table } from "../table.ts";

const roleOption = (description: string): Option => new Option("--role <role>", description).choices(ROLES);
const PASSWORD_FILE = ["--password-file <file>", "file with the password; - reads stdin (else: a prompt)"] as const;

const line = ({ name, role, state, id }: AccountView): string => clean(`${name}: ${role}, ${state} (${id})`);

function addList(group: Command, cli: Cli): void {
  const list = group
    .command("list")
    .description("List the accounts by name. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const fetchPage = (after: string | undefined) =>
        api.json("listAccounts", accountPage, { query: { after, limit: PAGE } });
      await sayList(cli, fetchPage, (rows) => {
        if (rows.length === 0) return ["There is no account. See: uptick account create --help"];
        const now = cli.io.now();
        const lines = rows.map((row) => [
          ...[row.name, row.role, row.state, row.signIn],
          ...[age(row.signedInAt, now), age(row.createdAt, now), row.id],
        ]);
        return table(["name", "role", "state", "by", "signed in", "made", "id"], lines);
      });
    });
  examples(list, [["who can sign in?", "account list"]]);
}

function addCreate(group: Command, cli: Cli): void {
  const create = group
    .command("create")
    .argument("<name>", "name to sign in with, such as anna or anna@example.org")
    .description("Create an account with a password.")
    .addOption(roleOption("what it may do; each role may do all that those before it may").makeOptionMandatory())
    .option(...PASSWORD_FILE)
    .action(async (name: string, { role, passwordFile }: { role: Role; passwordFile?: string }) => {
      const api = await cli.api();
      const password = await newPassword(cli.io, passwordFile);
      cli.show(await api.json("createAccount", account, { body: { name, role, password } }), (made) => [line(made)]);
    });
  examples(create, [
    ["somebody who runs updates", "account create anna --role operator"],
    ["the password from a password manager", "account create anna --role operator --password-file - < secret"],
  ]);
}

function addEdit(group: Command, cli: Cli): void {
  const edit = group
    .command("edit")
    .argument("<account>", "its name or id")
    .description("Change an account. A changed role or state ends its sessions.")
    .option("--name <name>", "another name to sign in with")
    .addOption(roleOption("another role"))
    .addOption(new Option("--state <state>", "disabled: it can't sign in").choices(["active", "disabled"]))
    .action(async (id: string, change: { name?: string; role?: Role; state?: string }) => {
      const api = await cli.api();
      const { revision } = (await api.json("showAccount", account, { params: { id } })).value;
      const said = await api.json("editAccount", account, { params: { id }, body: { revision, ...change } });
      cli.show(said, (changed) => [line(changed)]);
    });
  examples(edit, [
    ["from now on she only reads", "account edit anna --role viewer"],
    ["he has left", "account edit ben --state disabled"],
  ]);
}

function addRemove(group: Command, cli: Cli): void {
  const remove = group
    .command("remove")
    .argument("<account>", "its name or id")
    .description("Remove an account and end its sessions.")
    .action(async (id: string) => {
      const api = await cli.api();
      await api.send("removeAccount", { params: { id } });
      if (!cli.json) cli.say(`The account ${clean(id)} is removed.`);
    });
  examples(remove, [["an account that nobody uses", "account remove ben"]]);
}

function addPassword(group: Command, cli: Cli): void {
  const password = group
    .command("password")
    .argument("<account>", "its name or id")
    .description("Set the password of an account and end its sessions.")
    .option(...PASSWORD_FILE)
    .action(async (id: string, { passwordFile }: { passwordFile?: string }) => {
      const api = await cli.api();
      const wanted = await newPassword(cli.io, passwordFile);
      cli.show(await api.json("setPassword", account, { params: { id }, body: { password: wanted } }), ({ name }) => [
        clean(`The account ${name} has its new password; its sessions have ended.`),
      ]);
    });
  examples(password, [["she has forgotten it", "account password anna"]]);
}

export function addAccounts(program: Command, cli: Cli): void {
  const group = program.command("account").description("Create, list and change accounts, with which people sign in.");
  addList(group, cli);
  addCreate(group, cli);
  addEdit(group, cli);
  addRemove(group, cli);
  addPassword(group, cli);
  examples(group, [
    ["who can sign in?", "account list"],
    ["somebody who runs updates", "account create anna --role operator"],
  ]);
}
