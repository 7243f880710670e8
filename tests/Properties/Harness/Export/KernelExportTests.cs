using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Export;
using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Cases;
using Gdn.Properties.Harness.Kernels.Checks;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Harness.Export;

/// <summary>Exported cases judge kernels as the tool itself does, by nothing but what is in the files.</summary>
public sealed class KernelExportTests : IDisposable
{
    private const int Cases = 45;
    private readonly string _parent = Directory.CreateTempSubdirectory("gdn-export-").FullName;

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    private string Folder => Path.Combine(_parent, "cases");

    private (ExportManifest Manifest, long Bytes) Write(IKernelEngine engine, int cases = Cases) =>
        new KernelExport(Seed: 11, cases) { MaxWork = 20_000 }.Write(Folder, engine);

    [Fact]
    public void Write_GoodKernels_PassEveryCase()
    {
        using var cpu = new CpuKernelEngine();
        Write(cpu);
        Assert.Equal(0, CasesFailed(cpu));
        Assert.Equal(0, CasesFailed(new ReferenceKernelEngine()));
        Assert.Equal(0, CasesFailed(new ReassociatedKernel()));
    }

    // A chunked kernel passes where its chunk is declared, and only there.
    [Theory]
    [InlineData("f32,f32,f32", false)]
    [InlineData("f32,f32,f32,16", true)]
    public void Write_Precision_IsWhatErrorsAreAllowedFor(string precision, bool passes)
    {
        var export = new KernelExport(Seed: 11, Cases) { MaxWork = 20_000, Precision = KernelPrecision.Parse(precision) };
        export.Write(Folder, new ChunkedKernel(16), null, TestContext.Current.CancellationToken);
        Assert.Equal(passes, CasesFailed(new ChunkedKernel(16)) == 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("f32")]
    [InlineData("f32,f32,f64")]
    [InlineData("f32,f32,f32,0")]
    [InlineData("f32,f32,f32,1,1")]
    public void Parse_NoPrecision_SaysHowToWriteOne(string text) => Assert.Contains(
        "write STATE,INPUTS,ARITHMETIC[,CHUNK]", Assert.Throws<InputException>(() => KernelPrecision.Parse(text)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("no-decay", 30)]
    [InlineData("scale-dropped", 45)]
    [InlineData("bf16-state", 45)]
    [InlineData("f16-inputs", 45)]
    [InlineData("final-state-transposed", 45)]
    [InlineData("initial-row-zeroed", 35)]
    [InlineData("snapshots-one-late", 25)]
    [InlineData("last-output-not-written", 45)]
    public void Write_Mutants_Fail(string name, int least)
    {
        using var cpu = new CpuKernelEngine();
        Write(cpu);
        IKernelEngine mutant = KernelMutants.All.Single(mutant => mutant.Name == name);
        Assert.InRange(CasesFailed(mutant), least, Cases);
    }

    // Allowed errors follow what the engine declares.
    [Fact]
    public void Write_DeclaredBF16_AllowsIt()
    {
        var engine = new EmulatedKernelEngine(new KernelPrecision(KernelPrecision.BF16, KernelPrecision.F32, KernelPrecision.F32));
        Write(engine);
        Assert.Equal(0, CasesFailed(engine));
        Assert.Equal(KernelPrecision.BF16, ExportManifest.Read(Folder).Precision.State);
    }

    [Fact]
    public void Write_Files_AreAsTheReadmeSays()
    {
        (ExportManifest written, long bytes) = Write(new ReferenceKernelEngine());
        ExportManifest manifest = ExportManifest.Read(Folder);
        Assert.Equal(written.Cases, manifest.Cases);
        Assert.Equal(Cases, manifest.Cases.Count);
        Assert.Equal(bytes, Directory.GetFiles(Folder, "*.safetensors").Sum(path => new FileInfo(path).Length));
        string readme = File.ReadAllText(Path.Combine(Folder, "README.md"));
        foreach (ExportedCase @case in manifest.Cases)
        {
            var file = new SafetensorsFile(Path.Combine(Folder, @case.File));
            int end = 0;
            foreach (string name in file.Names)
            {
                (string type, int[] shape, int begin, int next) = file.Info(name);
                Assert.Equal(end, begin);
                int size = type == "F64" ? 8 : 4;
                Assert.Equal(shape.Aggregate(size, (product, length) => product * length), next - begin);
                Assert.Contains(name.EndsWith("_allowed", StringComparison.Ordinal) ? "*_allowed" : name, readme, StringComparison.Ordinal);
                end = next;
            }

            Assert.Equal(file.DataLength, end);
            Assert.Equal([@case.Sequences, @case.Tokens, @case.ValueHeads, @case.ValueDim], file.Info("o_expected").Shape);
            Assert.Equal([@case.Sequences, @case.ValueHeads, @case.KeyDim, @case.ValueDim], file.Info("state_expected").Shape);
            Assert.Equal(@case.Planes > 0, file.Names.Contains("snapshots_expected"));
            Assert.Equal(@case.Case, KernelCase.Parse(@case.Case).ToString());
        }
    }

    [Fact]
    public void Write_SizeCap_StopsEarly()
    {
        (ExportManifest manifest, long bytes) =
            (new KernelExport(Seed: 1, Cases: 50) { MaxWork = 20_000, MaxBytes = 500_000 }).Write(
                Folder, new ReferenceKernelEngine(), null, TestContext.Current.CancellationToken);
        Assert.InRange(manifest.Cases.Count, 1, 49);
        Assert.InRange(bytes, 500_000, 3_000_000);
    }

    [Fact]
    public void Write_FolderNotEmpty_IsRefused()
    {
        File.WriteAllText(Path.Combine(_parent, "mine.txt"), "");
        InputException e = Assert.Throws<InputException>(
            () => new KernelExport(1, 1).Write(
                _parent, new ReferenceKernelEngine(), null, TestContext.Current.CancellationToken));
        Assert.Contains("it is not empty; name a new folder", e.Message, StringComparison.Ordinal);
    }

    private int CasesFailed(IKernelEngine engine) =>
        ExportManifest.Read(Folder).Cases.Count(@case => Fails(engine, @case));

    private bool Fails(IKernelEngine engine, ExportedCase @case)
    {
        var file = new SafetensorsFile(Path.Combine(Folder, @case.File));
        var rule = new DeltaRuleShape(
            @case.Tokens, @case.KeyHeads, @case.ValueHeads, @case.KeyDim, @case.ValueDim, @case.GatePerChannel);
        var shape = new KernelShape(
            rule, @case.Sequences, @case.Planes, @case.HeadMap == "tiled" ? HeadMap.Tiled : HeadMap.Grouped, @case.PoolRows);
        float[] initial = file.Elements<float>("state");
        int[] rows = file.Elements<int>("rows");
        var pool = new float[shape.PoolLength];
        Array.Fill(pool, float.NaN);
        for (int n = 0; n < rows.Length; n++)
            initial.AsSpan(n * rule.StateLength, rule.StateLength).CopyTo(pool.AsSpan(rows[n] * rule.StateLength));
        // Room behind the output, for mutants that write there.
        float[] output = Enumerable.Repeat(float.NaN, shape.ValueLength + 8).ToArray(), snapshots = new float[shape.SnapshotLength];
        engine.Run(new KernelCall
        {
            Shape = shape,
            Q = file.Elements<float>("q"),
            K = file.Elements<float>("k"),
            V = file.Elements<float>("v"),
            G = file.Elements<float>("g"),
            Beta = file.Elements<float>("beta"),
            Rows = rows,
            Pool = pool,
            Output = output.AsSpan(0, shape.ValueLength),
            Snapshots = snapshots,
        });
        float[] states = [.. rows.SelectMany(row => pool[(row * rule.StateLength)..((row + 1) * rule.StateLength)])];
        return Exceeds(file, "o", output[..shape.ValueLength]) || Exceeds(file, "state", states)
            || (@case.Planes > 0 && Exceeds(file, "snapshots", snapshots));
    }

    private static bool Exceeds(SafetensorsFile file, string name, float[] actual)
    {
        double[] expected = file.Elements<double>(name + "_expected"), allowed = file.Elements<double>(name + "_allowed");
        Assert.Equal(expected.Length, actual.Length);
        int length = expected.Length / allowed.Length;
        for (int block = 0; block < allowed.Length; block++)
        {
            double sum = 0;
            for (int i = block * length; i < (block + 1) * length; i++) sum += Math.Pow(actual[i] - expected[i], 2);
            if (!(Math.Sqrt(sum) <= allowed[block])) return true;
        }

        return false;
    }
}
