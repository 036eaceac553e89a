/** Which devices `uptick devices` lists, and in which order: the filters of the API. */
import { type Command, Option } from "commander";
import {
  COMPLIANCE_CLASSES,
  COMPLIANCE_FLAGS,
  DEVICE_SORTS,
  DEVICE_WARNINGS,
  PLATFORM_WORDS,
} from "../../contract/index.ts";
import { wholeNumber } from "../cli.ts";

export interface ListFilters {
  readonly search?: string;
  readonly platform?: string;
  readonly model?: string;
  readonly os?: string;
  readonly warning?: string;
  readonly rule?: string;
  readonly tag?: string;
  readonly group?: string;
  readonly plan?: string;
  readonly ring?: number;
  readonly class?: string;
  readonly reason?: string;
  readonly flag?: string;
  readonly mechanism?: string;
  readonly silentDays?: number;
  readonly sort?: string;
}

const SORTS = DEVICE_SORTS.flatMap((sort) => [sort, `-${sort}`]);

export const addListFilters = (command: Command): Command =>
  command
    .option("--search <text>", "part of a name, serial, UDID or model; one or two characters: its beginning")
    .option("--platform <name>", `${PLATFORM_WORDS.join(", ")} or mac, in any case`)
    .option("--model <id>", "product type such as Mac14,2, or the beginning of one such as 'iPad13*'")
    .option("--os <version>", "OS version such as 26.1, or '<26.1' for those below")
    .addOption(
      new Option("--warning <code>", "devices that this warning of uptick status is about").choices(DEVICE_WARNINGS),
    )
    .option("--rule <rule>", "devices that a rule matches, such as 'platform = macOS and not tag = lab'")
    .option("--tag <tag>", "devices with this tag")
    .option("--group <name>", "devices of this group")
    .option("--plan <id>", "devices that this plan governs")
    .option("--ring <n>", "devices in this ring of their plan; the first is 0", wholeNumber(0, 1000))
    .addOption(
      new Option("--class <class>", "enrolled devices of this class of compliance").choices(COMPLIANCE_CLASSES),
    )
    .option("--reason <code>", "enrolled devices whose class has this reason, as uptick behind shows it")
    .addOption(new Option("--flag <flag>", "enrolled devices with this flag").choices(COMPLIANCE_FLAGS))
    .addOption(new Option("--mechanism <name>", "how the device gets its update").choices(["command", "declaration"]))
    .option("--silent-days <n>", "devices that have not been heard for this many days", wholeNumber(1, 3650))
    .addOption(
      new Option(
        "--sort <order>",
        "order of the list, with - before it for the reverse; default: order of enrolling",
      ).choices(SORTS),
    );

/** Without what is about the output alone. */
export function filtersAsked(options: ListFilters): Readonly<Record<string, string | number | undefined>> {
  const { search, platform, model, os, warning, rule, tag, group, plan, ring } = options;
  const { class: kind, reason, flag, mechanism, silentDays, sort } = options;
  return {
    ...{ search, platform, model, os, warning, rule, tag, group, plan, ring },
    ...{ class: kind, reason, flag, mechanism, silentDays, sort },
  };
}
