/** Completion for zsh. */
import type { CompletedCommand } from "./tree.ts";

/** A word and what it is, as \`_describe\` takes them; a colon would part them. */
const described = (word: string, what: string): string =>
  `'${word.replaceAll(":", "\\:")}:${what.replaceAll(":", " ")}'`;

/** The text that zsh sources, or loads from a folder of its fpath under the name _uptick. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== "").map(({ path }) => `"${path}"`);
  return `#compdef uptick
# Completion for zsh: source <(uptick completion zsh), after compinit.
_uptick() {
  local at="" word cur="\${words[CURRENT]}" prev="\${words[CURRENT-1]}" i
  local -a options others
  if [[ "$cur" == --*=* ]]; then prev="\${cur%%=*}"; compset -P '*='; fi
  for ((i = 2; i < CURRENT; i++)); do
    word="\${at:+$at }\${words[i]}"
    case "$word" in
      ${paths.join("|")}) at="$word" ;;
    esac
  done
  case "$at $prev" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case "$at" in
${commands.map(wordCase).join("\n")}
  esac
  if [[ "$cur" == -* ]]; then _describe -t options 'option' options; elif (( \${#others} )); then _describe -t commands 'command' others; fi
}
if [[ "\${funcstack[1]}" == "_uptick" ]]; then _uptick "$@"; else compdef _uptick uptick; fi
`;
}

function valueCases({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ long, takes, words }) => {
    if (takes === "nothing") return [];
    const list = words.map((word) => `'${word.replaceAll(":", "\\:")}'`).join(" ");
    const then =
      takes === "a word"
        ? `others=(${list}); _describe -t values 'value' others; return`
        : takes === "a file"
          ? "_files; return"
          : "return";
    return [`    "${path} ${long}") ${then} ;;`];
  });
}

function wordCase({ path, commands, options, words, takesFile }: CompletedCommand): string {
  const flags = options.map(({ long, description }) => described(long, description)).join(" ");
  const others = [
    ...commands.map(({ name, description }) => described(name, description)),
    ...words.map((word) => `'${word.replaceAll(":", "\\:")}'`),
  ].join(" ");
  const file = takesFile ? ` if [[ "$cur" != -* ]]; then _files; return; fi` : "";
  return `    "${path}") options=(${flags}); others=(${others});${file} ;;`;
}
