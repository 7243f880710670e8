using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Export;

/// <summary>
/// Kernel cases with expected values and allowed errors as files, so that projects in any language can judge a kernel without
/// this tool. The folder's README says how.
/// </summary>
/// <param name="Seed">Fixes every case, together with what the engine supports.</param>
/// <param name="Cases">How many.</param>
public sealed record KernelExport(ulong Seed, int Cases)
{
    private const string ReadmeName = "README.md";

    /// <summary>Largest <see cref="KernelShape.Work"/> of a case: files of some hundred kilobytes.</summary>
    public long MaxWork { get; init; } = 40_000;

    /// <summary>What allowed errors are for; the engine's own precision if left out.</summary>
    public KernelPrecision? Precision { get; init; }

    /// <summary>No case is added to a folder that has this many bytes.</summary>
    public long MaxBytes { get; init; } = 256 << 20;

    /// <summary>Writes a folder.</summary>
    /// <param name="folder">A new one, or an empty one.</param>
    /// <param name="engine">Gives the shapes that it supports; it is not run.</param>
    /// <param name="caseDone">Called after each case.</param>
    /// <param name="cancellation">Ends it after a case.</param>
    /// <returns>What was written, and its bytes.</returns>
    /// <exception cref="InputException">The folder is not empty.</exception>
    public (ExportManifest Manifest, long Bytes) Write(
        string folder, IKernelEngine engine, Action? caseDone = null, CancellationToken cancellation = default)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new InputException(folder, "it is not empty", "name a new folder");
        Directory.CreateDirectory(folder);
        using (Stream readme = typeof(KernelExport).Assembly.GetManifestResourceStream("export-readme.md")!)
            AtomicFile.Write(Path.Combine(folder, ReadmeName), readme.CopyTo);

        KernelPrecision precision = Precision ?? engine.Precision;
        KernelCaseSampler sampler = KernelCaseSampler.For(
            engine, MaxWork, ShapeSelection.All with { Forms = KernelForms.None });
        var cases = new List<ExportedCase>();
        long bytes = 0;
        for (int i = 0; i < Cases && bytes < MaxBytes && !cancellation.IsCancellationRequested; i++)
        {
            KernelCase @case = sampler.Draw(Seed, i);
            string name = $"case-{i:0000}.safetensors";
            bytes += Tensors(@case, precision).Write(Path.Combine(folder, name));
            cases.Add(ExportedCase.Of(name, @case));
            caseDone?.Invoke();
        }

        var manifest = new ExportManifest(Seed, precision, cases);
        manifest.Write(folder);
        return (manifest, bytes);
    }

    private static SafetensorsWriter Tensors(KernelCase @case, KernelPrecision precision)
    {
        (KernelShape shape, DeltaRuleShape rule) = (@case.Shape, @case.Shape.Rule);
        (int n, int t, int hk, int hv) = (shape.Sequences, rule.Tokens, rule.KeyHeads, rule.ValueHeads);
        (int k, int v) = (rule.KeyDim, rule.ValueDim);
        KernelData data = KernelData.Generate(@case);
        var file = new SafetensorsWriter();
        file.Add("q", [n, t, hk, k], data.Q);
        file.Add("k", [n, t, hk, k], data.K);
        file.Add("v", [n, t, hv, v], data.V);
        file.Add("g", rule.PerChannelGate ? [n, t, hv, k] : [n, t, hv], data.G);
        file.Add("beta", [n, t, hv], data.Beta);
        file.Add("rows", [n], data.Rows);
        file.Add("state", [n, hv, k, v], data.Rows
            .SelectMany(row => data.Pool.AsSpan(row * rule.StateLength, rule.StateLength).ToArray()).ToArray().AsSpan());

        KernelExpectation expectation = KernelExpectation.Compute(data, precision);
        var baseline = new KernelBaseline(data, precision);
        AddExpected(KernelBuffer.Output, "o", [n, t, hv], [v]);
        AddExpected(KernelBuffer.State, "state", [n, hv], [k, v]);
        if (shape.FilledPlanes > 0)
            AddExpected(KernelBuffer.Snapshot, "snapshots", [shape.FilledPlanes, n, hv], [k, v]);
        return file;

        void AddExpected(KernelBuffer buffer, string name, int[] blocks, int[] block)
        {
            Expected expected = expectation[buffer];
            file.Add($"{name}_expected", [.. blocks, .. block], expected.Values);
            file.Add($"{name}_allowed", blocks, KernelTolerance.Allowed(expected, baseline.Errors(buffer, expected)));
        }
    }
}
