/** Completion for fish. */
import type { CompletedCommand, CompletedOption } from "./tree.ts";

/** The text that fish sources, or loads from ~/.config/fish/completions/uptick.fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== "").map(({ path }) => `'${path}'`);
  return `# Completion for fish: uptick completion fish | source
function __uptick_at
    set -l at
    for word in (commandline -opc)[2..-1]
        set -l next (string join -- ' ' $at $word)
        if contains -- $next ${paths.join(" ")}
            set at $at $word
        end
    end
    set -l here (string join -- ' ' $at)
    test "$here" = "$argv[1]"
end
complete -c uptick -f
${commands.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ path, commands, options, words, takesFile }: CompletedCommand): string[] {
  const here = `complete -c uptick -n '__uptick_at "${path}"'`;
  return [
    ...commands.map(({ name, description }) => `${here} -a '${name}' -d '${description}'`),
    ...(words.length === 0 ? [] : [`${here} -a '${words.join(" ")}'`]),
    ...(takesFile ? [`${here} -F`] : []),
    ...options.map((option) => `${here} -l ${option.long.slice(2)} -d '${option.description}'${value(option)}`),
  ];
}

function value({ takes, words }: CompletedOption): string {
  if (takes === "nothing") return "";
  if (takes === "a file") return " -r -F";
  return takes === "a word" ? ` -x -a '${words.join(" ")}'` : " -x";
}
