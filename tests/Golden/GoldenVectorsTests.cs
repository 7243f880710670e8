using Xunit;

namespace Gdn.Golden;

/// <summary>The vector files are what their manifests say, and worth comparing with.</summary>
public sealed class GoldenVectorsTests
{
    private const long MaxBytes = 3 << 20;

    public static TheoryData<string> Subjects =>
        [.. Directory.GetFiles(GoldenVectors.Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!)];

    [Theory, MemberData(nameof(Subjects))]
    public void Load_EverySubject_ArraysTileTheDataExactly(string subject)
    {
        GoldenVectors vectors = GoldenVectors.Load(subject);
        int end = 0;
        foreach (GoldenCase golden in vectors.Cases)
            foreach ((string name, GoldenArray array) in golden.Arrays)
            {
                int elementSize = array.DType == "u8" ? 1 : 4;
                Assert.True(
                    array.Offset == end, $"{subject}: {golden}: {name} starts at {array.Offset}, expected {end}");
                Assert.True(
                    array.Length == array.Count * elementSize,
                    $"{subject}: {golden}: {name} has {array.Length} bytes for [{string.Join(',', array.Shape)}]");
                end += array.Length;
            }

        Assert.Equal(vectors.Length, end);
        Assert.Equal(vectors.Cases.Count, vectors.Cases.DistinctBy(c => c.Name).Count());
    }

    [Theory, MemberData(nameof(Subjects))]
    public void Load_EverySubject_FloatsAreFinite(string subject)
    {
        foreach (GoldenCase golden in GoldenVectors.Load(subject).Cases)
            foreach (string name in golden.Arrays.Where(a => a.Value.DType == "f32").Select(a => a.Key))
                Assert.All(golden.Floats(name), x => Assert.True(float.IsFinite(x), $"{subject}: {golden}: {name}"));
    }

    [Fact]
    public void Folder_AllFiles_StaySmall() =>
        Assert.InRange(Directory.GetFiles(GoldenVectors.Folder).Sum(file => new FileInfo(file).Length), 1, MaxBytes);

    [Fact]
    public void Floats_ArrayOfBytes_Throws() =>
        Assert.Throws<InvalidOperationException>(() => GoldenVectors.Load("dequant")["Q8_0"].Floats("blocks"));

    /// <summary>Inputs that a wrong recurrence could pass would prove nothing.</summary>
    [Fact]
    public void DeltaRuleInputs_AllCases_ReachSlowAndFastGatesExtremeBetasAndShortSequences()
    {
        GoldenCase[] cases = [.. OperatorGolden.Of("gated_delta_net")];
        float[] g = [.. cases.SelectMany(c => c.Floats("g"))], beta = [.. cases.SelectMany(c => c.Floats("beta"))];

        Assert.All(g, x => Assert.True(x <= 0, $"g = {x}"));
        Assert.All(beta, x => Assert.InRange(x, 0, 1));
        Assert.Contains(g, x => x == 0);
        Assert.Contains(g, x => x is < 0 and > -1e-3f);
        Assert.Contains(g, x => x < -20);
        Assert.Contains(beta, x => x == 0);
        Assert.Contains(beta, x => x is > 0 and < 1e-4f);
        Assert.Contains(beta, x => x > 0.999f);
        Assert.Contains(cases, c => c.Shape("snapshots")[0] < c.Parameters.GetProperty("K").GetInt32());
        Assert.True(cases.Count(c => c.Floats("state").Any(x => x != 0)) > cases.Length / 2);
    }
}
