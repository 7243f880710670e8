using System.CommandLine;

namespace Gdn.Harness.Cli;

/// <summary><c>completion</c>: scripts with which a shell completes command lines; it asks the tool for every word.</summary>
internal static class CompletionCommand
{
    // A colon ends a word for bash, so that what stands before it is not part of the completion.
    private const string Bash =
        """
        _gdn_harness() {
          local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT}
          local word=${line##*[[:space:]]}
          COMPREPLY=($(gdn-harness "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null))
          case $word in *:*) COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}") ;; esac
        }
        complete -o default -F _gdn_harness gdn-harness
        """;

    private const string Zsh =
        """
        #compdef gdn-harness
        _gdn_harness() {
          local -a words_found
          words_found=("${(@f)$(gdn-harness "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          [[ -n $words_found ]] && compadd -- "${words_found[@]}" || _files
        }
        compdef _gdn_harness gdn-harness
        """;

    private const string Fish =
        """
        complete -c gdn-harness -f -a '(gdn-harness "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null; __fish_complete_path (commandline -ct))'
        """;

    public static Command Create()
    {
        Argument<string> shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." }.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command(
            "completion", "Print a script that lets a shell complete options, engines, faults and scenarios: source <(gdn-harness completion bash)")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return (int)ExitCode.Clean;
        });
        return command;
    }
}
