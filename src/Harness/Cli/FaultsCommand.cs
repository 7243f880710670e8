using System.CommandLine;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Llama;
using Gdn.Harness.Faults;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Harness.Server;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary><c>faults list</c> and <c>faults matrix</c>: what can be planted, and what catches it.</summary>
internal static class FaultsCommand
{
    private static readonly string[] Hosts = ["cpu", "cuda", EngineCatalog.CudaOnCpu];

    private static readonly TableOf<ServerFault> InServer = new TableOf<ServerFault>("serverFaults")
        .Left("fault", "server fault", fault => fault.Id)
        .Left("summary", "what it does (serve --fault ID)", fault => fault.Summary)
        .Left("source", "where it was seen", fault => fault.Source);

    private static readonly TableOf<LlamaFault> BeforeLlama = new TableOf<LlamaFault>("llamaFaults")
        .Left("fault", "fault before libllama", fault => fault.Id)
        .Left("summary", "what it does (--engine llama:DIR+fault:ID)", fault => fault.Summary);

    private static readonly TableOf<Fault> TwoAxis = new TableOf<Fault>("twoAxis")
        .Left("fault", "two-axis fault", fault => fault.Id)
        .Left("summary", "what it does", fault => fault.Summary)
        .Left("needs", "shows where these meet", fault => string.Join("; ", fault.Axes))
        .Left("source", "where it was seen", fault => fault.Source)
        .Right("np", "from np", fault => fault.FromSlots);

    public static Command Create() =>
        new("faults", "Real bugs that can be planted into our own engines, and which check catches them.") { List(), Matrix() };

    private static Command List()
    {
        var list = new Command(
            "list", "List what can be planted, as cpu+fault:ID: faults, and controls that only look like faults.");
        list.SetAction(_ =>
        {
            Output.Writer.Write(Planted("fault").Of(FaultCatalog.Faults));
            Output.Writer.Write(TwoAxis.Of(FaultCatalog.TwoAxis));
            Output.Writer.Write(Planted("fault of draft layers").Of(FaultCatalog.Drafting));
            Output.Writer.Write(Planted("fault of a ring").Of(FaultCatalog.Rings));
            Output.Writer.Write(Planted("control").Of(FaultCatalog.Benign));
            Output.Writer.Write(BeforeLlama.Of(LlamaFaults.All));
            Output.Writer.Write(InServer.Of(ServerFaults.All));
            return (int)ExitCode.Clean;
        });
        return list;
    }

    private static Command Matrix()
    {
        var engine = new Option<string>("--engine")
        {
            Description = "What faults are planted into: cpu, cuda or cuda:cpu. The last two take those of routing and plans.",
            HelpName = "E",
            DefaultValueFactory = _ => new FaultMatrix(0).Engine,
        };
        var faults = new Option<string?>("--faults")
        {
            Description = "Faults and controls to run, separated by commas. [default: all]",
            HelpName = "ID,...",
        };
        Option<TimeSpan?> time = CommonOptions.Time();
        time.Description =
            "Time after which a fault that no check has caught counts as escaped: seconds, or 90s, 5m. [default: 60s]";
        Option<ulong?> seed = CommonOptions.Seed();
        Option<string?> json = new("--json") { Description = "Write the report as JSON to this file.", HelpName = "FILE" };
        Option<string?> markdown = new("--markdown") { Description = "Write the matrix as Markdown to this file.", HelpName = "FILE" };
        var matrix = new Command("matrix", "Plant each fault and see which checks catch it, after how many cases.")
        {
            engine, faults, time, seed, json, markdown,
        };
        matrix.SetAction(async (parsed, cancellation) =>
        {
            var run = new FaultMatrix(CommonOptions.SeedOf(parsed, seed)) { Engine = EngineOf(parsed.GetValue(engine)!) };
            if (parsed.GetValue(time) is { } limit) run = run with { TimeLimit = limit };
            var session = new Session(
                "faults matrix", run.Seed, folder: null,
                new ReportTargets(parsed.GetValue(json) is { } file ? [new ReportFile(new JsonWriter(), file)] : []));
            if (parsed.GetValue(markdown) is { } path) OutputPath.TryFile(path);
            await session.RunAsync(
                new FaultMatrixCampaign(run, Entries(run, parsed.GetValue(faults)), parsed.GetValue(markdown)), cancellation);
            return await session.FinishAsync();
        });
        return matrix;
    }

    // Known, and there: without a GPU nothing is worth beginning.
    private static string EngineOf(string name)
    {
        if (!Hosts.Contains(name))
            throw new InputException("--engine", $"'{name}' takes no faults in a matrix", $"use {string.Join(", ", Hosts)}");
        using IKernelEngine kernel = EngineCatalog.Parse(name).CreateKernel();
        return name;
    }

    private static IReadOnlyList<Fault> Entries(FaultMatrix matrix, string? ids) => ids is null
        ? [.. FaultCatalog.All.Where(matrix.Takes)]
        : [.. ids.Split(',').Select(FaultCatalog.Named).Select(fault => Planted(matrix, fault))];

    private static Fault Planted(FaultMatrix matrix, Fault fault) => matrix.Takes(fault)
        ? fault
        : throw new InputException(
            "--faults", $"{fault.Id} is planted into an engine of its own on the CPU", "leave out --engine, or the fault");

    private static TableOf<Fault> Planted(string kind) => new TableOf<Fault>("planted")
        .Left("fault", kind, fault => fault.Id)
        .Left("summary", "what it does", fault => fault.Summary)
        .Left("levels", "shows in", fault => $"{fault.Levels}")
        .Left("source", "where it was seen", fault => fault.Source)
        .Right("np", "from np", fault => fault.FromSlots);
}
