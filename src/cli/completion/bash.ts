/** Completion for bash, 3.2 (macOS) and later. */
import type { CompletedCommand } from "./tree.ts";

const quoted = (words: readonly string[]): string => `"${words.join(" ")}"`;

/** The text that bash sources. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== "").map(({ path }) => `"${path}"`);
  return `# Completion for bash: source <(uptick completion bash)
_uptick() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" at="" words="" files="" word i
  # bash splits --option=value at the sign.
  if [[ "$cur" == "=" ]]; then cur=""; elif [[ "$prev" == "=" && COMP_CWORD -ge 2 ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${at:+$at }\${COMP_WORDS[i]}"
    case "$word" in
      ${paths.join("|")}) at="$word" ;;
    esac
  done
  case "$at $prev" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [[ -n "$files" ]]; then
    COMPREPLY=($(compgen -f -- "$cur"))
    return
  fi
  if [[ -z "$words" ]]; then
    case "$at" in
${commands.map(wordCase).join("\n")}
    esac
  fi
  [[ -n "$files" && "$cur" != -* ]] && COMPREPLY=($(compgen -f -- "$cur")) && return
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _uptick uptick
`;
}

/** What follows an option. */
function valueCases({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ long, takes, words }) => {
    if (takes === "nothing") return [];
    const then = takes === "a word" ? `words=${quoted(words)}` : takes === "a file" ? "files=1" : "return";
    return [`    "${path} ${long}") ${then} ;;`];
  });
}

/** What may stand at the end of a command: options where one is begun, else its commands or arguments. */
function wordCase({ path, commands, options, words, takesFile }: CompletedCommand): string {
  const flags = quoted(options.map(({ long }) => long));
  const others = quoted([...commands.map(({ name }) => name), ...words]);
  const file = takesFile ? "; files=1" : "";
  return `      "${path}") if [[ "$cur" == -* ]]; then words=${flags}; else words=${others}${file}; fi ;;`;
}
