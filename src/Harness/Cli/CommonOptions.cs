using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>Options that several commands share, so that they read the same everywhere.</summary>
internal static class CommonOptions
{
    /// <summary><c>--out DIR</c></summary>
    public static Option<string> Out() => new("--out")
    {
        Description = "Folder for replay files.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "findings",
    };

    /// <summary><c>--known FILE</c></summary>
    public static Option<string?> Known() => new("--known")
    {
        Description = "JSON file of findings that are expected: they are reported, and neither fail the run nor stop it.",
        HelpName = "FILE",
    };

    /// <summary><c>--max-findings N</c></summary>
    public static Option<int?> MaxFindings() => Count(
        "--max-findings",
        "Go on until there are this many different findings. [default: stop after the first cases that show any]");

    /// <summary>What to do with findings.</summary>
    /// <exception cref="InputException">The file of known findings cannot be read.</exception>
    public static FindingPolicy PolicyOf(ParseResult parsed, Option<string?> known, Option<int?>? maxFindings = null) => new()
    {
        Known = parsed.GetValue(known) is { } path ? KnownFindings.Read(path) : KnownFindings.None,
        MaxFindings = maxFindings is null ? null : parsed.GetValue(maxFindings),
    };

    /// <summary><c>--engine E</c>; what happens without it is up to the command.</summary>
    public static Option<string> Engine()
    {
        Option<string> engine = new("--engine")
        {
            Description =
                "Engine to judge: reference, cpu, cpu+fault:ID (see 'faults list'), cuda (a GPU; cuda:cpu runs its kernels on the CPU), "
                + "native:LIB (a shared library), "
                + "assembly:DLL[:TYPE], ggml:DIR (the kernel in a folder of llama.cpp's libraries), or llama:DIR (its libllama) with "
                + "options: llama:DIR,gpu=N,threads=N,ubatch=N,kv=f32|f16|q8_0,fa=on|off|auto,unified,swa-full. To cpu can also be "
                + "added +state:bf16, +state:f16, +cache:f16, +ring:L (a checkpoint and a ring of L tokens in place of planes), +split:N and +threads:N; to cpu, cuda and llama +fault:ID.",
            HelpName = "E",
        };
        engine.CompletionSources.Add(EngineCatalog.Examples);
        return engine;
    }

    /// <summary><c>--engine-timeout S</c></summary>
    public static Option<TimeSpan?> EngineTimeout() => Duration(
        "--engine-timeout",
        $"How long a call of a foreign engine may take: seconds, or 90s, 5m. [default: {IsolationOptions.DefaultSeconds}s]");

    /// <summary>How to run foreign engines; they end when the command is cancelled.</summary>
    public static IsolationOptions IsolationOf(
        ParseResult parsed, Option<TimeSpan?> timeout, CancellationToken cancellation) =>
        new(parsed.GetValue(timeout) ?? IsolationOptions.Default.CallLimit, cancellation);

    /// <summary><c>--model M</c></summary>
    public static Option<string> Model() => new("--model")
    {
        Description = "GGUF file, synth:ARCH[:SEED[:small]] for a small random model, or the one that ships with the tool.",
        HelpName = "M",
        DefaultValueFactory = _ => ShippedModel.Name,
    };

    /// <summary><c>--seed S</c></summary>
    public static Option<ulong?> Seed() => new("--seed")
    {
        Description = "Seed of everything random in the run. [default: a new one each time]",
        HelpName = "S",
    };

    /// <summary>The seed given, or a new one.</summary>
    public static ulong SeedOf(ParseResult parsed, Option<ulong?> option) =>
        parsed.GetValue(option) ?? (uint)Random.Shared.Next();

    /// <summary><c>--np</c></summary>
    public static Option<string> Parallel(string fallback) => new("--np")
    {
        Description = "Numbers of parallel slots.",
        HelpName = "N..M",
        DefaultValueFactory = _ => fallback,
    };

    /// <summary>The np given.</summary>
    public static IReadOnlyList<int> ParallelOf(ParseResult parsed, Option<string> option) =>
        IntRange.Parse(option.Name, parsed.GetRequiredValue(option));

    /// <summary>A number of at least 1.</summary>
    public static Option<int> Count(string name, string description, int fallback) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Parse(result, text => CountOf(name, text)),
        DefaultValueFactory = _ => fallback,
    };

    /// <summary>A number of at least 1, or none.</summary>
    public static Option<int?> Count(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Parse<int?>(result, text => CountOf(name, text)),
    };

    /// <summary>A percentage.</summary>
    public static Option<double> Percentage(string name, string description, double fallback) => new(name)
    {
        Description = description,
        HelpName = "%",
        CustomParser = result => Parse(result, text => PercentageOf(name, text)),
        DefaultValueFactory = _ => fallback,
    };

    /// <summary>A positive number, or none.</summary>
    public static Option<double?> Positive(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Parse<double?>(result, text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and < 1e12
                ? value
                : throw new InputException(name, $"'{text}' is not a positive number", "write for example 0.01")),
    };

    /// <summary><c>--time S</c></summary>
    public static Option<TimeSpan?> Time() =>
        Duration("--time", "End after about this long: seconds, or 90s, 5m, 2h.");

    /// <summary>A length of time.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "S",
        CustomParser = result => Parse<TimeSpan?>(result, text => DurationOf(name, text)),
    };

    /// <summary><c>--force</c></summary>
    public static Option<bool> Force() => new("--force") { Description = "Overwrite the file." };

    /// <summary>Checks that a file may be written.</summary>
    /// <exception cref="InputException">It exists, and nobody asked to overwrite it.</exception>
    public static void CheckNew(string path, bool overwrite)
    {
        if (File.Exists(path) && !overwrite)
            throw new InputException(path, "it already exists", "name another file, or add --force");
    }

    /// <summary>Reads an option's text, turning an <see cref="InputException"/> into a usage error.</summary>
    public static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (InputException e)
        {
            result.AddError(e.Message);
            return default;
        }
    }

    /// <summary>Whether an option stands on the command line, rather than being left to its default.</summary>
    public static bool IsGiven(CommandResult command, string option) =>
        command.GetResult(option) is OptionResult { Implicit: false };

    private static int CountOf(string option, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1
            ? value
            : throw new InputException(option, $"'{text}' is not a positive whole number", "write for example 100");

    private static double PercentageOf(string option, string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
        && percent is > 0 and < 100
            ? percent
            : throw new InputException(option, $"'{text}' is not a percentage between 0 and 100", "write for example 3");

    private static TimeSpan DurationOf(string option, string text)
    {
        (string number, double unit) = text switch
        {
            [.. var n, 's'] => (n, 1.0),
            [.. var n, 'm'] => (n, 60.0),
            [.. var n, 'h'] => (n, 3600.0),
            _ => (text, 1.0),
        };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value > 0 && value * unit < 1e6
            ? TimeSpan.FromSeconds(value * unit)
            : throw new InputException(option, $"'{text}' is not a duration", "write 60, 60s, 5m or 2h");
    }
}
