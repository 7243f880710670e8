using System.Text.Json;
using System.Text.Json.Serialization;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Reports;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Export;

/// <summary>A case in a manifest.</summary>
/// <param name="File">Its tensors.</param>
/// <param name="Case">As <c>replay</c> files write it.</param>
/// <param name="Regime">Family of inputs.</param>
/// <param name="Sequences">N.</param>
/// <param name="Tokens">T, of each sequence.</param>
/// <param name="KeyHeads">Hk.</param>
/// <param name="ValueHeads">Hv.</param>
/// <param name="KeyDim">K.</param>
/// <param name="ValueDim">V.</param>
/// <param name="HeadMap"><c>tiled</c> or <c>grouped</c>.</param>
/// <param name="GatePerChannel">Whether g has an entry per key channel.</param>
/// <param name="Planes">Snapshots: P.</param>
/// <param name="PoolRows">Rows of the state pool that <c>rows</c> points into.</param>
public sealed record ExportedCase(
    string File, string Case, string Regime, int Sequences, int Tokens, int KeyHeads, int ValueHeads, int KeyDim, int ValueDim,
    string HeadMap, bool GatePerChannel, int Planes, int PoolRows)
{
    /// <summary>The entry of a case.</summary>
    public static ExportedCase Of(string file, KernelCase @case)
    {
        (KernelShape shape, DeltaRuleShape rule) = (@case.Shape, @case.Shape.Rule);
        return new ExportedCase(
            file, @case.ToString(), KernelCase.NameOf(@case.Regime), shape.Sequences, rule.Tokens, rule.KeyHeads,
            rule.ValueHeads, rule.KeyDim, rule.ValueDim,
            shape.HeadMap == Reference.Operators.HeadMap.Tiled ? "tiled" : "grouped", rule.PerChannelGate, shape.FilledPlanes,
            shape.PoolRows);
    }
}

/// <summary>What a folder of exported cases holds: its <c>manifest.json</c>.</summary>
/// <param name="Seed">Of the cases.</param>
/// <param name="Precision">Unit roundoffs that the allowed errors are for.</param>
/// <param name="Cases">The cases.</param>
public sealed record ExportManifest(ulong Seed, KernelPrecision Precision, IReadOnlyList<ExportedCase> Cases)
{
    /// <summary>Its name in the folder.</summary>
    public const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Version of the format.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = 1;

    /// <summary>Version of the tool.</summary>
    public string Tool { get; init; } = RunEnvironment.Current.Tool;

    /// <summary>The verdict on a block, in words.</summary>
    public string Rule { get; init; } =
        "a result X fails if for any block (last axis of o, last two of states) norm(X - X_expected) <= X_allowed does not hold";

    /// <summary>Writes it into a folder.</summary>
    public void Write(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Options) + "\n");

    /// <summary>Reads a folder's manifest.</summary>
    public static ExportManifest Read(string folder) =>
        JsonSerializer.Deserialize<ExportManifest>(File.ReadAllText(Path.Combine(folder, FileName)), Options)!;
}
