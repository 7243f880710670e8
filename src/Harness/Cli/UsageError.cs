using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>A command line that cannot be parsed, in one line: what is wrong, and what to write instead.</summary>
internal static class UsageError
{
    /// <summary>The line. Only the first mistake is named: the others often follow from it.</summary>
    public static string Of(ParseResult parsed)
    {
        CommandResult command = parsed.CommandResult;
        string name = NameOf(command), where = name.Length > 0 ? name : "gdn-harness";
        string help = $"'{$"gdn-harness {name}".TrimEnd()} --help' lists what there is";
        if (parsed.UnmatchedTokens is [{ } token, ..]) return Unmatched(command, where, token, help);
        ParseError error = parsed.Errors[0];
        if (error.SymbolResult is not OptionResult and not ArgumentResult)
            return command.Command.Subcommands.Any(sub => !sub.Hidden)
                ? $"{where}: it needs a command; use one of {string.Join(", ", Subcommands(command))}"
                : $"{where}: {error.Message}";

        OptionResult? option = error.SymbolResult as OptionResult ?? error.SymbolResult.Parent as OptionResult;
        Symbol symbol = option?.Option ?? (Symbol)((ArgumentResult)error.SymbolResult).Argument;
        string[] values = [.. option?.Tokens.Select(value => value.Value) ?? error.SymbolResult.Tokens.Select(value => value.Value)];
        if (values.Length == 0) return $"{where}: {symbol.Name} {(option is null ? "is missing" : "needs a value")}; {help}";
        string[] possible = [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
        if (possible.Length > 0 && !possible.Contains(values[0]) && !IsOurs(error, symbol))
            return $"{where}: {symbol.Name}: '{values[0]}' is not one of its values; {Suggestion.Remedy(values[0], possible)}";
        // What the parser itself says names types of .NET.
        return IsOurs(error, symbol) ? error.Message : $"{where}: {symbol.Name}: '{values[^1]}' is not a value of it; {help}";
    }

    // Messages of this tool begin with the option at fault.
    private static bool IsOurs(ParseError error, Symbol symbol) =>
        error.Message.StartsWith(symbol.Name, StringComparison.Ordinal);

    private static string Unmatched(CommandResult command, string where, string token, string help)
    {
        if (token.StartsWith('-'))
        {
            string[] options = [.. Options(command)];
            return Suggestion.Nearest(token.Split('=', ':')[0], options) is { } option
                ? $"{where}: there is no option {token}; did you mean {option}?"
                : $"{where}: there is no option {token}; {help}";
        }

        string[] commands = [.. Subcommands(command)];
        return commands.Length > 0
            ? $"{where}: there is no command '{token}'; {Suggestion.Remedy(token, commands)}"
            : $"{where}: '{token}' is not expected here; {help}";
    }

    private static IEnumerable<string> Subcommands(CommandResult command) =>
        command.Command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name);

    private static IEnumerable<string> Options(CommandResult command)
    {
        for (CommandResult? at = command; at is not null; at = at.Parent as CommandResult)
        {
            foreach (Option option in at.Command.Options.Where(option => !option.Hidden && (at == command || option.Recursive)))
                yield return option.Name;
        }
    }

    // Without the program itself.
    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}".Trim() : "";
}
