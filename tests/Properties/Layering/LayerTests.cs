using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Layering;

/// <summary>
/// Within each project the folders stand in the layers that CONTRIBUTING.md draws, and arrows point down: a use of a layer
/// above, or of a neighbour, is a circle or the beginning of one.
/// </summary>
public class LayerTests
{
    private static readonly Type[] Projects =
        [typeof(Gdn.Reference.InputException), typeof(Gdn.Optimized.Batching.IDevice), typeof(Gdn.Harness.SeededRandom)];

    public static TheoryData<string> Assemblies => new(Projects.Select(type => type.Assembly.GetName().Name!));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Arrows_OfEveryProject_PointDown(string assembly)
    {
        string path = Projects.Single(type => type.Assembly.GetName().Name == assembly).Assembly.Location;
        Dictionary<string, int> layers = Layers(assembly);
        Assert.Equal(NamespaceArrows.Namespaces(path), layers.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(Wrong(NamespaceArrows.Of(path), layers));
    }

    [Fact]
    public void Wrong_ArrowUpOrSideways_IsNamed()
    {
        var layers = new Dictionary<string, int> { ["Low"] = 0, ["A"] = 1, ["B"] = 1 };
        Assert.Empty(Wrong([new Arrow("A", "Low", "a uses low")], layers));
        Assert.Equal(["Low -> B: low uses b"], Wrong([new Arrow("Low", "B", "low uses b")], layers));
        Assert.Equal(["A -> B: a uses b"], Wrong([new Arrow("A", "B", "a uses b")], layers));
    }

    // What the project itself contains is what the reader must find: an arrow that is surely there.
    [Fact]
    public void Of_ThisProject_SeesArrowsOfSignaturesAndBodies()
    {
        IReadOnlyList<Arrow> arrows = NamespaceArrows.Of(typeof(Gdn.Optimized.Batching.IDevice).Assembly.Location);
        Assert.Contains(arrows, arrow => (arrow.From, arrow.To) == ("Gdn.Optimized.Cpu", "Gdn.Optimized.Batching"));
        Assert.Contains(arrows, arrow => (arrow.From, arrow.To) == ("Gdn.Optimized.Cpu.Layers", "Gdn.Optimized.Cpu.Kernels"));
    }

    private static string[] Wrong(IEnumerable<Arrow> arrows, Dictionary<string, int> layers) =>
    [
        .. arrows.Where(arrow => layers[arrow.To] >= layers[arrow.From])
            .Select(arrow => $"{arrow.From} -> {arrow.To}: {arrow.Example}"),
    ];

    // The block of CONTRIBUTING.md that begins with the assembly's name: one layer a line, the lowest last.
    private static Dictionary<string, int> Layers(string assembly)
    {
        string root = assembly == "gdn-harness" ? "Gdn.Harness" : assembly;
        string[] lines = File.ReadAllLines(Repository.PathOf("CONTRIBUTING.md"));
        string[] layers =
        [
            .. lines.SkipWhile(line => line != root).Skip(1)
                .TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal)).Reverse(),
        ];
        var found = new Dictionary<string, int>();
        for (int layer = 0; layer < layers.Length; layer++)
            foreach (string name in layers[layer].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                found.Add(name == "." ? root : $"{root}.{name}", layer);
        return found;
    }
}
