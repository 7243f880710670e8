using System.CommandLine;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary><c>replay</c>: a finding again.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "A replay file that check, bleed or gate has written." };
        Option<string?> engine = new("--engine")
        {
            Description = "Engine to use instead of the one in the file, for example a fixed build.",
            HelpName = "E",
        };
        Option<string?> model = new("--model")
        {
            Description = "Path of the model if it has moved; its content must be the same. Of a server's finding: the file that the "
                + "server serves, against which its answers are then judged.",
            HelpName = "M",
        };
        Option<int> repeat = CommonOptions.Count(
            "--repeat", "Run it this many times, each on new engines, and say how many fail.", fallback: 1);
        Option<bool> trust = new("--trust")
        {
            Description = "Run the library, or ask the server, that the file names. [default: only what --engine or --server name]",
        };
        Option<TimeSpan?> timeout = CommonOptions.EngineTimeout();
        ReportOptions reports = new();
        var server = new ServerArguments();
        var command = new Command("replay", "Run a finding again.") { file, engine, trust, model, repeat, timeout };
        reports.AddTo(command);
        server.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = parsed.GetRequiredValue(file);
            ReplayFile replay = ReplayFile.Read(path);
            string EngineOfFile() => !replay.NeedsTrust || parsed.GetValue(trust)
                ? replay.Engine
                : throw new InputException(
                    $"{path}: engine", $"'{replay.Engine}' is no part of this tool, and is not used because a file names it",
                    $"add --trust if you trust the file, or name what to use with {(replay.Round is null ? engine.Name : "--server")}");
            var session = new Session("replay", replay.Seed, folder: null, reports.Of(parsed));
            if (replay.Round is { } round)
            {
                round.Validate(path);
                Uri address = server.AddressOf(parsed) ?? AddressOf(path, EngineOfFile());
                using ICompletionClient client = await server.ConnectAsync(parsed, address, cancellation);
                int times = parsed.GetValue(repeat);
                ServedWeights? weights = parsed.GetValue(model) is { } served
                    ? await ServedWeights.OpenAsync(served, ReferenceUse.Auto, client, LiveReplayCampaign.TokensOf(round, times), cancellation)
                    : null;
                await session.RunAsync(
                    new LiveReplayCampaign(path, replay, round, client)
                    {
                        Repeat = times,
                        Served = weights?.Model,
                        NotServed = weights?.WhyNot,
                    },
                    cancellation);
                return await session.FinishAsync();
            }

            using NamedEngine named = EngineCatalog.Parse(
                parsed.GetValue(engine) ?? EngineOfFile(), CommonOptions.IsolationOf(parsed, timeout, cancellation));
            Campaign campaign = replay.KernelCase is null
                ? ScheduleReplayCampaign.Of(path, replay, named, parsed.GetValue(model)) with { Repeat = parsed.GetValue(repeat) }
                : ConvCase.Includes(replay.KernelCase)
                    ? new ConvReplayCampaign(path, replay, named)
                    : new KernelReplayCampaign(path, replay, named) { Repeat = parsed.GetValue(repeat) };
            await session.RunAsync(campaign, cancellation);
            return await session.FinishAsync();
        });
        return command;
    }

    private static Uri AddressOf(string path, string engine) => engine.StartsWith(ReplayFile.ServerPrefix, StringComparison.Ordinal)
        ? ServerArguments.Address("--server", engine[ReplayFile.ServerPrefix.Length..])
        : throw new InputException($"{path}: engine", $"'{engine}' is not a server", "name one with --server");
}
