using System.CommandLine;
using Gdn.Harness.Bleed;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary><c>bleed</c>: do concurrent sequences read each other's state?</summary>
internal static class BleedCommand
{
    private const int DefaultRounds = 4;

    public static Command Create()
    {
        Option<string> engine = CommonOptions.Engine(), model = CommonOptions.Model(), output = CommonOptions.Out();
        Option<string> np = CommonOptions.Parallel("2..8");
        Option<IReadOnlyList<Scenario>?> scenarios = new("--scenario")
        {
            Description = $"Traffic patterns, comma-separated: {string.Join(", ", Names)}. [default: all]",
            HelpName = "NAME,...",
            CustomParser = result => CommonOptions.Parse(result, Scenarios),
        };
        Option<int> rounds = CommonOptions.Count("--rounds", "Rounds per np and scenario, with other prompts.", DefaultRounds);
        Option<ulong?> seed = CommonOptions.Seed();
        Option<TimeSpan?> timeout = CommonOptions.EngineTimeout();
        Option<string?> json = CommonOptions.Json();
        var command = new Command("bleed", "Concurrency bleed: each sequence in company against itself alone.")
        {
            engine, model, np, scenarios, rounds, seed, timeout, output, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            using EngineSpec engineSpec = EngineSpec.ParseForModels(
                parsed.GetRequiredValue(engine), CommonOptions.IsolationOf(parsed, timeout, cancellation));
            var options = new BleedOptions(
                engineSpec,
                LoadedModel.Load(parsed.GetRequiredValue(model)),
                CommonOptions.SeedOf(parsed, seed),
                CommonOptions.ParallelOf(parsed, np),
                parsed.GetValue(scenarios) ?? Enum.GetValues<Scenario>(),
                parsed.GetValue(rounds));
            var session = new Session("bleed", options.Seed, parsed.GetRequiredValue(output), parsed.GetValue(json));
            session.Run(() => BleedSection.Run(options, cancellation));
            return Task.FromResult(session.Finish());
        });
        return command;
    }

    private static IEnumerable<string> Names => Enum.GetNames<Scenario>().Select(name => name.ToLowerInvariant());

    private static IReadOnlyList<Scenario> Scenarios(string text) =>
        [.. text.Split(',').Select(name => Names.Contains(name)
            ? Enum.Parse<Scenario>(name, ignoreCase: true)
            : throw new InputException("--scenario", $"'{name}' does not exist", $"use {string.Join(", ", Names)}"))];
}
