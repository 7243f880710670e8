namespace Gdn.Harness.Gate;

/// <summary>What the gate runs; a part that is not named is not run. Paths are relative to the settings file.</summary>
public sealed record GateParts
{
    /// <summary>The delta rule alone.</summary>
    public KernelsPart? Kernels { get; init; }

    /// <summary>Random schedules.</summary>
    public SchedulesPart? Schedules { get; init; }

    /// <summary>Does an answer depend on who else is being answered?</summary>
    public BleedPart? Bleed { get; init; }

    /// <summary>Output with drafts against output without.</summary>
    public DraftsPart? Drafts { get; init; }

    /// <summary>Does perplexity depend on what shares a batch, and is it that of the baseline?</summary>
    public PerplexityPart? Perplexity { get; init; }

    /// <summary>How fast is it, and no slower than the baseline?</summary>
    public ThroughputPart? Throughput { get; init; }

    /// <summary>A server that runs already: does an answer depend on who else is being answered?</summary>
    public ServerPart? Server { get; init; }

    /// <summary>The parts that are named, by name.</summary>
    internal IEnumerable<(string Name, GatePart Part)> Named
    {
        get
        {
            if (Kernels is not null) yield return ("kernels", Kernels);
            if (Schedules is not null) yield return ("schedules", Schedules);
            if (Bleed is not null) yield return ("bleed", Bleed);
            if (Drafts is not null) yield return ("drafts", Drafts);
            if (Perplexity is not null) yield return ("perplexity", Perplexity);
            if (Throughput is not null) yield return ("throughput", Throughput);
            if (Server is not null) yield return ("server", Server);
        }
    }
}

/// <summary>A part of the gate.</summary>
public abstract record GatePart
{
    /// <summary>Seconds that it may take; what is not done by then is inconclusive.</summary>
    public int Seconds { get; init; } = 600;

    /// <summary>Its numbers, with the least that each may be.</summary>
    internal abstract IEnumerable<(string Field, int Value, int Least)> Numbers { get; }

    /// <summary>Its models.</summary>
    internal virtual IReadOnlyList<string> UsedModels => [];
}

/// <summary>Kernel cases and, where the engine has one, cases of the convolution.</summary>
public sealed record KernelsPart : GatePart
{
    /// <summary>Random cases, besides those of production size.</summary>
    public required int Cases { get; init; }

    internal override IEnumerable<(string Field, int Value, int Least)> Numbers => [("cases", Cases, 1)];
}

/// <summary>Random schedules on some models.</summary>
public sealed record SchedulesPart : GatePart
{
    /// <summary>The models.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Schedules on each.</summary>
    public required int PerModel { get; init; }

    /// <summary>np that schedules take in turn, as on the command line.</summary>
    public string Np { get; init; } = "1..8";

    internal override IEnumerable<(string Field, int Value, int Least)> Numbers => [("perModel", PerModel, 1)];

    internal override IReadOnlyList<string> UsedModels => Models;
}

/// <summary>The sweep of np and traffic patterns.</summary>
public sealed record BleedPart : GatePart
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>np, as on the command line.</summary>
    public string Np { get; init; } = "2..8";

    /// <summary>Rounds per np and scenario.</summary>
    public required int Rounds { get; init; }

    internal override IEnumerable<(string Field, int Value, int Least)> Numbers => [("rounds", Rounds, 1)];

    internal override IReadOnlyList<string> UsedModels => [Model];
}

/// <summary>Drafts: MTP heads and other speculation.</summary>
public sealed record DraftsPart : GatePart
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>K, as on the command line.</summary>
    public string K { get; init; } = "1..4";

    /// <summary>Tokens of an answer.</summary>
    public int Tokens { get; init; } = 24;

    /// <summary>np: prompts answered side by side.</summary>
    public int Np { get; init; } = 4;

    internal override IEnumerable<(string Field, int Value, int Least)> Numbers => [("tokens", Tokens, 1), ("np", Np, 1)];

    internal override IReadOnlyList<string> UsedModels => [Model];
}

/// <summary>Perplexity of a text.</summary>
public sealed record PerplexityPart : GatePart
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The text; null for the built-in one.</summary>
    public string? File { get; init; }

    /// <summary>Numbers of sequences that share a batch, as on the command line.</summary>
    public string Sequences { get; init; } = "1,4";

    /// <summary>Tokens of a chunk.</summary>
    public int Context { get; init; } = 256;

    /// <summary>Chunks that are scored.</summary>
    public int Chunks { get; init; } = 8;

    internal override IEnumerable<(string Field, int Value, int Least)> Numbers => [("context", Context, 8), ("chunks", Chunks, 2)];

    internal override IReadOnlyList<string> UsedModels => [Model];
}

/// <summary>Whole models timed: prompts and answers.</summary>
public sealed record ThroughputPart : GatePart
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>np, as on the command line.</summary>
    public string Np { get; init; } = "1,4";

    /// <summary>PP: tokens of a prompt.</summary>
    public int Prompt { get; init; } = 128;

    /// <summary>TG: tokens of an answer.</summary>
    public int Answer { get; init; } = 32;

    /// <summary>Rounds, each with one sample of every engine.</summary>
    public int Rounds { get; init; } = 20;

    /// <summary>Percentage up to which it may be slower than the baseline.</summary>
    public int Margin { get; init; } = 5;

    internal override IEnumerable<(string Field, int Value, int Least)> Numbers =>
        [("prompt", Prompt, 1), ("answer", Answer, 1), ("rounds", Rounds, 6), ("margin", Margin, 1)];

    internal override IReadOnlyList<string> UsedModels => [Model];
}

/// <summary>A server that runs already, by its address.</summary>
public sealed record ServerPart : GatePart
{
    /// <summary>Its address.</summary>
    public required Uri Url { get; init; }

    /// <summary>np, as on the command line.</summary>
    public string Np { get; init; } = "2..4";

    /// <summary>Rounds per np and scenario.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Patterns of traffic, separated by commas; null for all that the server can be asked in.</summary>
    public string? Scenarios { get; init; }

    internal override IEnumerable<(string Field, int Value, int Least)> Numbers => [("rounds", Rounds, 1)];
}
